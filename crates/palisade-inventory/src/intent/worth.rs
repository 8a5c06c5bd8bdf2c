//! What matters, and what losing it costs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::amount::Amount;

/// A business service: what the organisation would call it, and who answers for it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name, unique in the file.
    pub name: String,
    /// Who answers for it: a team or a person. Default: what the elements' own labels say.
    pub owner: Option<String>,
    /// What it is for, a sentence.
    pub description: Option<String>,
    /// The elements that make it up: ids such as `Deployment/shop/cart`, with `*` for any text (`*/shop/*`).
    #[serde(default)]
    pub elements: Vec<String>,
}

/// Something worth protecting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
// An asset without elements is read, so that what refers to it is not told as well.
#[schemars(extend("required" = ["name", "elements"]))]
pub struct Asset {
    /// Its name, unique in the file: `customer data`.
    pub name: String,
    /// Where it is: ids of elements such as `StatefulSet/payments/payments-db`, with `*` for any text. At least one.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub elements: Vec<String>,
    /// The service that it belongs to, by name.
    pub service: Option<String>,
    /// Who answers for it. Default: the owner of its service.
    pub owner: Option<String>,
    /// How far it may be known. Default: `internal`.
    #[serde(default)]
    pub classification: Classification,
    /// What losing it costs, once. Default: by the classification, as `docs/risk-model.md` says.
    pub loss: Option<Loss>,
}

/// How far something may be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Classification {
    /// Everybody may know it.
    Public,
    /// Everybody who works here may know it.
    #[default]
    Internal,
    /// Those who need it may know it: personal data, prices, source code.
    Confidential,
    /// Named people may know it: card numbers, health data, keys.
    Restricted,
}

/// What one incident costs, by what is lost. What is not written costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// Somebody reads it who must not.
    pub confidentiality: Option<LossRange>,
    /// Somebody changes it who must not.
    pub integrity: Option<LossRange>,
    /// It is gone, or does not answer.
    pub availability: Option<LossRange>,
}

/// What one incident costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LossRange {
    /// As often more as less than this.
    pub likely: Amount,
    /// A bad case: one incident in twenty costs more. Default: ten times `likely`.
    pub worst: Option<Amount>,
}

impl LossRange {
    /// The bad case, ten times the likely one where none is written.
    pub fn worst(&self) -> Amount {
        self.worst
            .unwrap_or_else(|| Amount::from_cents(self.likely.cents().saturating_mul(10)))
    }
}

/// How much risk the organisation accepts, as loss to expect in a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Appetite {
    /// Above this, risk must be treated. Default: none, so that only what pays is asked for.
    pub upper: Option<Amount>,
    /// Below this, more spending is waste. Default: computed, where no control removes more than it costs. What is written is
    /// shown beside that.
    pub lower: Option<Amount>,
}

/// An actor who is to be reckoned with, otherwise than the catalogue does.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActorIntent {
    /// The actor: a catalogue id such as `PAL-A002`.
    pub actor: String,
    /// How often they make a determined attempt at this system, in attempts per year. Default: by the kind of actor, as
    /// `docs/risk-model.md` says.
    pub attempts: Option<Attempts>,
    /// Why: what this is known from.
    pub reason: Option<String>,
}

/// How often somebody tries, in attempts per year.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempts {
    /// You are 95 % sure that it is more than this. 0 together with `high: 0`: they never come.
    pub low: f64,
    /// You are 95 % sure that it is less than this.
    pub high: f64,
}
