//! The catalogue knows every control of the standards: what Kubernetes forbids has a weakness.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use palisade_inventory::Resource;
use palisade_knowledge::Verdict;

use crate::testing::{catalogue, corpus};

/// The weaknesses of one pod.
fn weaknesses(path: &Path) -> BTreeSet<&'static str> {
    let yaml = fs::read_to_string(path).expect("it is readable");
    let reading = palisade_sources::read_bytes("pod.yaml", yaml.as_bytes());
    let resource: &Resource = reading.resources.first().expect("there is a pod");
    let found = catalogue().weaknesses.values().filter(|weakness| {
        let subjects = weakness.applies_to.subjects(&resource.id, &resource.content);
        subjects
            .iter()
            .any(|subject| weakness.when.evaluate(&subject.bindings) == Verdict::Match)
    });
    found.map(|weakness| &*weakness.id).collect()
}

/// Each fixture that fails has a weakness that the plain pod of its level has not.
#[test]
fn what_kubernetes_forbids_is_a_weakness() {
    let Some(folder) = corpus("conformance/pod-security/test/testdata") else {
        return;
    };
    let mut unknown = Vec::new();
    for level in ["baseline", "restricted"] {
        for version in ["v1.19", "v1.29", "v1.37"] {
            let folder = folder.join(level).join(version);
            let plain = weaknesses(&folder.join("pass/base.yaml"));
            let hardened = weaknesses(&folder.join("../../restricted").join(version).join("pass/base.yaml"));
            for entry in fs::read_dir(folder.join("fail")).expect("it is a folder") {
                let path = entry.expect("it is readable").path();
                // To a pod that says nothing of it, seccomp is as good as off.
                let is_seccomp = path.display().to_string().contains("seccompprofile_baseline");
                let plain = if is_seccomp { &hardened } else { &plain };
                if weaknesses(&path).is_subset(plain) {
                    unknown.push(path.display().to_string());
                }
            }
        }
    }
    unknown.sort();
    assert!(unknown.is_empty(), "no weakness: {unknown:#?}");
}
