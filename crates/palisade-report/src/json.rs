//! The whole assessment as JSON, and the schema of it.

use palisade_engine::Assessment;
use schemars::schema_for;

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

fn with_newline(mut text: String) -> String {
    text.push('\n');
    text
}
