//! Labels, and an index that finds what a selector selects without looking at everything.

use std::collections::{BTreeMap, HashMap};

use palisade_inventory::{Entry, Node};

use super::selector::Selector;

/// Labels by key. Values that are no text do not count: Kubernetes refuses them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Labels<'a> {
    /// The `metadata.labels` of an object, pod template or pod.
    pub fn of(object: &'a Node) -> Self {
        Self::of_entries(object.entries(&["metadata", "labels"]))
    }

    /// The labels that these entries of a map are.
    pub fn of_entries(entries: &'a [Entry]) -> Self {
        let text = |entry: &'a Entry| Some((&*entry.key, entry.value.as_str()?));
        Self(entries.iter().filter_map(text).collect())
    }

    /// These labels and one more.
    #[must_use]
    pub fn with(mut self, key: &'a str, value: &'a str) -> Self {
        self.0.insert(key, value);
        self
    }

    /// The value of a label.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).copied()
    }

    /// All of them, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().map(|(key, value)| (*key, *value))
    }
}

/// Labelled things, found by selector. Things with equal labels are looked at together.
#[derive(Clone, Debug, Default)]
pub struct LabelIndex<'a> {
    /// Distinct label sets and the things that have them.
    sets: Vec<(Labels<'a>, Vec<usize>)>,
    by_labels: HashMap<Labels<'a>, usize>,
    /// For each label, the sets that have it, ascending.
    by_pair: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> LabelIndex<'a> {
    /// Adds a thing, which the caller knows by a number.
    pub fn insert(&mut self, labels: Labels<'a>, thing: usize) {
        if let Some((_, things)) = self.by_labels.get(&labels).and_then(|&set| self.sets.get_mut(set)) {
            things.push(thing);
            return;
        }
        let set = self.sets.len();
        for pair in labels.iter() {
            self.by_pair.entry(pair).or_default().push(set);
        }
        self.by_labels.insert(labels.clone(), set);
        self.sets.push((labels, vec![thing]));
    }

    /// The things that a selector selects, ascending, each once.
    pub fn select(&self, selector: &Selector<'_>) -> Vec<usize> {
        let matching = |set: &usize| {
            let (labels, things) = self.sets.get(*set)?;
            selector.matches(labels).then_some(things)
        };
        let mut found: Vec<usize> = match self.candidates(selector) {
            Some(sets) => sets.iter().filter_map(matching).flatten().copied().collect(),
            None => (0..self.sets.len())
                .filter_map(|set| matching(&set))
                .flatten()
                .copied()
                .collect(),
        };
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The sets that have the rarest label that the selector demands; none when it demands no particular one.
    fn candidates<'s>(&'s self, selector: &'s Selector<'_>) -> Option<&'s [usize]> {
        selector
            .demanded()
            .map(|pair| self.by_pair.get(&pair).map_or(&[][..], Vec::as_slice))
            .min_by_key(|sets| sets.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::kube::selector::Requirement;

    const KEYS: [&str; 2] = ["app", "tier"];
    const VALUES: [&str; 3] = ["a", "b", "c"];

    fn pair() -> impl Strategy<Value = (&'static str, &'static str)> {
        (select(&KEYS[..]), select(&VALUES[..]))
    }

    fn labels() -> impl Strategy<Value = Labels<'static>> {
        let pairs = vec(pair(), 0..3).prop_map(|pairs| pairs.into_iter().collect());
        pairs.prop_map(Labels)
    }

    fn requirement() -> impl Strategy<Value = Requirement<'static>> {
        let values = || vec(select(&VALUES[..]), 1..3);
        prop_oneof![
            pair().prop_map(|(key, value)| Requirement::Equals(key, value)),
            (select(&KEYS[..]), values()).prop_map(|(key, values)| Requirement::In(key, values)),
            (select(&KEYS[..]), values()).prop_map(|(key, values)| Requirement::NotIn(key, values)),
            select(&KEYS[..]).prop_map(Requirement::Exists),
            select(&KEYS[..]).prop_map(Requirement::DoesNotExist),
        ]
    }

    fn selector() -> impl Strategy<Value = Selector<'static>> {
        prop_oneof![
            Just(Selector::Everything),
            Just(Selector::Nothing),
            vec(requirement(), 1..4).prop_map(Selector::All),
        ]
    }

    proptest! {
        #[test]
        fn the_index_agrees_with_looking_at_everything(all in vec(labels(), 0..12), selector in selector()) {
            let mut index = LabelIndex::default();
            for (thing, labels) in all.iter().enumerate() {
                index.insert(labels.clone(), thing);
            }
            let expected: Vec<usize> = (0..all.len()).filter(|&thing| selector.matches(&all[thing])).collect();
            prop_assert_eq!(index.select(&selector), expected);
        }
    }
}
