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
