//! Risk in money, and the plan that lowers it, as the assessment tells them.

use std::collections::BTreeMap;

use palisade_inventory::{Amount, Date};
use palisade_knowledge::{Effort, GuardrailKind};
use schemars::JsonSchema;
use serde::Serialize;

use super::{AssetKind, AssetLosses};
use crate::risk::{Influence, YearlyLoss};
use crate::system::{ElementId, Evidence};

/// What a system may cost its owner in a year, by the model of `docs/risk-model.md`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RiskSummary {
    /// The currency of all amounts.
    pub currency: String,
    /// What everything that looks random follows from: the same seed gives the same digits.
    pub seed: u64,
    /// Years that were played.
    pub years: u32,
    /// Attempts of each actor that were played through.
    pub trials: u32,
    /// What is at stake, by name.
    pub at_stake: Vec<AtStake>,
    /// As if no control were in place that is seen or declared.
    pub inherent: YearlyLoss,
    /// As it is.
    pub current: YearlyLoss,
    /// Once the plan is carried out.
    pub residual: YearlyLoss,
    /// The part of `current` that somebody accepts, for now: the mean loss of a year.
    pub accepted: Amount,
    /// The inputs that move the current mean most, the greatest first.
    pub sensitivity: Vec<Influence>,
}

/// Something whose loss costs money.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AtStake {
    /// Its name: a declared asset's, or what the system itself shows to be worth it, `Secrets in shop`.
    pub name: String,
    /// Why it is worth something, where the system itself shows it; none for what is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<AssetKind>,
    /// Who answers for it, where that is declared or labelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Where it is, by id.
    pub elements: Vec<ElementId>,
    /// What losing it costs, once.
    pub loss: AssetLosses,
}

/// A row of the risk register: what one actor may cost by one asset.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Risk {
    /// Stable: made of actor and asset, `RK-` and ten hexadecimal digits.
    pub id: String,
    /// Who: a catalogue id.
    pub actor: String,
    /// Their name.
    pub actor_name: String,
    /// What is lost: [`AtStake::name`].
    pub asset: String,
    /// Loss events in a year, as it is, in the mean.
    pub events: f64,
    /// The mean loss of a year as if no control were in place.
    pub inherent: Amount,
    /// What a year costs as it is.
    pub current: YearlyLoss,
    /// The mean loss of a year once the plan is carried out.
    pub residual: Amount,
    /// What is to be done about it.
    pub treatment: Treatment,
    /// Who bears it knowingly, where somebody does or did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<RiskAcceptance>,
    /// The attack paths that it comes from, by id, the worst first; at most ten.
    pub paths: Vec<String>,
    /// Controls of the plan that lower it: catalogue ids.
    pub controls: Vec<String>,
}

/// What is to be done about a risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// The plan lowers it.
    Treat,
    /// Somebody bears it knowingly, for now.
    Accepted,
    /// No control removes more of it than it costs: bear it.
    Bear,
}

/// A decision to bear a risk.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RiskAcceptance {
    /// Who accepts it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it is accepted.
    pub until: Date,
    /// It has ended: the risk counts again.
    pub has_ended: bool,
    /// Where it is declared.
    pub evidence: Evidence,
}

/// The controls that bring risk into the acceptable range, or remove the most within a budget.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Plan {
    /// In the order in which they pay most.
    pub steps: Vec<PlanStep>,
    /// The mean loss of a year before, without what is accepted.
    pub before: Amount,
    /// The same after the last step.
    pub after: Amount,
    /// What all of it costs.
    pub cost: Cost,
    /// What the plan was chosen for.
    pub goal: Goal,
    /// Controls that were considered.
    pub considered: usize,
    /// All that were considered were weighed, and no better choice of them exists. Never so for named controls.
    pub is_exact: bool,
    /// By how much, at most, another choice of the controls that were weighed against each other would be better: of yearly
    /// cost and remaining risk together; within a budget, of risk. Of controls that were considered and not weighed it says
    /// nothing, nor of named ones.
    pub gap: Amount,
}

/// What a plan is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// Yearly cost and remaining risk together are least, and risk is at or below the upper boundary where one is set and
    /// can be reached.
    LeastTotal,
    /// Remaining risk is least within the budget.
    WithinBudget,
    /// The controls were named.
    Named,
}

/// A control of the plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlanStep {
    /// The control: a catalogue id.
    pub control: String,
    /// Its title.
    pub title: String,
    /// When.
    pub wave: Wave,
    /// Where it is to be put in place: elements to change, by id; empty for the whole system.
    pub elements: Vec<ElementId>,
    /// The weaknesses and attack steps that it answers there: catalogue ids.
    pub answers: Vec<String>,
    /// Paths whose asset can't be reached from their entry any more, by any way, with this and all steps before it in place.
    /// Checked by searching again.
    pub closes: Vec<String>,
    /// The mean loss of a year before it.
    pub risk_before: Amount,
    /// The same with it in place, net of what it adds.
    pub risk_after: Amount,
    /// What it costs.
    pub cost: Cost,
    /// What it takes to introduce it.
    pub effort: Effort,
    /// Projects that implement it: catalogue ids.
    pub projects: Vec<String>,
    /// The kinds of guardrail that it becomes.
    pub guardrails: Vec<GuardrailKind>,
    /// Who would do it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What the component that it installs may do, and so whoever takes that over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adds: Option<String>,
    /// Where to do it.
    pub evidence: Vec<Evidence>,
}

/// When a control of the plan is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Wave {
    /// It brings risk below the upper boundary, or is a matter of days.
    Now,
    /// It takes up to two weeks.
    Next,
    /// It takes longer.
    Later,
}

/// What a control costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cost {
    /// To introduce it, once.
    pub once: Amount,
    /// To run it, each year.
    pub yearly: Amount,
    /// What counts in a comparison with a year's risk: running it, and a third of introducing it.
    pub per_year: Amount,
}

/// How the risk that is left stands to the acceptable range.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Verdict {
    /// As it is, without what is accepted: the mean loss of a year.
    pub risk: Amount,
    /// Above this, risk must be treated, as the organisation says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<Amount>,
    /// Below this, more spending is waste: no control that is left removes more than it costs.
    pub lower: Amount,
    /// What the organisation says about the lower boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower_declared: Option<Amount>,
    /// Where the risk stands.
    pub state: RangeState,
    /// Where it will stand once the plan is carried out.
    pub after_plan: RangeState,
    /// Exactly what is known of that, in a sentence.
    pub says: String,
    /// Actors without anywhere to begin in what was read, so that nothing is computed for them: catalogue id and reason.
    pub not_evaluated: BTreeMap<String, String>,
}

/// Where risk stands to the acceptable range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RangeState {
    /// Above the upper boundary: must be treated.
    Above,
    /// Between the boundaries, or above the lower where no upper is set: treat what pays.
    Within,
    /// At or below the lower boundary: more spending is waste.
    Below,
}
