//! Flags of `questions`.

use clap::Args;

use super::{Input, ListFormat};

/// Flags of `questions`.
#[derive(Debug, Args)]
pub(crate) struct Questions {
    #[command(flatten)]
    pub(crate) input: Input,
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
