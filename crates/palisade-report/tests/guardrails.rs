//! Guardrails of real systems, read back from the files that are written: they fit their schemas, they let the system's own
//! objects in, and with all that are ready in place the paths that they say they close are gone.

#![expect(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests may panic and tell; helpers outside of test functions as well"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_engine::assessment::{Assessment, AttackPath, SystemAssessment};
use palisade_engine::guard::{Application, Known, ProofVerdict, SystemGuardrails, Target, Wanted, guard};
use palisade_engine::plan::Planning;
use palisade_engine::remedy::merge;
use palisade_engine::{Model, Settings};
use palisade_inventory::{Change, Coverage, Entry, Map, Node, Position, Resource, ResourceId};
use palisade_knowledge::Catalogue;
use palisade_report::{GuardFile, guard_folder};
use palisade_sources::{Input, Options, read_bytes};
use serde_json::Value;

fn read(manifest: &str) -> Result<Vec<Resource>, String> {
    let reading = read_bytes("example.yaml", manifest.as_bytes());
    match reading.coverage.skipped.first() {
        Some(skipped) => Err(skipped.reason.clone()),
        None => Ok(reading.resources),
    }
}

/// The assessment of the largest system of these.
fn assess(catalogue: &Arc<Catalogue>, settings: &Settings, resources: Vec<Resource>) -> Assessment {
    let mut model = Model::new(Arc::clone(catalogue), settings.clone());
    model.apply(resources.into_iter().map(|resource| Change::Upsert(Box::new(resource))));
    let mut assessment = model.assess(Coverage::default());
    let systems = std::mem::take(&mut assessment.systems).into_iter();
    let largest = systems.max_by_key(|system| system.system.elements.len());
    assessment.systems.extend(largest);
    assessment
}

/// Gives how many paths are gone.
fn check(folder: &Path) -> usize {
    let catalogue = Arc::new(Catalogue::builtin().unwrap());
    let settings = Settings {
        planning: Some(Planning::default()),
        ..Settings::default()
    };
    let reading = palisade_sources::read(&[Input::Path(folder.to_owned())], &Options::default()).unwrap();
    let before = assess(&catalogue, &settings, reading.resources);
    let of_network = Wanted {
        targets: BTreeSet::from([Target::NetworkPolicy]),
        ..Wanted::default()
    };
    let closed = [Wanted::default(), of_network].map(|wanted| {
        let known = Known {
            catalogue: &catalogue,
            settings: &settings,
            read: &read,
            audit: None,
            wanted: &wanted,
        };
        check_guardrails(&catalogue, &before, known)
    });
    closed.into_iter().max().unwrap_or_default()
}

fn check_guardrails(catalogue: &Arc<Catalogue>, before: &Assessment, known: Known<'_>) -> usize {
    let guardrails = guard(before, known);
    let files = guard_folder(&guardrails).unwrap();
    let (system, guardrails) = (before.systems.first().unwrap(), guardrails.systems.first().unwrap());
    fits_schemas(&files);
    lets_the_system_in(guardrails);
    let after = assess(catalogue, &Settings::default(), in_place(system, guardrails, &files));
    closes_what_it_says(system, guardrails, after.systems.first().unwrap())
}

/// The objects of a system with every guardrail that is ready in place, as its file says.
fn in_place(system: &SystemAssessment, guardrails: &SystemGuardrails, files: &[GuardFile]) -> Vec<Resource> {
    let there = system.system.resources.iter();
    let mut objects: BTreeMap<_, Resource> = there.map(|one| (one.id.clone(), Resource::clone(one))).collect();
    let root = objects.values().next().unwrap().root.clone();
    let ready = guardrails.guardrails.iter().filter(|one| one.is_ready());
    for guardrail in ready.filter(|one| one.application != Application::Outside) {
        for id in &guardrail.removes {
            assert!(objects.remove(id).is_some(), "{id} is not there");
        }
        let file = files.iter().find(|file| file.path == guardrail.file).unwrap();
        let written = documents(&file.text);
        assert_eq!(written.len(), guardrail.documents.len(), "{}", file.path);
        if guardrail.application == Application::Merge && laid_over(&mut objects, &written) {
            continue;
        }
        let reading = read_bytes(&file.path, file.text.as_bytes());
        assert_eq!(reading.resources.len(), written.len(), "{}", file.path);
        for mut new in reading.resources {
            new.root = root.clone();
            objects.insert(new.id.clone(), new);
        }
    }
    objects.into_values().collect()
}

