//! One file a verb.

mod access;
pub(crate) mod assess;
pub(crate) mod blast_radius;
pub(crate) mod can;
pub(crate) mod catalogue;
pub(crate) mod completion;
pub(crate) mod compliance;
pub(crate) mod diff;
pub(crate) mod explain;
mod fixes;
pub(crate) mod graph;
pub(crate) mod guard;
pub(crate) mod init;
pub(crate) mod model;
pub(crate) mod paths;
pub(crate) mod plan;
pub(crate) mod pod_security;
pub(crate) mod questions;
pub(crate) mod reach;
pub(crate) mod report;
pub(crate) mod threats;
pub(crate) mod tree;
pub(crate) mod verify;
pub(crate) mod version;
pub(crate) mod who_can;

use std::path::Path;

use crate::console::Report;
use crate::failure::Outcome;

/// What a verb comes to.
pub(crate) struct Done<'a> {
    /// What it says.
    pub(crate) report: Report,
    /// Where to write that; none: standard output.
    pub(crate) output: Option<&'a Path>,
    /// How the run ends.
    pub(crate) outcome: Outcome,
}

impl Done<'static> {
    /// A report to standard output, and nothing to judge.
    pub(crate) fn with(report: Report) -> Self {
        Self {
            report,
            output: None,
            outcome: Outcome::Fine,
        }
    }
}
