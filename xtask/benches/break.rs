//! What can go wrong: the whole assessment of what was read, the diagram included.

#![expect(clippy::expect_used, reason = "a benchmark that can't begin ends")]

mod common;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use palisade_inventory::Coverage;

fn break_down(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("break");
    group.sample_size(10);
    for pods in common::sizes() {
        let mut model = common::model(pods);
        group.bench_function(BenchmarkId::from_parameter(pods), |bencher| {
            bencher.iter(|| black_box(model.assess(Coverage::default())));
        });
    }
    group.finish();
}

criterion_group!(benches, break_down);
criterion_main!(benches);
