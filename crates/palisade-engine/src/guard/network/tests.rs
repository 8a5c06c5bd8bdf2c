//! Policies let through what manifests tell of, and nothing else.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use palisade_inventory::{Change, Coverage, Node, Resource, Value};
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
    policies_for(Target::NetworkPolicy, manifest)
}

fn policies_for(target: Target, manifest: &str) -> (Vec<Guardrail>, Network) {
    let settings = Settings::default();
    let catalogue = Arc::new(catalogue().clone());
    let mut model = Model::new(Arc::clone(&catalogue), settings.clone());
    let resources = read(manifest).expect("it can be read").into_iter();
    model.apply(resources.map(|resource| Change::Upsert(Box::new(resource))));
    let assessment = model.assess(Coverage::default());
    let wanted = Wanted {
        targets: BTreeSet::from([target]),
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

/// The scalars of a document, each with the way to it.
fn told(guardrail: &Guardrail) -> String {
    fn tell(node: &Node, way: &str, out: &mut String) {
        match &node.value {
            Value::Map(map) if map.entries().is_empty() => {
                let _ = writeln!(out, "{way}: {{}}");
            }
            Value::Map(map) => {
                for entry in map.entries() {
                    tell(&entry.value, &format!("{way}.{}", entry.key), out);
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    tell(item, &format!("{way}[{index}]"), out);
                }
            }
            scalar => {
                let _ = writeln!(out, "{way}: {scalar:?}");
            }
        }
    }
    let mut out = String::new();
    for document in &guardrail.documents {
        tell(document, "", &mut out);
    }
    out
}

/// Calls a host outside, and the other workload.
const CALLER: &str = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n\
    ---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n\
    spec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      \
    serviceAccountName: web\n      automountServiceAccountToken: false\n      containers:\n      - name: main\n        \
    image: registry.example.com/web:1\n        env:\n        - {name: BANK_URL, value: 'https://api.bank.example'}\n        \
    - {name: STOCK_URL, value: 'http://stock:80'}\n";
const CALLED: &str = "---\napiVersion: v1\nkind: Service\nmetadata: {name: stock, namespace: shop}\n\
    spec: {selector: {app: stock}, ports: [{port: 80, targetPort: 8080}]}\n\
    ---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: stock, namespace: shop}\n\
    spec:\n  selector: {matchLabels: {app: stock}}\n  template:\n    metadata: {labels: {app: stock}}\n    spec:\n      \
    containers: [{name: main, image: 'registry.example.com/stock:1', ports: [{containerPort: 8080}]}]\n";

#[test]
fn cilium_knows_hosts_outside_by_name() {
    let (guardrails, _) = policies_for(Target::Cilium, &format!("{CALLER}{CALLED}"));
    insta::assert_snapshot!(told(of(&guardrails, "cilium/shop/palisade-web-egress.yaml")));
    let nobody = of(&guardrails, "cilium/shop/palisade-web-ingress.yaml");
    assert!(told(nobody).ends_with(".spec.ingress[0]: {}\n"), "{}", told(nobody));
}

#[test]
fn istio_knows_callers_by_identity_where_they_are_of_the_mesh() {
    let mesh = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n";
    let (guardrails, _) = policies_for(Target::Istio, &format!("{mesh}{CALLER}{CALLED}"));
    let stock = of(&guardrails, "istio/shop/palisade-stock.yaml");
    assert!(stock.is_ready(), "{:?}", stock.unknowns);
    insta::assert_snapshot!(told(stock));
    assert!(of(&guardrails, "istio/shop/mutual-tls.yaml").is_ready());
    // Without a mesh there is nothing to say.
    assert!(policies_for(Target::Istio, &format!("{CALLER}{CALLED}")).0.is_empty());
    // Who is not of the mesh speaks plain text.
    let outside = CALLER.replace(
        "labels: {app: web}}\n    spec",
        "labels: {app: web, sidecar.istio.io/inject: 'false'}}\n    spec",
    );
    let (guardrails, _) = policies_for(Target::Istio, &format!("{mesh}{outside}{CALLED}"));
    let strict = of(&guardrails, "istio/shop/mutual-tls.yaml");
    assert!(
        strict
            .unknowns
            .iter()
            .any(|one| one.contains("calls Deployment/shop/stock in plain text")),
        "{:?}",
        strict.unknowns
    );
}

#[test]
fn names_lead_out_of_no_folder() {
    let evil = format!("{CALLER}{CALLED}").replace("namespace: shop", "namespace: '../../evil'");
    for target in [Target::NetworkPolicy, Target::Cilium] {
        let (guardrails, _) = policies_for(target, &evil);
        assert!(!guardrails.is_empty());
        assert!(
            guardrails
                .iter()
                .all(|one| !one.file.split('/').any(|part| part == ".."))
        );
    }
}
