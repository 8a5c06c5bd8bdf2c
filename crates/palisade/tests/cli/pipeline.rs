//! `palisade assess` as a gate: formats of pipelines, baselines, waivers, and what fails a run.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{Run, palisade, shop};

const WAIVED: &str = "waivers: [{rule: PAL-W001, elements: [Deployment/core/back], reason: the driver, owner: core, until: 2027-03-31}]\n";

fn assess(folder: &Path, args: &[&str]) -> Run {
    palisade(folder, &[&["assess", "--as-of", "2027-01-01"], args].concat(), "")
}

fn declare(folder: &Path, text: &str) {
    fs::write(folder.join("palisade.yaml"), text).unwrap();
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn every_format_tells_of_the_privileged_container() {
    let shop = shop();
    declare(shop.path(), WAIVED);
    let of = |format: &str| {
        let run = assess(shop.path(), &["-q", "-f", format]);
        assert_eq!(run.code, Some(0), "{format}: {}", run.stderr);
        run
    };
    let sarif = json(&of("sarif"));
    let results = sarif.pointer("/runs/0/results").and_then(Value::as_array).unwrap();
    let privileged = results
        .iter()
        .find(|result| result.get("ruleId").unwrap() == "PAL-W001")
        .unwrap();
    let at = "/locations/0/physicalLocation/artifactLocation/uri";
    assert_eq!(privileged.pointer(at).unwrap(), "shop.yaml");
    assert_eq!(privileged.pointer("/suppressions/0/kind").unwrap(), "external");
    assert!(results.iter().any(|result| result.get("codeFlows").is_some()));
    let gitlab = json(&of("gitlab"));
    let issue = |issue: &&Value| issue.get("check_name").unwrap() == "PAL-W001";
    let issue = gitlab.as_array().unwrap().iter().find(issue).unwrap();
    assert_eq!(issue.get("severity").unwrap(), "info");
    let junit = of("junit").stdout;
    assert!(
        junit.contains("<skipped message=\"waived until 2027-03-31 by core: the driver"),
        "{junit}"
    );
    let github = of("github").stdout;
    assert!(
        github.contains("::notice file=shop.yaml,line=") && github.contains("::error file=shop.yaml"),
        "{github}"
    );
    let text = of("text").stdout;
    assert!(
        text.contains("PAL-W001, 1 waived") && text.contains("waived until 2027-03-31 by core"),
        "{text}"
    );
    assert!(of("markdown").stdout.contains("1, 1 waived"));
}

/// The schema of OASIS over real systems, where the corpus is present.
#[test]
fn sarif_of_real_systems_is_as_its_schema_says() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(schema) = fs::read_to_string(corpus.join("schemas/sarif-2.1.0.schema.json")) else {
        eprintln!("skipped: corpus not present");
        return;
    };
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    for system in ["sock-shop", "kubernetes-goat", "microservices-demo"] {
        let folder = corpus.join("systems").join(system);
        if folder.is_dir() {
            let log = json(&assess(&folder, &["-q", "-f", "sarif"]));
            let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{system}: {errors:?}");
        }
    }
}

#[test]
fn what_somebody_bears_fails_nothing_until_it_ends() {
    let shop = shop();
    declare(
        shop.path(),
        "waivers: [{rule: '*', reason: r, owner: o, until: 2027-03-31}]\n",
    );
    let code = |day: &str| palisade(shop.path(), &["assess", "-q", "--fail-on", "low", "--as-of", day], "").code;
    assert_eq!(code("2027-03-31"), Some(0));
    assert_eq!(code("2027-04-01"), Some(1));
}

#[test]
fn what_a_baseline_has_fails_nothing() {
    let shop = shop();
    let at = shop.path();
    let saved = assess(at, &["-q", "-f", "json", "-o", "base.json"]);
    assert_eq!(saved.code, Some(0), "{}", saved.stderr);
    let gate = ["--baseline", "base.json", "--fail-on", "low"];
    let nothing_new = assess(at, &gate);
    assert_eq!(nothing_new.code, Some(0), "{}", nothing_new.stderr);
    let manifests = fs::read_to_string(at.join("shop.yaml")).unwrap();
    let wider = manifests.replace(
        "image: example.com/web:1",
        "image: example.com/web:1\n          securityContext: {privileged: true}",
    );
    fs::write(at.join("shop.yaml"), wider).unwrap();
    let new = assess(at, &gate);
    assert_eq!(new.code, Some(1));
    assert!(new.stderr.contains("fails: "), "{}", new.stderr);
    let only = json(&assess(
        at,
        &["-q", "--baseline", "base.json", "--new-only", "-f", "json"],
    ));
    let findings = only.pointer("/systems/0/findings").and_then(Value::as_array).unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        assert_eq!(finding.get("since").unwrap(), "new");
        assert_eq!(finding.get("element").unwrap(), "Deployment/shop/web");
    }
    // A baseline that was compared itself is one all the same.
    let sarif = json(&assess(at, &["-q", "--baseline", "base.json", "-f", "sarif"]));
    let states: Vec<&Value> = sarif
        .pointer("/runs/0/results")
        .and_then(Value::as_array)
        .unwrap()
        .iter()
        .map(|result| result.get("baselineState").unwrap())
        .collect();
    assert!(states.contains(&&Value::from("new")) && states.contains(&&Value::from("unchanged")));
}

