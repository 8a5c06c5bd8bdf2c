//! NetworkPolicies.

use super::*;

fn policy(spec: &str) -> String {
    format!("---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: p}}, spec: {{{spec}}}}}\n")
}

fn allowed(manifests: &str) -> Vec<String> {
    flows(&system(manifests), Basis::Allowed)
}

fn two() -> String {
    app("web", None, "") + &app("db", None, "ports: [{name: sql, containerPort: 5432}]")
}

#[test]
fn a_flow_is_allowed_where_both_ends_are_named() {
    let spec = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: sql}]}]";
    assert_eq!(
        allowed(&(two() + &policy(spec))),
        ["Deployment/web → Deployment/db TCP 5432"]
    );
    let everybody = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}]}]";
    assert_eq!(allowed(&(two() + &policy(everybody))), Vec::<String>::new());
}

#[test]
fn egress_goes_the_other_way() {
    let spec = "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]";
    let system = system(&(two() + &policy(spec)));
    assert_eq!(
        flows(&system, Basis::Allowed),
        ["Deployment/web → Deployment/db unknown"]
    );
    let web = system.element("Deployment/default/web").expect("it is there");
    assert_eq!(web.isolation.ingress, []);
    assert_eq!(web.isolation.egress.len(), 1);
}

#[test]
fn absent_policy_types_are_read_as_kubernetes_does() {
    let directions = |spec: &str| {
        let system = system(&(two() + &policy(spec)));
        let db = system.element("Deployment/default/db").expect("it is there");
        (db.isolation.ingress.len(), db.isolation.egress.len())
    };
    assert_eq!(directions("podSelector: {}"), (1, 0));
    assert_eq!(directions("podSelector: {}, egress: [{}]"), (1, 1));
    assert_eq!(directions("podSelector: {}, egress: []"), (1, 0));
    assert_eq!(directions("podSelector: {}, policyTypes: [Egress]"), (0, 1));
    assert_eq!(
        directions("podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [db]}]}"),
        (0, 0)
    );
}

#[test]
fn a_policy_of_another_namespace_protects_nothing_here() {
    let elsewhere = "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: other}, spec: {podSelector: {}}}\n";
    let system = system(&(two() + elsewhere));
    assert!(system.elements.iter().all(|element| element.isolation.is_none()));
    assert_eq!(unknowns(&system, "subject"), ["NetworkPolicy/other/p"]);
}

#[test]
fn namespaces_have_their_name_as_a_label() {
    let spec = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: front}}}]}]";
    let manifests = two() + &in_namespace("front", "proxy", None, "") + &policy(spec);
    assert_eq!(allowed(&manifests), ["Deployment/front/proxy → Deployment/db unknown"]);
}

#[test]
fn a_peer_that_matches_nothing_is_asked_for() {
    let spec = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: wbe}}}]}]";
    let system = system(&(two() + &policy(spec)));
    assert_eq!(unknowns(&system, "peer"), ["NetworkPolicy/p"]);
    assert_eq!(flows(&system, Basis::Allowed), Vec::<String>::new());
}

#[test]
fn ranges_are_outside() {
    let spec = "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 80}]}], \
                egress: [{to: [{ipBlock: {cidr: 198.51.100.0/24}}], ports: [{port: 443}]}]";
    assert_eq!(
        allowed(&(two() + &policy(spec))),
        [
            "Deployment/web → External/198.51.100.0/24 TCP 443",
            "External/internet → Deployment/web TCP 80"
        ]
    );
}

#[test]
fn the_host_network_is_beyond_policies() {
    let pod = "---\n{apiVersion: v1, kind: Pod, metadata: {name: agent}, spec: {hostNetwork: true, containers: [{name: a, image: a}]}}\n";
    let system = system(&(pod.to_owned() + &policy("podSelector: {}")));
    assert!(system.elements.iter().all(|element| element.isolation.is_none()));
}

#[test]
fn all_pods_of_a_workload_must_be_selected() {
    let pod = |name: &str, app: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, labels: {{app: {app}}}, ownerReferences: [{{apiVersion: apps/v1, kind: StatefulSet, name: db, controller: true}}]}}, spec: {{containers: [{{name: a, image: a}}]}}}}\n"
        )
    };
    let isolated = |manifests: &str| {
        let system = system(&(manifests.to_owned() + &policy("podSelector: {matchLabels: {app: db}}")));
        let db = system.element("StatefulSet/default/db").expect("it is there");
        !db.isolation.ingress.is_empty()
    };
    assert!(isolated(&(pod("db-0", "db") + &pod("db-1", "db"))));
    assert!(!isolated(&(pod("db-0", "db") + &pod("db-1", "other"))));
}

#[test]
fn what_policies_forbid_of_what_is_called_is_asked_about() {
    let web = app("web", None, &env("DB", "postgres://db:5432/x"));
    let manifests = web + &app("db", Some(5432), "ports: [{containerPort: 5432}]");
    let asked = |spec: &str| unknowns(&system(&(manifests.clone() + &policy(spec))), "forbidden");
    assert_eq!(asked("podSelector: {matchLabels: {app: db}}"), ["Deployment/web"]);
    assert_eq!(
        asked("podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]"),
        ["Deployment/web"]
    );
    let allowed = "podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 5432}]}]";
    assert_eq!(asked(allowed), Vec::<String>::new());
    let door = "---\n{apiVersion: v1, kind: Service, metadata: {name: out}, spec: {type: LoadBalancer, selector: {app: db}, ports: [{port: 5432}]}}\n";
    let inside = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}]}]";
    let system = system(&(manifests.clone() + door + &policy(inside)));
    assert_eq!(unknowns(&system, "forbidden"), ["Deployment/db"]);
}

#[test]
fn what_kubernetes_would_refuse_is_asked_about() {
    let refused = policy("podSelector: {}, ingress: [{from: [{}]}]");
    let system = system(&(two() + &refused));
    assert_eq!(unknowns(&system, "refused"), ["NetworkPolicy/p"]);
    assert!(system.elements.iter().all(|element| element.isolation.is_none()));
}
