//! A small system, whole.

use super::*;

#[test]
fn a_small_system_whole() {
    let manifests = "---\n{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: storefront}}}\n"
        .to_owned()
        + &in_namespace(
            "shop",
            "web",
            Some(80),
            "env: [{name: DB_URL, value: 'postgres://db.data:5432/shop'}, {name: PAY_URL, value: 'https://pay.example.com'}]",
        )
        + &in_namespace("data", "db", Some(5432), "").replace("example/db", "postgres")
        + "---\n{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: shop}, spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}}\n";
    let mut system = system(&manifests);
    // Their evidence is tested elsewhere; here it would hide the picture.
    for element in &mut system.elements {
        element.evidence.truncate(1);
    }
    insta::assert_json_snapshot!(system);
}

#[test]
fn kinds_that_two_groups_share_are_told_apart() {
    let manifests = "---\n{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: edge}, spec: {}}\n\
                     ---\n{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: edge}, spec: {}}\n";
    let system = system(manifests);
    assert_eq!(
        ids(&system.elements),
        ["Gateway.networking.istio.io/default/edge", "Gateway/default/edge"]
    );
}

#[test]
fn callers_that_nobody_tells_of_are_asked_for() {
    let system = system(&(app("api", Some(80), "") + &app("job", None, "")));
    assert_eq!(unknowns(&system, "callers"), ["Deployment/api"]);
    assert_eq!(unknowns(&system, "callees"), ["Deployment/api", "Deployment/job"]);
}
