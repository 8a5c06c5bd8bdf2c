//! Kubernetes' own fixtures: the folder is the verdict, the file's name is the check.

use std::fs;
use std::path::{Path, PathBuf};

use palisade_knowledge::KubernetesVersion;

use super::{names, pod, violations};
use crate::pod_security::Level;

#[test]
fn every_fixture_is_judged_as_kubernetes_judges_it() {
    let Some(folder) = crate::testing::corpus("conformance/pod-security/test/testdata") else {
        return;
    };
    let mut judged = 0;
    let mut wrong: Vec<String> = Vec::new();
    for level in [Level::Baseline, Level::Restricted] {
        for folder in below(&folder.join(level.as_str())) {
            let version: KubernetesVersion = name(&folder).parse().expect("a version");
            for path in below(&folder.join("pass")) {
                let forbidden = violations(&read(&path), level, version.minor());
                assert!(forbidden.is_empty(), "{}: {forbidden:?}", path.display());
                judged += 1;
            }
            for path in below(&folder.join("fail")) {
                let forbidden = names(&violations(&read(&path), level, version.minor()));
                let check = check(&path, level, version.minor());
                let is_expected = |name: &&str| *name == check || comes_along(check, name);
                if !forbidden.contains(&check) || !forbidden.iter().all(is_expected) {
                    wrong.push(format!("{}: {forbidden:?}", path.display()));
                }
                judged += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(judged, 394, "there are that many fixtures");
}

/// What the API server refuses to have one without the other: a host process without the host's network, a privileged
/// container without privilege escalation.
fn comes_along(check: &str, other: &str) -> bool {
    match check {
        "windowsHostProcess" => other == "hostNamespaces",
        "privileged" => other == "allowPrivilegeEscalation",
        // One of its fixtures has a container without any security context.
        "allowPrivilegeEscalation" => other == "capabilities_restricted",
        _ => false,
    }
}

/// The check that forbids a fixture. The file is called after the check it was written for, in lower case; where a
/// check of `restricted` has overridden that one, the other must do its work.
fn check(path: &Path, level: Level, minor: u16) -> &'static str {
    const CHECKS: [&str; 19] = [
        "appArmorProfile",
        "capabilities_baseline",
        "hostNamespaces",
        "hostPathVolumes",
        "hostPorts",
        "hostProbesAndHostLifecycle",
        "privileged",
        "procMount",
        "seLinuxOptions",
        "seccompProfile_baseline",
        "sysctls",
        "windowsHostProcess",
        "allowPrivilegeEscalation",
        "capabilities_restricted",
        "procMount_restricted",
        "restrictedVolumes",
        "runAsNonRoot",
        "runAsUser",
        "seccompProfile_restricted",
    ];
    let file = name(path);
    let stem = file
        .trim_end_matches(".yaml")
        .trim_end_matches(|c: char| c.is_ascii_digit());
    let check = CHECKS
        .into_iter()
        .find(|check| check.to_lowercase() == stem)
        .expect("it is called after a check");
    match check {
        _ if level == Level::Baseline => check,
        "capabilities_baseline" if minor >= 22 => "capabilities_restricted",
        "hostPathVolumes" => "restrictedVolumes",
        "procMount" if minor >= 35 => "procMount_restricted",
        "seccompProfile_baseline" if minor >= 19 => "seccompProfile_restricted",
        check => check,
    }
}

fn read(path: &Path) -> palisade_inventory::Node {
    pod(&fs::read_to_string(path).expect("it is readable"))
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("it is a folder")
        .map(|entry| entry.expect("it is readable").path())
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("it has a name")
}
