//! What people assume, have decided, and require.

use schemars::JsonSchema;
use serde::Deserialize;

use super::date::Date;

/// Something that is taken for granted, and that `palisade verify` can check.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// Its name, unique in the file.
    pub name: String,
    /// What is assumed, a sentence.
    pub says: String,
    /// What `holds` is asked of: a view of the catalogue such as `workload` or `flow`. Needs `holds`.
    pub applies_to: Option<String>,
    /// CEL over that view: true of everything for which the assumption holds. Default: it is written down and not checked.
    pub holds: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// A risk that is borne knowingly, for a time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The asset at risk, by name.
    pub asset: String,
    /// The actor it is at risk from: a catalogue id. Default: all.
    pub actor: Option<String>,
    /// Who accepts it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it is accepted; after that it counts again.
    pub until: Date,
}

/// Findings, and paths over attack steps, that are borne knowingly for a time: they are shown as waived and do not count.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The weakness or attack step: a catalogue id such as `PAL-W011` or `PAL-S015`, with `*` for any text.
    pub rule: String,
    /// Where: ids of elements, with `*` for any text. A step counts where it begins and where it ends. Default: everywhere.
    #[serde(default)]
    pub elements: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub owner: String,
    /// The last day on which it stands; after that what it is about counts again.
    pub until: Date,
}

/// What is decided about one threat. Name it by `threat`, or by `element` and `category`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    /// The threat: an id such as `TM-20c1a679a4`, as `palisade threats` shows it.
    pub threat: Option<String>,
    /// Threats to these elements: ids, with `*` for any text. For a flow, where it begins. Needs `category`.
    pub element: Option<String>,
    /// For threats to flows: where they end, with `*` for any text. Default: threats to elements alone.
    pub to: Option<String>,
    /// The category of STRIDE: `spoofing`, `tampering`, `repudiation`, `information-disclosure`, `denial-of-service`,
    /// `elevation-of-privilege`.
    pub category: Option<String>,
    /// What is decided.
    pub state: DispositionState,
    /// Why. It is shown beside the threat.
    pub reason: String,
    /// Who decided. Needed where it is accepted.
    pub owner: Option<String>,
    /// The last day on which it is accepted; after that the threat counts again. Needed where it is accepted.
    pub until: Option<Date>,
}

/// What is decided about a threat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DispositionState {
    /// It can't happen here.
    NotApplicable,
    /// Something that no artefact shows stands against it.
    MitigatedElsewhere,
    /// It can happen, and that is borne for a time.
    Accepted,
}

/// What the system must do for security, and what shows that it does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityRequirement {
    /// Its id, unique in the file: `SR-1`.
    pub id: String,
    /// What is required, a sentence.
    pub says: String,
    /// Threats that it answers: ids such as `TM-20c1a679a4`.
    #[serde(default)]
    pub threats: Vec<String>,
    /// Controls that meet it: catalogue ids.
    #[serde(default)]
    pub controls: Vec<String>,
    /// What tests it: paths or addresses.
    #[serde(default)]
    pub tests: Vec<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}
