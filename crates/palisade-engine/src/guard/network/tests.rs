//! Policies let through what manifests tell of, and nothing else.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use palisade_inventory::{Change, Coverage, Resource};
use proptest::prelude::*;

use crate::guard::{Guardrail, Input, Known, ProofVerdict, Target, Wanted, guard};
use crate::model::{Model, Settings};
use crate::network::{HostNetwork, Network};
use crate::system::ElementId;
use crate::testing::catalogue;

fn read(manifest: &str) -> Result<Vec<Resource>, String> {
    let reading = palisade_sources::read_bytes("system.yaml", manifest.as_bytes());
    match reading.coverage.skipped.first() {
        Some(skipped) => Err(skipped.reason.clone()),
        None => Ok(reading.resources),
    }
}

/// The policies of a system, and the network with all of them in place, the proposed ones too.
fn policies(manifest: &str) -> (Vec<Guardrail>, Network) {
    let settings = Settings::default();
    let catalogue = Arc::new(catalogue().clone());
    let mut model = Model::new(Arc::clone(&catalogue), settings.clone());
    let resources = read(manifest).expect("it can be read").into_iter();
    model.apply(resources.map(|resource| Change::Upsert(Box::new(resource))));
    let assessment = model.assess(Coverage::default());
    let wanted = Wanted {
        targets: BTreeSet::from([Target::NetworkPolicy]),
        ..Wanted::default()
    };
    let known = Known {
        catalogue: &catalogue,
        settings: &settings,
        read: &read,
        audit: None,
        wanted: &wanted,
    };
    let guardrails = guard(&assessment, known).systems.swap_remove(0).guardrails;
    let system = assessment.systems.first().expect("one system");
    let input = Input {
        assessment: system,
        known,
    };
    let network = Network::new(&input.with(&guardrails), HostNetwork::default());
    (guardrails, network)
}

/// Workloads with a Service each; each calls some of the others.
fn system(calls: &[BTreeSet<usize>]) -> String {
    let mut manifest = String::new();
    for (number, called) in calls.iter().enumerate() {
        let _ = write!(
            manifest,
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: w{number}, namespace: n{}}}\n\
             spec: {{selector: {{app: w{number}}}, ports: [{{port: 80, targetPort: 8080}}]}}\n\
             ---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w{number}, namespace: n{}}}\n\
             spec:\n  selector: {{matchLabels: {{app: w{number}}}}}\n  template:\n    metadata: {{labels: {{app: w{number}}}}}\n    \
             spec:\n      automountServiceAccountToken: false\n      containers:\n      - name: main\n        image: registry.example.com/w:1\n        \
             ports: [{{containerPort: 8080}}]\n        env:\n        - {{name: MODE, value: quick}}\n",
            number % 2,
            number % 2,
        );
        for other in called {
            let _ = writeln!(
                manifest,
                "        - {{name: W{other}_URL, value: 'http://w{other}.n{}.svc:80'}}",
                other % 2
            );
        }
    }
    manifest
}

fn id(number: usize) -> ElementId {
    ElementId::new(format!("Deployment/n{}/w{number}", number % 2))
}

fn of<'g>(guardrails: &'g [Guardrail], file: &str) -> &'g Guardrail {
    guardrails.iter().find(|one| one.file == file).expect("it is written")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// With every policy in place, what connects is what was told.
    #[test]
    fn what_connects_is_what_was_told(calls in prop::collection::vec(prop::collection::btree_set(0_usize..5, 0..4), 5)) {
        let (guardrails, network) = policies(&system(&calls));
        for (from, called) in calls.iter().enumerate() {
            for to in (0..calls.len()).filter(|to| *to != from) {
                let is_open = !network.allowed(&id(from), &id(to)).is_empty();
                prop_assert_eq!(is_open, called.contains(&to), "w{} to w{}", from, to);
            }
        }
        let workloads = guardrails.iter().filter(|one| !one.file.ends_with("default-deny.yaml"));
        prop_assert_eq!(workloads.count(), 2 * calls.len());
        let refuted = guardrails.iter().flat_map(|one| &one.proofs).find(|one| one.verdict == ProofVerdict::Refuted);
        prop_assert!(refuted.is_none(), "{:?}", refuted);
    }
}

#[test]
fn what_is_not_known_is_only_proposed() {
    let (guardrails, _) = policies(&system(&[BTreeSet::from([1]), BTreeSet::new()]));
    assert!(of(&guardrails, "network/n1/palisade-w1-ingress.yaml").is_ready());
    assert!(of(&guardrails, "network/n0/palisade-w0-egress.yaml").is_ready());
    let callers = of(&guardrails, "network/n0/palisade-w0-ingress.yaml");
    assert_eq!(
        callers.unknowns,
        ["Service w0 leads to it, but nothing tells who calls it. Who does?"]
    );
    let outgoing = of(&guardrails, "network/n1/palisade-w1-egress.yaml");
    assert_eq!(
        outgoing.unknowns,
        ["Nothing tells whom it calls. Does it call anything?"]
    );
    let deny = of(&guardrails, "network/n1/default-deny.yaml");
    assert!(!deny.is_ready() && deny.unknowns.len() == 1, "{:?}", deny.unknowns);
}

#[test]
fn a_policy_that_lets_more_in_is_named() {
    let open = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: open, namespace: n1}\n\
                spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}\n";
    let calls = [
        BTreeSet::from([1]),
        BTreeSet::new(),
        BTreeSet::from([3]),
        BTreeSet::new(),
    ];
    let (guardrails, _) = policies(&format!("{}{open}", system(&calls)));
    let policy = of(&guardrails, "network/n1/palisade-w1-ingress.yaml");
    let refuted = policy
        .proofs
        .iter()
        .find(|one| one.verdict == ProofVerdict::Refuted)
        .expect("one is");
    assert!(refuted.why.contains("Deployment/n0/w2"), "{}", refuted.why);
}

#[test]
fn names_and_metrics_and_replicas_are_not_forgotten() {
    let store = "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: n1}\n\
                 spec:\n  replicas: 3\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata:\n      labels: {app: db}\n      \
                 annotations: {prometheus.io/scrape: 'true'}\n    spec: {containers: [{name: db, image: 'mongo:7', ports: [{containerPort: 27017}]}]}\n";
    let (guardrails, _) = policies(&format!("{}{store}", system(&[BTreeSet::from([1]), BTreeSet::new()])));
    let ingress = of(&guardrails, "network/n1/palisade-db-ingress.yaml");
    assert!(
        ingress.unknowns.iter().any(|one| one.starts_with("Its 3 replicas")),
        "{:?}",
        ingress.unknowns
    );
    assert!(
        ingress.unknowns.iter().any(|one| one.contains("scraped")),
        "{:?}",
        ingress.unknowns
    );
    let egress = of(&guardrails, "network/n0/palisade-w0-egress.yaml");
    let rules = egress
        .documents
        .first()
        .and_then(|one| one.at(&["spec", "egress"]))
        .expect("rules");
    let names = rules.as_list().expect("a list").last().expect("one");
    assert_eq!(
        names.at(&["ports"]).and_then(|ports| ports.as_list()).map(<[_]>::len),
        Some(2)
    );
}
