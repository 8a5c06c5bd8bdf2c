//! Roles with all their rules: written, built in, and taken in by aggregation.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};

use super::builtin::{BUILT_IN, BuiltIn};
use super::rule::Rule;
use crate::kube::{Labels, Selector};
use crate::system::{Evidence, Resources};

/// The group of RBAC's own kinds.
pub(super) const GROUP: &str = "rbac.authorization.k8s.io";

/// A role's namespace, empty for a ClusterRole, and name.
pub(super) type RoleKey = (Arc<str>, Arc<str>);

/// A rule, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct SourcedRule {
    pub(super) rule: Rule,
    /// The role that holds it and its index there; none for built-in rules.
    pub(super) source: Option<(Arc<Resource>, usize)>,
}

impl SourcedRule {
    /// Where the rule is written; none for built-in ones.
    pub(super) fn evidence(&self) -> Option<Evidence> {
        let (role, index) = self.source.as_ref()?;
        let path = FieldPath::root().child("rules").child(*index);
        let note = format!("{} allows {}", role.id, self.rule.summary());
        Some(Evidence::at(&role.content_file, &role.content, &path, note))
    }
}

impl Rule {
    /// `get, list secrets`, shortened.
    fn summary(&self) -> String {
        format!("{} {}", few(&self.verbs), few(&self.resources))
    }
}

/// The first few words of a list.
fn few(words: &[Box<str>]) -> String {
    const SHOWN: usize = 4;
    let mut text = words
        .iter()
        .take(SHOWN)
        .map(AsRef::as_ref)
        .collect::<Vec<_>>()
        .join(", ");
    if words.len() > SHOWN {
        text.push_str(" …");
    }
    text
}

/// The roles of a system.
#[derive(Debug)]
pub(super) struct Roles {
    by_key: BTreeMap<RoleKey, Arc<[SourcedRule]>>,
    /// ClusterRoles, and those that they take in, by name.
    takes_in: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
}

impl Roles {
    /// All roles of the input, and the built-in ones that the input does not hold.
    pub(super) fn of(resources: &Resources) -> Self {
        let of_kind = |kind| resources.of_kind(kind).filter(|role| &*role.id.group == GROUP);
        let cluster_roles: BTreeMap<Arc<str>, &Arc<Resource>> = of_kind("ClusterRole")
            .map(|role| (Arc::clone(&role.id.name), role))
            .collect();
        let takes_in = aggregation(&cluster_roles);
        let own: BTreeMap<Arc<str>, Vec<SourcedRule>> = cluster_roles
            .iter()
            .map(|(name, role)| (Arc::clone(name), written(role)))
            .chain(missing(&cluster_roles).map(|role| (role.name.into(), built_in(role))))
            .collect();
        let mut by_key: BTreeMap<_, Arc<[SourcedRule]>> = of_kind("Role")
            .map(|role| {
                let key = (Arc::clone(&role.id.namespace), Arc::clone(&role.id.name));
                (key, written(role).into())
            })
            .collect();
        for name in own.keys() {
            let rules = closure(name, &takes_in)
                .iter()
                .filter_map(|part| own.get(part))
                .flatten()
                .cloned()
                .collect();
            by_key.insert(("".into(), Arc::clone(name)), rules);
        }
        Self { by_key, takes_in }
    }

    /// The rules of a role, those taken in included.
    pub(super) fn rules(&self, role: &RoleKey) -> Option<&Arc<[SourcedRule]>> {
        self.by_key.get(role)
    }

    /// A ClusterRole and all that it takes in, near and far.
    pub(super) fn parts(&self, name: &Arc<str>) -> BTreeSet<Arc<str>> {
        closure(name, &self.takes_in)
    }
}

fn written(role: &Arc<Resource>) -> Vec<SourcedRule> {
    let rules = role.content.items(&["rules"]).iter().enumerate();
    rules
        .map(|(index, node)| SourcedRule {
            rule: Rule::of(node),
            source: Some((Arc::clone(role), index)),
        })
        .collect()
}

fn built_in(role: &BuiltIn) -> Vec<SourcedRule> {
    role.rules().map(|rule| SourcedRule { rule, source: None }).collect()
}

fn missing<'a>(written: &'a BTreeMap<Arc<str>, &Arc<Resource>>) -> impl Iterator<Item = &'static BuiltIn> + use<'a> {
    BUILT_IN.iter().filter(|role| !written.contains_key(role.name))
}

/// Which ClusterRoles each takes in, by the selectors of `aggregationRule`.
fn aggregation(written: &BTreeMap<Arc<str>, &Arc<Resource>>) -> BTreeMap<Arc<str>, BTreeSet<Arc<str>>> {
    let mut takes_in: BTreeMap<Arc<str>, BTreeSet<Arc<str>>> = BTreeMap::new();
    let mut add = |name: Arc<str>, parts: BTreeSet<Arc<str>>| {
        if !parts.is_empty() {
            takes_in.entry(name).or_default().extend(parts);
        }
    };
    let selected = |selector: &Selector<'_>| -> BTreeSet<Arc<str>> {
        let matching = written
            .iter()
            .filter(|(_, role)| selector.matches(&Labels::of(&role.content)));
        matching.map(|(name, _)| Arc::clone(name)).collect()
    };
    for (name, role) in written {
        for selector in role.content.items(&["aggregationRule", "clusterRoleSelectors"]) {
            add(Arc::clone(name), selected(&Selector::nullable(Some(selector))));
        }
        // A built-in that is absent but bears the label that a written one of the family asks for.
        if let Some(family) = BuiltIn::named(name).filter(|_| role.content.get("aggregationRule").is_some()) {
            add(
                Arc::clone(name),
                family.takes_in.iter().map(|part| Arc::from(*part)).collect(),
            );
        }
    }
    for role in missing(written) {
        let label = format!("{GROUP}/aggregate-to-{}", role.name);
        let mut parts = selected(&Selector::equal([(label.as_str(), "true")]));
        parts.extend(role.takes_in.iter().map(|part| Arc::from(*part)));
        add(role.name.into(), parts);
    }
    takes_in
}

fn closure(name: &Arc<str>, takes_in: &BTreeMap<Arc<str>, BTreeSet<Arc<str>>>) -> BTreeSet<Arc<str>> {
    let mut reached = BTreeSet::from([Arc::clone(name)]);
    let mut open = vec![Arc::clone(name)];
    while let Some(next) = open.pop() {
        for part in takes_in.get(&next).into_iter().flatten() {
            if reached.insert(Arc::clone(part)) {
                open.push(Arc::clone(part));
            }
        }
    }
    reached
}

/// The role that a binding's `roleRef` denotes.
pub(super) fn role_ref(binding: &Resource) -> Option<RoleKey> {
    let reference = binding.content.get("roleRef")?;
    let text = |key| reference.get(key).and_then(Node::as_str);
    let namespace = match text("kind")? {
        "Role" => Arc::clone(&binding.id.namespace),
        "ClusterRole" => "".into(),
        _ => return None,
    };
    Some((namespace, text("name")?.into()))
}
