//! Compliance and questions.

use serde_json::Value;

use crate::common::{palisade, shop};

fn json(args: &[&str]) -> Value {
    let folder = shop();
    let run = palisade(folder.path(), args, "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn requirements(json: &Value, framework: &str) -> Vec<Value> {
    let frameworks = json.pointer("/systems/0/frameworks").unwrap().as_array().unwrap();
    let found = frameworks.iter().find(|it| it["framework"] == framework).unwrap();
    found["requirements"].as_array().unwrap().clone()
}

#[test]
fn every_framework_is_held_against_the_system() {
    let json = json(&["compliance", ".", "--format", "json"]);
    let frameworks = json.pointer("/systems/0/frameworks").unwrap().as_array().unwrap();
    for id in [
        "cis-kubernetes",
        "iso-27001-2022",
        "nist-800-190",
        "nist-800-204",
        "nist-800-53-r5",
        "nsa-cisa-kubernetes",
        "soc-2",
    ] {
        assert!(frameworks.iter().any(|it| it["framework"] == id), "{id} is missing");
    }
    let baselines: Vec<&str> = frameworks.iter().filter_map(|it| it["baseline"].as_str()).collect();
    assert_eq!(baselines, ["moderate", "high"]);
}

#[test]
fn nothing_is_met_without_evidence_and_nothing_stands_without_reason() {
    let json = json(&["compliance", ".", "--format", "json"]);
    for framework in json.pointer("/systems/0/frameworks").unwrap().as_array().unwrap() {
        for requirement in framework["requirements"].as_array().unwrap() {
            assert!(!requirement["reason"].as_str().unwrap().is_empty());
            if requirement["state"] == "met" && requirement["heading"].is_null() {
                let controls = requirement["controls"].as_array().unwrap();
                let is_shown = |it: &Value| it["state"] == "in-place" && it.pointer("/evidence/line").is_some();
                assert!(!controls.is_empty() && controls.iter().all(is_shown), "{requirement}");
            }
        }
    }
}

#[test]
fn a_privileged_container_is_a_gap_with_a_line() {
    let json = json(&["compliance", ".", "--framework", "cis", "--format", "json"]);
    let privileged = requirements(&json, "cis-kubernetes");
    let privileged = privileged.iter().find(|it| it["id"] == "5.2.2").unwrap();
    assert_eq!(privileged["state"], "partly");
    let first = privileged.pointer("/weaknesses/0/first").unwrap();
    assert_eq!(first["file"], "shop.yaml");
    assert!(first["line"].as_u64().unwrap() > 1);
}

#[test]
fn narrowing_makes_nothing_look_met() {
    let narrowed = json(&[
        "compliance",
        ".",
        "-n",
        "shop",
        "--framework",
        "cis",
        "--format",
        "json",
    ]);
    let whole = json(&["compliance", ".", "--framework", "cis", "--format", "json"]);
    assert_eq!(
        requirements(&narrowed, "cis-kubernetes"),
        requirements(&whole, "cis-kubernetes")
    );
}

#[test]
fn baselines_are_those_of_the_framework() {
    let of = |baseline| {
        let json = json(&["compliance", ".", "--baseline", baseline, "--format", "json"]);
        requirements(&json, "nist-800-53-r5").len()
    };
    let [low, moderate, high] = ["low", "moderate", "high"].map(of);
    assert!(low < moderate && moderate < high, "{low} {moderate} {high}");
}

#[test]
fn mistakes_name_what_there_is() {
    let folder = shop();
    for (args, says, helps) in [
        (["--framework", "gdpr"], "no framework is called `gdpr`", "soc-2"),
        (["--framework", "nist"], "`nist` may be 5 frameworks", "nist-800-190"),
        (["--framework", ""], "no framework is called ``", "soc-2"),
    ] {
        let run = palisade(folder.path(), &[&["compliance", "."], &args[..]].concat(), "");
        assert_eq!(run.code, Some(2));
        assert!(
            run.stderr.contains(says) && run.stderr.contains(helps),
            "{}",
            run.stderr
        );
    }
    let run = palisade(
        folder.path(),
        &["compliance", ".", "--framework", "soc", "--baseline", "low"],
        "",
    );
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("`soc-2` has no baselines"), "{}", run.stderr);
}

#[test]
fn questions_come_in_order_with_answers() {
    let json = json(&["questions", ".", "--format", "json"]);
    let questions = json["questions"].as_array().unwrap();
    assert!(questions.len() > 3);
    let hangs: Vec<f64> = questions.iter().map(|it| it["hangs"].as_f64().unwrap_or(0.0)).collect();
    assert!(hangs.is_sorted_by(|a, b| a >= b), "{hangs:?}");
    assert!(hangs[0] > 0.0);
    assert!(questions.iter().all(|it| !it["answers"].as_array().unwrap().is_empty()));
}

#[test]
fn an_answer_can_be_declared_as_it_is_told() {
    let folder = shop();
    let run = palisade(folder.path(), &["questions", ".", "--format", "json"], "");
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let answers = json["questions"].as_array().unwrap().iter();
    let answers = answers.flat_map(|it| it["answers"].as_array().unwrap().clone());
    let declared: Vec<String> = answers
        .filter(|it| it["by"] == "intent")
        .filter_map(|it| it["text"].as_str().map(str::to_owned))
        .collect();
    assert!(!declared.is_empty());
    for text in declared {
        std::fs::write(folder.path().join("palisade.yaml"), format!("version: 1\n{text}")).unwrap();
        let run = palisade(folder.path(), &["model", "."], "");
        assert_eq!(run.code, Some(0), "{text}\n{}", run.stderr);
    }
}
