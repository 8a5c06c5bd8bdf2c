//! What to do, in which order, and what it leaves: `palisade plan`.

use std::path::Path;

use serde_json::Value;

use crate::common::{copied_example, palisade};

fn plan(folder: &Path, args: &[&str]) -> Value {
    let run = palisade(folder, &[&["plan", "-q", "--format", "json", "."], args].concat(), "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn steps(plan: &Value) -> &Vec<Value> {
    plan.pointer("/systems/0/plan/steps").and_then(Value::as_array).unwrap()
}

#[test]
fn the_plan_of_the_example_reads_well() {
    let run = palisade(copied_example().path(), &["plan", "-q", "."], "");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn waves_follow_one_another_and_risk_falls_from_step_to_step() {
    let plan = plan(copied_example().path(), &[]);
    let waves = ["now", "next", "later"];
    let mut before = plan.pointer("/systems/0/plan/before").and_then(Value::as_f64).unwrap();
    let mut wave = 0;
    for step in steps(&plan) {
        let now = waves.iter().position(|wave| step["wave"] == **wave).unwrap();
        assert!(now >= wave, "{step}");
        wave = now;
        assert_eq!(
            step["risk_before"].as_f64().unwrap().to_bits(),
            before.to_bits(),
            "{step}"
        );
        let after = step["risk_after"].as_f64().unwrap();
        assert!(after <= before, "{step}");
        before = after;
    }
    assert_eq!(
        plan.pointer("/systems/0/plan/after").and_then(Value::as_f64),
        Some(before)
    );
}

#[test]
fn what_is_out_of_the_question_is_not_in_it_and_what_is_named_is() {
    let folder = copied_example();
    let first = steps(&plan(folder.path(), &[]))[0]["control"]
        .as_str()
        .unwrap()
        .to_owned();
    let without = plan(folder.path(), &["--without", &first]);
    assert!(steps(&without).iter().all(|step| step["control"] != *first));
    let with = plan(folder.path(), &["--with", &first]);
    assert!(steps(&with).iter().all(|step| step["control"] == *first) && !steps(&with).is_empty());
}
