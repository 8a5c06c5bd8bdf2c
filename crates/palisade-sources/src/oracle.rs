//! Reads the corpus as `kubectl` does and compares: every object it accepts, value by value.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use palisade_inventory::{Node, Position, Value};

use crate::document::{Document, Failure, ListHead, Receiver};
use crate::intern::Interner;
use crate::load::Loader;

/// The objects of a file as JSON, lists taken apart.
#[derive(Default)]
struct Objects {
    objects: Vec<serde_json::Value>,
    failures: Vec<Failure>,
}

impl Receiver for Objects {
    fn item(&mut self, item: Document, _: &ListHead) {
        self.objects.push(json(&item.node));
    }

    fn document(&mut self, document: Document, items: Option<u64>) {
        if items.is_none() {
            self.objects.push(json(&document.node));
        }
    }

    fn failed(&mut self, failure: Failure) {
        self.failures.push(failure);
    }

    fn duplicate_key(&mut self, _: Position) {}
}

fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null | Value::Redacted(_) => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => (&**text).into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(map) => {
            let entries = map.entries().iter();
            entries
                .map(|entry| (entry.key.to_string(), json(&entry.value)))
                .collect()
        }
    }
}

/// Without what the comparison itself added, and without empty maps that `kubectl` adds or drops on the way.
fn comparable(mut object: serde_json::Value) -> String {
    if let Some(metadata) = object.get_mut("metadata").and_then(serde_json::Value::as_object_mut) {
        if let Some(annotations) = metadata
            .get_mut("annotations")
            .and_then(serde_json::Value::as_object_mut)
        {
            annotations.remove("palisade");
        }
        metadata.retain(|_, value| !value.is_null() && value.as_object().is_none_or(|map| !map.is_empty()));
        if metadata.is_empty()
            && let Some(object) = object.as_object_mut()
        {
            object.remove("metadata");
        }
    }
    object.to_string()
}

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let corpus = std::env::var_os("PALISADE_CORPUS").map_or(beside, PathBuf::from);
    if !corpus.is_dir() {
        eprintln!("skipped: corpus not present");
        return None;
    }
    Some(corpus)
}

fn manifests(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(manifests(&path));
        } else if path
            .extension()
            .is_some_and(|extension| matches!(extension.to_str(), Some("yaml" | "yml" | "json")))
        {
            files.push(path);
        }
    }
    files
}

fn read(path: &Path) -> Objects {
    let mut objects = Objects::default();
    Loader::parse(File::open(path).unwrap(), &mut Interner::default(), &mut objects).unwrap();
    objects
}

#[test]
fn whatever_kubectl_accepts_is_read_as_kubectl_reads_it() {
    let Some(corpus) = corpus() else { return };
    let kubectl = Command::new("kubectl")
        .args(["annotate", "--local=true", "-R", "-o", "json", "-f"])
        .arg(corpus.join("systems"))
        .arg("palisade=x")
        .stderr(Stdio::null())
        .output();
    let Ok(output) = kubectl else {
        eprintln!("skipped: kubectl not present");
        return;
    };
    let mut ours: BTreeMap<String, i64> = BTreeMap::new();
    for path in manifests(&corpus.join("systems")) {
        for object in read(&path).objects {
            *ours.entry(comparable(object)).or_default() += 1;
        }
    }
    let theirs = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<serde_json::Value>();
    let mut compared = 0;
    let mut missing = Vec::new();
    for object in theirs {
        compared += 1;
        let object = comparable(object.unwrap());
        match ours.get_mut(&object) {
            Some(count) if *count > 0 => *count -= 1,
            _ => missing.push(object),
        }
    }
    assert!(compared > 1000, "{compared}");
    assert_eq!(missing, Vec::<String>::new());
}
