//! What people declare: `palisade.yaml`, `--intent`, `palisade init`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{palisade, shop};

fn assess(folder: &Path, args: &[&str]) -> Value {
    let run = palisade(folder, &[&["assess", "--format", "json"], args].concat(), "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn elements(assessment: &Value) -> Vec<&str> {
    let elements = assessment
        .pointer("/systems/0/elements")
        .and_then(Value::as_array)
        .unwrap();
    elements.iter().filter_map(|element| element["id"].as_str()).collect()
}

const BANK: &str = "elements:\n  - {id: External/bank, kind: external-entity}\n";

#[test]
fn it_is_found_beside_the_input_and_is_no_manifest() {
    let shop = shop();
    let before = assess(shop.path(), &["."]);
    fs::write(shop.path().join("palisade.yaml"), BANK).unwrap();
    let after = assess(shop.path(), &["."]);
    assert!(elements(&after).contains(&"External/bank"));
    assert_eq!(before["coverage"], after["coverage"]);
    // By naming a file beside it, too, and not by naming a folder elsewhere.
    assert!(elements(&assess(shop.path(), &["shop.yaml"])).contains(&"External/bank"));
    let elsewhere = crate::common::shop();
    assert!(!elements(&assess(elsewhere.path(), &["."])).contains(&"External/bank"));
}

#[test]
fn it_is_found_above_up_to_the_root_of_the_repository() {
    let repository = tempfile::tempdir().unwrap();
    let folder = repository.path().join("deploy/shop");
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir(repository.path().join(".git")).unwrap();
    fs::write(folder.join("shop.yaml"), crate::common::SHOP).unwrap();
    fs::write(repository.path().join("palisade.yaml"), BANK).unwrap();
    assert!(elements(&assess(&folder, &["."])).contains(&"External/bank"));
}

#[test]
fn a_manifest_of_its_name_is_a_manifest() {
    let shop = shop();
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: palisade, namespace: shop}\n";
    fs::write(shop.path().join("palisade.yaml"), manifest).unwrap();
    let run = palisade(shop.path(), &["assess", "."], "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("is a manifest, not what you declare"),
        "{}",
        run.stderr
    );
}

#[test]
fn every_mistake_is_shown_and_nothing_is_assessed() {
    let shop = shop();
    let wrong = "budget: lots\nassets:\n  - {name: a, elements: [A/b], classification: secret}\nactors:\n  - actor: PAL-A0001\n";
    fs::write(shop.path().join("other.yaml"), wrong).unwrap();
    let run = palisade(shop.path(), &["assess", "shop.yaml", "--intent", "other.yaml"], "");
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
    insta::assert_snapshot!(run.stderr);
}

#[test]
fn conditions_and_references_are_those_of_the_catalogue() {
    let shop = shop();
    let intent = "\
assumptions:
  - {name: a, says: b, applies_to: flow, holds: flow.encrypted == 'yes'}
  - {name: c, says: d, applies_to: flow, holds: container.name == 'x'}
frameworks:
  - {framework: nist-800-53-r5, baseline: moderate}
  - {framework: nist-800-53-r4}
";
    fs::write(shop.path().join("palisade.yaml"), intent).unwrap();
    let run = palisade(shop.path(), &["assess", "."], "");
    assert_eq!(run.code, Some(2));
    insta::assert_snapshot!(run.stderr);
}

#[test]
fn acceptances_end_on_their_day() {
    let shop = shop();
    let intent = "\
dispositions:
  - {element: Deployment/core/back, category: elevation-of-privilege, state: accepted, reason: r, owner: core, until: 2027-01-31}
";
    fs::write(shop.path().join("palisade.yaml"), intent).unwrap();
    let state = |day: &str| {
        let assessment = assess(shop.path(), &[".", "--as-of", day]);
        let threats = assessment["systems"][0]["threats"].as_array().unwrap().clone();
        let decided = threats.iter().find(|threat| threat["decision"].is_object()).unwrap();
        decided["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (state("2027-01-31"), state("2027-02-01")),
        ("accepted".to_owned(), "exposed".to_owned())
    );
    let text = palisade(
        shop.path(),
        &[
            "threats",
            ".",
            "--as-of",
            "2027-01-31",
            "--focus",
            "Deployment/core/back",
            "-v",
        ],
        "",
    );
    let line = "accepted until 2027-01-31 by core: r (palisade.yaml:2:5)";
    assert!(text.stdout.contains(line), "{}", text.stdout);
    let run = palisade(shop.path(), &["assess", ".", "--as-of", "soon"], "");
    assert_eq!(run.code, Some(2));
}

#[test]
fn init_writes_what_loads_without_a_complaint() {
    let shop = shop();
    let run = palisade(shop.path(), &["init"], "");
    assert_eq!((run.code, &*run.stdout), (Some(0), ""), "{}", run.stderr);
    let written = fs::read_to_string(shop.path().join("palisade.yaml")).unwrap();
    assert!(
        written.contains("  - name: \"shop\"\n    owner: \"storefront\"\n    elements: [\"*/shop/*\"]\n"),
        "{written}"
    );
    let assessment = assess(shop.path(), &["."]);
    assert_eq!(assessment["coverage"]["notices"], Value::Array(Vec::new()));
    // All that is commented out is as it should be, but for the names of what is not there.
    let whole: String = written.lines().skip(6).filter_map(uncommented).collect();
    fs::write(shop.path().join("whole.yaml"), &whole).unwrap();
    let run = palisade(shop.path(), &["assess", "shop.yaml", "--intent", "whole.yaml"], "");
    let complaints: Vec<&str> = run.stderr.lines().filter(|line| line.contains("whole.yaml:")).collect();
    assert!(
        complaints
            .iter()
            .all(|line| line.contains("there is no asset `customer data`")),
        "{complaints:#?}\n{whole}"
    );
}

/// A line with the YAML that a comment holds; none for prose.
fn uncommented(line: &str) -> Option<String> {
    let Some(comment) = line.strip_prefix("# ") else {
        return Some(format!("{line}\n"));
    };
    let is_key = comment
        .split_once(':')
        .is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    (is_key || comment.starts_with("  ")).then(|| format!("{comment}\n"))
}

#[test]
fn what_the_example_declares_is_met() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let assessment = assess(&examples, &["online-shop", "--as-of", "2027-01-01"]);
    assert_eq!(assessment["coverage"]["notices"], Value::Array(Vec::new()));
    let assets = assessment
        .pointer("/systems/0/assets")
        .and_then(Value::as_array)
        .unwrap();
    assert_eq!(assets.len(), 4);
}

#[test]
fn init_overwrites_nothing_unless_told() {
    let shop = shop();
    let file = shop.path().join("palisade.yaml");
    fs::write(&file, "assets: [mine\n").unwrap();
    let run = palisade(shop.path(), &["init"], "");
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("is there already") && run.stderr.contains("--force"),
        "{}",
        run.stderr
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "assets: [mine\n");
    let run = palisade(shop.path(), &["init", "--output", "other.yaml"], "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = palisade(shop.path(), &["init", "--force"], "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        fs::read_to_string(shop.path().join("other.yaml")).unwrap()
    );
    let run = palisade(shop.path(), &["init", "--output", "-"], "");
    assert_eq!(run.stdout, fs::read_to_string(&file).unwrap());
}
