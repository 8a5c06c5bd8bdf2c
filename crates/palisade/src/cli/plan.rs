//! Flags of `plan`.

use clap::Args;

use super::{Input, ListFormat};

/// Flags of `plan`.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) input: Input,
    /// What if: these controls and no others, by catalogue id, whatever they cost
    #[arg(
        long = "with",
        value_name = "CONTROL",
        value_delimiter = ',',
        help_heading = "What if"
    )]
    pub(crate) with: Vec<String>,
    /// What if: without these controls
    #[arg(
        long = "without",
        value_name = "CONTROL",
        value_delimiter = ',',
        help_heading = "What if"
    )]
    pub(crate) without: Vec<String>,
    /// What everything that looks random follows from: the same seed gives the same digits
    #[arg(long, value_name = "NUMBER", default_value_t = 1, help_heading = "What if")]
    pub(crate) seed: u64,
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
