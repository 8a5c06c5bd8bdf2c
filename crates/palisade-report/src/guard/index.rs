//! The index of a folder of guardrails, for machines.

use std::collections::BTreeMap;

use palisade_engine::guard::{Effect, Guardrail, Unanswered};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::{GuardFile, json, sha256};

/// What is in a folder of guardrails.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GuardIndex {
    /// The version of this format.
    pub schema: u32,
    /// The version of Palisade that wrote the folder.
    pub version: String,
    /// Every file but this one, with what tells whether it was changed since.
    pub files: Vec<IndexedFile>,
    /// Every guardrail.
    pub guardrails: Vec<IndexedGuardrail>,
    /// By root of a system: what becomes of it once all that are ready are in place.
    pub effects: BTreeMap<String, Effect>,
    /// By root of a system: what no guardrail answers.
    pub unanswered: BTreeMap<String, Vec<Unanswered>>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndexedFile {
    /// Where it is, below the folder, with slashes.
    pub path: String,
    /// The SHA-256 of what was written, in hexadecimal digits.
    pub sha256: String,
}

/// A guardrail and where it was written.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IndexedGuardrail {
    /// The root of the system that it is for.
    pub root: String,
    /// Where it is in its final form, below the folder.
    pub file: String,
    /// Where it is as it only warns and records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial: Option<String>,
    /// Whether it can be rolled out as it is.
    pub is_ready: bool,
    /// The guardrail; its own `file` is that within its system.
    pub guardrail: Guardrail,
}

impl IndexedFile {
    pub(super) fn of(file: &GuardFile) -> Self {
        Self {
            path: file.path.clone(),
            sha256: sha256(&file.text),
        }
    }
}

impl GuardIndex {
    /// As JSON.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        json(self)
    }
}

/// The JSON Schema of the index.
pub fn guard_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<GuardIndex>();
    format!("{:#}\n", schema.as_value())
}
