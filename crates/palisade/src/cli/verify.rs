//! Flags of `verify`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use palisade_engine::verify::CheckOutcome;
use palisade_inventory::Date;

use super::graph::Source;
use super::{Input, ListFormat};

/// Flags of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Take what you declare from this file rather than from a palisade.yaml beside or above PATH
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    pub(crate) intent: Option<PathBuf>,
    /// The day by which acceptances have ended or not; today when none is named
    #[arg(long, value_name = "DATE", value_parser = Date::parse, help_heading = "Reading")]
    pub(crate) as_of: Option<Date>,
    /// How many days before its end an acceptance is told to end soon
    #[arg(long, value_name = "DAYS", default_value_t = 30, help_heading = "Reading")]
    pub(crate) soon: u32,
    /// The folder of guardrails that `palisade guard` wrote: each file must be there still, as it was written
    #[arg(long, value_name = "DIR", help_heading = "Reading")]
    pub(crate) guardrails: Option<PathBuf>,
    /// Exit with 1 not only when something is broken, but also when something came to this
    #[arg(
        long,
        value_enum,
        value_name = "OUTCOME",
        value_delimiter = ',',
        help_heading = "Output"
    )]
    pub(crate) fail_on: Vec<Unwanted>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: ListFormat,
}

/// An outcome that can fail a run although nothing is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unwanted {
    /// Something could not be evaluated
    NotEvaluated,
    /// Something that is accepted ends soon
    EndsSoon,
}

impl From<Unwanted> for CheckOutcome {
    fn from(unwanted: Unwanted) -> Self {
        match unwanted {
            Unwanted::NotEvaluated => Self::NotEvaluated,
            Unwanted::EndsSoon => Self::EndsSoon,
        }
    }
}

impl Verify {
    /// What is read. The whole of each system is held against what is declared.
    pub(crate) fn input(&self) -> Input {
        Input {
            paths: self.source.paths.clone(),
            systems: self.source.systems.clone(),
            render: self.source.render,
            strict: self.source.strict,
            intent: self.intent.clone(),
            as_of: self.as_of,
            ..Input::default()
        }
    }
}
