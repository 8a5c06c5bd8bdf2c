//! The binary as scripts use it: exit codes, streams, formats, narrowing.

use std::collections::BTreeSet;
use std::fs;

use crate::common::{SHOP, palisade, palisade_with, shop};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn findings_alone_are_no_failure() {
    let folder = shop();
    let run = palisade(folder.path(), &["assess"], "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("Deployment/shop/web"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn fail_on_makes_them_one() {
    let folder = shop();
    for (level, code) in [("low", 1), ("medium", 1), ("high", 1)] {
        let run = palisade(folder.path(), &["assess", "--fail-on", level], "");
        assert_eq!(run.code, Some(code), "{level}");
        assert!(!run.stdout.is_empty());
    }
}

#[test]
fn fail_on_looks_at_what_severity_hides() {
    let folder = shop();
    let args = ["assess", "--fail-on", "low", "--severity", "high", "--format", "json"];
    let run = palisade(folder.path(), &args, "");
    assert_eq!(run.code, Some(1));
    let all = json(&run.stdout);
    let severities: BTreeSet<&str> = all["systems"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["severity"].as_str().unwrap())
        .collect();
    assert_eq!(severities, BTreeSet::from(["high"]));
}

#[test]
fn nothing_evaluated_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let run = palisade(folder.path(), &["assess"], "");
    assert_eq!(run.code, Some(2));
    assert_eq!(run.stdout, "");
    assert!(run.stderr.starts_with("error: nothing was evaluated"), "{}", run.stderr);
    assert!(run.stderr.contains("\n  help: "), "{}", run.stderr);

    fs::write(folder.path().join("values.yaml"), "replicas: 3\n").unwrap();
    assert_eq!(palisade(folder.path(), &["assess"], "").code, Some(2));
    assert_eq!(palisade(folder.path(), &["assess", "-"], "").code, Some(2));
    assert_eq!(palisade(folder.path(), &["assess", "-"], "kind: [").code, Some(2));
}

#[test]
fn what_is_read_but_left_out_is_not_evaluated() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, args: [-v]}]}}}\n";
    let kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n";
    let custom = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n";
    for (input, why) in [
        (custom, "Widget.example.com"),
        (patch, "a part of a workload"),
        (kustomization, "holds no object to assess"),
        ("apiVersion: v1\nkind: List\nitems: []\n", "holds no object to assess"),
    ] {
        for verb in ["assess", "model", "threats", "paths"] {
            let run = palisade(tempfile::tempdir().unwrap().path(), &[verb, "-"], input);
            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{verb}: {input}");
            assert!(run.stderr.starts_with("error: nothing was evaluated"), "{}", run.stderr);
            assert!(run.stderr.contains(why), "{}", run.stderr);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("patch.yaml"), patch).unwrap();
    assert_eq!(palisade(folder.path(), &["assess"], "").code, Some(2));
    fs::write(folder.path().join("shop.yaml"), SHOP).unwrap();
    assert_eq!(palisade(folder.path(), &["assess"], "").code, Some(0));
}

#[test]
fn a_missing_path_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let run = palisade(folder.path(), &["assess", "nowhere"], "");
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    assert!(run.stderr.contains("`nowhere`"), "{}", run.stderr);
}

#[test]
fn wrong_usage_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        &["assess", "--format", "crayon"][..],
        &["guess"],
        &[],
        &["assess", "--fail-on", "x"],
    ] {
        let run = palisade(folder.path(), args, "");
        assert_eq!(run.code, Some(2), "{args:?}");
        assert_eq!(run.stdout, "", "{args:?}");
    }
}

#[test]
fn one_bad_document_loses_nothing_else() {
    let folder = shop();
    fs::write(folder.path().join("broken.yaml"), "apiVersion: v1\nkind: [Pod\n").unwrap();
    let run = palisade(folder.path(), &["assess", "--format", "json"], "");
    assert_eq!(run.code, Some(0));
    let all = json(&run.stdout);
    assert_eq!(all["coverage"]["understood"], 4);
    assert_eq!(all["coverage"]["skipped"][0]["file"], "broken.yaml");

    let strict = palisade(folder.path(), &["assess", "--strict"], "");
    assert_eq!(strict.code, Some(2));
    assert_eq!(strict.stdout, "");
    assert!(strict.stderr.contains("broken.yaml"), "{}", strict.stderr);
}

#[test]
fn standard_input_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let run = palisade(folder.path(), &["assess", "-", "--format", "json"], SHOP);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let all = json(&run.stdout);
    assert_eq!(all["systems"][0]["root"], "-");
    let flows = all["systems"][0]["flows"].as_array().unwrap();
    assert!(
        flows
            .iter()
            .any(|flow| flow["from"] == "Deployment/shop/web" && flow["to"] == "Deployment/core/back")
    );
}

#[test]
fn output_goes_to_a_file() {
    let folder = shop();
    let args = ["assess", "--output", "report.txt", "--color", "always"];
    let run = palisade(folder.path(), &args, "");
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
    assert_eq!(run.stderr, "wrote report.txt\n");
    let report = fs::read_to_string(folder.path().join("report.txt")).unwrap();
    assert!(report.contains("Findings") && !report.contains('\u{1b}'));

    let unwritable = palisade(folder.path(), &["assess", "-o", "no/such/folder"], "");
    assert_eq!(unwritable.code, Some(2));
}

