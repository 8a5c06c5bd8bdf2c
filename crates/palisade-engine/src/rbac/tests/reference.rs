//! The authoriser against a naive reference: the definitions of RBAC, word by word, over random roles and bindings.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::super::{Authorizer, Request};
use crate::testing::{cases, resources};

const VERBS: [&str; 5] = ["get", "list", "create", "deletecollection", "*"];
const GROUPS: [&str; 3] = ["", "apps", "*"];
const RESOURCES: [&str; 7] = [
    "pods",
    "pods/exec",
    "deployments",
    "deployments/scale",
    "*",
    "*/exec",
    "*/scale",
];
const NAMES: [&str; 2] = ["a", "b"];
const URLS: [&str; 6] = ["/healthz", "/healthz/*", "/metrics", "/logs*", "*", "/"];
const ROLES: [&str; 4] = ["r0", "r1", "r2", "r3"];
const KEYS: [&str; 2] = ["tier", "part"];
const VALUES: [&str; 2] = ["front", "back"];
const SUBJECTS: [(&str, &str); 7] = [
    ("User", "alice"),
    ("User", "system:serviceaccount:one:worker"),
    ("Group", "devs"),
    ("Group", "system:authenticated"),
    ("Group", "system:serviceaccounts:one"),
    ("ServiceAccount", "one/worker"),
    // Without a namespace: one of the binding's.
    ("ServiceAccount", "/worker"),
];

#[derive(Clone, Debug, Default)]
struct Rule {
    verbs: Vec<&'static str>,
    groups: Vec<&'static str>,
    resources: Vec<&'static str>,
    names: Vec<&'static str>,
    urls: Vec<&'static str>,
}

