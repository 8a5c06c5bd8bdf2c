//! Authorisation against a naive evaluator, and the traps that tools fall into.

mod node;
mod reference;
mod traps;

use palisade_knowledge::Permission;
use proptest::prelude::*;

use super::{Authorizer, Decision, Identity, Request, Scope};
use crate::testing::{cases, resources};

fn permission(request: &Request<'_>) -> Permission {
    Permission {
        verb: request.verb.into(),
        group: request.group.into(),
        resource: request.resource.into(),
        subresource: request.subresource.into(),
        name: (!request.name.is_empty()).then(|| request.name.into()),
    }
}

const VERBS: [&str; 4] = ["get", "list", "create", "*"];
const GROUPS: [&str; 3] = ["", "apps", "*"];
const RESOURCES: [&str; 6] = ["pods", "pods/exec", "secrets", "deployments", "*", "*/exec"];
const NAMES: [&str; 2] = ["a", "b"];
const NAMESPACES: [&str; 2] = ["one", "two"];

#[derive(Clone, Debug)]
struct AnyRule {
    verbs: Vec<&'static str>,
    groups: Vec<&'static str>,
    resources: Vec<&'static str>,
    names: Vec<&'static str>,
}

/// A binding and the role that it alone refers to.
#[derive(Clone, Debug)]
struct AnyBinding {
    /// None: a ClusterRoleBinding.
    namespace: Option<&'static str>,
    rules: Vec<AnyRule>,
    /// Kind and name.
    subject: (&'static str, &'static str),
}

fn rule() -> impl Strategy<Value = AnyRule> {
    let some = |words: &'static [&'static str]| prop::sample::subsequence(words, 1..=2);
    let names = prop::sample::subsequence(&NAMES[..], 0..=2);
    (some(&VERBS), some(&GROUPS), some(&RESOURCES), names).prop_map(|(verbs, groups, resources, names)| AnyRule {
        verbs,
        groups,
        resources,
        names,
    })
}

fn binding() -> impl Strategy<Value = AnyBinding> {
    let subjects = [
        ("User", "alice"),
        ("Group", "devs"),
        ("Group", "system:authenticated"),
        ("Group", "system:serviceaccounts:one"),
        ("User", "system:serviceaccount:one:worker"),
        ("ServiceAccount", "worker"),
    ];
    let namespace = prop::option::of(prop::sample::select(&NAMESPACES[..]));
    let rules = prop::collection::vec(rule(), 1..3);
    let subject = prop::sample::select(subjects.to_vec());
    (namespace, rules, subject).prop_map(|(namespace, rules, subject)| AnyBinding {
        namespace,
        rules,
        subject,
    })
}

fn yaml(bindings: &[AnyBinding]) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: worker, namespace: one}\n");
    for (index, binding) in bindings.iter().enumerate() {
        let (prefix, place) = match binding.namespace {
            Some(namespace) => ("", format!(", namespace: {namespace}")),
            None => ("Cluster", String::new()),
        };
        let metadata = format!("metadata: {{name: r{index}{place}}}");
        writeln!(
            text,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {prefix}Role\n{metadata}\nrules:"
        )
        .expect("text");
        for rule in &binding.rules {
            writeln!(
                text,
                "  - {{verbs: {:?}, apiGroups: {:?}, resources: {:?}, resourceNames: {:?}}}",
                rule.verbs, rule.groups, rule.resources, rule.names
            )
            .expect("text");
        }
        let (kind, name) = binding.subject;
        let place = if kind == "ServiceAccount" {
            ", namespace: one"
        } else {
            ""
        };
        writeln!(
            text,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {prefix}RoleBinding\n{metadata}\n\
             roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {prefix}Role, name: r{index}}}\n\
             subjects: [{{kind: {kind}, name: '{name}'{place}}}]"
        )
        .expect("text");
    }
    text
}

/// The definition, word by word.
fn naive(bindings: &[AnyBinding], user: Option<&str>, groups: &[String], request: &Request<'_>) -> bool {
    let has = |words: &[&str], word: &str| words.contains(&"*") || words.contains(&word);
    let wanted = match request.subresource {
        "" => request.resource.to_owned(),
        subresource => format!("{}/{subresource}", request.resource),
    };
    bindings.iter().any(|binding| {
        let subject = match binding.subject {
            ("Group", name) => groups.iter().any(|group| group == name),
            ("ServiceAccount", name) => user == Some(&format!("system:serviceaccount:one:{name}")),
            (_, name) => user == Some(name),
        };
        let place = binding.namespace.is_none_or(|namespace| namespace == request.namespace);
        let rule = |rule: &AnyRule| {
            let of_any = format!("*/{}", request.subresource);
            let resource = rule.resources.iter().any(|resource| {
                *resource == "*" || *resource == wanted || (!request.subresource.is_empty() && *resource == of_any)
            });
            has(&rule.verbs, request.verb)
                && has(&rule.groups, request.group)
                && resource
                && (rule.names.is_empty() || rule.names.contains(&request.name))
        };
        subject && place && binding.rules.iter().any(rule)
    })
}

