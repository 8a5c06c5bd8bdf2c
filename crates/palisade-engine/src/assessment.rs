//! The whole answer as one value. Every output is a view of it; its JSON Schema is published.

mod risk;

use std::sync::Arc;

use palisade_inventory::{Amount, Classification, Coverage, Date, Loss, LossRange};
use palisade_knowledge::{Layer, Severity, Stage, Stride};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::risk::{
    AtStake, Cost, Goal, Plan, PlanStep, RangeState, Risk, RiskAcceptance, RiskSummary, Treatment, Verdict, Wave,
};
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
    /// What people declare to be worth protecting here, in the order of their file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<AssetAssessment>,
    /// Open-source projects that it runs or uses, by id.
    pub projects: Vec<ProjectAssessment>,
    /// What is seen of each control of the catalogue, by id.
    pub controls: Vec<ControlAssessment>,
    /// Attack paths, the worst first; those through a greater asset last.
    pub paths: Vec<AttackPath>,
    /// The few fixes that close the most, the best first.
    pub fixes: Vec<Fix>,
    /// What it may cost in a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<RiskSummary>,
    /// The risk register: actor by asset, the dearest first.
    pub risks: Vec<Risk>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// How the risk stands to what is acceptable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Limits that were hit while searching; empty when the search was complete.
    pub bounds_hit: Vec<String>,
}

/// A weakness that was found in an element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable: made of weakness, element, container and other end, whatever line it stands in; `FD-` and ten hexadecimal
    /// digits.
    #[serde(default)]
    pub id: String,
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
    /// Who bears it knowingly, where somebody does or did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<AppliedWaiver>,
    /// Whether it was there before, where a baseline was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

/// A decision to bear a finding, or a path, without doing anything about it. It changes nothing of the model: what is waived
/// is shown, and does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AppliedWaiver {
    /// Why.
    pub reason: String,
    /// Who decided, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it stands; none where the tool in whose words it is written knows no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// It stands no longer: what it was about counts again.
    pub has_ended: bool,
    /// The other tool in whose words it is written: `kube-linter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Where it is declared.
    pub evidence: Evidence,
}

/// Whether something was there before a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Since {
    /// It is new.
    New,
    /// The baseline has it, under this id or that of an element that was renamed.
    Baseline,
}

impl Finding {
    /// Whether it counts: nobody bears it, and the baseline does not have it.
    pub fn counts(&self) -> bool {
        counts(self.waiver.as_ref(), self.since)
    }
}

impl AttackPath {
    /// Whether it counts: nobody bears it, and the baseline does not have it.
    pub fn counts(&self) -> bool {
        counts(self.waiver.as_ref(), self.since)
    }
}

fn counts(waiver: Option<&AppliedWaiver>, since: Option<Since>) -> bool {
    waiver.is_none_or(|waiver| waiver.has_ended) && since != Some(Since::Baseline)
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
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
    /// What people have decided about it, where they have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
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
    /// The project whose threat model it comes from; none for a row of the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<ThreatSource>,
}

/// The threat model that a threat comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ThreatSource {
    /// The project: a catalogue id.
    pub project: String,
    /// Its id in a published threat model or audit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_as: Option<String>,
}

/// What is known about a threat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ThreatState {
    /// Evidence says that it can happen.
    Exposed,
    /// Nothing says either.
    Unknown,
    /// It can happen, and somebody bears that for a time.
    Accepted,
    /// Evidence, or a person, says that something stands against it.
    Mitigated,
    /// A person says that it can't happen here.
    NotApplicable,
}

/// What people have decided about a threat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// What the threat counts as while the decision stands.
    pub state: ThreatState,
    /// What it would count as without.
    pub found: ThreatState,
    /// Why.
    pub reason: String,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// It stands no longer, so that the threat counts as it was found.
    pub has_ended: bool,
    /// Where it is declared.
    pub evidence: Evidence,
}

/// Something declared to be worth protecting.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AssetAssessment {
    /// Its name.
    pub name: String,
    /// The service that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How far it may be known.
    pub classification: Classification,
    /// Where it is, by id. Never empty.
    pub elements: Vec<ElementId>,
    /// What losing it costs, once.
    pub loss: AssetLosses,
    /// Where it is declared.
    pub evidence: Evidence,
}

/// What losing an asset costs, by what is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AssetLosses {
    /// Nobody has said what it costs: these are the defaults of its classification.
    pub is_assumed: bool,
    /// Somebody reads it who must not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidentiality: Option<AssetLoss>,
    /// Somebody changes it who must not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<AssetLoss>,
    /// It is gone, or does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<AssetLoss>,
}

impl AssetLosses {
    /// Of a loss as it is written, the worst filled in where it is not.
    pub(crate) fn of(loss: &Loss, is_assumed: bool) -> Self {
        let of = |range: Option<LossRange>| {
            range.map(|range| AssetLoss {
                likely: range.likely,
                worst: range.worst(),
            })
        };
        Self {
            is_assumed,
            confidentiality: of(loss.confidentiality),
            integrity: of(loss.integrity),
            availability: of(loss.availability),
        }
    }
}

/// What one incident costs, in the currency of the file of intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AssetLoss {
    /// As often more as less than this.
    pub likely: Amount,
    /// One incident in twenty costs more than this.
    pub worst: Amount,
}

