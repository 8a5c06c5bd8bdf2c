//! Flags of `compliance`.

use clap::{Args, ValueEnum};

use super::Input;

/// Flags of `compliance`.
#[derive(Debug, Args)]
pub(crate) struct Compliance {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Only these frameworks, each told in full: an id, or what only one begins with (cis, nist-800-53, soc)
    #[arg(
        long = "framework",
        value_name = "FRAMEWORK",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) frameworks: Vec<String>,
    /// The baseline of NIST SP 800-53; the one in force when none is named, or else moderate and high
    #[arg(long, value_enum, value_name = "BASELINE", help_heading = "Narrowing")]
    pub(crate) baseline: Option<BaselineName>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: ComplianceFormat,
}

/// A baseline of NIST SP 800-53B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BaselineName {
    /// The loss of the system has a limited effect
    Low,
    /// The loss of the system has a serious effect
    Moderate,
    /// The loss of the system has a severe effect
    High,
    /// The system processes personal data
    Privacy,
}

/// Formats of `compliance`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ComplianceFormat {
    /// To read in a terminal
    #[default]
    Text,
    /// Every requirement with what is seen of each control
    Json,
    /// One row a requirement, for a spreadsheet
    Csv,
    /// Tables for a wiki
    Markdown,
}
