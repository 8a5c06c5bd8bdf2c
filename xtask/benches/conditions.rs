//! The whole catalogue over a dump, against reading the dump: each object on its own, and each distinct projection once.
//!
//! `PALISADE_PODS=25000 cargo bench -p xtask --bench conditions` measures another size.

#![expect(clippy::expect_used, reason = "a benchmark that can't begin ends")]

mod common;

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use palisade_inventory::Resource;
use palisade_knowledge::{Catalogue, Verdict};

/// Every condition on every object, as admission would evaluate it.
fn each(catalogue: &Catalogue, resources: &[Resource]) -> (usize, usize) {
    let (mut evaluations, mut matches) = (0, 0);
    for resource in resources {
        for weakness in catalogue.weaknesses.values() {
            for subject in weakness.applies_to.subjects(&resource.id, &resource.content) {
                evaluations += 1;
                matches += usize::from(weakness.when.evaluate(&subject.bindings) == Verdict::Match);
            }
        }
    }
    (evaluations, matches)
}

/// Every condition once for each distinct projection of what it reads, and objects that share a content once.
fn projected(catalogue: &Catalogue, resources: &[Resource]) -> (usize, usize) {
    let mut sharing: HashMap<*const palisade_inventory::Node, (&Resource, usize)> = HashMap::new();
    for resource in resources {
        sharing.entry(Arc::as_ptr(&resource.content)).or_insert((resource, 0)).1 += 1;
    }
    let (mut evaluations, mut matches) = (0, 0);
    let mut known: HashMap<&str, HashMap<Vec<u8>, Verdict>> = HashMap::new();
    for (resource, count) in sharing.into_values() {
        for weakness in catalogue.weaknesses.values() {
            let known = known.entry(&weakness.id).or_default();
            for subject in weakness.applies_to.subjects(&resource.id, &resource.content) {
                let verdict = known
                    .entry(weakness.when.projection(&subject.bindings))
                    .or_insert_with(|| {
                        evaluations += 1;
                        weakness.when.evaluate(&subject.bindings)
                    });
                matches += if *verdict == Verdict::Match { count } else { 0 };
            }
        }
    }
    (evaluations, matches)
}

fn conditions(criterion: &mut Criterion) {
    let catalogue = Catalogue::builtin().expect("the catalogue is sound");
    let mut group = criterion.benchmark_group("conditions");
    group.sample_size(10);
    for pods in common::sizes() {
        let dump = common::dump(pods);
        let resources = palisade_sources::read_bytes("cluster.json", &dump).resources;
        let (all, some) = (each(&catalogue, &resources), projected(&catalogue, &resources));
        assert_eq!(all.1, some.1, "both ways find the same");
        let name = |what: &str, evaluations| BenchmarkId::new(format!("{what}, {evaluations} evaluations"), pods);
        group.bench_function(BenchmarkId::new("reading", pods), |bencher| {
            bencher.iter(|| black_box(palisade_sources::read_bytes("cluster.json", &dump)));
        });
        group.bench_function(name("each object", all.0), |bencher| {
            bencher.iter(|| black_box(each(&catalogue, &resources)));
        });
        group.bench_function(name("each projection", some.0), |bencher| {
            bencher.iter(|| black_box(projected(&catalogue, &resources)));
        });
    }
    group.finish();
}

criterion_group!(benches, conditions);
criterion_main!(benches);