#[test]
fn a_baseline_that_is_none_is_told() {
    let shop = shop();
    let said = |args: &[&str]| {
        let run = assess(shop.path(), args);
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{args:?}");
        run.stderr
    };
    assert!(said(&["--baseline", "nope.json"]).contains("cannot read `nope.json`"));
    assert!(said(&["--baseline", "shop.yaml"]).contains("is no saved assessment"));
    assert!(said(&["--new-only"]).contains("--baseline"));
}

#[test]
fn assumptions_and_risk_fail_a_run_and_say_why() {
    let shop = shop();
    let gate = |declared: &str, unwanted: &str| {
        declare(shop.path(), declared);
        assess(shop.path(), &["--fail-on", unwanted])
    };
    let broken =
        "assumptions: [{name: closed, says: s, holds: '!reachable(\"External/internet\", \"Deployment/shop/web\")'}]\n";
    let run = gate(broken, "broken-assumption");
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("fails: the assumption `closed` is broken"),
        "{}",
        run.stderr
    );
    assert_eq!(gate(broken, "not-evaluated").code, Some(0));
    let unknown = "assumptions: [{name: a, says: b, holds: 'exposed(\"Deployment/shop/wbe\")'}]\n";
    assert_eq!(gate(unknown, "broken-assumption").code, Some(0));
    assert_eq!(gate(unknown, "broken-assumption,not-evaluated").code, Some(1));
    let no_boundary = gate("services: []\n", "risk>upper");
    assert_eq!(no_boundary.code, Some(2));
    assert!(no_boundary.stderr.contains("appetite"), "{}", no_boundary.stderr);
    let worth =
        "assets: [{name: data, elements: [Deployment/core/back], loss: {confidentiality: {likely: 1M, worst: 9M}}}]\n";
    let little = gate(&format!("appetite: {{upper: 1}}\n{worth}"), "risk>upper");
    assert_eq!(little.code, Some(1), "{}", little.stderr);
    assert!(
        little.stderr.contains("above the upper boundary of 1"),
        "{}",
        little.stderr
    );
    let much = gate(&format!("appetite: {{upper: 900M}}\n{worth}"), "risk>upper");
    assert_eq!(much.code, Some(0), "{}", much.stderr);
}

#[test]
fn guardrails_are_verified_to_be_as_they_were_written() {
    let shop = shop();
    let at = shop.path();
    let written = palisade(
        at,
        &["guard", "-q", "--output", "guard", "--control", "PAL-C012", "shop.yaml"],
        "",
    );
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    let verify = || {
        palisade(
            at,
            &["verify", "-q", "-f", "json", "--guardrails", "guard", "shop.yaml"],
            "",
        )
    };
    let whole = verify();
    assert_eq!(whole.code, Some(0), "{}", whole.stdout);
    let files: Vec<String> = json(&whole)
        .get("checks")
        .and_then(Value::as_array)
        .unwrap()
        .iter()
        .map(|check| check.get("name").and_then(Value::as_str).unwrap().to_owned())
        .collect();
    assert!(files.len() > 1, "{files:?}");
    let is_yaml = |file: &&String| Path::new(file).extension().is_some_and(|ending| ending == "yaml");
    let yaml = files.iter().find(is_yaml).unwrap();
    let file = at.join("guard").join(yaml);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("kind", "kind ")).unwrap();
    let changed = verify();
    assert_eq!(changed.code, Some(1));
    assert!(
        changed.stdout.contains("it was changed since it was written"),
        "{}",
        changed.stdout
    );
    fs::remove_file(&file).unwrap();
    assert!(verify().stdout.contains("it is gone"));
    let none = palisade(at, &["verify", "-q", "--guardrails", ".", "shop.yaml"], "");
    assert_eq!(none.code, Some(2));
    assert!(none.stderr.contains("holds no guardrails"), "{}", none.stderr);
}
