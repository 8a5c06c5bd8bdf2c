//! One changed object in a cluster that is known: how soon weaknesses, the attack graph and distances are fresh again.
//!
//! `PALISADE_PODS=25000 cargo bench -p xtask --bench change` prints, for each kind of object, what one change in two, one in
//! a hundred and the slowest took, over some hundred random changes. Each is taken back before the next, which counts as
//! a change too.

#![expect(clippy::expect_used, reason = "a benchmark that can't begin ends")]
#![expect(clippy::indexing_slicing, reason = "it ends where something is not as it wrote it")]
#![expect(clippy::print_stdout, reason = "it is what a benchmark is for")]

mod common;

use std::hint::black_box;
use std::time::{Duration, Instant};

use palisade_engine::Model;
use palisade_inventory::{Change, Resource};
use serde_json::{Value, json};
use xtask::rng::Rng;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many changes of each kind, and as many changes back.
const CHANGES: usize = 150;

/// Changes something about an object of a kind, at random.
type Mutation = fn(&mut Value, &mut Rng);

const KINDS: [(&str, Mutation); 3] = [
    ("Deployment", change_deployment),
    ("Role", change_role),
    ("NetworkPolicy", change_policy),
];

fn main() {
    for pods in common::sizes() {
        let dump = common::dump(pods);
        let mut model = common::model_of(&dump);
        let begun = Instant::now();
        black_box(model.gauge());
        println!("{pods} pods, from nothing: {:.1} ms", millis(begun.elapsed()));
        let list: Value = serde_json::from_slice(&dump).expect("it is JSON");
        let items = list.get("items").and_then(Value::as_array).expect("it is a list");
        for (kind, mutate) in KINDS {
            let of_kind: Vec<&Value> = items.iter().filter(|item| item["kind"] == kind).collect();
            let mut rng = Rng::of(1, &[pods as u64]);
            let mut times = Vec::new();
            for _ in 0..CHANGES {
                let number = rng.below(of_kind.len() as u64);
                let before = of_kind[usize::try_from(number).expect("it is below the length")];
                let mut after = before.clone();
                mutate(&mut after, &mut rng);
                times.push(time(&mut model, read(&after)));
                times.push(time(&mut model, read(before)));
            }
            report(kind, &mut times);
        }
    }
}

/// How long it takes until what follows from a change is known.
fn time(model: &mut Model, resource: Resource) -> Duration {
    let begun = Instant::now();
    model.apply([Change::Upsert(Box::new(resource))]);
    black_box(model.gauge());
    begun.elapsed()
}

fn report(kind: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| millis(times[(times.len() * percent).div_ceil(100) - 1]);
    println!(
        "{kind:>14}: p50 {:6.1} ms   p99 {:6.1} ms   slowest {:6.1} ms   ({} changes)",
        at(50),
        at(99),
        at(100),
        times.len()
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The object as a reader of the cluster hands it over.
fn read(object: &Value) -> Resource {
    let text = serde_json::to_vec(object).expect("it was JSON");
    let reading = palisade_sources::read_bytes("cluster.json", &text);
    reading.resources.into_iter().next().expect("it is one object")
}

fn change_deployment(object: &mut Value, rng: &mut Rng) {
    let spec = &mut object["spec"]["template"]["spec"];
    match rng.below(6) {
        0 => spec["containers"][0]["image"] = format!("registry.synthetic.example/new:{}", rng.below(1000)).into(),
        1 => spec["containers"][0]["securityContext"] = json!({"privileged": true}),
        2 => spec["hostPID"] = true.into(),
        3 => spec["serviceAccountName"] = "default".into(),
        4 => spec["containers"][0]["envFrom"] = json!([{"secretRef": {"name": "another"}}]),
        _ => object["spec"]["replicas"] = rng.below(100).into(),
    }
}

fn change_role(object: &mut Value, rng: &mut Rng) {
    object["rules"] = match rng.below(5) {
        0 => json!([{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}]),
        1 => json!([{"apiGroups": [""], "resources": ["pods", "pods/exec"], "verbs": ["create"]}]),
        2 => json!([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]),
        3 => json!([{"apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["a"], "verbs": ["patch"]}]),
        _ => json!([{"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}]),
    };
}

fn change_policy(object: &mut Value, rng: &mut Rng) {
    object["spec"] = match rng.below(4) {
        0 => json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}),
        1 => json!({"podSelector": {}, "ingress": [{}]}),
        2 => json!({"podSelector": {}, "ingress": [{"from": [{"namespaceSelector": {}}], "ports": [{"port": 8080}]}]}),
        _ => json!({
            "podSelector": {"matchLabels": {"app.kubernetes.io/version": "16.4"}},
            "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}],
        }),
    };
}
