//! The whole answer as one value. Every output is a view of it; its JSON Schema is published.

use palisade_inventory::Coverage;
use palisade_knowledge::{Layer, Severity, Stage, Stride};
use schemars::JsonSchema;
use serde::Serialize;

use crate::system::{ElementId, Evidence, System};

/// Everything that was found out, for every root.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Assessment {
    /// The version of this format.
    pub schema: u32,
    /// The version of Palisade that made it.
    pub version: String,
    /// What was read, and what was not.
    pub coverage: Coverage,
    /// Conditions that could not be evaluated: never the same as "not matched".
    pub not_evaluated: Vec<NotEvaluated>,
    /// One system a root, by root.
    pub systems: Vec<SystemAssessment>,
}

/// What was found out about one system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SystemAssessment {
    /// The data-flow diagram.
    #[serde(flatten)]
    pub system: System,
    /// Weaknesses found, the worst first.
    pub findings: Vec<Finding>,
    /// The STRIDE ledger: one row for each drawn element and flow and each category that applies to it.
    pub threats: Vec<Threat>,
    /// Attack paths, the worst first; those through a greater asset last.
    pub paths: Vec<AttackPath>,
    /// The few fixes that close the most, the best first.
    pub fixes: Vec<Fix>,
    /// Limits that were hit while searching; empty when the search was complete.
    pub bounds_hit: Vec<String>,
}

/// A weakness that was found in an element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// The weakness: a catalogue id.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The element that has it.
    pub element: ElementId,
    /// How bad it is.
    pub severity: Severity,
    /// The container, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Where it is, or where what is missing would be.
    pub position: FindingPosition,
    /// The field there.
    pub path: String,
    /// For a weakness of a flow: where the flow ends. `element` is where it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<ElementId>,
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct FindingPosition {
    /// The file as the user would name it.
    pub file: String,
    /// One-based.
    pub line: u32,
    /// One-based, in characters.
    pub column: u32,
}

/// A condition that could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct NotEvaluated {
    /// The catalogue entry.
    pub rule: String,
    /// The element.
    pub element: ElementId,
    /// Why.
    pub reason: String,
}

/// One row of the STRIDE ledger.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Threat {
    /// Stable: made of category and target, `TM-` and ten hexadecimal digits.
    pub id: String,
    /// The category.
    pub category: Stride,
    /// The element threatened; for a flow, where it begins.
    pub element: ElementId,
    /// For a flow: where it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<ElementId>,
    /// What is known about it.
    pub state: ThreatState,
    /// How much it matters: of its worst finding when exposed, else from what it threatens.
    pub severity: Severity,
    /// In a sentence, what can go wrong and why the state is what it is.
    pub statement: String,
    /// The evidence for the state. Never empty unless unknown.
    pub evidence: Vec<Evidence>,
    /// Weaknesses that expose it: catalogue ids.
    pub rules: Vec<String>,
    /// ATT&CK techniques that would realise it.
    pub techniques: Vec<String>,
    /// When it arises.
    pub stage: Stage,
    /// The part of the runtime it is about.
    pub layer: Layer,
}

/// What is known about a threat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ThreatState {
    /// Evidence says that it can happen.
    Exposed,
    /// Nothing says either.
    Unknown,
    /// Evidence says that something stands against it.
    Mitigated,
}

/// A way from an entry point to an asset.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AttackPath {
    /// Stable: made of actor, entry, asset and steps, `AP-` and ten hexadecimal digits.
    pub id: String,
    /// Who: `outsider`, `insider`, `supply-chain`, `compromised-workload`.
    pub actor: String,
    /// Where they start: an element id.
    pub entry: ElementId,
    /// What they reach.
    pub asset: ElementId,
    /// Why that matters.
    pub asset_kind: AssetKind,
    /// More assets of the kind that the last step reaches in the same way: other nodes. Element ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<ElementId>,
    /// A greater asset that the path goes through: whoever holds that holds this too, so that the path to it tells more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<AssetKind>,
    /// The steps, in order.
    pub steps: Vec<PathStep>,
    /// The chance that one determined attempt gets through, 0 to 1: the product over its steps. Ordinal: for comparing paths.
    pub likelihood: f64,
    /// How bad it is: the asset's worth and the likelihood together.
    pub severity: Severity,
}

/// Why something is worth reaching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssetKind {
    /// Everything: control over the cluster.
    ClusterAdmin,
    /// A node: all that runs there.
    Node,
    /// Data in a store.
    DataStore,
    /// A Secret.
    Secret,
    /// Models and their weights.
    Model,
    /// Source code and pipelines.
    Source,
    /// Images.
    Image,
    /// Computing power that miners steal.
    Compute,
    /// That the service answers at all.
    Availability,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PathStep {
    /// The attack step: a catalogue id.
    pub step: String,
    /// What the attacker does.
    pub title: String,
    /// What they hold before: an element id.
    pub from: ElementId,
    /// What they hold after.
    pub to: ElementId,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
    /// Why it works, in plain words.
    pub why: String,
    /// What closes it, in plain words.
    pub fix: String,
    /// Where that is written. Never empty.
    pub evidence: Vec<Evidence>,
    /// The chance that this step succeeds, 0 to 1.
    pub likelihood: f64,
}

/// A fix and what it closes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Fix {
    /// The attack step or weakness it answers: a catalogue id.
    pub rule: String,
    /// The element to change.
    pub element: ElementId,
    /// What to do.
    pub action: String,
    /// Ids of the paths whose asset their entry point can't reach any more, by any way, once this and the fixes before it
    /// are done. Checked by searching again.
    pub closes: Vec<String>,
    /// Ids of the paths to which only ways at most half as likely remain then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weakens: Vec<String>,
    /// Where to do it.
    pub evidence: Vec<Evidence>,
}
