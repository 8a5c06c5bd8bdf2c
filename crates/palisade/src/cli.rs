//! What can be typed: the flags of every verb.

pub(crate) mod catalogue;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use palisade_inventory::Date;
use palisade_knowledge::{KubernetesVersion, Severity};

use crate::own::Own;

/// A threat model that is compiled, not written.
///
/// Palisade reads Kubernetes artefacts, compiles a data-flow diagram with trust boundaries from them, finds what can go
/// wrong, and shows the ways an attacker would take. It works offline and changes nothing.
///
/// Exit codes: 0 fine (findings alone do not fail), 1 findings or paths at or above --fail-on, 2 wrong usage, unreadable
/// input, or nothing evaluated.
#[derive(Debug, Parser)]
#[command(name = "palisade", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) own: Own,
    #[command(flatten)]
    pub(crate) screen: Screen,
    /// The version of Kubernetes whose behaviour counts, where versions differ
    #[arg(long, global = true, value_name = "1.N", default_value_t, help_heading = "Reading")]
    pub(crate) kubernetes_version: KubernetesVersion,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Answer everything at once: the system, the worst paths, the fixes that matter most
    Assess(Assess),
    /// Draw what we are working on: the data-flow diagram
    Model(Model),
    /// List what can go wrong: the STRIDE ledger, the highest risk first
    Threats(Threats),
    /// Show the ways an attacker would take, step by step
    Paths(Paths),
    /// Say what an id means: an entry of the catalogue, an element, a threat, a path
    Explain(Explain),
    /// Write a first palisade.yaml from what is seen, to be completed by hand
    ///
    /// It declares what no artefact can tell: what matters, what losing it costs, who would attack it, what is assumed and
    /// accepted. It is written beside what was read, unless --output says where, and never over another file without --force.
    Init(Init),
    /// Look into what is known: weaknesses, attack steps, techniques, controls …
    #[command(subcommand)]
    Catalogue(catalogue::Catalogue),
    /// Judge pods as Kubernetes' Pod Security admission would
    ///
    /// Without --level, each line tells the strictest Pod Security level that a pod or pod template meets, and what keeps
    /// it from the next. With --level, each line says allowed or forbidden, and why.
    ///
    /// Exit codes: 0 nothing is forbidden, 1 something is, 2 nothing was evaluated or part of the input could not be.
    PodSecurity(PodSecurity),
    /// Print a completion script for a shell
    Completion(Completion),
    /// Print the version
    Version,
}

/// How the terminal is used.
#[derive(Debug, Args)]
pub(crate) struct Screen {
    /// When to use colour; the environment variable `NO_COLOR` is honoured as well
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Screen"
    )]
    pub(crate) color: Colour,
    /// The same as --color never
    #[arg(long, global = true, help_heading = "Screen")]
    pub(crate) no_color: bool,
    /// No progress and no remarks on standard error; errors still show
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Screen")]
    pub(crate) quiet: bool,
    /// Show everything rather than the most important
    #[arg(short, long, global = true, help_heading = "Screen")]
    pub(crate) verbose: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal that has it
    #[default]
    Auto,
    /// Even in a pipe
    Always,
    /// Not at all
    Never,
}

/// What is read, and which part of the answer is wanted.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// Files and folders to read, or - for standard input; the current folder when none is named
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only these namespaces; * stands for any text
    #[arg(
        short,
        long = "namespace",
        value_name = "NAMESPACE",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) namespaces: Vec<String>,
    /// Not these namespaces
    #[arg(
        long = "exclude-namespace",
        value_name = "NAMESPACE",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) without_namespaces: Vec<String>,
    /// Only what these owners own (labels owner, team, app.kubernetes.io/part-of)
    #[arg(
        long = "owner",
        value_name = "OWNER",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) owners: Vec<String>,
    /// Only the systems with these roots
    #[arg(
        long = "system",
        value_name = "ROOT",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) systems: Vec<String>,
    /// The least severity to show
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Narrowing")]
    pub(crate) severity: Option<Level>,
    /// Take what you declare from this file rather than from a palisade.yaml beside or above PATH
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
    /// Exit with 1 when a finding or path is at or above this severity
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Output")]
    pub(crate) fail_on: Option<Level>,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// A severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// Little is lost, or it is hard to use
    Low,
    /// Worth a plan
    Medium,
    /// Worth doing today
    High,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Severity::Low,
            Level::Medium => Severity::Medium,
            Level::High => Severity::High,
        }
    }
}

/// Flags of `assess`.
#[derive(Debug, Args)]
pub(crate) struct Assess {
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
    pub(crate) format: AssessFormat,
}

/// Formats of `assess`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AssessFormat {
    /// A page to read in a terminal
    #[default]
    Text,
    /// The whole assessment; its JSON Schema is published
    Json,
    /// The same on one line
    JsonCompact,
    /// A page for a pull request or a wiki
    Markdown,
}

/// Flags of `model`.
#[derive(Debug, Args)]
pub(crate) struct Model {
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
    pub(crate) format: ModelFormat,
    /// Draw flows of Kubernetes itself as well: API server, DNS, kubelet
    #[arg(long, help_heading = "Narrowing")]
    pub(crate) platform: bool,
}

/// Formats of `model`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelFormat {
    /// An outline: elements by namespace, and their flows
    #[default]
    Text,
    /// Mermaid, as GitHub and GitLab draw it
    Mermaid,
    /// Graphviz
    Dot,
    /// A picture that stands alone
    Svg,
    /// Elements, flows and boundaries
    Json,
}

/// Flags of `threats`.
#[derive(Debug, Args)]
pub(crate) struct Threats {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Drill down into one element: its id or a part of it
    #[arg(long, value_name = "ELEMENT", help_heading = "Narrowing")]
    pub(crate) focus: Option<String>,
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

/// Flags of `paths`.
#[derive(Debug, Args)]
pub(crate) struct Paths {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Only paths that begin here: an element's id, a part of it, or a pattern with *
    #[arg(long, value_name = "ELEMENT", help_heading = "Narrowing")]
    pub(crate) from: Option<String>,
    /// Only paths that end here
    #[arg(long, value_name = "ELEMENT", help_heading = "Narrowing")]
    pub(crate) to: Option<String>,
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

/// Formats of `threats` and `paths`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// To read in a terminal
    #[default]
    Text,
    /// The same rows, as they stand in the whole assessment
    Json,
}

/// Flags of `explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// PAL-W001, PAL-C094, T1611, AC-6, argo-cd, Deployment/shop/cart, TM-…, AP-…
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Look among the requirements of this framework (or whose id begins so): cis, nist-800-53 …
    #[arg(long, value_name = "FRAMEWORK", help_heading = "Narrowing")]
    pub(crate) framework: Option<String>,
    #[command(flatten)]
    pub(crate) input: Input,
}

/// Flags of `init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Overwrite the file if it is there already
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
}

/// Flags of `pod-security`.
#[derive(Debug, Args)]
pub(crate) struct PodSecurity {
    /// Files and folders to read, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The level to judge by
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) level: Option<PodSecurityLevel>,
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
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// A Pod Security level that forbids something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PodSecurityLevel {
    /// The known ways to the node are closed
    Baseline,
    /// Hardened as a pod should be
    Restricted,
}

/// Flags of `completion`.
#[derive(Debug, Args)]
pub(crate) struct Completion {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}
