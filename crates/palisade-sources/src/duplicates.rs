//! Keys that stand twice in one map: the last one counts, as it does for Kubernetes.

use std::collections::HashSet;
use std::sync::Arc;

use palisade_inventory::{Entry, Position};

/// Drops all but the last entry of each key, and tells where the dropped keys stand.
pub(crate) fn keep_last(entries: &mut Vec<Entry>, mut dropped: impl FnMut(Position)) {
    if !has_duplicates(entries) {
        return;
    }
    let mut later = HashSet::new();
    entries.reverse();
    entries.retain(|entry| {
        let is_last = later.insert(Arc::clone(&entry.key));
        if !is_last {
            dropped(entry.key_position);
        }
        is_last
    });
    entries.reverse();
}

fn has_duplicates(entries: &[Entry]) -> bool {
    /// Up to here comparing each with each is faster than a set.
    const FEW: usize = 12;
    if entries.len() <= FEW {
        let mut numbered = entries.iter().enumerate();
        return numbered.any(|(index, entry)| entries.iter().take(index).any(|earlier| earlier.key == entry.key));
    }
    let mut seen: HashSet<&str, foldhash::fast::RandomState> = HashSet::default();
    !entries.iter().all(|entry| seen.insert(&entry.key))
}

#[cfg(test)]
mod tests {
    use palisade_inventory::Node;

    use super::*;

    #[test]
    fn the_last_one_counts() {
        for fill in [0, 20] {
            let keys = ["a", "b", "a", "c", "a"].map(str::to_owned).into_iter();
            let keys = keys.chain((0..fill).map(|number| number.to_string()));
            let mut line = 0;
            let mut entries: Vec<_> = keys
                .map(|key| {
                    line += 1;
                    Entry {
                        key: key.as_str().into(),
                        key_position: Position::new(line, 0),
                        value: Node::default(),
                    }
                })
                .collect();
            let mut dropped = Vec::new();
            keep_last(&mut entries, |position| dropped.push(position.line));
            let kept: Vec<_> = entries.iter().take(3).map(|entry| entry.key_position.line).collect();
            assert_eq!((kept, dropped), (vec![2, 4, 5], vec![3, 1]));
        }
    }
}
