//! What are we working on: resources to a data-flow diagram.

#![expect(clippy::expect_used, reason = "a benchmark that can't begin ends")]

mod common;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn design(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("design");
    group.sample_size(10);
    for pods in common::sizes() {
        let model = common::model(pods);
        group.bench_function(BenchmarkId::from_parameter(pods), |bencher| {
            bencher.iter(|| black_box(model.compile()));
        });
    }
    group.finish();
}

criterion_group!(benches, design);
criterion_main!(benches);
