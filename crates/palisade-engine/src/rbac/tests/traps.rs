//! Where tools go wrong about permissions: each trap a test of its own.

use super::super::{Authorizer, Identity, Request, Rule};
use super::bound;
use crate::testing::resources;

/// Whether a service account of `shop` may: `verb resource[/sub][.group] [name]`, in a namespace.
fn may(yaml: &str, request: &str, namespace: &str) -> bool {
    as_identity(yaml, &Identity::service_account("shop", "worker"), request, namespace)
}

fn as_identity(yaml: &str, identity: &Identity, request: &str, namespace: &str) -> bool {
    let (_, resources) = resources(yaml);
    let permission: palisade_knowledge::Permission = request.parse().expect("a permission");
    let request = Request {
        verb: &permission.verb,
        group: &permission.group,
        resource: &permission.resource,
        subresource: &permission.subresource,
        namespace,
        name: permission.name.as_deref().unwrap_or_default(),
        ..Request::default()
    };
    let authorizer = Authorizer::of_cluster(&resources);
    authorizer
        .decide(identity.user().as_deref(), &identity.groups(), &request)
        .is_allowed()
}

fn role(kind: &str, name: &str, rules: &str) -> String {
    let place = if kind == "Role" { ", namespace: shop" } else { "" };
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}{place}}}\nrules: [{rules}]\n"
    )
}

/// A ClusterRole `r` with these rules, bound in the whole cluster, or in `shop`.
fn in_cluster(rules: &str) -> String {
    format!(
        "{}{}",
        bound("ClusterRoleBinding", "", "ClusterRole", "r"),
        role("ClusterRole", "r", rules)
    )
}

fn in_shop(rules: &str) -> String {
    let binding = bound("RoleBinding", "", "ClusterRole", "r").replace("{name: b}", "{name: b, namespace: shop}");
    format!("{binding}{}", role("ClusterRole", "r", rules))
}

#[test]
fn resource_names_limit_a_rule() {
    let yaml = in_cluster("{apiGroups: [''], resources: [secrets], verbs: ['*'], resourceNames: [one]}");
    assert!(may(&yaml, "get secrets one", "shop"));
    assert!(!may(&yaml, "get secrets two", "shop"));
}

#[test]
fn a_request_to_create_carries_no_name() {
    let yaml =
        in_cluster("{apiGroups: ['', apps], resources: [pods, pods/exec], verbs: [create], resourceNames: [one]}");
    assert!(!may(&yaml, "create pods", "shop"));
    // Except for subresources, whose object is named in the path.
    assert!(may(&yaml, "create pods/exec one", "shop"));
    assert!(!may(&yaml, "create pods/exec two", "shop"));
}

#[test]
fn a_request_for_a_collection_carries_no_name_unless_it_asks_for_one() {
    let yaml = in_cluster(
        "{apiGroups: [''], resources: [secrets], verbs: [list, watch, deletecollection], resourceNames: [one]}",
    );
    for verb in ["list", "watch", "deletecollection"] {
        assert!(!may(&yaml, &format!("{verb} secrets"), "shop"), "{verb}");
        assert!(may(&yaml, &format!("{verb} secrets one"), "shop"), "{verb}");
    }
}

#[test]
fn groups_count_both_ways() {
    let apps = in_cluster("{apiGroups: [apps], resources: [deployments, secrets], verbs: [create]}");
    assert!(may(&apps, "create deployments.apps", "shop"));
    assert!(!may(&apps, "create deployments", "shop"));
    // `secrets` of `apps` are no Secrets.
    assert!(!may(&apps, "create secrets", "shop"));
}

#[test]
fn a_role_is_what_it_permits_not_what_it_is_called() {
    let empty = role("ClusterRole", "cluster-admin", "");
    let yaml = format!(
        "{}{empty}",
        bound("ClusterRoleBinding", "", "ClusterRole", "cluster-admin")
    );
    assert!(!may(&yaml, "get secrets", "shop"));
    assert!(may(
        &in_cluster("{apiGroups: ['*'], resources: ['*'], verbs: ['*']}"),
        "get secrets",
        "shop"
    ));
}

#[test]
fn a_role_that_nothing_binds_gives_nothing() {
    let yaml = role("ClusterRole", "r", "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}");
    assert!(!may(&yaml, "get secrets", "shop"));
}

#[test]
fn one_rule_must_allow_all_of_a_request() {
    let yaml = in_cluster(
        "{apiGroups: [''], resources: [pods], verbs: [create]}, {apiGroups: [''], resources: [secrets], verbs: [get]}",
    );
    assert!(!may(&yaml, "create secrets", "shop"));
    assert!(!may(&yaml, "get pods", "shop"));
}