/// A way from an entry point to an asset.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AttackPath {
    /// Stable: made of actor, entry, asset and steps, `AP-` and ten hexadecimal digits.
    pub id: String,
    /// Who: `outsider`, `insider`, `supply-chain`, `compromised-workload`, `accident`.
    pub actor: String,
    /// Where they start: an element id.
    pub entry: ElementId,
    /// What they reach.
    pub asset: ElementId,
    /// Why that matters.
    pub asset_kind: AssetKind,
    /// More assets of the kind that the last step reaches in the same way: other nodes. Element ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<ElementId>,
    /// A greater asset that the path goes through: whoever holds that holds this too, so that the path to it tells more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<AssetKind>,
    /// The steps, in order.
    pub steps: Vec<PathStep>,
    /// Other ways from the entry point to the asset, the most likely first, where they were asked for. Each differs from
    /// this one and from each other by at least one step that a single change takes away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<AttackPath>,
    /// The chance that one determined attempt gets through, 0 to 1: the product over its steps. Ordinal: for comparing paths.
    pub likelihood: f64,
    /// How bad it is: the asset's worth and the likelihood together.
    pub severity: Severity,
    /// Who bears it knowingly, where somebody bears, or bore, one of its steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<AppliedWaiver>,
    /// Whether it was there before, where a baseline was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

/// Why something is worth reaching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// Whether the entry point can't reach the asset in any way once what makes this step possible is gone; none where
    /// that was not looked into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choke_point: Option<bool>,
}

/// Where a system stands, in short: what a change moves.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Gauge {
    /// The folder or file that holds the system.
    pub root: Arc<str>,
    /// Weaknesses found, the worst first.
    pub findings: Vec<Finding>,
    /// How far it is from each sort of actor to each asset that one of them can reach, by asset and actor.
    pub distances: Vec<Distance>,
}

/// How far it is from a sort of actor to an asset, by the most likely way from the best of their entry points.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Distance {
    /// What is reached: an element id.
    pub asset: ElementId,
    /// Why that matters.
    pub asset_kind: AssetKind,
    /// Who: as in [`AttackPath::actor`].
    pub actor: String,
    /// −1000·log₂ of the chance that one determined attempt gets through; what several steps need counts several times.
    pub cost: u64,
    /// Steps on the way.
    pub steps: u32,
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weakens: Vec<String>,
    /// Where to do it.
    pub evidence: Vec<Evidence>,
}

/// An open-source project that a system runs, or whose custom resources it holds.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProjectAssessment {
    /// A catalogue id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// It runs here; else only custom resources of it are here.
    pub runs: bool,
    /// Why it is believed to be there. Never empty; one of each sort.
    pub recognised_by: Vec<Recognised>,
    /// The parts that were found, by part and element.
    pub elements: Vec<ProjectPart>,
    /// What its usual installation may do, against what roles and bindings give here.
    pub privileges: Vec<PrivilegeAssessment>,
    /// How it is set up.
    pub hardening: Vec<HardeningAssessment>,
}

/// What a project was recognised by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Recognised {
    /// The sort of sign.
    pub by: RecognisedBy,
    /// The sign: an image, a kind with its group, a label.
    pub sign: String,
    /// Where it is written.
    pub evidence: Evidence,
}

/// The sort of sign that a project was recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecognisedBy {
    /// An image that a workload runs.
    Image,
    /// A label of a workload.
    Label,
    /// A custom resource, or the definition of one.
    Resource,
}

/// An element that is a part of a project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct ProjectPart {
    /// The part's id in the project's entry.
    pub part: String,
    /// The element.
    pub element: ElementId,
}

/// A permission that a project's usual installation holds, and whether it does here.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PrivilegeAssessment {
    /// The part that would hold it.
    pub holder: String,
    /// The identity of that part; none where the part was not found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<ElementId>,
    /// The permission: `get secrets`.
    pub permission: String,
    /// Whether it is granted.
    pub state: PrivilegeState,
    /// What one who takes the holder over can do with it.
    pub means: String,
    /// The binding and the rule that grant it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// Whether a permission is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrivilegeState {
    /// In the whole cluster.
    Cluster,
    /// In single namespaces or for single objects only.
    Narrowed,
    /// No role that was read grants it.
    NotGranted,
    /// The holder was not found.
    Unknown,
}

/// A hardening check of a project.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HardeningAssessment {
    /// How it should be.
    pub title: String,
    /// Whether it is.
    pub state: HardeningState,
    /// Where that can be read.
    pub look_at: String,
    /// Objects that are as they should be.
    pub holds: usize,
    /// Objects that were looked at.
    pub of: usize,
    /// Where it is not as it should be, or else where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// Whether a project is set up as a hardening check asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HardeningState {
    /// Everything that was looked at is as it should be.
    Holds,
    /// Something is not.
    Fails,
    /// What was read does not tell.
    Unknown,
}

/// What is seen of a control.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ControlAssessment {
    /// A catalogue id.
    pub id: String,
    /// Whether it is in place.
    pub state: ControlState,
    /// Things that it protects, as far as is seen.
    pub holds: usize,
    /// Things that it could protect: workloads, namespaces, objects, or the whole system as one.
    pub of: usize,
    /// The first place that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// The first place where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Evidence>,
    /// Projects that run here and implement it: how they are configured is not seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub running: Vec<String>,
}

/// Whether a control is seen to be in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlState {
    /// For everything that it could protect.
    InPlace,
    /// For some of it; or a project that implements it runs, and more is not seen.
    Partly,
    /// For nothing, although what would show it was read.
    NotInPlace,
    /// Nothing that was read could show it.
    NotEvaluated,
}
