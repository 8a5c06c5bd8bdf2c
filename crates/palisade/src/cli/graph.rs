//! Flags of the verbs that ask the attack graph.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Input, ListFormat};

/// Flags of `paths`.
#[derive(Debug, Args)]
pub(crate) struct Paths {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Only paths that begin here: an element's id, a part of it, or a pattern with *
    ///
    /// An id in full asks what can be done from just there, whatever it is: a workload, a service account, a group, a
    /// Secret, a node.
    #[arg(long, value_name = "ELEMENT", help_heading = "Narrowing")]
    pub(crate) from: Option<String>,
    /// Only paths that end here
    #[arg(long, value_name = "ELEMENT", help_heading = "Narrowing")]
    pub(crate) to: Option<String>,
    /// For each path, tell as many other ways: what an attacker does once a step of it is closed
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=20))]
    pub(crate) alternatives: u8,
    /// Search again without this: an attack step, a weakness, an element, or RULE@ELEMENT as fixes name them
    #[arg(long, value_name = "WHAT")]
    pub(crate) without: Vec<String>,
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

/// Flags of `blast-radius`.
#[derive(Debug, Args)]
pub(crate) struct BlastRadius {
    /// The element's id, or a part that only one has: Deployment/shop/web, ServiceAccount/shop/web, Node/n1
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
    pub(crate) format: ListFormat,
}

/// Flags of `graph`.
#[derive(Debug, Args)]
pub(crate) struct Graph {
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
    pub(crate) format: GraphFormat,
}

/// Formats of `graph`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// Nodes and edges with all that is known about them
    #[default]
    Json,
    /// For Gephi, yEd, Neo4j and `NetworkX`
    Graphml,
    /// Graphviz
    Dot,
}

/// What is read by verbs that look at systems and judge nothing.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// Files and folders to read, or - for standard input; the current folder when none is named
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only the systems with these roots; * stands for any text
    #[arg(
        long = "system",
        value_name = "ROOT",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) systems: Vec<String>,
    /// Render every kustomization and chart found, not only those named (with kubectl and helm, offline)
    #[arg(long, help_heading = "Reading")]
    pub(crate) render: bool,
    /// Fail when anything could not be understood
    #[arg(long, help_heading = "Reading")]
    pub(crate) strict: bool,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}
