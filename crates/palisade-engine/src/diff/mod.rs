//! What did a change do? Two assessments compared: elements and flows, boundaries crossed, attack paths, findings, threats,
//! risk.
//!
//! ```text
//! base ─┐
//!       ├─ which system is which ─ what was renamed ─ the base under the head's names ─ compared key by key
//! head ─┘
//! ```
//!
//! What has another name but the same content is the same thing, so that a rename alone gives nothing new. Files and lines
//! are no part of any key, so that a move gives nothing new either.

mod baseline;
mod compare;
mod renames;
mod snapshot;
mod systems;

#[cfg(test)]
mod tests;

use palisade_inventory::{Amount, Skipped};
use schemars::JsonSchema;
use serde::Serialize;

pub use self::baseline::mark_known;
pub use self::compare::compare;
pub use self::snapshot::{CoverageSnapshot, Snapshot, SystemSnapshot};
use crate::assessment::{AttackPath, Finding, Threat};
use crate::system::{Element, ElementId, Flow};

/// What a change did.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Difference {
    /// The version of this format.
    pub schema: u32,
    /// In a word.
    pub verdict: ChangeVerdict,
    /// System by system, those in which something is different.
    pub systems: Vec<SystemDifference>,
    /// Documents that are not understood and were before, or were not there: what they hold is not compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub no_longer_understood: Vec<Skipped>,
}

/// What a change comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeVerdict {
    /// Something new can go wrong.
    Worse,
    /// Something new can go wrong, and something else no longer can.
    Mixed,
    /// Nothing new is seen to go wrong, but not everything is understood that was before: it can't be told.
    NotEvaluated,
    /// Something can no longer go wrong.
    Better,
    /// The system is another, and what can go wrong is the same.
    Neutral,
    /// Nothing that a threat model sees is different.
    Same,
}

/// What a change did to one system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SystemDifference {
    /// The folder or file that holds it now; where it is gone, that held it.
    pub root: String,
    /// Whether it was there before and is there now.
    pub presence: Presence,
    /// In a word.
    pub verdict: ChangeVerdict,
    /// Elements that have another name now and are otherwise alike, by the old name.
    pub renamed: Vec<Rename>,
    /// Elements that are new.
    pub elements_added: Vec<Element>,
    /// Elements that are gone, as they were.
    pub elements_gone: Vec<Element>,
    /// Flows that are new.
    pub flows_added: Vec<Flow>,
    /// Flows that are gone.
    pub flows_gone: Vec<Flow>,
    /// Flows that are otherwise than they were.
    pub flows_changed: Vec<FlowChange>,
    /// Boundaries that something crosses and nothing did before.
    pub crossed: Vec<Crossing>,
    /// Boundaries that nothing crosses any more.
    pub no_longer_crossed: Vec<Crossing>,
    /// Attack paths between an entry and an asset that had none.
    pub paths_opened: Vec<AttackPath>,
    /// Attack paths whose entry leads to their asset no longer.
    pub paths_closed: Vec<AttackPath>,
    /// Attack paths that are easier or harder to walk.
    pub paths_changed: Vec<PathChange>,
    /// Weaknesses that are new.
    pub findings_new: Vec<Finding>,
    /// Weaknesses that are gone.
    pub findings_fixed: Vec<Finding>,
    /// Threats that are exposed now and were not.
    pub threats_exposed: Vec<Threat>,
    /// Threats that were exposed and are not.
    pub threats_answered: Vec<Threat>,
    /// How risk moved, where it was computed before and now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<RiskMove>,
    /// Limits that a search hit, before or now: what lies beyond is not compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bounds_hit: Vec<String>,
}

/// Whether a system was there before and is there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// It was and is.
    Both,
    /// It is new.
    Added,
    /// It is gone.
    Gone,
}

/// An element that has another name now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Rename {
    /// What it was called.
    pub from: ElementId,
    /// What it is called.
    pub to: ElementId,
}

/// A flow that is otherwise than it was.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FlowChange {
    /// As it was, under today's names.
    pub before: Flow,
    /// As it is.
    pub after: Flow,
}

/// A flow that crosses a boundary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Crossing {
    /// The boundary.
    pub boundary: String,
    /// Where the flow begins.
    pub from: ElementId,
    /// Where it ends.
    pub to: ElementId,
}

/// An attack path that is easier or harder to walk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PathChange {
    /// The chance that one determined attempt got through before.
    pub likelihood_before: f64,
    /// The path as it is.
    pub path: AttackPath,
}

impl PathChange {
    /// Whether it is easier than it was.
    pub fn is_easier(&self) -> bool {
        self.path.likelihood > self.likelihood_before
    }
}

/// How the mean loss of a year moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RiskMove {
    /// The currency of both.
    pub currency: String,
    /// Before.
    pub before: Amount,
    /// Now.
    pub after: Amount,
}

impl ChangeVerdict {
    /// The verdict about several things from the verdicts about each.
    fn over(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().fold(Self::Same, |all, one| match (all, one) {
            (Self::Worse, Self::Better) | (Self::Better, Self::Worse) => Self::Mixed,
            (a, b) => {
                // Mixed stands above either; otherwise what says more counts.
                if a == Self::Mixed || b == Self::Mixed {
                    Self::Mixed
                } else {
                    a.min(b)
                }
            }
        })
    }
}