#[test]
fn colour_is_for_terminals() {
    let folder = shop();
    let is_coloured = |args: &[&str], env: &[(&str, &str)]| {
        let run = palisade_with(folder.path(), args, "", env);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stdout.contains('\u{1b}')
    };
    assert!(!is_coloured(&["assess"], &[]), "a pipe is no terminal");
    assert!(is_coloured(&["assess", "--color", "always"], &[]));
    assert!(!is_coloured(&["assess", "--color", "always", "--no-color"], &[]));
    assert!(!is_coloured(&["assess"], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
}

#[test]
fn every_format_of_the_model_is_given() {
    let folder = shop();
    for (format, begins) in [
        ("text", "System "),
        ("mermaid", "flowchart LR\n"),
        ("dot", "digraph palisade {\n"),
        ("svg", "<svg "),
        ("json", "{\n"),
    ] {
        let run = palisade(folder.path(), &["model", "--format", format], "");
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.starts_with(begins), "{format}: {}", run.stdout);
        assert!(run.stdout.contains("web"), "{format}");
    }
}

#[test]
fn namespaces_and_owners_narrow() {
    let folder = shop();
    let elements = |args: &[&str]| -> BTreeSet<String> {
        let run = palisade(folder.path(), &[&["assess", "--format", "json"], args].concat(), "");
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let all = json(&run.stdout);
        let elements = all["systems"][0]["elements"].as_array().unwrap();
        elements
            .iter()
            .filter_map(|element| element["namespace"].as_str())
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(elements(&[]), BTreeSet::from(["core".to_owned(), "shop".to_owned()]));
    assert_eq!(elements(&["--namespace", "shop"]), BTreeSet::from(["shop".to_owned()]));
    assert_eq!(elements(&["-n", "c*"]), BTreeSet::from(["core".to_owned()]));
    assert_eq!(
        elements(&["--exclude-namespace", "core"]),
        BTreeSet::from(["shop".to_owned()])
    );
    assert_eq!(elements(&["--owner", "core"]), BTreeSet::from(["core".to_owned()]));

    let nobody = palisade(folder.path(), &["assess", "-n", "elsewhere"], "");
    assert_eq!(nobody.code, Some(2));
    assert!(nobody.stderr.contains("namespaces: core, shop"), "{}", nobody.stderr);
}

#[test]
fn threats_drill_down() {
    let folder = shop();
    let all = palisade(folder.path(), &["threats"], "");
    assert_eq!(all.code, Some(0), "{}", all.stderr);
    assert!(all.stdout.contains("Threats by STRIDE"), "{}", all.stdout);

    let one = palisade(folder.path(), &["threats", "--focus", "core/back"], "");
    assert_eq!(one.code, Some(0), "{}", one.stderr);
    assert!(one.stdout.starts_with("Deployment/core/back "), "{}", one.stdout);

    let nobody = palisade(folder.path(), &["threats", "--focus", "Deployment/core/bacx"], "");
    assert_eq!(nobody.code, Some(2));
    assert!(nobody.stderr.contains("Deployment/core/back"), "{}", nobody.stderr);
}

#[test]
fn paths_are_picked_by_their_ends() {
    let folder = shop();
    let paths = |args: &[&str]| -> Vec<Value> {
        let run = palisade(folder.path(), &[&["paths", "--format", "json"], args].concat(), "");
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        json(&run.stdout)["systems"][0]["paths"].as_array().unwrap().clone()
    };
    assert!(!paths(&[]).is_empty());
    let from_outside = paths(&["--from", "internet"]);
    assert!(!from_outside.is_empty());
    assert!(from_outside.iter().all(|path| path["entry"] == "External/internet"));
    assert!(paths(&["--from", "nowhere"]).is_empty());
    for path in paths(&["--to", "Deployment/core/*"]) {
        assert_eq!(path["asset"], "Deployment/core/back");
    }
}

#[test]
fn ids_are_explained() {
    let folder = shop();
    let explain = |id: &str| palisade(folder.path(), &["explain", id], "");
    let empty = tempfile::tempdir().unwrap();
    for id in ["PAL-W001", "pal-s001", "T1611", "postgresql"] {
        let run = palisade(empty.path(), &["explain", id], "");
        assert_eq!(run.code, Some(0), "{id}: {}", run.stderr);
    }
    assert!(explain("Deployment/shop/web").stdout.contains("runs as"));
    let path = json(&palisade(folder.path(), &["paths", "--format", "json"], "").stdout);
    let path = path["systems"][0]["paths"][0]["id"].as_str().unwrap().to_owned();
    assert!(explain(&path).stdout.contains(&path));
    for (id, says) in [
        ("PAL-W999", "no entry of the catalogue"),
        ("Deployment/shop/wxb", "the most like it"),
    ] {
        let run = explain(id);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
}

#[test]
fn completions_and_version_need_no_input() {
    let empty = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = palisade(empty.path(), &["completion", shell], "");
        assert!(run.stdout.contains("palisade"), "{shell}");
    }
    let version = palisade(empty.path(), &["version"], "").stdout;
    assert_eq!(version, palisade(empty.path(), &["--version"], "").stdout);
}

#[test]
fn the_order_of_files_changes_nothing() {
    let documents: Vec<&str> = SHOP.split("---\n").collect();
    let assess = |order: &[usize]| {
        let folder = tempfile::tempdir().unwrap();
        for &at in order {
            fs::write(folder.path().join(format!("{at}.yaml")), documents[at]).unwrap();
        }
        let formats = [
            &["assess", "--format", "json"][..],
            &["assess"],
            &["model", "-f", "svg"],
            &["threats"],
            &["paths"],
        ];
        formats.map(|args| palisade(folder.path(), args, "").stdout)
    };
    let first = assess(&[0, 1, 2, 3]);
    assert!(first.iter().all(|text| !text.is_empty()));
    for order in [[3, 2, 1, 0], [1, 3, 0, 2]] {
        assert_eq!(assess(&order), first);
    }
}
