//! The whole assessment as JSON, the schema of it, and parts of it in the same frame.

use palisade_engine::assessment::{AttackPath, Finding, Fix, Plan, Risk, RiskSummary, Threat, Verdict};
use palisade_engine::verify::Verification;
use palisade_engine::{Assessment, System};
use palisade_inventory::Coverage;
use palisade_knowledge::{Catalogue, EntryKind, Framework, Requirement};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

/// The whole assessment, indented by two spaces, with a newline at its end.
pub fn pretty(assessment: &Assessment) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(assessment).map(with_newline)
}

/// The whole assessment on one line.
pub fn compact(assessment: &Assessment) -> Result<String, serde_json::Error> {
    serde_json::to_string(assessment).map(with_newline)
}

/// The JSON Schema of what [`pretty`] and [`compact`] give.
pub fn schema() -> String {
    schema_of::<Assessment>()
}

pub(crate) fn schema_of<T: JsonSchema>() -> String {
    // As it is written, not as it could be read: fields that are left out when empty are not required.
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<T>();
    with_newline(format!("{:#}", schema.as_value()))
}

/// Entries of the catalogue as their files have them, each with its kind: one object, or an array of several.
pub fn entries_json(catalogue: &Catalogue, wanted: &[(EntryKind, &str)]) -> Result<String, serde_json::Error> {
    let mut found = Vec::new();
    for (kind, id) in wanted {
        let entry = match kind {
            EntryKind::Weaknesses => catalogue.weaknesses.get(*id).map(serde_json::to_value),
            EntryKind::Steps => catalogue.steps.get(*id).map(serde_json::to_value),
            EntryKind::Techniques => catalogue.techniques.get(*id).map(serde_json::to_value),
            EntryKind::Controls => catalogue.controls.get(*id).map(serde_json::to_value),
            EntryKind::Frameworks => catalogue.frameworks.get(*id).map(serde_json::to_value),
            EntryKind::Actors => catalogue.actors.get(*id).map(serde_json::to_value),
            EntryKind::Projects => catalogue.projects.get(*id).map(serde_json::to_value),
            EntryKind::Incidents => catalogue.incidents.get(*id).map(serde_json::to_value),
            EntryKind::Technologies => catalogue.technologies.get(*id).map(serde_json::to_value),
        };
        if let Some(entry) = entry.transpose()? {
            found.push(serde_json::json!({ "kind": kind, "entry": entry }));
        }
    }
    match found.as_slice() {
        [one] => serde_json::to_string_pretty(one),
        several => serde_json::to_string_pretty(several),
    }
    .map(with_newline)
}

/// A requirement of a framework, and the controls that refer to it.
pub fn requirement_json(
    catalogue: &Catalogue,
    framework: &Framework,
    requirement: &Requirement,
) -> Result<String, serde_json::Error> {
    let refers = |ids: &Vec<String>| ids.contains(&requirement.id);
    let controls = catalogue.controls.values();
    let controls = controls.filter(|control| control.references.get(&framework.id).is_some_and(refers));
    let object = serde_json::json!({
        "kind": "requirement",
        "framework": framework.id,
        "entry": requirement,
        "controls": controls.map(|control| &control.id).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&object).map(with_newline)
}

/// Elements, flows and boundaries, as they stand in the whole assessment.
pub fn model_json(assessment: &Assessment) -> Result<String, serde_json::Error> {
    let systems = assessment.systems.iter().map(|system| &system.system).collect();
    in_frame::<&System>(assessment, systems)
}

/// Threats and findings, as they stand in the whole assessment.
pub fn threats_json(assessment: &Assessment) -> Result<String, serde_json::Error> {
    let systems = assessment.systems.iter().map(|system| ThreatsOf {
        root: &system.system.root,
        findings: &system.findings,
        threats: &system.threats,
    });
    in_frame(assessment, systems.collect())
}

/// Attack paths and fixes, as they stand in the whole assessment.
pub fn paths_json(assessment: &Assessment) -> Result<String, serde_json::Error> {
    let systems = assessment.systems.iter().map(|system| PathsOf {
        root: &system.system.root,
        paths: &system.paths,
        fixes: &system.fixes,
        bounds_hit: &system.bounds_hit,
    });
    in_frame(assessment, systems.collect())
}

/// Risk, plan and verdict of every system, as they stand in the whole assessment.
pub fn plan_json(assessment: &Assessment) -> Result<String, serde_json::Error> {
    let systems = assessment.systems.iter().map(|system| PlanOf {
        root: &system.system.root,
        risk: &system.risk,
        risks: &system.risks,
        plan: &system.plan,
        verdict: &system.verdict,
        bounds_hit: &system.bounds_hit,
    });
    in_frame(assessment, systems.collect())
}

/// What came of everything that was verified, and what that rests on.
pub fn verification_json(verification: &Verification, coverage: &Coverage) -> Result<String, serde_json::Error> {
    let whole = Verified {
        version: env!("CARGO_PKG_VERSION"),
        verification,
        coverage,
    };
    serde_json::to_string_pretty(&whole).map(with_newline)
}

/// The JSON Schema of what [`verification_json`] gives.
pub fn verification_schema() -> String {
    schema_of::<Verified<'_>>()
}

#[derive(Serialize, JsonSchema)]
#[schemars(title = "Verification")]
struct Verified<'a> {
    /// The version of Palisade that made it.
    version: &'a str,
    #[serde(flatten)]
    verification: &'a Verification,
    /// What was read, and what was not.
    coverage: &'a Coverage,
}

