//! Bytes to resources: a dump of many pods as JSON, minified and indented, and as YAML.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use palisade_sources::read_bytes;

/// Pods of ten templates, as the API server shows them.
fn pods(count: usize) -> serde_json::Value {
    let pod = |number: usize| {
        let template = number % 10;
        serde_json::json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": format!("web{template}-5d9-{number}"),
                "namespace": "shop",
                "uid": format!("00000000-0000-0000-0000-{number:012}"),
                "labels": {"app": format!("web{template}"), "pod-template-hash": "5d9"},
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("web{template}-5d9"), "controller": true}],
            },
            "spec": {
                "nodeName": format!("node-{}", number % 100),
                "containers": [{
                    "name": "web",
                    "image": "registry.example.com/shop/web:1.2.3",
                    "env": [{"name": "REDIS_ADDR", "value": "redis:6379"}, {"name": "LOG_LEVEL", "value": "info"}],
                    "ports": [{"containerPort": 8080, "protocol": "TCP"}],
                    "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
                    "volumeMounts": [{"name": format!("kube-api-access-{number}"), "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
                }],
                "volumes": [{"name": format!("kube-api-access-{number}"), "projected": {"sources": []}}],
            },
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "podIP": "10.0.0.1"},
        })
    };
    let items: Vec<_> = (0..count).map(pod).collect();
    serde_json::json!({"apiVersion": "v1", "items": items, "kind": "List"})
}

/// A document for each pod; JSON behind a separator is read as YAML.
fn as_yaml(list: &serde_json::Value) -> String {
    let mut yaml = String::new();
    for item in list
        .get("items")
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
    {
        let _ = writeln!(yaml, "---\n{item}");
    }
    yaml
}

fn parse(criterion: &mut Criterion) {
    let list = pods(1000);
    let inputs = [
        ("json", list.to_string()),
        ("json-indented", format!("{list:#}")),
        ("yaml", as_yaml(&list)),
    ];
    let mut group = criterion.benchmark_group("parse");
    for (name, text) in &inputs {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| read_bytes("dump", black_box(text.as_bytes())));
        });
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
