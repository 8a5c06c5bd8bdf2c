//! What frameworks ask for, held against what was seen: met by evidence, partly, a gap, or not evaluated.
//!
//! A requirement is *met* only where every control that refers to it is seen to be in place for all that it could protect,
//! and no weakness stands open that one of them would stop. It is never met because nothing was looked at: what no control
//! speaks about, and what nothing that was read could show, is *not evaluated*, with the reason. What people declare counts
//! as *declared*, which is not seen.

mod judge;
#[cfg(test)]
mod tests;

use palisade_inventory::{FrameworkInForce, Intent};
use palisade_knowledge::{Baseline, Catalogue, Framework, Severity};
use schemars::JsonSchema;
use serde::Serialize;

use self::judge::Judge;
use crate::assessment::{ControlState, FindingPosition, SystemAssessment};
use crate::system::Evidence;

/// A framework, or a baseline of it, held against a system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FrameworkCompliance {
    /// A catalogue id: `nist-800-53-r5`.
    pub framework: String,
    /// Its title.
    pub title: String,
    /// The edition.
    pub version: String,
    /// The baseline of it; none: all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// People declare that it is in force here.
    pub in_force: bool,
    /// How many requirements stand how. Headings do not count.
    pub counts: ComplianceCounts,
    /// Its requirements, in its own order.
    pub requirements: Vec<RequirementCompliance>,
}

/// How many requirements stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ComplianceCounts {
    /// Met by evidence.
    pub met: usize,
    /// Met by what people declare, as far as it is not met by evidence.
    pub declared: usize,
    /// Met in part.
    pub partly: usize,
    /// Not met.
    pub gap: usize,
    /// Not looked into, for a reason that is told.
    pub not_evaluated: usize,
}

/// How a requirement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ComplianceState {
    /// Every control that refers to it is seen in place, everywhere, and no weakness stands open that one would stop.
    Met,
    /// As [`Met`](Self::Met), but some of these controls are declared and not seen.
    Declared,
    /// Something of it is in place; something is missing, is seen in part only, or could not be seen.
    Partly,
    /// Nothing of it is in place, although what would show it was read; or a weakness stands open and nothing is in place.
    Gap,
    /// No control of the catalogue refers to it, or nothing that was read could show any that does.
    NotEvaluated,
}

/// One requirement held against a system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RequirementCompliance {
    /// As the framework writes it.
    pub id: String,
    /// A short title.
    pub title: String,
    /// It has no control of its own and stands as its parts do, which follow under ids that begin with its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub heading: bool,
    /// How it stands.
    pub state: ComplianceState,
    /// Why, in a sentence.
    pub reason: String,
    /// The controls that refer to it, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<ControlTowards>,
    /// Weaknesses found that one of these controls would stop, the worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weaknesses: Vec<WeaknessAgainst>,
}

/// What a control contributes to a requirement.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ControlTowards {
    /// A catalogue id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is seen of it.
    pub state: ControlState,
    /// Things that it is seen to protect.
    pub holds: usize,
    /// Things that it could protect.
    pub of: usize,
    /// What people declare about it, where they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<DeclaredControl>,
    /// The first place that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// The first place where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Evidence>,
    /// Why it was not evaluated, where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_seen: Option<String>,
}

/// A control that is in place although no artefact shows it, as somebody says.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DeclaredControl {
    /// What it is known from.
    pub known_from: String,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// It is declared for some elements only.
    pub in_part: bool,
    /// Where that is declared.
    pub evidence: Evidence,
}

/// A weakness that stands open against a requirement.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WeaknessAgainst {
    /// A catalogue id.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// How often it was found.
    pub count: usize,
    /// The first place.
    pub first: FindingPosition,
}

/// Every framework of the catalogue held against a system: those in force first, each at the baseline that is in force; then
/// the others, those that have baselines at the moderate and the high one.
pub fn compliance(system: &SystemAssessment, catalogue: &Catalogue, intent: &Intent) -> Vec<FrameworkCompliance> {
    let judge = Judge::new(system, catalogue, intent);
    let declared = &intent.declared.frameworks;
    let in_force = declared.iter().filter_map(|declared| {
        let framework = catalogue.frameworks.get(&declared.framework)?;
        Some((framework, baseline(declared), true))
    });
    let is_other = |framework: &&Framework| declared.iter().all(|declared| declared.framework != framework.id);
    let others = catalogue.frameworks.values().filter(is_other).flat_map(|framework| {
        let views = if has_baselines(framework) {
            vec![Some(Baseline::Moderate), Some(Baseline::High)]
        } else {
            vec![None]
        };
        views.into_iter().map(move |baseline| (framework, baseline, false))
    });
    in_force
        .chain(others)
        .map(|(framework, baseline, in_force)| judge.framework(framework, baseline, in_force))
        .collect()
}

/// One framework, or a baseline of it, held against a system. None where the catalogue does not have it.
pub fn against(
    system: &SystemAssessment,
    catalogue: &Catalogue,
    intent: &Intent,
    framework: &str,
    wanted: Option<Baseline>,
) -> Option<FrameworkCompliance> {
    let framework = catalogue.frameworks.get(framework)?;
    let declared = intent.declared.frameworks.iter();
    let in_force: Vec<Option<Baseline>> = declared
        .filter(|declared| declared.framework == framework.id)
        .map(baseline)
        .collect();
    // Whoever names no baseline means the one in force, where there is one.
    let baseline = wanted.or_else(|| in_force.first().copied().flatten());
    let judge = Judge::new(system, catalogue, intent);
    Some(judge.framework(framework, baseline, in_force.contains(&baseline)))
}

/// Whether a framework has baselines.
pub fn has_baselines(framework: &Framework) -> bool {
    framework.requirements.iter().any(|it| !it.baselines.is_empty())
}

/// The baseline that is in force. The file of intent was checked to name one that there is.
fn baseline(declared: &FrameworkInForce) -> Option<Baseline> {
    match declared.baseline.as_deref()? {
        "low" => Some(Baseline::Low),
        "moderate" => Some(Baseline::Moderate),
        "high" => Some(Baseline::High),
        "privacy" => Some(Baseline::Privacy),
        _ => None,
    }
}

impl ComplianceCounts {
    fn add(&mut self, state: ComplianceState) {
        match state {
            ComplianceState::Met => self.met += 1,
            ComplianceState::Declared => self.declared += 1,
            ComplianceState::Partly => self.partly += 1,
            ComplianceState::Gap => self.gap += 1,
            ComplianceState::NotEvaluated => self.not_evaluated += 1,
        }
    }

    /// All of them.
    pub const fn total(&self) -> usize {
        self.met + self.declared + self.partly + self.gap + self.not_evaluated
    }
}
