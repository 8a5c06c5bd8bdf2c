//! Sets of whole numbers as sorted intervals that neither overlap nor touch.

use std::cmp::{max, min};

/// What intervals are made of: something with a next and a previous one.
pub trait Point: Copy + Ord {
    /// The next one; none for the last, and where another family begins.
    fn next(self) -> Option<Self>;
    /// The one before; none for the first, and where a family begins.
    fn previous(self) -> Option<Self>;
}

/// A set of points.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Intervals<T>(Vec<(T, T)>);

impl<T> Default for Intervals<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Point> Intervals<T> {
    /// All points from `first` to `last`, both included; none where `last` is before `first`.
    pub fn of(first: T, last: T) -> Self {
        Self(if first <= last { vec![(first, last)] } else { Vec::new() })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// First and last of each interval, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (T, T)> {
        self.0.iter().copied()
    }

    /// Whether a point is in it.
    pub fn contains(&self, point: T) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= point);
        let before = after.checked_sub(1).and_then(|index| self.0.get(index));
        before.is_some_and(|(_, last)| point <= *last)
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut all: Vec<(T, T)> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_unstable();
        let mut merged: Vec<(T, T)> = Vec::with_capacity(all.len());
        for (first, next_last) in all {
            match merged.last_mut() {
                Some((_, last)) if first <= *last || last.next() == Some(first) => *last = max(*last, next_last),
                _ => merged.push((first, next_last)),
            }
        }
        Self(merged)
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some((left_first, left_last)), Some((right_first, right_last))) = (left.peek(), right.peek()) {
            let (first, last) = (max(*left_first, *right_first), min(*left_last, *right_last));
            if first <= last {
                common.push((first, last));
            }
            if left_last < right_last {
                left.next();
            } else {
                right.next();
            }
        }
        Self(common)
    }

    /// What is in this and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for &(first, last) in &self.0 {
            let mut from = Some(first);
            for &(without_first, without_last) in &other.0 {
                let Some(begin) = from else { break };
                if without_last < begin || without_first > last {
                    continue;
                }
                if begin < without_first
                    && let Some(end) = without_first.previous()
                {
                    left.push((begin, end));
                }
                from = without_last.next().filter(|next| *next <= last);
            }
            if let Some(begin) = from {
                left.push((begin, last));
            }
        }
        Self(left)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    impl Point for u8 {
        fn next(self) -> Option<Self> {
            self.checked_add(1)
        }

        fn previous(self) -> Option<Self> {
            self.checked_sub(1)
        }
    }

    fn members(set: &Intervals<u8>) -> BTreeSet<u8> {
        set.iter().flat_map(|(first, last)| first..=last).collect()
    }

    fn set() -> impl Strategy<Value = Intervals<u8>> {
        let pieces = vec((any::<u8>(), any::<u8>()), 0..5);
        pieces.prop_map(|pieces| {
            let pieces = pieces.into_iter().map(|(first, last)| Intervals::of(first, last));
            pieces.fold(Intervals::default(), |all, piece| all.union(&piece))
        })
    }

    proptest! {
        #[test]
        fn they_are_the_sets_they_stand_for(a in set(), b in set(), point: u8) {
            let (in_a, in_b) = (members(&a), members(&b));
            prop_assert_eq!(members(&a.union(&b)), in_a.union(&in_b).copied().collect());
            prop_assert_eq!(members(&a.intersection(&b)), in_a.intersection(&in_b).copied().collect());
            prop_assert_eq!(members(&a.difference(&b)), in_a.difference(&in_b).copied().collect());
            prop_assert_eq!(a.contains(point), in_a.contains(&point));
            for set in [a.union(&b), a.intersection(&b), a.difference(&b)] {
                for pair in set.0.windows(2) {
                    prop_assert!(pair[0].1.next().is_some_and(|next| next < pair[1].0));
                }
            }
        }
    }
}
