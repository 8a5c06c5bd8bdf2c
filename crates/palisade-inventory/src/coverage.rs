//! What was read and what was not: silence is never safety.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of the input was understood, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Coverage {
    /// Documents met, those of a list one by one. Comment-only and empty documents do not count.
    pub documents: u64,
    /// Documents understood.
    pub understood: u64,
    /// What was not understood, in the order of file and position.
    pub skipped: Vec<Skipped>,
    /// Read, but something about it deserves a word (a duplicate key, an object defined twice).
    pub notices: Vec<Notice>,
    /// Resources that were read and kept but whose kind has no meaning here, counted by `kind.group`.
    pub opaque: BTreeMap<String, u64>,
    /// Programs that were run to render sources.
    pub tools: Vec<Tool>,
}

/// Something that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// The file or folder.
    pub file: String,
    /// One-based line; 0 when it is about the whole file.
    pub line: u32,
    /// One-based column; 0 when it is about the whole file.
    pub column: u32,
    /// A stable word for the reason: `yaml-syntax`, `not-kubernetes`, `helm-not-rendered` …
    pub code: String,
    /// What is wrong, never quoting the text.
    pub reason: String,
    /// What to do about it; may be empty.
    pub help: String,
}

/// Something worth a word about a document that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Notice {
    /// The file.
    pub file: String,
    /// One-based line; 0 when it is about the whole file.
    pub line: u32,
    /// One-based column; 0 when it is about the whole file.
    pub column: u32,
    /// A stable word for it: `duplicate-key`, `redefined` …
    pub code: String,
    /// What was seen.
    pub message: String,
}

/// A program that was run to render sources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Tool {
    /// `kubectl`, `helm`.
    pub name: String,
    /// What it says of its version.
    pub version: String,
}

impl Coverage {
    /// Adds what another reading saw; call [`Coverage::sort`] at the end.
    pub fn merge(&mut self, other: Coverage) {
        self.documents += other.documents;
        self.understood += other.understood;
        self.skipped.extend(other.skipped);
        self.notices.extend(other.notices);
        for (kind, count) in other.opaque {
            *self.opaque.entry(kind).or_default() += count;
        }
        self.tools.extend(other.tools);
    }

    /// Puts everything in the order of file and position, each once.
    pub fn sort(&mut self) {
        self.skipped.sort();
        self.skipped.dedup();
        self.notices.sort();
        self.notices.dedup();
        self.tools.sort();
        self.tools.dedup();
    }
}
