//! The corpus: what of it is not understood, and why.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "the helpers of a test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use palisade_sources::{Input, Options, Reading, read};

fn systems() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let systems = std::env::var_os("PALISADE_CORPUS")
        .map_or(beside, PathBuf::from)
        .join("systems");
    if !systems.is_dir() {
        eprintln!("skipped: corpus not present");
        return None;
    }
    Some(systems)
}

fn read_system(path: PathBuf) -> Reading {
    read(&[Input::Path(path)], &Options::default()).unwrap()
}

fn codes(reading: &Reading) -> BTreeMap<&str, usize> {
    let mut codes = BTreeMap::new();
    for skipped in &reading.coverage.skipped {
        *codes.entry(&*skipped.code).or_default() += 1;
    }
    codes
}

#[test]
fn what_is_not_understood_has_a_reason() {
    let Some(systems) = systems() else { return };
    let reading = read_system(systems);
    insta::assert_debug_snapshot!((reading.coverage.documents, reading.coverage.understood, codes(&reading)), @r#"
    (
        2675,
        2353,
        {
            "helm-not-rendered": 18,
            "kustomization-not-rendered": 79,
            "missing-base": 8,
            "not-kubernetes": 176,
            "remote-base": 1,
            "template": 38,
            "yaml-syntax": 11,
        },
    )
    "#);
    let is_told = |skipped: &palisade_inventory::Skipped| !skipped.reason.is_empty() && !skipped.help.is_empty();
    assert!(reading.coverage.skipped.iter().all(is_told));
}