/// `key operator values`.
type Expression = (&'static str, &'static str, Vec<&'static str>);

/// A role of one of four names. Empty namespace: a ClusterRole.
#[derive(Clone, Debug)]
struct Role {
    namespace: &'static str,
    name: &'static str,
    labels: Vec<(&'static str, &'static str)>,
    /// Selectors, of which one is enough; each is all of its expressions.
    aggregates: Vec<Vec<Expression>>,
    rules: Vec<Rule>,
}

/// A binding. Empty namespace: a ClusterRoleBinding.
#[derive(Clone, Debug)]
struct Binding {
    namespace: &'static str,
    to_cluster_role: bool,
    role: &'static str,
    subjects: Vec<(&'static str, &'static str)>,
}

#[derive(Clone, Debug)]
struct Asked {
    user: Option<&'static str>,
    groups: Vec<String>,
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
    namespace: &'static str,
    name: &'static str,
    url: Option<&'static str>,
}

fn rule() -> impl Strategy<Value = Rule> {
    let some = |words: &'static [&'static str]| subsequence(words, 1..=2);
    let names = prop_oneof![2 => Just(Vec::new()), 1 => subsequence(&NAMES[..], 1..=2)];
    let of_objects = (some(&VERBS), some(&GROUPS), some(&RESOURCES), names);
    prop_oneof![
        4 => of_objects.prop_map(|(verbs, groups, resources, names)| Rule { verbs, groups, resources, names, urls: Vec::new() }),
        1 => (some(&VERBS), some(&URLS)).prop_map(|(verbs, urls)| Rule { verbs, urls, ..Rule::default() }),
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    let values = || subsequence(&VALUES[..], 1..=2);
    prop_oneof![
        (select(&KEYS[..]), select(&["In", "NotIn"][..]), values()),
        (select(&KEYS[..]), select(&["Exists", "DoesNotExist"][..])).prop_map(|(key, is)| (key, is, Vec::new())),
    ]
}

fn role() -> impl Strategy<Value = Role> {
    let labels = prop::collection::btree_map(select(&KEYS[..]), select(&VALUES[..]), 0..=2);
    let selectors = prop::collection::vec(prop::collection::vec(expression(), 1..=2), 0..=2);
    let namespace = select(&["", "", "one", "two"][..]);
    let rules = prop::collection::vec(rule(), 0..3);
    (namespace, select(&ROLES[..]), labels, selectors, rules).prop_map(
        |(namespace, name, labels, aggregates, rules)| Role {
            namespace,
            name,
            labels: labels.into_iter().collect(),
            aggregates: if namespace.is_empty() { aggregates } else { Vec::new() },
            rules,
        },
    )
}

fn binding() -> impl Strategy<Value = Binding> {
    let subjects = subsequence(&SUBJECTS[..], 1..=3);
    (
        select(&["", "one", "two"][..]),
        any::<bool>(),
        select(&ROLES[..]),
        subjects,
    )
        .prop_map(|(namespace, to_cluster_role, role, subjects)| Binding {
            namespace,
            to_cluster_role: to_cluster_role || namespace.is_empty(),
            role,
            subjects,
        })
}

fn asked() -> impl Strategy<Value = Asked> {
    let authenticated = "system:authenticated".to_owned();
    let who = prop_oneof![
        Just((Some("alice"), vec![authenticated.clone()])),
        Just((Some("alice"), vec!["devs".to_owned(), authenticated.clone()])),
        Just((
            Some("system:serviceaccount:one:worker"),
            vec!["system:serviceaccounts:one".to_owned(), authenticated.clone()]
        )),
        Just((Some("system:serviceaccount:two:worker"), vec![authenticated])),
        Just((None, vec!["devs".to_owned()])),
        Just((Some("system:anonymous"), vec!["system:unauthenticated".to_owned()])),
        Just((Some("root"), vec!["system:masters".to_owned()])),
    ];
    let what = (
        select(&VERBS[..]),
        select(&GROUPS[..]),
        select(&["pods", "deployments", "*"][..]),
        select(&["", "", "exec", "scale"][..]),
        select(&["", "one", "two"][..]),
        select(&["", "a", "b", "c"][..]),
    );
    let url = prop::option::weighted(
        0.2,
        select(&["/healthz", "/healthz/etcd", "/logs", "/logs/a", "/", "/metrics/x"][..]),
    );
    (who, what, url).prop_map(
        |((user, groups), (verb, group, resource, subresource, namespace, name), url)| Asked {
            user,
            groups,
            verb,
            group,
            resource,
            subresource,
            namespace,
            name,
            url,
        },
    )
}

fn yaml(known: &[Role], bindings: &[Binding]) -> String {
    let metadata = |namespace: &str, name: &str, labels: &[(&str, &str)]| {
        // So that selectors can tell them from the roles that every cluster is born with, which bear no such label.
        let labels = labels.iter().chain(&[("ours", "x")]);
        let labels: Vec<String> = labels.map(|(key, value)| format!("{key}: {value}")).collect();
        let place = if namespace.is_empty() {
            String::new()
        } else {
            format!(", namespace: {namespace}")
        };
        format!("{{name: {name}{place}, labels: {{{}}}}}", labels.join(", "))
    };
    let prefix = |namespace: &str| if namespace.is_empty() { "Cluster" } else { "" };
    let mut text = String::from("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: worker, namespace: one}\n");
    for role in known {
        let rules: Vec<String> = role.rules.iter().map(rule_yaml).collect();
        let selectors: Vec<String> = role.aggregates.iter().map(|all| selector_yaml(all)).collect();
        let aggregation = if selectors.is_empty() {
            String::new()
        } else {
            format!(
                "aggregationRule: {{clusterRoleSelectors: [{}]}}\n",
                selectors.join(", ")
            )
        };
        let _ = write!(
            text,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {}Role\nmetadata: {}\n{aggregation}rules: [{}]\n",
            prefix(role.namespace),
            metadata(role.namespace, role.name, &role.labels),
            rules.join(", ")
        );
    }
    for (index, binding) in bindings.iter().enumerate() {
        let subjects = binding
            .subjects
            .iter()
            .map(|(kind, name)| match (*kind, name.split_once('/')) {
                ("ServiceAccount", Some(("", name))) => format!("{{kind: ServiceAccount, name: {name}}}"),
                ("ServiceAccount", Some((namespace, name))) => {
                    format!("{{kind: ServiceAccount, name: {name}, namespace: {namespace}}}")
                }
                _ => format!("{{kind: {kind}, name: '{name}'}}"),
            });
        let subjects: Vec<String> = subjects.collect();
        let kind = if binding.to_cluster_role { "ClusterRole" } else { "Role" };
        let _ = write!(
            text,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {}RoleBinding\nmetadata: {}\nroleRef: {{apiGroup: \
             rbac.authorization.k8s.io, kind: {kind}, name: {}}}\nsubjects: [{}]\n",
            prefix(binding.namespace),
            metadata(binding.namespace, &format!("b{index}"), &[]),
            binding.role,
            subjects.join(", ")
        );
    }
    text
}

fn rule_yaml(rule: &Rule) -> String {
    if rule.urls.is_empty() {
        format!(
            "{{verbs: {:?}, apiGroups: {:?}, resources: {:?}, resourceNames: {:?}}}",
            rule.verbs, rule.groups, rule.resources, rule.names
        )
    } else {
        format!("{{verbs: {:?}, nonResourceURLs: {:?}}}", rule.verbs, rule.urls)
    }
}

fn selector_yaml(all: &[Expression]) -> String {
    let ours = ("ours", "Exists", Vec::new());
    let expressions = all.iter().chain([&ours]).map(|(key, operator, values)| {
        let values = if values.is_empty() {
            String::new()
        } else {
            format!(", values: {values:?}")
        };
        format!("{{key: {key}, operator: {operator}{values}}}")
    });
    format!("{{matchExpressions: [{}]}}", expressions.collect::<Vec<_>>().join(", "))
}

/// The roles that are there: of two with one name, the later.
fn last_of_each(roles: &[Role]) -> Vec<&Role> {
    let is_last = |index: usize, role: &Role| {
        let later = &roles[index + 1..];
        !later
            .iter()
            .any(|other| (other.namespace, other.name) == (role.namespace, role.name))
    };
    roles
        .iter()
        .enumerate()
        .filter(|(index, role)| is_last(*index, role))
        .map(|(_, role)| role)
        .collect()
}

fn is_selected(all: &[Expression], role: &Role) -> bool {
    all.iter().all(|(key, operator, values)| {
        let value = role
            .labels
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value);
        match *operator {
            "In" => value.is_some_and(|value| values.contains(value)),
            "NotIn" => value.is_none_or(|value| !values.contains(value)),
            "Exists" => value.is_some(),
            _ => value.is_none(),
        }
    })
}

