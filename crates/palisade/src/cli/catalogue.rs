//! The flags of `palisade catalogue`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use palisade_knowledge::EntryKind;

/// What to do with the catalogue.
#[derive(Debug, Subcommand)]
pub(crate) enum Catalogue {
    /// List its entries, a line each
    List(List),
    /// Show one entry whole
    Show(Show),
    /// Evaluate a condition over objects, a line each: for people who write conditions
    ///
    /// The expression is a condition as a `ValidatingAdmissionPolicy` has them, over the variable `object`: what an API
    /// server of --kubernetes-version would refuse is refused, and each object has the value that the API server would
    /// give: true, false, or an error and why. Values are evaluated as they are written, secrets included, and never
    /// shown.
    ///
    /// Exit codes: 0 evaluated, 2 the expression is refused, nothing was evaluated, or part of the input could not be read.
    Eval(Eval),
    /// Count: entries, what covers each ATT&CK technique, controls, frameworks
    Stats(Stats),
    /// Run the examples of every entry, as written and as the API server defaults them
    ///
    /// Exits with 1 when one of them does not show what its entry says.
    Test(Proving),
    /// Check own entries: fields, ids, references, conditions
    ///
    /// Exits with 2 when an entry can't be used.
    Lint(Proving),
    /// Compare the techniques with a newer release of ATT&CK, and make entries follow it
    ///
    /// Nothing is downloaded. Without --write nothing is changed.
    Update(Update),
}

/// Flags of `catalogue list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The kind of entries; all kinds when none is named
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) kind: Option<Kind>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: CatalogueFormat,
}

/// Flags of `catalogue show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// PAL-W001, PAL-C094, T1611, argo-cd …
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: CatalogueFormat,
}

/// Flags of `catalogue eval`.
#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// The condition: "object.spec.replicas > 1"
    #[arg(value_name = "EXPRESSION")]
    pub(crate) expression: String,
    /// Files and folders to read (YAML, JSON, JSON lines), or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: CatalogueFormat,
}

/// Flags of `catalogue stats`.
#[derive(Debug, Args)]
pub(crate) struct Stats {
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: CatalogueFormat,
}

/// Flags of `catalogue test` and `catalogue lint`.
#[derive(Debug, Args)]
pub(crate) struct Proving {
    /// The folder with own entries; without it the .palisade beside or above the current folder
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: CatalogueFormat,
}

/// Flags of `catalogue update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The official ATT&CK Enterprise bundle (STIX 2.1, JSON), or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) attack: PathBuf,
    /// Write what changes into this folder of entries: names, tactics, and ids wherever they are named
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: CatalogueFormat,
}

/// Formats of `catalogue`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CatalogueFormat {
    /// To read in a terminal
    #[default]
    Text,
    /// For programs
    Json,
}

/// A kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// What makes a threat real
    Weaknesses,
    /// How an attacker gets from one thing to the next
    Steps,
    /// What adversaries do: ATT&CK, Microsoft's matrix for Kubernetes, ATLAS
    Techniques,
    /// What stops, shows or limits an attack
    Controls,
    /// What auditors ask about
    Frameworks,
    /// Who attacks
    Actors,
    /// Open-source software that clusters run
    Projects,
    /// What happened to others
    Incidents,
    /// Programs that are recognised by their images
    Technologies,
}

impl From<Kind> for EntryKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Weaknesses => EntryKind::Weaknesses,
            Kind::Steps => EntryKind::Steps,
            Kind::Techniques => EntryKind::Techniques,
            Kind::Controls => EntryKind::Controls,
            Kind::Frameworks => EntryKind::Frameworks,
            Kind::Actors => EntryKind::Actors,
            Kind::Projects => EntryKind::Projects,
            Kind::Incidents => EntryKind::Incidents,
            Kind::Technologies => EntryKind::Technologies,
        }
    }
}
