//! Namespaces: those that an object defines and those that something is in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_inventory::Resource;

use super::labels::Labels;
use super::selector::Selector;
use crate::system::Resources;

/// The label that the API server gives every namespace.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// All namespaces of a root, with their labels.
#[derive(Debug, Default)]
pub(crate) struct Namespaces<'a> {
    labels: BTreeMap<&'a str, Labels<'a>>,
    defined: BTreeMap<&'a str, &'a Arc<Resource>>,
}

impl<'a> Namespaces<'a> {
    /// Those that something is in have their automatic label at least.
    pub(crate) fn of(resources: &'a Resources) -> Self {
        let mut namespaces = Self::default();
        let pods = resources.pods().into_iter().filter_map(|group| group.first());
        let used = resources.but_pods().chain(pods);
        let used: BTreeSet<&str> = used.map(|resource| &*resource.id.namespace).collect();
        for name in used.into_iter().filter(|name| !name.is_empty()) {
            namespaces.labels.insert(name, Labels::default().with(NAME_LABEL, name));
        }
        for resource in resources.of_kind("Namespace").filter(|one| one.id.group.is_empty()) {
            let name = &*resource.id.name;
            let labels = Labels::of(&resource.content).with(NAME_LABEL, name);
            namespaces.labels.insert(name, labels);
            namespaces.defined.insert(name, resource);
        }
        namespaces
    }

    /// Its labels; of one that nothing tells of, only the automatic one.
    pub(crate) fn labels(&self, name: &'a str) -> Labels<'a> {
        let known = self.labels.get(name).cloned();
        known.unwrap_or_else(|| Labels::default().with(NAME_LABEL, name))
    }

    /// Whether it is defined, or anything is in it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.labels.contains_key(name)
    }

    /// The object that defines it.
    pub(crate) fn object(&self, name: &str) -> Option<&'a Arc<Resource>> {
        self.defined.get(name).copied()
    }

    /// All names, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.labels.keys().copied()
    }

    /// Those that a selector selects, sorted.
    pub(crate) fn select(&self, selector: &Selector<'_>) -> Vec<&'a str> {
        let matching = self.labels.iter().filter(|(_, labels)| selector.matches(labels));
        matching.map(|(name, _)| *name).collect()
    }
}
