//! Flags of `guard`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use palisade_engine::guard::Target;

use super::Input;

const FOLDER: &str = "The folder to write; what it holds of an earlier run is replaced, anything else is left alone";

/// Flags of `guard`.
#[derive(Debug, Args)]
#[command(mut_arg("output", |output| output.value_name("DIR").required(true).help(FOLDER)))]
pub(crate) struct Guard {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Only for these targets; for all when none is named
    #[arg(
        long = "target",
        value_name = "TARGET",
        value_delimiter = ',',
        value_parser = target(),
        help_heading = "Guardrails"
    )]
    pub(crate) targets: Vec<Target>,
    /// For these controls, by catalogue id, or for `all`, rather than for those of the plan
    #[arg(
        long = "control",
        value_name = "CONTROL",
        value_delimiter = ',',
        help_heading = "Guardrails"
    )]
    pub(crate) controls: Vec<String>,
    /// The API server's audit log, to prove what identities need; `audit.k8s.io` events, one a line
    #[arg(long, value_name = "FILE", help_heading = "Guardrails")]
    pub(crate) audit_log: Option<PathBuf>,
}

fn target() -> impl TypedValueParser<Value = Target> {
    PossibleValuesParser::new(Target::ALL.map(Target::as_str)).try_map(|word| {
        let mut targets = Target::ALL.into_iter();
        targets.find(|target| target.as_str() == word).ok_or("no such target")
    })
}
