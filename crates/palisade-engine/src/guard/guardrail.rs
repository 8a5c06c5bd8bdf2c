//! A guardrail: a control as a file that a machine enforces, with what it answers and what proves it.

use palisade_inventory::{Node, ResourceId};
use schemars::JsonSchema;
use serde::Serialize;

use super::Target;
use crate::system::{ElementId, Evidence};

/// A control as a file that a machine enforces.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Guardrail {
    /// What it is written for.
    pub target: Target,
    /// One line, no final dot: what it sees to.
    pub title: String,
    /// Where it is written, below the folder of its system, with slashes: `admission/pal-w001.yaml`.
    pub file: String,
    /// What is written there, in its final form.
    #[serde(skip)]
    pub documents: Vec<Node>,
    /// The same as it only warns or records, where the kind has such a mode; written to the same place below `trial/`.
    #[serde(skip)]
    pub trial: Vec<Node>,
    /// What belongs to it and is written beside it: tests, files that name it.
    #[serde(skip)]
    pub companions: Vec<Companion>,
    /// What its documents are to the objects that are there.
    #[serde(skip)]
    pub application: Application,
    /// Objects that it takes the place of and that have to go.
    #[serde(skip)]
    pub removes: Vec<ResourceId>,
    /// What it answers.
    pub answers: Answers,
    /// How to put it in place, step by step.
    pub rollout: Vec<String>,
    /// How to take it back.
    pub undo: String,
    /// What it lets through although it would refuse it.
    pub exemptions: Vec<Exemption>,
    /// What is in the system and has to change before this can be enforced. Empty where nothing is in the way.
    pub change_first: Vec<ElementId>,
    /// What is not known and would have to be for it to be ready. Where there is something, it is only proposed, and is
    /// written below `proposed/`.
    pub unknowns: Vec<String>,
    /// What was looked into to show that it does what it says, and no more.
    pub proofs: Vec<Proof>,
}

/// A file that belongs to a guardrail.
#[derive(Clone, Debug, PartialEq)]
pub struct Companion {
    /// Where it is written, below the folder of its system, with slashes.
    pub file: String,
    /// What is written there.
    pub documents: Vec<Node>,
}

/// What the documents of a guardrail are to the objects that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    /// Objects that are added, or take the place of those of their name.
    Objects,
    /// Objects that are laid over those of their name: server-side apply, or a strategic merge patch.
    Merge,
    /// Nothing that the model reads: rules of an agent, policies of another engine, a pipeline.
    Outside,
}

/// What a guardrail answers, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Answers {
    /// Controls that it puts in place, or is a part of.
    pub controls: Vec<String>,
    /// Weaknesses that it keeps out or repairs.
    pub weaknesses: Vec<String>,
    /// Attack steps that it stops or shows.
    pub steps: Vec<String>,
    /// Threats of the ledger that those weaknesses make real.
    pub threats: Vec<String>,
    /// Attack paths with a step that it stops, makes harder or shows. Whether that closes a path is for [`Proof`] to say.
    pub paths: Vec<String>,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
}

/// Something that a guardrail lets through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Exemption {
    /// What: an element.
    pub element: ElementId,
    /// Why it may.
    pub reason: String,
    /// Where that can be read, where it is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// Something that was looked into to show that a guardrail does what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Proof {
    /// What should be so, in a sentence.
    pub about: String,
    /// Whether it is.
    pub verdict: ProofVerdict,
    /// By what that was seen, what stands against it, or why it can't be told.
    pub why: String,
}

/// What came of looking into something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProofVerdict {
    /// It is so.
    Proved,
    /// It is not so.
    Refuted,
    /// It can't be told from what was read: never the same as that it is so.
    CannotBeProved,
}

impl Guardrail {
    /// Whether it can be rolled out as it is: nothing is unknown, and nothing refutes it.
    pub fn is_ready(&self) -> bool {
        self.unknowns.is_empty() && self.proofs.iter().all(|proof| proof.verdict != ProofVerdict::Refuted)
    }
}

impl Proof {
    /// It is so, as this shows.
    pub fn proved(about: impl Into<String>, why: impl Into<String>) -> Self {
        Self::of(about, ProofVerdict::Proved, why)
    }

    /// It is not so, as this shows.
    pub fn refuted(about: impl Into<String>, why: impl Into<String>) -> Self {
        Self::of(about, ProofVerdict::Refuted, why)
    }

    /// It can't be told, for this reason.
    pub fn cannot(about: impl Into<String>, why: impl Into<String>) -> Self {
        Self::of(about, ProofVerdict::CannotBeProved, why)
    }

    fn of(about: impl Into<String>, verdict: ProofVerdict, why: impl Into<String>) -> Self {
        Self {
            about: about.into(),
            verdict,
            why: why.into(),
        }
    }
}