/// Lays patches over the objects of their names; whether all are there.
fn laid_over(objects: &mut BTreeMap<ResourceId, Resource>, patches: &[Value]) -> bool {
    patches.iter().all(|patch| {
        let namespace = text_of(patch, "/metadata/namespace");
        let there = objects.values_mut().find(|one| {
            let is_there = namespace.is_empty() || *one.id.namespace == *namespace;
            let (kind, name) = (text_of(patch, "/kind"), text_of(patch, "/metadata/name"));
            is_there && *one.id.kind == *kind && *one.id.name == *name
        });
        let is_there = there.is_some();
        if let Some(there) = there {
            there.content = Arc::new(merge(&there.content, &node(patch)));
        }
        is_there
    })
}

fn node(value: &Value) -> Node {
    let value = match value {
        Value::Null => palisade_inventory::Value::Null,
        Value::Bool(value) => palisade_inventory::Value::Bool(*value),
        Value::Number(number) => number.as_i64().map_or_else(
            || palisade_inventory::Value::Float(number.as_f64().unwrap()),
            palisade_inventory::Value::Int,
        ),
        Value::String(text) => palisade_inventory::Value::Text(text.as_str().into()),
        Value::Array(items) => palisade_inventory::Value::List(items.iter().map(node).collect()),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| Entry {
                key: key.as_str().into(),
                key_position: Position::default(),
                value: node(value),
            });
            palisade_inventory::Value::Map(Map::new(entries.collect()))
        }
    };
    Node::new(value, Position::default())
}

fn closes_what_it_says(before: &SystemAssessment, guardrails: &SystemGuardrails, after: &SystemAssessment) -> usize {
    let way = |path: &AttackPath| (path.actor.clone(), path.entry.clone(), path.asset.clone());
    let was: BTreeSet<_> = before.paths.iter().map(way).collect();
    let is: BTreeSet<_> = after.paths.iter().map(way).collect();
    let Some(effect) = guardrails.effect.clone() else {
        let mut read = guardrails
            .guardrails
            .iter()
            .filter(|one| one.application != Application::Outside);
        assert!(
            !read.any(palisade_engine::guard::Guardrail::is_ready),
            "the effect of something is not told"
        );
        eprintln!("{}: nothing that is ready changes the model", before.system.root);
        return 0;
    };
    let closed = before
        .paths
        .iter()
        .filter(|path| effect.paths_closed.contains(&path.id));
    let still = closed.filter(|path| is.contains(&way(path))).count();
    assert_eq!(still, 0, "paths that are said to be gone");
    assert!(is.is_subset(&was), "new: {:?}", is.difference(&was).collect::<Vec<_>>());

    let flows: BTreeSet<_> = after.system.flows.iter().map(|flow| (&flow.from, &flow.to)).collect();
    let gone = before
        .system
        .flows
        .iter()
        .filter(|flow| !flows.contains(&(&flow.from, &flow.to)));
    let lost: Vec<_> = gone
        .map(|flow| (flow.from.clone(), flow.to.clone()))
        .filter(|way| !effect.access_removed.contains(way))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");

    // Namespaces that nobody had written down could not be judged before.
    let is_judged = |id: &str| {
        before
            .system
            .element(id)
            .is_some_and(|element| element.resource.is_some())
    };
    let found: BTreeSet<_> = before.findings.iter().map(|one| (&one.rule, &one.element)).collect();
    let new: Vec<_> = after
        .findings
        .iter()
        .filter(|one| !found.contains(&(&one.rule, &one.element)) && is_judged(one.element.as_str()))
        .map(|one| format!("{} at {}", one.rule, one.element))
        .collect();
    assert!(new.is_empty(), "{new:?}");
    eprintln!(
        "{}: {} paths before, {} after; {} findings before, {} after",
        before.system.root,
        before.paths.len(),
        after.paths.len(),
        before.findings.len(),
        after.findings.len()
    );
    effect.paths_closed.len()
}

/// No policy refuses anything of the system but what it says has to change first.
fn lets_the_system_in(guardrails: &SystemGuardrails) {
    let admission = [Target::AdmissionVap, Target::Kyverno, Target::Gatekeeper];
    for guardrail in guardrails
        .guardrails
        .iter()
        .filter(|one| admission.contains(&one.target))
    {
        let mut proofs = guardrail.proofs.iter();
        let refuted = proofs.find(|one| one.verdict == ProofVerdict::Refuted);
        assert!(refuted.is_none(), "{}: {refuted:?}", guardrail.file);
        if guardrail.target == Target::AdmissionVap && !guardrail.change_first.is_empty() {
            eprintln!("{}: change first {:?}", guardrail.file, guardrail.change_first);
        }
    }
}

