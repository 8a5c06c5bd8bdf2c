//! The whole assessment as JSON, the schema of it, and parts of it in the same frame.

use palisade_engine::assessment::{AttackPath, Finding, Fix, Threat};
use palisade_engine::{Assessment, System};
use palisade_inventory::Coverage;
use schemars::schema_for;
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
    with_newline(format!("{:#}", schema_for!(Assessment).as_value()))
}

/// Elements, flows and boundaries, as they stand in the whole assessment.
pub fn model_json(assessment: &Assessment) -> Result<String, serde_json::Error> {
    let systems = assessment.systems.iter().map(|system| &system.system).collect();
    in_frame::<&System>(assessment, systems)
}

/// Threats and findings, as they stand in the whole assessment.
pub fn threats_json(assessment: &Assessment) -> Result<String, serde_json::Error> {
    let systems = assessment.systems.iter().map(|system| Threats {
        root: &system.system.root,
        findings: &system.findings,
        threats: &system.threats,
    });
    in_frame(assessment, systems.collect())
}

/// Attack paths and fixes, as they stand in the whole assessment.
pub fn paths_json(assessment: &Assessment) -> Result<String, serde_json::Error> {
    let systems = assessment.systems.iter().map(|system| Paths {
        root: &system.system.root,
        paths: &system.paths,
        fixes: &system.fixes,
        bounds_hit: &system.bounds_hit,
    });
    in_frame(assessment, systems.collect())
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
struct Threats<'a> {
    root: &'a str,
    findings: &'a [Finding],
    threats: &'a [Threat],
}

#[derive(Serialize)]
struct Paths<'a> {
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

fn with_newline(mut text: String) -> String {
    text.push('\n');
    text
}
