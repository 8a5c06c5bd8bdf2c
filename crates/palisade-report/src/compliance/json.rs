//! Compliance as JSON.

use palisade_engine::Assessment;
use palisade_inventory::Coverage;
use serde::Serialize;

use super::SystemCompliance;

#[derive(Serialize)]
struct Whole<'a> {
    schema: u32,
    version: &'a str,
    coverage: &'a Coverage,
    systems: &'a [SystemCompliance],
}

/// Every requirement of every framework, in the frame of an assessment.
pub fn compliance_json(assessment: &Assessment, found: &[SystemCompliance]) -> Result<String, serde_json::Error> {
    let whole = Whole {
        schema: assessment.schema,
        version: &assessment.version,
        coverage: &assessment.coverage,
        systems: found,
    };
    serde_json::to_string_pretty(&whole).map(|text| text + "\n")
}
