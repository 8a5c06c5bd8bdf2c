//! Reachability against published expectations: which connections resources and policies must yield.
#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that can't read its input must say so"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_engine::network::{HostNetwork, Network};
use palisade_engine::system::Resources;
use palisade_sources::{Input, Options};

/// Where the expectations are, if they are here.
fn conformance() -> Option<PathBuf> {
    let corpus = std::env::var_os("PALISADE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let folder = corpus.join("conformance/network-policy");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: corpus not present");
    None
}

/// What a folder yields: connections by system, and what is wrong with it, each with its place.
fn yielded(folder: &Path) -> (Vec<String>, Vec<String>) {
    let options = Options {
        render: false,
        as_written: false,
        progress: None,
    };
    let reading = palisade_sources::read(&[Input::Path(folder.to_owned())], &options).expect("the folder is readable");
    let place = |file: &str, line, column, what: &str| format!("{file}:{line}:{column}: {what}");
    let skipped = reading.coverage.skipped.iter();
    let mut problems: Vec<String> = skipped
        .map(|one| place(&one.file, one.line, one.column, &one.reason))
        .collect();
    let notices = reading
        .coverage
        .notices
        .iter()
        .filter(|notice| notice.code == "redefined");
    problems.extend(notices.map(|one| place(&one.file, one.line, one.column, &one.message)));
    let mut systems: BTreeMap<_, Resources> = BTreeMap::new();
    for resource in reading.resources {
        let system = systems.entry(Arc::clone(&resource.root)).or_default();
        system.upsert(Arc::new(resource));
    }
    let mut connections = Vec::new();
    for resources in systems.values() {
        // The expectations take pods in their node's network as any other: one of the two ways that Kubernetes leaves open.
        let network = Network::new(resources, HostNetwork::Pods);
        problems.extend(network.faults().iter().map(ToString::to_string));
        connections.extend(network.connections().iter().map(|connection| connection.to_string()));
    }
    (connections, problems)
}

/// Every folder gives what is expected of it; those of which nothing is expected are malformed, and told to be so.
#[test]
fn every_folder_yields_what_is_expected() {
    let Some(conformance) = conformance() else { return };
    let folders = std::fs::read_dir(conformance.join("tests")).expect("a folder");
    let mut folders: Vec<PathBuf> = folders.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    let mut wrong = Vec::new();
    for folder in &folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let expected = conformance.join("expected").join(format!("{name}_connlist_output.txt"));
        let (connections, problems) = yielded(folder);
        match std::fs::read_to_string(&expected) {
            Ok(expected) if expected.lines().eq(&connections) && problems.is_empty() => {}
            Ok(_) => wrong.push(format!("{name}: other connections than expected; {problems:?}")),
            Err(_) if !problems.is_empty() => {}
            Err(_) => wrong.push(format!("{name}: nothing is said to be wrong with it")),
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    eprintln!("{} folders", folders.len());
    assert!(folders.len() >= 35, "some folders are missing");
}
