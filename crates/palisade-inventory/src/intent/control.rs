//! Controls: those that can't be seen, what they cost, and the frameworks that ask for them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::amount::Amount;

/// A control that is in place although no artefact shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnseenControl {
    /// The control: a catalogue id such as `PAL-C094`.
    pub control: String,
    /// What it protects: ids of elements, with `*` for any text. Default: everything it can.
    #[serde(default)]
    pub elements: Vec<String>,
    /// What it is known from: a document, an audit, a contract.
    pub evidence: String,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// What a control costs here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlCost {
    /// The control: a catalogue id.
    pub control: String,
    /// To introduce it, once. Default: the catalogue's days of work times `day_rate`.
    pub once: Option<Amount>,
    /// To run it, each year. Default: as the catalogue says, about a tenth of the introduction each month.
    pub yearly: Option<Amount>,
}

/// A framework that is in force.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameworkInForce {
    /// The framework: a catalogue id such as `nist-800-53-r5`.
    pub framework: String,
    /// The baseline of it, where it has any: `low`, `moderate`, `high`. Default: all of it.
    pub baseline: Option<String>,
}
