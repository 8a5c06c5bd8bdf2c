//! Flags of `diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use palisade_inventory::Date;
use palisade_knowledge::Severity;

/// Flags of `diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// How it was: a folder or file, a git revision, REVISION:PATH, or a saved assessment
    #[arg(value_name = "BASE")]
    pub(crate) base: String,
    /// How it is; the current folder when none is named
    #[arg(value_name = "HEAD")]
    pub(crate) head: Option<String>,
    /// Compute risk in money as well, which takes longer than all the rest
    #[arg(long, help_heading = "Reading")]
    pub(crate) risk: bool,
    /// Take what you declare from this file, for both sides, rather than from a palisade.yaml beside or above each
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    pub(crate) intent: Option<PathBuf>,
    /// The day by which acceptances have ended or not; today when none is named
    #[arg(long, value_name = "DATE", value_parser = Date::parse, help_heading = "Reading")]
    pub(crate) as_of: Option<Date>,
    /// Render every kustomization and chart found, not only those named (with kubectl and helm, offline)
    #[arg(long, help_heading = "Reading")]
    pub(crate) render: bool,
    /// Fail when anything could not be understood
    #[arg(long, help_heading = "Reading")]
    pub(crate) strict: bool,
    /// Exit with 1 when the change comes to this, or when something is not understood that was before
    #[arg(long, value_enum, value_name = "CHANGE", help_heading = "Output")]
    pub(crate) fail_on: Option<Unwanted>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: DiffFormat,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// A change that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unwanted {
    /// A new finding, or a path that is new or easier, of any severity
    Low,
    /// The same, of medium or high severity
    Medium,
    /// The same, of high severity
    High,
    /// Anything that makes the verdict worse, in part or in whole
    Worse,
}

impl Unwanted {
    /// The least severity that it asks for; none: the verdict decides.
    pub(crate) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Worse => None,
        }
    }
}

/// Formats of `diff`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// A page to read in a terminal
    #[default]
    Text,
    /// Everything; its JSON Schema is published
    Json,
    /// A comment on a pull request
    Markdown,
}
