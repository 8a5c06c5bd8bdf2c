//! `palisade verify`: what is declared, as tests.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{Run, palisade, shop};

const DECLARED: &str = "\
assumptions:
  - {name: closed, says: The back end is out of reach., owner: core, holds: '!reachable(\"External/internet\", \"Deployment/core/back\")'}
  - {name: safe, says: Nobody outside comes by it., holds: '!attackable(\"External/internet\", \"Deployment/core/back\")'}
  - {name: gone, says: The cache is encrypted., holds: 'encrypted(\"*\", \"Deployment/core/cache\")'}
waivers:
  - {rule: PAL-W001, elements: [Deployment/core/back], reason: the driver needs it, owner: core, until: 2027-03-31}
controls:
  - {control: PAL-C012, evidence: the platform sees to it}
";

fn verify(folder: &Path, declared: &str, args: &[&str]) -> Run {
    fs::write(folder.join("palisade.yaml"), declared).unwrap();
    palisade(folder, &[&["verify", "--quiet"], args].concat(), "")
}

fn outcomes(run: &Run) -> Vec<(String, String)> {
    let all: Value = serde_json::from_str(&run.stdout).unwrap();
    let text = |check: &Value, field: &str| check.get(field).and_then(Value::as_str).unwrap().to_owned();
    let checks = all.get("checks").and_then(Value::as_array).unwrap().iter();
    checks
        .map(|check| (text(check, "name"), text(check, "outcome")))
        .collect()
}

#[test]
fn what_is_broken_comes_first_with_what_breaks_it() {
    let shop = shop();
    let run = verify(shop.path(), DECLARED, &["--as-of", "2027-03-20"]);
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn each_outcome_can_fail_the_run() {
    let shop = shop();
    let code = |declared: &str, args: &[&str]| verify(shop.path(), declared, args).code;
    let holds =
        "assumptions: [{name: a, says: b, holds: 'reachable(\"External/internet\", \"Deployment/shop/web\")'}]\n";
    let unknown = "assumptions: [{name: a, says: b, holds: 'exposed(\"Deployment/shop/wbe\")'}]\n";
    let waiver = "waivers: [{rule: PAL-W001, reason: r, owner: o, until: 2027-03-31}]\n";
    assert_eq!(code(holds, &[]), Some(0));
    assert_eq!(code(unknown, &[]), Some(0));
    assert_eq!(code(unknown, &["--fail-on", "not-evaluated"]), Some(1));
    assert_eq!(code(waiver, &["--as-of", "2027-01-01"]), Some(0));
    let near = ["--as-of", "2027-03-30", "--fail-on", "not-evaluated,ends-soon"];
    assert_eq!(code(waiver, &near), Some(1));
    assert_eq!(code(waiver, &[&near[..], &["--soon", "0"]].concat()), Some(0));
    assert_eq!(code(waiver, &["--as-of", "2027-04-01"]), Some(1));
}

#[test]
fn nothing_to_verify_is_no_success() {
    let shop = shop();
    let run = palisade(shop.path(), &["verify"], "");
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
    assert!(run.stderr.starts_with("error: nothing to verify"), "{}", run.stderr);
    assert!(run.stderr.contains("palisade init"), "{}", run.stderr);
}

#[test]
fn a_mistake_in_a_claim_is_told_with_its_place() {
    let shop = shop();
    let wrong = "assumptions:\n  - {name: a, says: b, holds: 'reachable(\"Deployment/shop/web\")'}\n";
    let run = verify(shop.path(), wrong, &[]);
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
    assert!(run.stderr.contains("palisade.yaml:2:31"), "{}", run.stderr);
}

#[test]
fn one_system_of_several_can_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["dev", "prod"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("shop.yaml"), crate::common::SHOP).unwrap();
    }
    let closed = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: all, namespace: core}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n";
    fs::write(folder.path().join("prod/policy.yaml"), closed).unwrap();
    let claim =
        "assumptions: [{name: a, says: b, holds: '!reachable(\"Deployment/shop/web\", \"Deployment/core/back\")'}]\n";
    let args = ["dev", "prod", "--intent", "palisade.yaml", "-f", "json"];
    let both = verify(folder.path(), claim, &args);
    assert_eq!(outcomes(&both), [("a".to_owned(), "broken".to_owned())]);
    assert!(both.stdout.contains("\"system\": \"dev\"") && !both.stdout.contains("\"system\": \"prod\""));
    let prod = verify(folder.path(), claim, &[&args[..], &["--system", "prod"]].concat());
    assert_eq!(outcomes(&prod), [("a".to_owned(), "holds".to_owned())]);
    let none = verify(folder.path(), claim, &[&args[..], &["--system", "stage"]].concat());
    assert_eq!(none.code, Some(2));
    assert!(none.stderr.contains("systems: dev, prod"), "{}", none.stderr);
}

#[test]
fn what_the_example_takes_for_granted_holds() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let run = palisade(
        &examples,
        &["verify", "online-shop", "--as-of", "2027-01-01", "-f", "json", "-q"],
        "",
    );
    let held = |name: &str| outcomes(&run).contains(&(name.to_owned(), "holds".to_owned()));
    assert!(held("payments is locked down"), "{}", run.stdout);
    assert!(held("only the checkout calls payments"), "{}", run.stdout);
    assert!(held("the database is the API's alone"), "{}", run.stdout);
}
