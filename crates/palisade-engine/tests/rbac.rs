//! Authorisation against what a real API server decided.
#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that can't read its input must say so"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_engine::rbac::{Authorizer, Decision, Request};
use palisade_engine::system::Resources;
use serde_json::Value;

/// Where the recorded decisions are, if they are here.
fn recordings() -> Option<PathBuf> {
    let corpus = std::env::var_os("PALISADE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let folder = corpus.join("conformance/rbac");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: corpus not present");
    None
}

fn load(resources: &mut Resources, path: &Path) {
    let bytes = std::fs::read(path).expect("the file is readable");
    for resource in palisade_sources::read_bytes(&path.display().to_string(), &bytes).resources {
        resources.upsert(Arc::new(resource));
    }
}

/// Words under these keys of the request's attributes.
fn attributes(spec: &Value) -> BTreeMap<&str, &str> {
    let attributes = spec["resourceAttributes"].as_object().into_iter().flatten();
    attributes
        .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
        .collect()
}

#[test]
fn every_recorded_decision_is_ours_too() {
    let Some(folder) = recordings() else { return };
    let (mut decided, mut wrong) = (0, Vec::new());
    for universe in std::fs::read_dir(&folder)
        .expect("a folder")
        .flatten()
        .filter(|entry| entry.path().is_dir())
    {
        let mut resources = Resources::default();
        load(&mut resources, &folder.join("bootstrap-1.36.json"));
        load(&mut resources, &universe.path().join("objects.json"));
        let authorizer = Authorizer::new(&resources);
        let decisions = std::fs::read_to_string(universe.path().join("decisions.jsonl")).expect("decisions");
        for line in decisions.lines() {
            let decision: Value = serde_json::from_str(line).expect("a decision");
            let spec = &decision["spec"];
            let groups: Vec<String> = serde_json::from_value(spec["groups"].clone()).unwrap_or_default();
            let attributes = attributes(spec);
            let word = |key| attributes.get(key).copied().unwrap_or_default();
            let request = Request {
                verb: spec["nonResourceAttributes"]["verb"]
                    .as_str()
                    .unwrap_or_else(|| word("verb")),
                group: word("group"),
                resource: word("resource"),
                subresource: word("subresource"),
                namespace: word("namespace"),
                name: word("name"),
                url: spec["nonResourceAttributes"]["path"].as_str(),
            };
            let allowed = !matches!(
                authorizer.decide(spec["user"].as_str(), &groups, &request),
                Decision::Denied
            );
            decided += 1;
            if Some(allowed) != decision["allowed"].as_bool() {
                wrong.push(line.to_owned());
            }
        }
    }
    assert!(decided >= 1000, "only {decided} decisions");
    assert!(
        wrong.is_empty(),
        "{} of {decided}, the first: {:#?}",
        wrong.len(),
        wrong.first()
    );
}
