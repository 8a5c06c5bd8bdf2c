//! Flags of `report` and `tree`.

use clap::{Args, ValueEnum};

use super::Input;
use super::graph::Source;

/// Flags of `report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) input: Input,
    /// How to write it; told by the name of --output where that ends so, else html
    #[arg(short, long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Option<ReportFormat>,
    /// For whom it is; for everybody when nobody is named
    #[arg(long, value_enum, value_name = "WHO", help_heading = "Output")]
    pub(crate) audience: Option<AudienceName>,
    /// Link evidence to where it can be looked at: an address with {file} and {line} in it
    #[arg(long, value_name = "ADDRESS", value_parser = address, help_heading = "Output")]
    pub(crate) source: Option<String>,
    /// What everything that looks random follows from: the same seed gives the same digits
    #[arg(long, value_name = "NUMBER", default_value_t = 1, help_heading = "Reading")]
    pub(crate) seed: u64,
}

/// Only what a browser may follow without harm.
fn address(text: &str) -> Result<String, String> {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return Err("it must begin with https:// or http://".to_owned());
    }
    if !text.contains("{file}") {
        return Err("it must say where the file goes: https://example.com/blob/main/{file}#L{line}".to_owned());
    }
    Ok(text.to_owned())
}

/// Formats of `report`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// One file that opens offline: no script, no request
    Html,
    /// For a wiki or a ticket
    Markdown,
    /// The risk register, for a spreadsheet
    Csv,
    /// A layer for the ATT&CK Navigator
    Navigator,
}

/// For whom a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AudienceName {
    /// Those who decide: money, plan, the worst
    Board,
    /// Those who build and run it: paths, trees, findings, questions
    Engineer,
    /// Those who check: every requirement, every decision
    Auditor,
}

/// Flags of `tree`.
#[derive(Debug, Args)]
pub(crate) struct Tree {
    /// The asset's id, or a part that only one has: Secret/shop/db, StatefulSet/shop/orders-db, Node/n1
    #[arg(value_name = "ELEMENT")]
    pub(crate) element: String,
    #[command(flatten)]
    pub(crate) source: Source,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: TreeFormat,
}

/// Formats of `tree`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TreeFormat {
    /// An outline
    #[default]
    Text,
    /// A picture that stands alone
    Svg,
    /// Goals, ways and what they need
    Json,
}
