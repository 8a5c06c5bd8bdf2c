//! The data-flow diagrams of real systems, flow by flow. They are read from a corpus that is not part of this repository.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that can't begin ends, and says when it was skipped"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use palisade_engine::system::{Basis, System};
use palisade_engine::{Model, Settings};
use palisade_inventory::{Change, Coverage};
use palisade_knowledge::Catalogue;

/// The files of the corpus as one text, or nothing where there is no corpus.
fn read(paths: &[&str]) -> Option<String> {
    let corpus = std::env::var_os("PALISADE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    if !corpus.is_dir() {
        eprintln!("skipped: corpus not present");
        return None;
    }
    let mut files = Vec::new();
    for path in paths {
        let path = corpus.join("systems").join(path);
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("the folder can be listed");
            files.extend(entries.map(|entry| entry.expect("it can be listed").path()));
        } else {
            files.push(path);
        }
    }
    files.sort();
    let texts = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("the file can be read"));
    Some(texts.collect::<Vec<_>>().join("\n---\n"))
}

fn system(paths: &[&str]) -> Option<System> {
    let reading = palisade_sources::read_bytes("manifests.yaml", read(paths)?.as_bytes());
    let catalogue = Catalogue::builtin().expect("the catalogue loads");
    let mut model = Model::new(Arc::new(catalogue), Settings::default());
    model.apply(
        reading
            .resources
            .into_iter()
            .map(|resource| Change::Upsert(Box::new(resource))),
    );
    let mut assessment = model.assess(Coverage::default());
    assert_eq!(assessment.systems.len(), 1, "one file is one system");
    Some(assessment.systems.remove(0).system)
}

/// `from → to` of the flows of a basis between workloads and from or to the outside.
fn flows(system: &System, basis: Basis) -> BTreeSet<String> {
    let short = |id: &str| id.rsplit('/').next().unwrap_or(id).to_owned();
    system
        .flows
        .iter()
        .filter(|flow| flow.basis == basis && !matches!(&*flow.protocol, "mount" | "env"))
        .inspect(|flow| assert!(flow.evidence.iter().all(|evidence| evidence.line > 0), "{flow:?}"))
        .inspect(|flow| assert!(!flow.evidence.is_empty(), "{flow:?}"))
        .map(|flow| format!("{} → {}", short(flow.from.as_str()), short(flow.to.as_str())))
        .collect()
}

fn check(system: &System, basis: Basis, expected: &[&str]) {
    let expected: BTreeSet<String> = expected.iter().map(|flow| (*flow).to_owned()).collect();
    assert_eq!(flows(system, basis), expected);
}

fn unknown(system: &System, code: &str) -> Vec<String> {
    let of_code = system.unknowns.iter().filter(|unknown| unknown.code == code);
    of_code.map(|unknown| unknown.element.to_string()).collect()
}

#[test]
fn online_boutique_tells_all_its_calls() {
    let Some(system) = system(&["microservices-demo/release/kubernetes-manifests.yaml"]) else {
        return;
    };
    let expected = [
        "cartservice → redis-cart",
        "checkoutservice → cartservice",
        "checkoutservice → currencyservice",
        "checkoutservice → emailservice",
        "checkoutservice → paymentservice",
        "checkoutservice → productcatalogservice",
        "checkoutservice → shippingservice",
        "frontend → adservice",
        "frontend → cartservice",
        "frontend → checkoutservice",
        "frontend → currencyservice",
        "frontend → productcatalogservice",
        "frontend → recommendationservice",
        "frontend → shippingservice",
        "internet → frontend",
        "loadgenerator → frontend",
        "recommendationservice → productcatalogservice",
    ];
    check(&system, Basis::Declared, &expected);
    let dangling: Vec<_> = system.dangling.iter().map(|one| (&*one.host, one.port)).collect();
    assert_eq!(dangling, [("shoppingassistantservice", Some(80))]);
    let cart = system.element("Deployment/default/redis-cart").expect("it is there");
    assert_eq!(cart.technology.as_deref(), Some("redis"));
    assert_eq!(unknown(&system, "callers"), Vec::<String>::new());
}

#[test]
fn sock_shop_tells_little_and_its_policies_more() {
    let (manifests, policies) = (
        "sock-shop/deploy/kubernetes/complete-demo.yaml",
        "sock-shop/deploy/kubernetes/manifests-policy",
    );
    let Some(without) = system(&[manifests]) else { return };
    check(&without, Basis::Declared, &["internet → front-end", "user → user-db"]);
    check(&without, Basis::Allowed, &[]);
    assert_eq!(without.dangling.len(), 1, "{:?}", without.dangling);
    let Some(with) = system(&[manifests, policies]) else {
        return;
    };
    check(&with, Basis::Declared, &["internet → front-end", "user → user-db"]);
    let allowed = [
        "catalogue → catalogue-db",
        "front-end → catalogue",
        "front-end → orders",
        "front-end → user",
        "orders → orders-db",
        "orders → payment",
        "orders → shipping",
        "orders → user",
        "queue-master → rabbitmq",
        "shipping → rabbitmq",
        "user → user-db",
    ];
    check(&with, Basis::Allowed, &allowed);
    // The policies call carts `cart`: one protects nothing, another lets nobody in.
    assert_eq!(unknown(&with, "subject"), ["NetworkPolicy/sock-shop/cart-access"]);
    assert_eq!(
        unknown(&with, "peer"),
        [
            "NetworkPolicy/sock-shop/carts-db-access",
            "NetworkPolicy/sock-shop/cortex-access"
        ]
    );
}

#[test]
fn bookinfo_does_not_tell_who_calls_whom() {
    let Some(system) = system(&["istio-samples/samples/bookinfo/platform/kube/bookinfo.yaml"]) else {
        return;
    };
    check(&system, Basis::Declared, &[]);
    check(&system, Basis::Allowed, &[]);
    let everybody = [
        "details-v1",
        "productpage-v1",
        "ratings-v1",
        "reviews-v1",
        "reviews-v2",
        "reviews-v3",
    ];
    let everybody = everybody.map(|name| format!("Deployment/default/{name}"));
    assert_eq!(unknown(&system, "callers"), everybody);
}
