//! The roles and bindings that every cluster is born with, as of Kubernetes 1.36.
//!
//! Manifests refer to the roles without holding them, and nobody writes the bindings down, but the API server has them. A
//! role or binding of the same name in the input takes the place of one of these.

use std::sync::LazyLock;

use super::identity::Identity;
use super::rule::Rule;

/// The table; its head says how it reads.
const POLICY: &str = include_str!("policy.txt");

/// Everything that a cluster is born with.
static BUILT_IN: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| parse(POLICY));

/// A role, and to whom it is bound.
#[derive(Debug, Default)]
pub(super) struct BuiltIn {
    /// The namespace of a Role and its binding; empty for a ClusterRole and its binding.
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    /// Labels that it bears, each with the value `true`.
    pub(super) labels: Vec<&'static str>,
    /// It takes in every ClusterRole on which this label is `true`.
    pub(super) collects: Option<&'static str>,
    pub(super) rules: Vec<Rule>,
    pub(super) bound: Vec<Bound>,
}

/// A subject of a default binding.
#[derive(Debug)]
pub(super) struct Bound {
    /// The name of the binding.
    pub(super) binding: &'static str,
    pub(super) subject: Identity,
}

/// All of them, by kind and name.
pub(super) fn all() -> &'static [BuiltIn] {
    &BUILT_IN
}

/// The rules of the role that describes what the Node authoriser lets kubelets do.
pub(super) fn node_rules() -> &'static [Rule] {
    let node = all().iter().find(|role| role.name == "system:node");
    node.map(|role| role.rules.as_slice()).unwrap_or_default()
}

fn parse(text: &'static str) -> Vec<BuiltIn> {
    let mut all: Vec<BuiltIn> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        match (words.as_slice(), all.last_mut()) {
            (["ClusterRole" | "Role", name], _) => {
                let (namespace, name) = name.split_once('/').unwrap_or(("", name));
                all.push(BuiltIn {
                    namespace,
                    name,
                    ..BuiltIn::default()
                });
            }
            (["label", label], Some(role)) => role.labels.push(label),
            (["collect", label], Some(role)) => role.collects = Some(label),
            (["allow", verbs, rest @ ..], Some(role)) => role.rules.extend(rule(verbs, rest)),
            (["bind", kind, name, rest @ ..], Some(role)) => {
                let binding = match rest {
                    ["as", binding] => binding,
                    _ => role.name,
                };
                let subject = subject(kind, name);
                role.bound.extend(subject.map(|subject| Bound { binding, subject }));
            }
            _ => {}
        }
    }
    all
}

fn rule(verbs: &str, rest: &[&str]) -> Option<Rule> {
    let words = |list: &str| -> Vec<Box<str>> { list.split(',').map(Box::from).collect() };
    let verbs = words(verbs);
    match rest {
        ["url", urls] => Some(Rule {
            verbs,
            urls: words(urls),
            ..Rule::default()
        }),
        [groups, resources, names @ ..] => Some(Rule {
            verbs,
            groups: groups
                .split(',')
                .map(|group| if group == "core" { "" } else { group })
                .map(Box::from)
                .collect(),
            resources: words(resources),
            names: names.first().map(|names| words(names)).unwrap_or_default(),
            ..Rule::default()
        }),
        _ => None,
    }
}

fn subject(kind: &str, name: &'static str) -> Option<Identity> {
    match kind {
        "User" => Some(Identity::User(name.into())),
        "Group" => Some(Identity::Group(name.into())),
        _ => name
            .split_once('/')
            .map(|(namespace, name)| Identity::service_account(namespace, name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let lines = POLICY.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let understood: usize = all()
            .iter()
            .map(|role| {
                1 + role.labels.len() + usize::from(role.collects.is_some()) + role.rules.len() + role.bound.len()
            })
            .sum();
        assert_eq!(understood, lines.count());
        assert!(!node_rules().is_empty());
    }
}