#[test]
fn a_grant_in_a_namespace_stays_there() {
    let yaml = in_shop("{apiGroups: [''], resources: [secrets, nodes], verbs: [get]}");
    assert!(may(&yaml, "get secrets", "shop"));
    assert!(!may(&yaml, "get secrets", "other"));
    assert!(!may(&yaml, "get secrets", ""));
    assert!(!may(&yaml, "get nodes", ""));
}

#[test]
fn a_role_of_another_namespace_is_not_the_one() {
    let yaml = bound("RoleBinding", "", "Role", "r").replace("{name: b}", "{name: b, namespace: other}");
    let yaml = format!(
        "{yaml}{}",
        role("Role", "r", "{apiGroups: [''], resources: [pods], verbs: [get]}")
    );
    assert!(!may(&yaml, "get pods", "other"));
    assert!(!may(&yaml, "get pods", "shop"));
}

#[test]
fn implicit_groups_count() {
    let to = |group: &str| {
        in_cluster("{apiGroups: [''], resources: [secrets], verbs: [get]}").replace(
            "{kind: ServiceAccount, name: worker, namespace: shop}",
            &format!("{{kind: Group, name: '{group}'}}"),
        )
    };
    let account = Identity::service_account("shop", "worker");
    let alice = Identity::User("alice".into());
    let kubelet = Identity::User("system:node:n1".into());
    let anonymous = Identity::User("system:anonymous".into());
    for (group, identity, expected) in [
        ("system:authenticated", &account, true),
        ("system:authenticated", &alice, true),
        ("system:authenticated", &anonymous, false),
        ("system:unauthenticated", &anonymous, true),
        ("system:unauthenticated", &alice, false),
        ("system:serviceaccounts", &account, true),
        ("system:serviceaccounts", &alice, false),
        ("system:serviceaccounts:shop", &account, true),
        ("system:serviceaccounts:other", &account, false),
        ("system:nodes", &kubelet, true),
        ("system:nodes", &alice, false),
    ] {
        let yaml = to(group);
        assert_eq!(
            as_identity(&yaml, identity, "get secrets x", "shop"),
            expected,
            "{group} {identity:?}"
        );
    }
}

#[test]
fn masters_may_do_everything_whatever_is_bound() {
    let yaml = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
    let masters = Identity::Group("system:masters".into());
    assert!(as_identity(yaml, &masters, "delete nodes x", ""));
    assert!(as_identity(yaml, &masters, "* *.*", ""));
    let (_, resources) = resources(yaml);
    let authorizer = Authorizer::new(&resources);
    let url = Request {
        verb: "get",
        url: Some("/debug/pprof"),
        ..Request::default()
    };
    assert!(authorizer.decide(None, &masters.groups(), &url).is_allowed());
    assert!(!authorizer.decide(Some("system:masters"), &[], &url).is_allowed());
}

#[test]
fn a_resource_does_not_mean_its_subresources() {
    let pods = in_cluster("{apiGroups: [''], resources: [pods], verbs: ['*']}");
    assert!(!may(&pods, "create pods/exec x", "shop"));
    let any = in_cluster("{apiGroups: [''], resources: ['*/exec'], verbs: [create]}");
    assert!(may(&any, "create pods/exec x", "shop"));
    assert!(!may(&any, "create pods", "shop"));
    // This is not a pattern: nothing is called so.
    let below = in_cluster("{apiGroups: [''], resources: ['pods/*'], verbs: [create]}");
    assert!(!may(&below, "create pods/exec x", "shop"));
    let all = in_cluster("{apiGroups: [''], resources: ['*'], verbs: [create]}");
    assert!(may(&all, "create pods/exec x", "shop"));
}

#[test]
fn a_star_is_only_met_by_a_star() {
    let most =
        in_cluster("{apiGroups: [''], resources: [pods], verbs: [get, list, watch, create, update, patch, delete]}");
    assert!(!may(&most, "* pods", "shop"));
    assert!(may(
        &in_cluster("{apiGroups: ['*'], resources: ['*'], verbs: ['*']}"),
        "* *.*",
        "shop"
    ));
}

#[test]
fn aggregation_reaches_built_in_roles() {
    let edit = bound("ClusterRoleBinding", "", "ClusterRole", "edit");
    let more = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: more, labels: \
                {rbac.authorization.k8s.io/aggregate-to-view: 'true'}}\nrules: [{apiGroups: [example.com], resources: \
                [widgets], verbs: [get]}]\n";
    assert!(may(&format!("{edit}{more}"), "get widgets.example.com", "shop"));
    assert!(!may(
        &format!("{edit}{}", more.replace("'true'", "'false'")),
        "get widgets.example.com",
        "shop"
    ));
    // A role of the input that stands in for a built-in one is what it says.
    let own = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: edit}\nrules: []\n";
    assert!(!may(&format!("{edit}{more}{own}"), "create pods", "shop"));
}