fn identities() -> [Identity; 4] {
    [
        Identity::User("alice".into()),
        Identity::Group("devs".into()),
        Identity::service_account("one", "worker"),
        Identity::service_account("two", "worker"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2000), ..ProptestConfig::default() })]

    #[test]
    fn decisions_are_those_of_the_definition(bindings in prop::collection::vec(binding(), 0..6)) {
        let (_, resources) = resources(&yaml(&bindings));
        let authorizer = Authorizer::new(&resources);
        for identity in identities() {
            let (user, groups) = (identity.user(), identity.groups());
            for verb in ["get", "list", "create"] {
                for (group, resource, subresource) in [("", "pods", ""), ("", "pods", "exec"), ("apps", "deployments", ""), ("", "secrets", "")] {
                    let permission = [verb, " ", resource, if subresource.is_empty() { "" } else { "/exec" }, if group.is_empty() { "" } else { ".apps" }];
                    let permission = permission.concat().parse().expect("a permission");
                    let granted = authorizer.granted(&identity, &permission);
                    for namespace in NAMESPACES {
                        for name in ["", "a", "b", "c"] {
                            // A request to create an object carries no name.
                            if verb == "create" && subresource.is_empty() && !name.is_empty() {
                                continue;
                            }
                            let request = Request { verb, group, resource, subresource, namespace, name, ..Request::default() };
                            let expected = naive(&bindings, user.as_deref(), &groups, &request);
                            let decision = authorizer.decide(user.as_deref(), &groups, &request);
                            prop_assert_eq!(matches!(decision, Decision::Allowed(_)), expected, "{:?} {:?}", identity, request);
                            let covers = granted.iter().any(|granted| {
                                let place = match &granted.scope {
                                    Scope::Cluster => true,
                                    Scope::Namespace(scope) => **scope == *namespace,
                                };
                                place && granted.names.as_ref().is_none_or(|names| names.iter().any(|known| **known == *name))
                            });
                            prop_assert_eq!(covers, expected, "granted: {:?} {:?}", identity, request);
                        }
                    }
                }
            }
        }
    }
}

/// The scopes in which a service account of `shop` has a permission, by these manifests.
fn scopes(permission: &str, yaml: &str) -> Vec<String> {
    let (_, resources) = resources(yaml);
    let authorizer = Authorizer::new(&resources);
    let permission = permission.parse().expect("a permission");
    let identity = Identity::service_account("shop", "worker");
    let granted = authorizer.granted(&identity, &permission);
    granted.iter().map(|granted| granted.scope.to_string()).collect()
}

fn bound(kind: &str, namespace: &str, role_kind: &str, role: &str) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: b{namespace}}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {role_kind}, name: {role}}}\n\
         subjects: [{{kind: ServiceAccount, name: worker, namespace: shop}}]\n---\n"
    )
}

#[test]
fn built_in_roles_are_known_without_being_there() {
    let admin = bound("ClusterRoleBinding", "", "ClusterRole", "admin");
    assert_eq!(scopes("create pods/exec", &admin), ["the whole cluster"]);
    assert_eq!(
        scopes("create rolebindings.rbac.authorization.k8s.io", &admin),
        ["the whole cluster"]
    );
    let view = bound("ClusterRoleBinding", "", "ClusterRole", "view");
    assert_eq!(scopes("get secrets", &view), Vec::<String>::new());
    assert_eq!(scopes("list pods", &view), ["the whole cluster"]);
    let all = bound("ClusterRoleBinding", "", "ClusterRole", "cluster-admin");
    assert_eq!(scopes("* *.*", &all), ["the whole cluster"]);
}

#[test]
fn aggregated_roles_take_in_what_bears_their_label() {
    let aggregated = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: more\n  labels: \
                      {rbac.authorization.k8s.io/aggregate-to-view: 'true'}\nrules:\n  - {apiGroups: [''], resources: \
                      [secrets], verbs: [get]}\n";
    let edit = bound("ClusterRoleBinding", "", "ClusterRole", "edit");
    let granted = scopes("get secrets", &format!("{edit}{aggregated}"));
    assert!(
        granted.len() >= 2,
        "edit's own grant and, through view, the aggregated one: {granted:?}"
    );
}

#[test]
fn role_bindings_grant_nothing_on_what_lives_in_no_namespace() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: nodes}\nrules:\n  - \
                {apiGroups: [''], resources: [nodes, namespaces], verbs: [get, patch, list]}\n";
    let binding = bound("RoleBinding", "", "ClusterRole", "nodes").replace("{name: b}", "{name: b, namespace: shop}");
    let yaml = format!("{binding}{role}");
    assert_eq!(scopes("get nodes", &yaml), Vec::<String>::new());
    assert_eq!(scopes("list namespaces", &yaml), Vec::<String>::new());
    assert_eq!(scopes("patch namespaces", &yaml), ["namespace shop"]);
}

#[test]
fn only_bound_roles_count_as_bound() {
    let roles = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: whole}\naggregationRule: \
                 {clusterRoleSelectors: [{matchLabels: {part: 'yes'}}]}\n---\napiVersion: \
                 rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: part, labels: {part: \
                 'yes'}}\nrules: []\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: \
                 loose}\nrules: []\n";
    let (_, resources) = resources(&format!(
        "{}{roles}",
        bound("ClusterRoleBinding", "", "ClusterRole", "whole")
    ));
    let authorizer = Authorizer::new(&resources);
    let bound: Vec<&str> = resources
        .of_kind("ClusterRole")
        .filter(|role| authorizer.is_bound(&role.id))
        .map(|role| &*role.id.name)
        .collect();
    assert_eq!(bound, ["part", "whole"]);
}
