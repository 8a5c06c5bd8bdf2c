//! Roles with all their rules: written, built in, and taken in by aggregation.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};

use super::builtin::{self, BuiltIn};
use super::rule::Rule;
use crate::kube::{LabelIndex, Labels, Selector};
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
    takes_in: Aggregation,
}

/// Which ClusterRoles each takes in, by name.
type Aggregation = BTreeMap<Arc<str>, BTreeSet<Arc<str>>>;

/// A role, wherever it comes from.
#[derive(Clone, Copy, Debug)]
enum Role<'a> {
    Written(&'a Arc<Resource>),
    BuiltIn(&'static BuiltIn),
}

impl Roles {
    /// All roles of the input, and the built-in ones that the input does not hold.
    pub(super) fn of(resources: &Resources) -> Self {
        let mut known: BTreeMap<RoleKey, Role<'_>> = builtin::all()
            .iter()
            .map(|role| ((role.namespace.into(), role.name.into()), Role::BuiltIn(role)))
            .collect();
        for kind in ["ClusterRole", "Role"] {
            for role in resources.of_kind(kind).filter(|role| &*role.id.group == GROUP) {
                let namespace = match kind {
                    "Role" => Arc::clone(&role.id.namespace),
                    _ => "".into(),
                };
                known.insert((namespace, Arc::clone(&role.id.name)), Role::Written(role));
            }
        }
        let cluster_roles: BTreeMap<Arc<str>, Role<'_>> = known
            .iter()
            .filter(|((namespace, _), _)| namespace.is_empty())
            .map(|((_, name), role)| (Arc::clone(name), *role))
            .collect();
        let takes_in = aggregation(&cluster_roles);
        let own: BTreeMap<&RoleKey, Vec<SourcedRule>> = known.iter().map(|(key, role)| (key, role.rules())).collect();
        let with_parts = |(key, rules): (&&RoleKey, &Vec<SourcedRule>)| {
            let (namespace, name) = *key;
            let rules = if namespace.is_empty() && takes_in.contains_key(name) {
                aggregated(name, rules, &own, &takes_in)
            } else {
                rules.clone()
            };
            (RoleKey::clone(key), rules.into())
        };
        Self {
            by_key: own.iter().map(with_parts).collect(),
            takes_in,
        }
    }

    /// The rules of a role, those taken in included.
    pub(super) fn rules(&self, role: &RoleKey) -> Option<&Arc<[SourcedRule]>> {
        self.by_key.get(role)
    }

    /// A ClusterRole and all that it takes in, near and far.
    pub(super) fn parts(&self, name: &Arc<str>) -> BTreeSet<Arc<str>> {
        closure(name, &self.takes_in)
    }

    /// All of them, with all their rules.
    pub(super) fn all(&self) -> impl Iterator<Item = (&RoleKey, &Arc<[SourcedRule]>)> {
        self.by_key.iter()
    }
}

impl<'a> Role<'a> {
    /// The rules that it has of its own.
    fn rules(self) -> Vec<SourcedRule> {
        match self {
            Self::Written(role) => {
                let rules = role.content.items(&["rules"]).iter().enumerate();
                rules
                    .map(|(index, node)| SourcedRule {
                        rule: Rule::of(node),
                        source: Some((Arc::clone(role), index)),
                    })
                    .collect()
            }
            Self::BuiltIn(role) => role
                .rules
                .iter()
                .map(|rule| SourcedRule {
                    rule: rule.clone(),
                    source: None,
                })
                .collect(),
        }
    }

    fn labels(self) -> Labels<'a> {
        match self {
            Self::Written(role) => Labels::of(&role.content),
            Self::BuiltIn(role) => {
                let labels = role.labels.iter();
                labels.fold(Labels::default(), |labels, label| labels.with(label, "true"))
            }
        }
    }

    /// What it takes in: whatever one of its selectors selects.
    fn selectors(self) -> Vec<Selector<'a>> {
        match self {
            Self::Written(role) => {
                let selectors = role.content.items(&["aggregationRule", "clusterRoleSelectors"]);
                selectors.iter().map(Selector::label_selector).collect()
            }
            Self::BuiltIn(role) => {
                let label = role.collects.into_iter();
                label.map(|label| Selector::equal([(label, "true")])).collect()
            }
        }
    }
}

/// The rules of a role that takes others in. What the control plane has already copied into it is not told twice: where
/// the rule was written first says more.
fn aggregated(
    name: &Arc<str>,
    written: &[SourcedRule],
    own: &BTreeMap<&RoleKey, Vec<SourcedRule>>,
    takes_in: &Aggregation,
) -> Vec<SourcedRule> {
    let mut parts = closure(name, takes_in);
    parts.remove(name);
    let taken = |part: &Arc<str>| own.get(&("".into(), Arc::clone(part)));
    let mut rules: Vec<SourcedRule> = parts.iter().filter_map(taken).flatten().cloned().collect();
    let known: HashSet<&Rule> = rules.iter().map(|sourced| &sourced.rule).collect();
    let more: Vec<SourcedRule> = written
        .iter()
        .filter(|sourced| !known.contains(&sourced.rule))
        .cloned()
        .collect();
    rules.splice(0..0, more);
    rules
}

/// Which ClusterRoles each takes in, by the selectors of `aggregationRule`, of which one is enough.
fn aggregation(roles: &BTreeMap<Arc<str>, Role<'_>>) -> Aggregation {
    let names: Vec<&Arc<str>> = roles.keys().collect();
    let mut index = LabelIndex::default();
    for (thing, role) in roles.values().enumerate() {
        index.insert(role.labels(), thing);
    }
    let mut takes_in = Aggregation::new();
    for (name, role) in roles {
        let selectors = role.selectors();
        let selected = selectors.iter().flat_map(|selector| index.select(selector));
        let parts: BTreeSet<Arc<str>> = selected
            .filter_map(|thing| names.get(thing).copied().cloned())
            .filter(|part| part != name)
            .collect();
        if !parts.is_empty() {
            takes_in.insert(Arc::clone(name), parts);
        }
    }
    takes_in
}

fn closure(name: &Arc<str>, takes_in: &Aggregation) -> BTreeSet<Arc<str>> {
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
