//! `palisade catalogue`, `explain` of what is known, and users' own entries.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{palisade, shop};

const OWN: &str = "\
id: ACME-W001
title: Workload without the label team
applies_to: workload
when: \"!('team' in object.?metadata.?labels.orValue({}))\"
stride: [repudiation]
techniques: [T1562]
stage: deploy
layer: access
impact: low
exploitability: low
why: Nobody knows whom to ask when it misbehaves.
fix: Add the label `team`.
examples:
  must_match:
    - name: no labels
      manifest: |
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: a}
        spec: {template: {spec: {containers: [{name: a, image: 'a:1'}]}}}
  must_not_match:
    - name: labelled
      manifest: |
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: a, labels: {team: a}}
        spec: {template: {spec: {containers: [{name: a, image: 'a:1'}]}}}
";

/// Writes an entry of a folder's own.
fn own(folder: &Path, name: &str, text: &str) {
    let file = folder.join(".palisade").join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_kind_is_listed_and_shown() {
    let empty = tempfile::tempdir().unwrap();
    for kind in [
        "weaknesses",
        "steps",
        "techniques",
        "controls",
        "frameworks",
        "actors",
        "projects",
        "incidents",
        "technologies",
    ] {
        let listed = palisade(empty.path(), &["catalogue", "list", kind, "--format", "json"], "");
        assert_eq!(listed.code, Some(0), "{}", listed.stderr);
        let listed = json(&listed.stdout);
        let first = listed[0]["id"].as_str().unwrap();
        let text = palisade(empty.path(), &["catalogue", "list", kind], "");
        assert!(text.stdout.contains(first), "{kind}");
        let shown = palisade(empty.path(), &["catalogue", "show", first], "");
        assert_eq!(shown.code, Some(0), "{kind}: {}", shown.stderr);
        let shown = palisade(empty.path(), &["catalogue", "show", first, "--format", "json"], "");
        assert_eq!(json(&shown.stdout)["entry"]["id"], first, "{kind}");
    }
}

#[test]
fn requirements_are_explained_and_ambiguity_is_told() {
    let empty = tempfile::tempdir().unwrap();
    let explain = |args: &[&str]| palisade(empty.path(), &[&["explain"], args].concat(), "");
    for (id, says) in [
        ("AC-6", "nist-800-53-r5"),
        ("cc6.1", "soc-2"),
        ("A.8.9", "iso-27001-2022"),
    ] {
        let run = explain(&[id]);
        assert_eq!(run.code, Some(0), "{id}: {}", run.stderr);
        assert!(
            run.stdout.contains(says) && run.stdout.contains("PAL-C"),
            "{}",
            run.stdout
        );
    }
    let several = explain(&["4.1"]);
    if several.code != Some(0) {
        assert!(
            several.stderr.contains("say which") || several.stderr.contains("most like it"),
            "{}",
            several.stderr
        );
    }
    assert_eq!(explain(&["5.2.2", "--framework", "cis"]).code, Some(0));
    let typo = explain(&["T1161"]);
    assert_eq!(typo.code, Some(2));
    assert!(typo.stderr.contains("the most like it"), "{}", typo.stderr);
}

#[test]
fn statistics_count_what_is_listed() {
    let empty = tempfile::tempdir().unwrap();
    let stats = palisade(empty.path(), &["catalogue", "stats", "--format", "json"], "");
    let stats = json(&stats.stdout);
    let listed = palisade(empty.path(), &["catalogue", "list", "controls", "--format", "json"], "");
    let controls = json(&listed.stdout).as_array().unwrap().len();
    assert_eq!(stats["entries"]["controls"], controls);
    let sorts = stats["controls"].as_array().unwrap();
    let sum: u64 = sorts.iter().map(|sort| sort["count"].as_u64().unwrap()).sum();
    assert_eq!(sum, controls as u64);
    assert_eq!(stats["techniques"].as_array().unwrap().len(), 48);
}

#[test]
fn own_entries_add_override_and_disable() {
    let folder = shop();
    own(folder.path(), "weaknesses/ACME-W001-team.yaml", OWN);
    own(
        folder.path(),
        "weaknesses/PAL-W001.yaml",
        "id: PAL-W001\ndisabled: true\nreason: We know.\n",
    );
    let run = palisade(folder.path(), &["assess", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "own entries of .palisade: 1 added, 1 disabled (PAL-W001)\n");
    let assessed = json(&run.stdout);
    let findings = assessed["systems"][0]["findings"].as_array().unwrap();
    let found = |rule: &str| findings.iter().any(|finding| finding["rule"] == rule);
    assert!(!found("ACME-W001"), "both are labelled");
    assert!(!found("PAL-W001"), "it is disabled");

    own(
        folder.path(),
        "weaknesses/PAL-W001.yaml",
        &OWN.replace("ACME-W001", "PAL-W001").replace("'team' in", "'x' in"),
    );
    let run = palisade(folder.path(), &["assess", "--format", "json", "-q"], "");
    assert_eq!(run.stderr, "", "what is not asked for is not told");
    let assessed = json(&run.stdout);
    let findings = assessed["systems"][0]["findings"].as_array().unwrap();
    assert!(
        findings.iter().any(|finding| finding["rule"] == "PAL-W001"),
        "ours stands in its place"
    );
    let explained = palisade(folder.path(), &["explain", "ACME-W001"], "");
    assert!(
        explained.stdout.contains("Nobody knows whom to ask"),
        "{}",
        explained.stderr
    );
}

/// Found above the input, but not above the root of its repository, and nowhere when another folder is named.
#[test]
fn own_entries_are_looked_for_up_to_the_root_of_the_repository() {
    let folder = shop();
    let below = folder.path().join("deploy/prod");
    fs::create_dir_all(&below).unwrap();
    fs::rename(folder.path().join("shop.yaml"), below.join("shop.yaml")).unwrap();
    own(folder.path(), "weaknesses/ACME-W001.yaml", OWN);
    let knows = |args: &[&str]| {
        let run = palisade(&below, &[&["explain", "ACME-W001"], args].concat(), "");
        run.code == Some(0)
    };
    assert!(!knows(&[]), "there is no repository");
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert!(knows(&[]));
    assert!(knows(&["shop.yaml"]));
    fs::create_dir(below.join(".git")).unwrap();
    assert!(!knows(&[]));
    assert!(knows(&["--catalogue", "../../.palisade"]));
    assert_eq!(
        palisade(&below, &["catalogue", "list", "--catalogue", "nowhere"], "").code,
        Some(2)
    );
}

#[test]
fn faults_are_told_with_their_places() {
    let folder = shop();
    own(
        folder.path(),
        "weaknesses/ACME-W001.yaml",
        &OWN.replace("T1562", "T9999").replace("'team' in", "team in"),
    );
    let lint = palisade(folder.path(), &["catalogue", "lint"], "");
    assert_eq!(lint.code, Some(2), "{}", lint.stderr);
    assert!(
        lint.stdout.contains(".palisade/weaknesses/ACME-W001.yaml:4:7  error"),
        "{}",
        lint.stdout
    );
    assert!(
        lint.stdout.contains(".palisade/weaknesses/ACME-W001.yaml:6:14  error"),
        "{}",
        lint.stdout
    );
    assert!(
        lint.stdout.ends_with("1 own entry checked: 2 errors\n"),
        "{}",
        lint.stdout
    );
    let assess = palisade(folder.path(), &["assess"], "");
    assert_eq!((assess.code, assess.stdout.as_str()), (Some(2), ""));
    assert!(assess.stderr.contains("ACME-W001.yaml:6:14: "), "{}", assess.stderr);

    own(
        folder.path(),
        "weaknesses/ACME-W001.yaml",
        &OWN.replace("metadata: {name: a}", "metadata: {name: a, labels: {team: a}}"),
    );
    let lint = palisade(folder.path(), &["catalogue", "lint", "--format", "json"], "");
    assert_eq!(lint.code, Some(0));
    assert_eq!(json(&lint.stdout)["problems"], Value::Array(Vec::new()));
    let test = palisade(folder.path(), &["catalogue", "test", ".palisade"], "");
    assert_eq!(test.code, Some(1), "{}", test.stderr);
    assert!(test.stdout.contains("ACME-W001.yaml:15:7  error"), "{}", test.stdout);

    fs::write(folder.path().join(".palisade/stray.yaml"), OWN).unwrap();
    let stray = palisade(folder.path(), &["catalogue", "lint"], "");
    assert_eq!(stray.code, Some(2));
    assert!(stray.stderr.contains("is not where entries stand"), "{}", stray.stderr);
}

#[test]
fn reserved_ids_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    own(
        folder.path(),
        "weaknesses/PAL-W998.yaml",
        &OWN.replace("ACME-W001", "PAL-W998"),
    );
    let lint = palisade(folder.path(), &["catalogue", "lint"], "");
    assert_eq!(lint.code, Some(0), "{}", lint.stderr);
    assert!(lint.stdout.contains("PAL-W998.yaml:1:5  warning"), "{}", lint.stdout);
}

#[test]
fn the_catalogue_proves_itself() {
    let empty = tempfile::tempdir().unwrap();
    let run = palisade(empty.path(), &["catalogue", "test"], "");
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    assert!(
        run.stdout.contains("all of them show what they should"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_release_of_attack_is_followed() {
    const BUNDLE: &str = include_str!("../../../palisade-knowledge/tests/data/attack.json");
    let folder = tempfile::tempdir().unwrap();
    own(
        folder.path(),
        "weaknesses/ACME-W001.yaml",
        &OWN.replace("T1562", "T1612"),
    );
    let args = ["catalogue", "update", "--attack", "-", "--format", "json"];
    let told = palisade(folder.path(), &args, BUNDLE);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    assert_eq!(json(&told.stdout)["version"], "99.0");
    assert!(
        !folder.path().join(".palisade/techniques").exists(),
        "nothing is written unasked"
    );

    let written = palisade(folder.path(), &[&args[..], &["--write", ".palisade"]].concat(), BUNDLE);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    let weakness = fs::read_to_string(folder.path().join(".palisade/weaknesses/ACME-W001.yaml")).unwrap();
    assert!(weakness.contains("techniques: [T1999]"), "{weakness}");
    let lint = palisade(folder.path(), &["catalogue", "lint"], "");
    assert_eq!(lint.code, Some(0), "{}", lint.stdout);
    let explained = palisade(folder.path(), &["explain", "T1999"], "");
    assert!(explained.stdout.contains("Build on Host"), "{}", explained.stderr);

    let refused = palisade(folder.path(), &args, "{}");
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("`-`: it holds no ATT&CK technique"),
        "{}",
        refused.stderr
    );
}
