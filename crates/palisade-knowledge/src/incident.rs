//! Incidents: what happened to others, in public.
//!
//! Nobody knows how many organisations these are out of, so that they say nothing about how often an organisation is
//! attacked. What they can tell is how attempts divide: by root cause, and by what the attackers wanted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::actor::Goal;
use crate::reference::Source;

/// An incident that became public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// `PAL-I…`, stable for ever.
    pub id: String,
    /// Whom or what it is known by.
    pub name: String,
    /// The year in which it happened or, if that is not known, became known.
    pub year: u16,
    /// What kind of system it happened to.
    pub setting: Setting,
    /// How the attackers came in.
    pub root_cause: RootCause,
    /// What they wanted, judged by what they did.
    pub goal: Goal,
    /// Plain words: what happened.
    pub summary: String,
    /// Technique ids, as far as the public account tells.
    #[serde(default)]
    pub techniques: Vec<String>,
    /// Ids of the actors that it is ascribed to.
    #[serde(default)]
    pub actors: Vec<String>,
    /// Where the public account stands.
    pub source: Source,
}

/// What kind of system an incident happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// Containers or Kubernetes.
    Kubernetes,
    /// A customer's account at a cloud provider.
    Cloud,
    /// What others build on: packages, build systems, distribution.
    SupplyChain,
    /// Models, training data, inference, agents.
    Ai,
}

/// How attackers came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RootCause {
    /// A long-lived credential leaked or was stolen.
    LeakedCredential,
    /// A service or store was open to the world by its configuration.
    ExposedService,
    /// A vulnerability in an application or its components.
    ApplicationVulnerability,
    /// A person was deceived, or an account of theirs taken over.
    AccountTakeover,
    /// Somebody with access, or whose access was not taken away.
    Insider,
    /// A supplier: its systems, its package, its image.
    Supplier,
    /// The maintainer of a component, or one who became it.
    MaliciousMaintainer,
    /// The build or publishing system of the victim.
    BuildSystem,
    /// Content that a model was trained on or took as instruction.
    UntrustedInput,
    /// Not made public.
    Unknown,
}
