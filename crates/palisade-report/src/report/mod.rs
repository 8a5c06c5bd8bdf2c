//! The report: one assessment told to those who decide, to those who build, and to those who check.

mod chart;
mod exposure;
mod html;
mod markdown;
mod navigator;
mod place;
mod register;
#[cfg(test)]
mod tests;
mod tree;

use std::sync::Arc;

use palisade_engine::questions::OpenQuestion;
use palisade_engine::{Assessment, AttackTree};
use palisade_inventory::Date;
use palisade_knowledge::Catalogue;

use crate::compliance::SystemCompliance;

pub use html::report_html;
pub use markdown::report_markdown;
pub use navigator::navigator_layers;
pub use register::risk_register;
pub use tree::{attack_tree, attack_tree_json, attack_tree_svg};

/// All that a report is made of.
#[derive(Clone, Copy, Debug)]
pub struct Dossier<'a> {
    /// What was found out.
    pub assessment: &'a Assessment,
    /// What is known.
    pub catalogue: &'a Catalogue,
    /// Frameworks held against each system.
    pub compliance: &'a [SystemCompliance],
    /// What should be asked next.
    pub questions: &'a [OpenQuestion],
    /// Attack trees of the assets that the worst paths lead to, each with the root of its system.
    pub trees: &'a [(Arc<str>, AttackTree)],
    /// The day that it speaks of.
    pub as_of: Option<Date>,
    /// For whom it is.
    pub audience: Audience,
    /// Where evidence can be looked at: an address with `{file}` and `{line}` in it.
    pub source: Option<&'a str>,
}

/// For whom a report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// For all: every part, each as long as it can be read.
    #[default]
    Everyone,
    /// For those who decide what to spend and what to bear.
    Board,
    /// For those who build and run the system.
    Engineer,
    /// For those who check: every requirement, every decision, all that was not evaluated.
    Auditor,
}

/// A part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Diagram,
    Paths,
    Trees,
    Ledger,
    Matrix,
    Findings,
    Compliance,
    Questions,
}

impl Audience {
    /// Whether a part is told. Summary, risk, plan and coverage always are.
    pub(crate) const fn wants(self, part: Part) -> bool {
        match self {
            Self::Everyone => true,
            Self::Board => matches!(part, Part::Paths),
            Self::Engineer => !matches!(part, Part::Compliance),
            Self::Auditor => !matches!(part, Part::Trees | Part::Matrix),
        }
    }

    /// How many rows a long list shows before it says how many more there are.
    pub(crate) const fn rows(self) -> usize {
        match self {
            Self::Board => 10,
            Self::Everyone => 60,
            Self::Engineer => 120,
            Self::Auditor => 400,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Everyone => "",
            Self::Board => "for the board",
            Self::Engineer => "for engineers",
            Self::Auditor => "for auditors",
        }
    }
}
