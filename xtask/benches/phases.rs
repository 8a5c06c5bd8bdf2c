//! Where the time of an assessment goes, phase by phase, and how long an answer takes once everything is read.
//!
//! `PALISADE_PODS=25000 cargo bench -p xtask --bench phases` prints the median of some runs of each.

#![expect(clippy::expect_used, reason = "a benchmark that can't begin ends")]
#![expect(clippy::print_stdout, reason = "it is what a benchmark is for")]

mod common;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_engine::network::{HostNetwork, Network};
use palisade_engine::rbac::{Authorizer, Request};
use palisade_engine::{AttackGraph, Model, Settings};
use palisade_inventory::{Change, Coverage};
use palisade_knowledge::Catalogue;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: usize = 5;

fn main() {
    let catalogue = Arc::new(Catalogue::builtin().expect("the catalogue is sound"));
    for pods in common::sizes() {
        let dump = common::dump(pods);
        println!("{pods} pods");
        let reading = || palisade_sources::read_bytes("cluster.json", &dump);
        report("reading", &reading);
        let mut model = Model::new(Arc::clone(&catalogue), Settings::default());
        let upserts = reading().resources.into_iter();
        model.apply(upserts.map(|resource| Change::Upsert(Box::new(resource))));

        report("diagram", &|| model.compile());
        let systems = model.compile();
        let system = systems.first().expect("there is one");
        let graph = || AttackGraph::new(system, &catalogue);
        report("attack graph", &graph);
        let graph = graph();
        report("distances", &|| graph.distances());
        report("paths and fixes", &|| graph.ask(&palisade_engine::Question::default()));
        let (facts, rules) = graph.size();
        println!("  {facts} facts, {rules} rules");

        report("answer: blast-radius", &|| {
            graph.blast_radius("Deployment/portal/portal")
        });
        let network = Network::new(&system.resources, HostNetwork::Nodes);
        let end = |text| {
            network
                .end(text, &system.resources)
                .map_err(|_| text)
                .expect("it is there")
        };
        let ends = || (end("Deployment/portal/portal"), end("Deployment/reporting/reports"));
        report("answer: reach", &|| {
            let (from, to) = ends();
            network.between(&from, &to)
        });
        let authorizer = Authorizer::new(&system.resources);
        let request = Request {
            verb: "get",
            resource: "secrets",
            namespace: "reporting",
            ..Request::default()
        };
        let user = "system:serviceaccount:reporting:reports";
        report("answer: can", &|| {
            format!("{:?}", authorizer.decide(Some(user), &[], &request))
        });

        drop(graph);
        let assessment = model.assess(Coverage::default());
        report("JSON", &|| serde_json::to_vec(&assessment).expect("it serialises"));
    }
}

fn report<T>(phase: &str, run: &dyn Fn() -> T) {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            black_box(run());
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times.get(RUNS / 2).copied().unwrap_or_default();
    println!("  {phase:>20}: {:9.3} ms", median.as_secs_f64() * 1000.0);
}
