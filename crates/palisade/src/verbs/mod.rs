//! One file a verb.

pub(crate) mod assess;
pub(crate) mod catalogue;
pub(crate) mod completion;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod model;
pub(crate) mod paths;
pub(crate) mod pod_security;
pub(crate) mod threats;
pub(crate) mod version;

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