/// What stands around every part.
#[derive(Serialize)]
struct Frame<'a, T> {
    schema: u32,
    version: &'a str,
    coverage: &'a Coverage,
    systems: Vec<T>,
}

#[derive(Serialize)]
struct PlanOf<'a> {
    root: &'a str,
    risk: &'a Option<RiskSummary>,
    risks: &'a [Risk],
    plan: &'a Option<Plan>,
    verdict: &'a Option<Verdict>,
    bounds_hit: &'a [String],
}

#[derive(Serialize)]
struct ThreatsOf<'a> {
    root: &'a str,
    findings: &'a [Finding],
    threats: &'a [Threat],
}

#[derive(Serialize)]
struct PathsOf<'a> {
    root: &'a str,
    paths: &'a [AttackPath],
    fixes: &'a [Fix],
    bounds_hit: &'a [String],
}

fn in_frame<T: Serialize>(assessment: &Assessment, systems: Vec<T>) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Frame {
        schema: assessment.schema,
        version: &assessment.version,
        coverage: &assessment.coverage,
        systems,
    })
    .map(with_newline)
}

pub(crate) fn with_newline(mut text: String) -> String {
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn an_assessment_is_as_its_schema_says() {
        let schema = serde_json::from_str(&schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for assessment in [sample::assessment(), sample::two_systems()] {
            let json = serde_json::from_str(&pretty(&assessment).unwrap()).unwrap();
            let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
            assert_eq!(
                json,
                serde_json::from_str::<serde_json::Value>(&compact(&assessment).unwrap()).unwrap()
            );
        }
    }

    #[test]
    fn the_contract_that_scripts_rely_on_holds() {
        let json: serde_json::Value = serde_json::from_str(&pretty(&sample::assessment()).unwrap()).unwrap();
        let has = |pointer: &str| assert!(json.pointer(pointer).is_some(), "{pointer} is missing");
        for field in ["documents", "understood", "skipped/0/reason"] {
            has(&format!("/coverage/{field}"));
        }
        for field in [
            "root",
            "elements/0/id",
            "boundaries/0/id",
            "findings/0/rule",
            "findings/0/element",
        ] {
            has(&format!("/systems/0/{field}"));
        }
        for field in ["from", "to", "basis", "protocol", "ports", "evidence", "confidence"] {
            has(&format!("/systems/0/flows/0/{field}"));
        }
        for field in ["severity", "position/file", "position/line", "position/column"] {
            has(&format!("/systems/0/findings/0/{field}"));
        }
        for field in [
            "actor",
            "asset",
            "likelihood",
            "steps/0/step",
            "steps/0/from",
            "steps/0/to",
        ] {
            has(&format!("/systems/0/paths/0/{field}"));
        }
        for field in ["techniques", "evidence"] {
            has(&format!("/systems/0/paths/0/steps/0/{field}"));
        }
        has("/systems/0/threats/0/state");
    }

    #[test]
    fn parts_stand_in_the_frame_of_the_whole() {
        let assessment = sample::assessment();
        for (part, field) in [
            (model_json(&assessment), "flows"),
            (threats_json(&assessment), "threats"),
            (paths_json(&assessment), "paths"),
        ] {
            let part: serde_json::Value = serde_json::from_str(&part.unwrap()).unwrap();
            let whole: serde_json::Value = serde_json::from_str(&pretty(&assessment).unwrap()).unwrap();
            assert_eq!(part.get("coverage"), whole.get("coverage"));
            let at = format!("/systems/0/{field}");
            assert_eq!(part.pointer(&at).unwrap(), whole.pointer(&at).unwrap());
        }
    }
}
