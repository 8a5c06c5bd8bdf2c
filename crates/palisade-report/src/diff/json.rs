//! A comparison as JSON, and the schema of it.

use palisade_engine::diff::Difference;
use palisade_inventory::Coverage;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Compared, Comparison};
use crate::json::{schema_of, with_newline};

/// The whole comparison, indented by two spaces, with a newline at its end.
pub fn difference_json(comparison: &Comparison<'_>) -> Result<String, serde_json::Error> {
    let side = |side: Compared<'_>| Side {
        name: side.name.to_owned(),
        coverage: side.coverage.cloned(),
    };
    serde_json::to_string_pretty(&Published {
        version: env!("CARGO_PKG_VERSION"),
        base: side(comparison.base),
        head: side(comparison.head),
        difference: comparison.difference,
    })
    .map(with_newline)
}

/// The JSON Schema of what [`difference_json`] gives.
pub fn difference_schema() -> String {
    schema_of::<Published<'_>>()
}

#[derive(Serialize, JsonSchema)]
#[schemars(title = "Difference")]
struct Published<'a> {
    /// The version of Palisade that made it.
    version: &'a str,
    /// How it was.
    base: Side,
    /// How it is.
    head: Side,
    #[serde(flatten)]
    difference: &'a Difference,
}

/// One side of a comparison.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Side")]
struct Side {
    /// What the user calls it.
    name: String,
    /// What was read, and what was not; absent of what was saved earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Coverage>,
}
