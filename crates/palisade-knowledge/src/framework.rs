//! Frameworks: the standards and guides that auditors ask about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A framework with the requirements that controls may refer to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// `nist-800-53-r5`; the file's name.
    pub id: String,
    /// Its official title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// The edition that the ids below are of.
    pub version: String,
    /// Where it is published.
    pub url: String,
    /// What the titles below are (official, or our own words) and what is left out, plain words.
    pub note: String,
    /// Its requirements, in its own order.
    pub requirements: Vec<Requirement>,
}

/// One requirement, criterion, recommendation or section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// As the framework writes it: `AC-6(9)`, `A.8.24`, `CC6.1`, `5.2.2`.
    pub id: String,
    /// A short title, see [`Framework::note`].
    pub title: String,
    /// NIST SP 800-53B baselines that it is part of.
    #[serde(default)]
    pub baselines: Vec<Baseline>,
    /// Whether its publisher has withdrawn it. Controls must not refer to it.
    #[serde(default)]
    pub withdrawn: bool,
}

/// A baseline of NIST SP 800-53B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Systems whose loss has a limited effect.
    Low,
    /// Systems whose loss has a serious effect.
    Moderate,
    /// Systems whose loss has a severe effect.
    High,
    /// Systems that process personal data.
    Privacy,
}
