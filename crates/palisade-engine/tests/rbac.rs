//! Authorisation against what a real API server decided.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that can't read its input must say so"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_engine::rbac::{Authorizer, Decision, Grant, Request};
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
        let objects = universe.path().join("objects.json");
        let mut written = Resources::default();
        load(&mut written, &folder.join("bootstrap-1.36.json"));
        load(&mut written, &objects);
        let mut known = Resources::default();
        load(&mut known, &objects);
        // What every cluster is born with may be in the input or not: the answer is the same.
        let authorizers = [
            Authorizer::new(&written),
            Authorizer::of_cluster(&written),
            Authorizer::of_cluster(&known),
        ];
        let decisions = std::fs::read_to_string(universe.path().join("decisions.jsonl")).expect("decisions");
        for line in decisions.lines() {
            let decision: Value = serde_json::from_str(line).expect("a decision");
            decided += 1;
            for authorizer in &authorizers {
                let reasons = reasons(authorizer, &decision["spec"]);
                let allowed = reasons.iter().any(|reason| reason.contains("allowed by"));
                // The API server keeps bindings in no order: any grant that allows it may be the one that it names.
                let is_known = !allowed || reasons.contains(decision["reason"].as_str().unwrap_or_default());
                if Some(allowed) != decision["allowed"].as_bool() || !is_known {
                    wrong.push(line.to_owned());
                }
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

/// What may be said of a request: that it is denied, or one reason for each grant that allows it.
fn reasons(authorizer: &Authorizer, spec: &Value) -> BTreeSet<String> {
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
        on_node: None,
    };
    let user = spec["user"].as_str();
    let decision = authorizer.decide(user, &groups, &request);
    let allowing = authorizer.allowing(user, &groups, &request);
    let reasons: BTreeSet<String> = allowing.map(|granted| Decision::Allowed(granted).to_string()).collect();
    assert_eq!(reasons.is_empty(), !decision.is_allowed(), "{spec}");
    assert!(reasons.is_empty() || reasons.contains(&decision.to_string()), "{spec}");
    reasons
}

/// What every cluster is born with is what a server of that version had when it was new.
#[test]
fn the_built_in_roles_are_those_of_a_new_cluster() {
    let Some(folder) = recordings() else { return };
    let mut written = Resources::default();
    load(&mut written, &folder.join("bootstrap-1.36.json"));
    let grants = |authorizer: &Authorizer| -> BTreeSet<String> {
        let told = |grant: &Grant| {
            let mut rules: Vec<String> = grant.rules().map(|rule| format!("{rule:?}")).collect();
            rules.sort();
            format!("{} {:?} {:?} {rules:#?}", grant.binding, grant.subject, grant.scope)
        };
        authorizer.grants().iter().map(told).collect()
    };
    let (theirs, ours) = (
        grants(&Authorizer::new(&written)),
        grants(&Authorizer::of_cluster(&Resources::default())),
    );
    assert!(theirs.len() > 50, "{}", theirs.len());
    assert_eq!(theirs.symmetric_difference(&ours).next(), None);
    // Roles that nothing binds as well: bound to somebody, they come to the same.
    let roles: Vec<Value> =
        serde_json::from_slice::<Value>(&std::fs::read(folder.join("bootstrap-1.36.json")).expect("the roles"))
            .expect("JSON")["items"]
            .as_array()
            .expect("items")
            .iter()
            .filter(|item| item["kind"] == "ClusterRole")
            .cloned()
            .collect();
    for role in roles {
        let name = role["metadata"]["name"].as_str().expect("a name");
        let binding = serde_json::json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": {"name": "b"}, "subjects": [{"kind": "User", "name": "u"}],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        });
        let granted = |role: Option<&Value>| -> BTreeSet<String> {
            let list = serde_json::json!({"apiVersion": "v1", "kind": "List",
                "items": std::iter::once(&binding).chain(role).collect::<Vec<_>>()});
            let mut resources = Resources::default();
            for resource in palisade_sources::read_bytes("list.json", list.to_string().as_bytes()).resources {
                resources.upsert(Arc::new(resource));
            }
            let authorizer = Authorizer::new(&resources);
            let all = authorizer.grants().iter().flat_map(Grant::rules);
            all.map(|rule| format!("{rule:?}")).collect()
        };
        assert_eq!(granted(Some(&role)), granted(None), "{name}");
    }
}