/// Custom resources by kind, each with the file of its published definition.
const DEFINITIONS: [(&str, &str); 7] = [
    ("ValidatingPolicy", "crd-kyverno-validatingpolicies.yaml"),
    ("ImageValidatingPolicy", "crd-kyverno-imagevalidatingpolicies.yaml"),
    ("ConstraintTemplate", "crd-gatekeeper-constrainttemplate.yaml"),
    ("ClusterImagePolicy", "crd-sigstore-clusterimagepolicy.yaml"),
    ("TracingPolicy", "crd-tetragon-tracingpolicies.yaml"),
    ("TracingPolicyNamespaced", "crd-tetragon-tracingpoliciesnamespaced.yaml"),
    ("KubeArmorPolicy", "crd-kubearmor-policy.yaml"),
];

fn text_of<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Every document of a kind whose definition is published fits it.
fn fits_schemas(files: &[GuardFile]) {
    let Some(schemas) = corpus("schemas") else {
        return;
    };
    let mut validators = BTreeMap::new();
    for (kind, file) in DEFINITIONS {
        let text = std::fs::read_to_string(schemas.join(file)).unwrap();
        let definitions = documents(&text).into_iter();
        for definition in definitions.filter(|one| text_of(one, "/spec/names/kind") == kind) {
            let group = text_of(&definition, "/spec/group");
            for version in definition.pointer("/spec/versions").and_then(Value::as_array).unwrap() {
                let api_version = format!("{group}/{}", text_of(version, "/name"));
                let mut schema = version.pointer("/schema/openAPIV3Schema").unwrap().clone();
                close(&mut schema);
                validators.insert((api_version, kind), jsonschema::validator_for(&schema).unwrap());
            }
        }
    }
    for file in files
        .iter()
        .filter(|file| Path::new(&file.path).extension().is_some_and(|end| end == "yaml"))
    {
        for document in documents(&file.text) {
            let (api_version, kind) = (text_of(&document, "/apiVersion"), text_of(&document, "/kind"));
            if let Some(validator) = validators.get(&(api_version.to_owned(), kind)) {
                let errors: Vec<_> = validator
                    .iter_errors(&document)
                    .map(|error| error.to_string())
                    .collect();
                assert!(errors.is_empty(), "{}: {errors:?}", file.path);
            } else {
                let is_published = DEFINITIONS.iter().any(|(known, _)| *known == kind);
                assert!(!is_published, "{}: {api_version} {kind} is not defined", file.path);
            }
        }
    }
}

fn documents(text: &str) -> Vec<Value> {
    let documents: Vec<Option<Value>> = serde_saphyr::from_multiple(text).unwrap();
    documents.into_iter().flatten().collect()
}

/// The API server drops fields that a definition does not have; a file with one of them is wrong.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(close);
            let keeps = map.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
            let names = map.get("properties").and_then(Value::as_object);
            let is_known = names.is_some_and(|names| !names.is_empty()) && map.get("type") == Some(&"object".into());
            if is_known && !keeps && !map.contains_key("additionalProperties") {
                map.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn corpus(below: &str) -> Option<PathBuf> {
    let corpus = std::env::var_os("PALISADE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let folder = corpus.join(below);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: corpus not present");
    None
}

fn check_corpus(below: &str) {
    if let Some(folder) = corpus(below) {
        check(&folder);
    }
}

#[test]
fn of_the_online_shop() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/online-shop");
    assert!(check(&shop) > 0);
}

#[test]
fn of_online_boutique() {
    check_corpus("systems/microservices-demo/release");
}

#[test]
fn of_sock_shop() {
    check_corpus("systems/sock-shop/deploy/kubernetes/complete-demo.yaml");
}

#[test]
fn of_bookinfo() {
    check_corpus("systems/istio-samples/samples/bookinfo/platform/kube/bookinfo.yaml");
}

#[test]
fn of_cert_manager() {
    check_corpus("systems/cert-manager/deploy");
}

#[test]
fn of_the_pet_store() {
    check_corpus("systems/aks-store-demo/aks-store-all-in-one.yaml");
}

#[test]
fn of_kserve() {
    check_corpus("systems/kserve/config");
}
