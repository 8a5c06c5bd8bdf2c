//! Actors: who attacks, from where, and what they are known to do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reference::Source;
use crate::step::Holding;

/// An actor, a kind of them or a named one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// `PAL-A…`, stable for ever.
    pub id: String,
    /// `TeamTNT`, `Malicious developer`.
    pub name: String,
    /// Other names of the same actor.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// What it is able to do.
    pub capability: Capability,
    /// What it wants, the most usual first.
    pub goals: Vec<Goal>,
    /// What it holds before its first step.
    pub starts_with: Vec<Holding>,
    /// Plain words: who it is and how it goes about it.
    pub summary: String,
    /// Techniques that it is known, or for a kind of actor expected, to use.
    #[serde(default)]
    pub techniques: Vec<Ascribed>,
}

/// A kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// Attacks whatever is open, by scanning; leaves what resists.
    Opportunist,
    /// Outside, and after this organisation.
    TargetedOutsider,
    /// Has access by their role and means harm.
    Insider,
    /// A supplier of code, images or services whose systems another has taken over.
    CompromisedSupplier,
    /// A workload that another has taken over.
    CompromisedWorkload,
    /// An operator without bad intent: own permissions misused by mistake.
    Accident,
}

/// What an actor is able to do. It limits which steps it takes, not how often it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Runs what others wrote, as it is.
    Scripts,
    /// Adapts public tools and exploits, knows Kubernetes and clouds.
    Skilled,
    /// Finds or buys unknown vulnerabilities, has time and people.
    Resourced,
}

/// What an actor wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// Computing power, mostly to mine.
    Cryptomining,
    /// Copies of data, to sell, publish or extort with.
    DataTheft,
    /// Money for not publishing or for giving back.
    Extortion,
    /// Services that stand still, data that is gone.
    Destruction,
    /// Money directly: payments redirected, wallets emptied.
    Fraud,
    /// Credentials and access, to use later or to sell.
    Access,
    /// What is known here, for a state or a competitor.
    Espionage,
    /// Mail, traffic and domains in the victim's name.
    Abuse,
    /// The victim's customers, through what it ships.
    OnwardCompromise,
    /// To make a point.
    Protest,
    /// Nothing: a mistake, research or not known.
    None,
}

/// Techniques that a source ascribes to an actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ascribed {
    /// Whose word it is.
    pub by: Ascription,
    /// The publication.
    pub source: Source,
    /// Technique ids, those of the catalogue only: what is about other platforms is left out.
    pub techniques: Vec<String>,
}

/// Whose word an attribution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ascription {
    /// MITRE ATT&CK's.
    Attack,
    /// A report's.
    Report,
    /// Ours: what an actor of this kind is expected to do.
    Expected,
}
