//! Roles that grant less.

use std::collections::BTreeSet;

use palisade_inventory::Node;
use palisade_knowledge::Permission;

use crate::kube::api::RESOURCES;
use crate::views::nodes::{list, map, text};

/// What belongs to the objects of the core group, of which all API servers since 1.30 serve the same
/// (`kubectl api-resources` tells no subresources; the API reference does).
const CORE_SUBRESOURCES: [&str; 30] = [
    "namespaces/finalize",
    "namespaces/status",
    "nodes/checkpoint",
    "nodes/configz",
    "nodes/healthz",
    "nodes/log",
    "nodes/metrics",
    "nodes/pods",
    "nodes/proxy",
    "nodes/spec",
    "nodes/stats",
    "nodes/status",
    "persistentvolumeclaims/status",
    "persistentvolumes/status",
    "pods/attach",
    "pods/binding",
    "pods/ephemeralcontainers",
    "pods/eviction",
    "pods/exec",
    "pods/log",
    "pods/portforward",
    "pods/proxy",
    "pods/resize",
    "pods/status",
    "replicationcontrollers/scale",
    "replicationcontrollers/status",
    "resourcequotas/status",
    "serviceaccounts/token",
    "services/proxy",
    "services/status",
];

/// The rules of a role without what grants any of these permissions. None: a rule grants one of them by `*`, so that what
/// else it is meant to grant is not known. All resources of the core group are known, and are named instead.
pub fn without(rules: &[Node], permissions: &[Permission]) -> Option<Vec<Node>> {
    let mut narrowed = Vec::new();
    for rule in rules {
        let rule = &spelled_out(rule);
        let refused: Vec<&Permission> = permissions.iter().filter(|one| grants(rule, one)).collect();
        if refused.is_empty() {
            narrowed.push(rule.clone());
            continue;
        }
        let has_star = ["apiGroups", "resources", "verbs"]
            .iter()
            .any(|field| words(rule, field).iter().any(|word| word.contains('*')));
        if has_star {
            return None;
        }
        narrowed.extend(split(rule, &refused));
    }
    Some(narrowed)
}

/// The rule with the names of all resources of the core group instead of `*`.
pub(crate) fn spelled_out(rule: &Node) -> Node {
    if words(rule, "apiGroups") != [""] || words(rule, "resources") != ["*"] {
        return rule.clone();
    }
    let core = RESOURCES.iter().filter(|resource| resource.group.is_empty());
    let mut names: Vec<&str> = core.map(|resource| resource.plural).collect();
    names.extend(CORE_SUBRESOURCES);
    names.sort_unstable();
    with(rule, &[("resources", &names)])
}

/// What is left of a rule: one rule for the resources that nothing is refused of, one for each of the others.
fn split(rule: &Node, refused: &[&Permission]) -> Vec<Node> {
    let resources = words(rule, "resources");
    let (touched, free): (Vec<&str>, Vec<&str>) = resources
        .iter()
        .partition(|resource| refused.iter().any(|one| resource_of(one) == **resource));
    let mut rules = Vec::new();
    if !free.is_empty() {
        rules.push(with(rule, &[("resources", &free)]));
    }
    for resource in touched {
        let taken: BTreeSet<&str> = refused
            .iter()
            .filter(|one| resource_of(one) == resource)
            .map(|one| &*one.verb)
            .collect();
        let verbs: Vec<&str> = words(rule, "verbs")
            .into_iter()
            .filter(|verb| !taken.contains(verb))
            .collect();
        if !verbs.is_empty() {
            rules.push(with(rule, &[("resources", &[resource]), ("verbs", &verbs)]));
        }
    }
    rules
}

/// The rule with other words in some of its fields.
fn with(rule: &Node, fields: &[(&str, &[&str])]) -> Node {
    let entries = rule.entries(&[]).iter().map(|entry| {
        let other = fields.iter().find(|(field, _)| *field == &*entry.key);
        let value = match other {
            Some((_, words)) => list(words.iter().map(|word| text(word))),
            None => entry.value.clone(),
        };
        (&*entry.key, value)
    });
    map(entries)
}

fn grants(rule: &Node, permission: &Permission) -> bool {
    let has = |field: &str, wanted: &str| words(rule, field).iter().any(|word| *word == "*" || *word == wanted);
    let resource = resource_of(permission);
    let sub = format!("*/{}", permission.subresource);
    has("verbs", &permission.verb)
        && has("apiGroups", &permission.group)
        && (has("resources", &resource) || (!permission.subresource.is_empty() && has("resources", &sub)))
}

/// `pods/exec`: what rules call it.
fn resource_of(permission: &Permission) -> String {
    match &*permission.subresource {
        "" => permission.resource.to_string(),
        subresource => format!("{}/{subresource}", permission.resource),
    }
}

fn words<'r>(rule: &'r Node, field: &str) -> Vec<&'r str> {
    rule.items(&[field]).iter().filter_map(Node::as_str).collect()
}

/// The fewest rules that grant just these permissions: one for each group and set of verbs.
pub fn narrowed(needed: &BTreeSet<Permission>) -> Vec<Node> {
    use std::collections::BTreeMap;
    type Names<'p> = BTreeSet<&'p str>;
    // Verbs by what they are needed on; then resources by what is needed of them.
    let mut verbs: BTreeMap<(&str, String, Option<&str>), Names<'_>> = BTreeMap::new();
    for permission in needed {
        let on = (&*permission.group, resource_of(permission), permission.name.as_deref());
        verbs.entry(on).or_default().insert(&permission.verb);
    }
    let mut named: BTreeMap<(&str, String, Names<'_>), Names<'_>> = BTreeMap::new();
    for ((group, resource, name), verbs) in verbs {
        named.entry((group, resource, verbs)).or_default().extend(name);
    }
    let mut rules: BTreeMap<(&str, Names<'_>, Names<'_>), Vec<String>> = BTreeMap::new();
    for ((group, resource, verbs), names) in named {
        rules.entry((group, verbs, names)).or_default().push(resource);
    }
    let rules = rules.into_iter().map(|((group, verbs, names), resources)| {
        let mut rule = vec![
            ("apiGroups", list([text(group)].into_iter())),
            ("resources", list(resources.iter().map(|resource| text(resource)))),
        ];
        if !names.is_empty() {
            rule.push(("resourceNames", list(names.into_iter().map(text))));
        }
        rule.push(("verbs", list(verbs.into_iter().map(text))));
        map(rule)
    });
    rules.collect()
}
