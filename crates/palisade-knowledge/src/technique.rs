//! Techniques: what adversaries do, as public matrices name it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The public matrix that a technique belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Matrix {
    /// MITRE ATT&CK Enterprise, with Containers among the technique's platforms.
    AttackContainers,
    /// MITRE ATT&CK Enterprise, other platforms: Linux, `IaaS`, identity provider …
    AttackEnterprise,
    /// Microsoft's Threat Matrix for Kubernetes.
    K8sThreatMatrix,
    /// MITRE ATLAS, for systems that train or serve models.
    Atlas,
}

/// A technique. Its id, name and tactics are the matrix's; the words are ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Technique {
    /// `T1611`, `T1552.001`, `MS-TA9013`, `AML.T0010.003`.
    pub id: String,
    /// The official name.
    pub name: String,
    /// The matrix it belongs to.
    pub matrix: Matrix,
    /// Short names of the tactics it serves: ATT&CK's (`privilege-escalation`), and for ATLAS also `ai-model-access` and
    /// `ai-attack-staging`.
    pub tactics: Vec<String>,
    /// The version of the matrix's own entry that this one was written after, where the matrix counts them: `1.8`.
    #[serde(default)]
    pub version: Option<String>,
    /// The technique that this one is a special case of.
    #[serde(default)]
    pub parent: Option<String>,
    /// Plain words: what it means on Kubernetes and around it.
    pub summary: String,
    /// Techniques of other matrices that say the same or nearly so, as their publishers link them.
    #[serde(default)]
    pub links: Vec<String>,
    /// Where it is published.
    pub url: String,
    /// Why no weakness and no attack step of the catalogue is about it, where none is.
    #[serde(default)]
    pub not_found: Option<String>,
    /// Why no control of the catalogue prevents it, where none does.
    #[serde(default)]
    pub not_prevented: Option<String>,
    /// Why no control of the catalogue detects it, where none does.
    #[serde(default)]
    pub not_detected: Option<String>,
}