/// All rules of a role: round after round, each ClusterRole gets the rules of those that it selects, until nothing changes.
fn rules_of<'a>(role: &'a Role, roles: &[&'a Role]) -> Vec<&'a Rule> {
    let mut parts: BTreeSet<&str> = BTreeSet::from([role.name]);
    if !role.namespace.is_empty() {
        return role.rules.iter().collect();
    }
    let of_cluster: Vec<&&Role> = roles.iter().filter(|role| role.namespace.is_empty()).collect();
    for _ in ROLES {
        for whole in &of_cluster {
            for part in &of_cluster {
                if parts.contains(whole.name) && whole.aggregates.iter().any(|all| is_selected(all, part)) {
                    parts.insert(part.name);
                }
            }
        }
    }
    of_cluster
        .iter()
        .filter(|role| parts.contains(role.name))
        .flat_map(|role| &role.rules)
        .collect()
}

fn is_subject((kind, name): (&str, &str), binding: &Binding, asked: &Asked) -> bool {
    match (kind, name.split_once('/')) {
        ("Group", _) => asked.groups.iter().any(|group| group == name),
        ("ServiceAccount", Some((namespace, name))) => {
            let namespace = if namespace.is_empty() {
                binding.namespace
            } else {
                namespace
            };
            !namespace.is_empty() && asked.user == Some(&format!("system:serviceaccount:{namespace}:{name}"))
        }
        _ => asked.user == Some(name),
    }
}

fn rule_allows(rule: &Rule, asked: &Asked) -> bool {
    let has = |words: &[&str], word: &str| words.contains(&"*") || words.contains(&word);
    if let Some(url) = asked.url {
        let path = rule.urls.iter().any(|rule| match rule.strip_suffix('*') {
            Some(prefix) => url.starts_with(prefix),
            None => *rule == url,
        });
        return has(&rule.verbs, asked.verb) && path;
    }
    let wanted = match asked.subresource {
        "" => asked.resource.to_owned(),
        subresource => format!("{}/{subresource}", asked.resource),
    };
    let of_any = format!("*/{}", asked.subresource);
    let resource = rule.resources.iter().any(|resource| {
        *resource == "*" || *resource == wanted || (!asked.subresource.is_empty() && *resource == of_any)
    });
    has(&rule.verbs, asked.verb)
        && has(&rule.groups, asked.group)
        && resource
        && (rule.names.is_empty() || rule.names.contains(&asked.name))
}

fn naive(known: &[Role], bindings: &[Binding], asked: &Asked) -> bool {
    if asked.groups.iter().any(|group| group == "system:masters") {
        return true;
    }
    let there = last_of_each(known);
    bindings.iter().any(|binding| {
        let in_scope = binding.namespace.is_empty() || (asked.url.is_none() && binding.namespace == asked.namespace);
        let of = if binding.to_cluster_role { "" } else { binding.namespace };
        let role = there
            .iter()
            .find(|role| role.namespace == of && role.name == binding.role);
        let rules = role.map(|role| rules_of(role, &there)).unwrap_or_default();
        in_scope
            && binding
                .subjects
                .iter()
                .any(|subject| is_subject(*subject, binding, asked))
            && rules.into_iter().any(|rule| rule_allows(rule, asked))
    })
}

impl Asked {
    fn request(&self) -> Request<'_> {
        Request {
            verb: self.verb,
            group: self.group,
            resource: self.resource,
            subresource: self.subresource,
            namespace: self.namespace,
            name: self.name,
            url: self.url,
            on_node: None,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2000), ..ProptestConfig::default() })]

    #[test]
    fn decisions_are_those_of_the_reference(
        roles in prop::collection::vec(role(), 0..7),
        bindings in prop::collection::vec(binding(), 0..6),
        questions in prop::collection::vec(asked(), 24),
    ) {
        let (_, resources) = resources(&yaml(&last_of_each(&roles).into_iter().cloned().collect::<Vec<_>>(), &bindings));
        let authorizer = Authorizer::new(&resources);
        for asked in questions {
            let expected = naive(&roles, &bindings, &asked);
            let request = asked.request();
            let decision = authorizer.decide(asked.user, &asked.groups, &request);
            prop_assert_eq!(decision.is_allowed(), expected, "{:?}: {}", asked, decision);
            // Whoever may, and is no superuser, has a grant among those of everybody.
            let holders = match asked.url {
                Some(url) => authorizer.who_can_url(asked.verb, url),
                None => authorizer.who_can(&super::permission(&request)),
            };
            for granted in authorizer.allowing(asked.user, &asked.groups, &request) {
                let create_by_name = asked.verb == "create" && asked.subresource.is_empty();
                let is_told = holders.iter().any(|holder| std::ptr::eq(holder.grant, granted.grant));
                prop_assert!(is_told || create_by_name, "{:?}", asked);
            }
        }
    }
}
