//! Did we do a good enough job? What people take for granted, accept, claim and require, held against the model.
//!
//! Each comes to a [`Check`]: it holds, it is broken (and then by what, with the line), or it could not be evaluated, which
//! is never the same as that it holds.

mod assumptions;
mod claims;
mod controls;
mod expiries;
mod oracle;
mod requirements;

#[cfg(test)]
mod tests;

use palisade_inventory::{Date, Intent};
use palisade_knowledge::Catalogue;
use schemars::JsonSchema;
use serde::Serialize;

use crate::assessment::{Assessment, PathStep};
use crate::system::Evidence;

/// What a verification goes by besides the assessment.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The catalogue that the assessment was made with.
    pub catalogue: &'a Catalogue,
    /// What people declare.
    pub intent: &'a Intent,
    /// The day by which acceptances have ended or not.
    pub as_of: Option<Date>,
    /// How many days before its end an acceptance is told to end soon.
    pub soon: u32,
}

/// What came of everything that can be verified.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Verification {
    /// The version of this format.
    pub schema: u32,
    /// The day by which acceptances have ended or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// Everything that was checked: broken first, then what could not be evaluated, what ends soon, what holds.
    pub checks: Vec<Check>,
}

/// Something that was checked.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Check {
    /// What came of it.
    pub outcome: CheckOutcome,
    /// What it is.
    pub kind: CheckKind,
    /// What it is called: an assumption's name, what is accepted, a control's or requirement's id.
    pub name: String,
    /// What is assumed, accepted, claimed, required: in the words of whoever wrote it.
    pub says: String,
    /// Why it came so. Empty where nothing needs to be said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Where it is declared.
    pub evidence: Evidence,
    /// What breaks it, system by system.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counterexamples: Vec<Counterexample>,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    /// The model shows that it is not so, or it has ended.
    Broken,
    /// The model can't tell.
    NotEvaluated,
    /// It holds, and ends within days.
    EndsSoon,
    /// It is so.
    Holds,
}

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// An assumption.
    Assumption,
    /// A control that is declared although no artefact shows it.
    Control,
    /// A security requirement.
    Requirement,
    /// A risk that somebody bears.
    AcceptedRisk,
    /// A decision about a threat.
    Disposition,
    /// A finding or step that somebody bears.
    Waiver,
    /// A file of an earlier run of guardrails.
    Guardrail,
}

/// What breaks something.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Counterexample {
    /// The root of the system.
    pub system: String,
    /// What is so, in a sentence.
    pub says: String,
    /// The steps of an attack, where it is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<PathStep>,
    /// Where that is written: a policy, a grant, a flow, an element.
    pub evidence: Vec<Evidence>,
}

impl Verification {
    /// Adds what was checked elsewhere.
    pub fn add(&mut self, checks: impl IntoIterator<Item = Check>) {
        self.checks.extend(checks);
        // Stable: within one outcome and kind they stand in the order they came in.
        self.checks.sort_by_key(|check| (check.outcome, check.kind));
    }

    /// Whether something of this outcome is among what was checked.
    pub fn any(&self, outcome: CheckOutcome) -> bool {
        self.checks.iter().any(|check| check.outcome == outcome)
    }
}

/// Holds everything that is declared against the model.
pub fn verify(assessment: &Assessment, known: &Known<'_>) -> Verification {
    let mut checks = assumptions::check(assessment, known);
    checks.extend(controls::check(assessment, known));
    checks.extend(requirements::check(assessment, known));
    checks.extend(expiries::check(assessment, known));
    // Stable: within one outcome and kind they stand in the order of the file.
    checks.sort_by_key(|check| (check.outcome, check.kind));
    Verification {
        schema: 1,
        as_of: known.as_of,
        checks,
    }
}
