//! Security requirements: what meets each, and whether that is there.

use palisade_inventory::SecurityRequirement;

use super::{Check, CheckKind, CheckOutcome, Counterexample, Known};
use crate::assessment::{Assessment, ControlState, SystemAssessment, ThreatState};
use crate::intent::evidence;

pub(super) fn check(assessment: &Assessment, known: &Known<'_>) -> Vec<Check> {
    let requirements = known.intent.declared.requirements.iter().enumerate();
    requirements
        .map(|(index, requirement)| {
            let mut counterexamples = Vec::new();
            let mut unclear = Vec::new();
            for system in &assessment.systems {
                threats(requirement, system, &mut counterexamples);
                controls(requirement, system, known, &mut counterexamples, &mut unclear);
            }
            if requirement.controls.is_empty() && requirement.tests.is_empty() {
                unclear.push("no control meets it and nothing tests it: add `controls` or `tests`".to_owned());
            }
            let (outcome, reason) = match (counterexamples.is_empty(), unclear.into_iter().next()) {
                (false, _) => (CheckOutcome::Broken, String::new()),
                (true, Some(reason)) => (CheckOutcome::NotEvaluated, reason),
                (true, None) if requirement.controls.is_empty() => (
                    CheckOutcome::Holds,
                    format!("tested by {}", requirement.tests.join(", ")),
                ),
                (true, None) => (CheckOutcome::Holds, String::new()),
            };
            Check {
                outcome,
                kind: CheckKind::Requirement,
                name: requirement.id.clone(),
                says: requirement.says.clone(),
                reason,
                owner: requirement.owner.clone(),
                until: None,
                evidence: evidence(known.intent, &format!("requirements[{index}]"), "required"),
                counterexamples,
            }
        })
        .collect()
}

/// Threats that it answers and that are exposed all the same.
fn threats(requirement: &SecurityRequirement, system: &SystemAssessment, counterexamples: &mut Vec<Counterexample>) {
    let exposed = system
        .threats
        .iter()
        .filter(|threat| threat.state == ThreatState::Exposed && requirement.threats.contains(&threat.id));
    counterexamples.extend(exposed.map(|threat| Counterexample {
        system: system.system.root.to_string(),
        says: format!("{} is exposed: {}", threat.id, threat.statement),
        steps: Vec::new(),
        evidence: threat.evidence.clone(),
    }));
}

/// Controls that meet it and are seen to be missing. What is declared counts as in place; another check holds that against
/// what was read.
fn controls(
    requirement: &SecurityRequirement,
    system: &SystemAssessment,
    known: &Known<'_>,
    counterexamples: &mut Vec<Counterexample>,
    unclear: &mut Vec<String>,
) {
    let is_declared = |id: &String| {
        known
            .intent
            .declared
            .controls
            .iter()
            .any(|declared| declared.control == *id)
    };
    for control in requirement.controls.iter().filter(|id| !is_declared(id)) {
        let Some(seen) = system.controls.iter().find(|seen| seen.id == *control) else {
            continue;
        };
        match seen.state {
            ControlState::InPlace => {}
            ControlState::NotEvaluated => unclear.push(format!("nothing that was read could show {control}")),
            ControlState::Partly | ControlState::NotInPlace => counterexamples.push(Counterexample {
                system: system.system.root.to_string(),
                says: format!("{control} is in place on {} of {}", seen.holds, seen.of),
                steps: Vec::new(),
                evidence: seen.gap.iter().cloned().collect(),
            }),
        }
    }
}