#[test]
fn empty_roles_get_what_they_select_one_selector_being_enough() {
    let yaml = format!(
        "{}apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r}}\naggregationRule:\n  \
         clusterRoleSelectors:\n    - matchLabels: {{no: such}}\n    - matchExpressions: [{{key: part, operator: In, values: \
         [a, b]}}]\nrules: []\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: part, \
         labels: {{part: b}}}}\nrules: [{{apiGroups: [''], resources: [secrets], verbs: [get]}}]\n",
        bound("ClusterRoleBinding", "", "ClusterRole", "r")
    );
    assert!(may(&yaml, "get secrets x", "shop"));
    assert!(!may(&yaml.replace("part: b", "part: c"), "get secrets x", "shop"));
}

#[test]
fn default_bindings_count_until_the_input_has_its_own() {
    let empty = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
    let discover = |yaml: &str| {
        let (_, resources) = resources(yaml);
        let authorizer = Authorizer::of_cluster(&resources);
        let request = Request {
            verb: "get",
            url: Some("/apis/apps/v1"),
            ..Request::default()
        };
        let alice = Identity::User("alice".into());
        authorizer
            .decide(alice.user().as_deref(), &alice.groups(), &request)
            .is_allowed()
    };
    assert!(discover(empty));
    let own = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: \
               'system:discovery'}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \
               'system:discovery'}\nsubjects: []\n";
    assert!(!discover(own));
}

fn may_bind(yaml: &str, namespace: &str) -> Vec<(String, bool)> {
    let (_, resources) = resources(yaml);
    let authorizer = Authorizer::of_cluster(&resources);
    let worker = Identity::service_account("shop", "worker");
    let of = (worker.user(), worker.groups());
    let bindable = authorizer.bindable((of.0.as_deref(), &of.1), namespace);
    let ours = bindable.into_iter().filter(|role| !role.name.starts_with("system:"));
    ours.map(|role| (role.to_string(), role.by_verb)).collect()
}

#[test]
fn making_bindings_gives_no_more_than_is_held() {
    let binder = "{apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}, {apiGroups: [''], \
                  resources: [pods], verbs: [get, list]}";
    let small = role(
        "ClusterRole",
        "small",
        "{apiGroups: [''], resources: [pods], verbs: [get], resourceNames: [a]}",
    );
    let large = role(
        "ClusterRole",
        "large",
        "{apiGroups: [''], resources: [pods, secrets], verbs: [get]}",
    );
    let yaml = format!("{}{small}{large}", in_shop(binder));
    let held = [
        ("ClusterRole/r".to_owned(), false),
        ("ClusterRole/small".to_owned(), false),
    ];
    assert_eq!(may_bind(&yaml, "shop"), held);
    assert_eq!(may_bind(&yaml, "other"), []);
    let by_verb = format!(
        "{}{small}{large}",
        in_shop(
            "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [large]}"
        )
    );
    let bind = [
        ("ClusterRole/large".to_owned(), true),
        ("ClusterRole/r".to_owned(), false),
    ];
    assert_eq!(may_bind(&by_verb, "shop"), bind);
}

#[test]
fn writing_roles_takes_escalate_or_holding_all_of_it() {
    let writes = |yaml: &str, rule: Rule| {
        let (_, resources) = resources(yaml);
        let authorizer = Authorizer::of_cluster(&resources);
        let worker = Identity::service_account("shop", "worker");
        let (user, groups) = (worker.user(), worker.groups());
        authorizer.may_write_role((user.as_deref(), &groups), "shop", "new", &[rule])
    };
    let words = |words: &[&str]| words.iter().copied().map(Box::from).collect::<Vec<Box<str>>>();
    let rule = |resources: &[&str], verbs: &[&str]| Rule {
        verbs: words(verbs),
        groups: words(&[""]),
        resources: words(resources),
        ..Rule::default()
    };
    let yaml = in_shop("{apiGroups: [''], resources: ['*/exec', pods], verbs: [get, create]}");
    assert!(writes(&yaml, rule(&["pods", "pods/exec"], &["get"])));
    assert!(!writes(&yaml, rule(&["pods", "secrets"], &["get"])));
    assert!(!writes(&yaml, rule(&["pods"], &["get", "delete"])));
    assert!(!writes(&yaml, rule(&["*"], &["get"])));
    let escalates = in_shop("{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}");
    assert!(writes(&escalates, rule(&["*"], &["*"])));
}
