//! What a comparison looks at: a part of an assessment, fresh or saved.

use palisade_inventory::{Amount, Skipped};
use serde::Deserialize;

use crate::assessment::{Assessment, AttackPath, Finding, Threat};
use crate::system::{Element, Flow};

/// What a comparison looks at. A saved assessment, whatever else it holds, is read as one.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Snapshot {
    /// The version of the format of assessments.
    pub schema: u32,
    /// System by system.
    pub systems: Vec<SystemSnapshot>,
    /// What was not read.
    #[serde(default)]
    pub coverage: CoverageSnapshot,
}

/// What a comparison looks at in a coverage.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CoverageSnapshot {
    /// What was not understood.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
}

/// What a comparison looks at in one system.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SystemSnapshot {
    /// The folder or file that holds it.
    pub root: String,
    /// Elements, by id.
    #[serde(default)]
    pub elements: Vec<Element>,
    /// Flows.
    #[serde(default)]
    pub flows: Vec<Flow>,
    /// Weaknesses found.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// The STRIDE ledger.
    #[serde(default)]
    pub threats: Vec<Threat>,
    /// Attack paths.
    #[serde(default)]
    pub paths: Vec<AttackPath>,
    /// What it may cost in a year.
    #[serde(default)]
    pub risk: Option<RiskSnapshot>,
    /// Limits that were hit while searching.
    #[serde(default)]
    pub bounds_hit: Vec<String>,
}

/// Risk, as far as a comparison looks at it.
#[derive(Clone, Debug, Deserialize)]
pub struct RiskSnapshot {
    /// The currency.
    pub currency: String,
    /// As it is.
    pub current: LossSnapshot,
}

/// The loss of a year, as far as a comparison looks at it.
#[derive(Clone, Debug, Deserialize)]
pub struct LossSnapshot {
    /// In the mean.
    pub mean: Amount,
}

impl From<&Assessment> for Snapshot {
    fn from(assessment: &Assessment) -> Self {
        let systems = assessment.systems.iter().map(|system| SystemSnapshot {
            root: system.system.root.to_string(),
            elements: system.system.elements.clone(),
            flows: system.system.flows.clone(),
            findings: system.findings.clone(),
            threats: system.threats.clone(),
            paths: system.paths.clone(),
            bounds_hit: system.bounds_hit.clone(),
            risk: system.risk.as_ref().map(|risk| RiskSnapshot {
                currency: risk.currency.clone(),
                current: LossSnapshot {
                    mean: risk.current.mean,
                },
            }),
        });
        Self {
            schema: assessment.schema,
            systems: systems.collect(),
            coverage: CoverageSnapshot {
                skipped: assessment.coverage.skipped.clone(),
            },
        }
    }
}
