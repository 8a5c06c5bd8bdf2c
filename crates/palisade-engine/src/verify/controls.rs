//! Controls that are declared although no artefact shows them, and that artefacts contradict.

use super::{Check, CheckKind, CheckOutcome, Counterexample, Known};
use crate::assessment::{Assessment, ControlState};
use crate::intent::evidence;

pub(super) fn check(assessment: &Assessment, known: &Known<'_>) -> Vec<Check> {
    let controls = known.intent.declared.controls.iter().enumerate();
    controls
        .map(|(index, declared)| {
            let mut counterexamples = Vec::new();
            let mut unclear = None;
            for system in &assessment.systems {
                let Some(seen) = system.controls.iter().find(|seen| seen.id == declared.control) else {
                    continue;
                };
                let told = format!("it is in place on {} of {}", seen.holds, seen.of);
                match seen.state {
                    ControlState::NotInPlace => {}
                    // Where it is missing is a place that may not be among those it is declared for.
                    ControlState::Partly if !declared.elements.is_empty() => {
                        unclear = Some(format!("{told}; whether on those it is declared for is not seen"));
                        continue;
                    }
                    ControlState::Partly if seen.gap.is_some() => {}
                    _ => continue,
                }
                counterexamples.push(Counterexample {
                    system: system.system.root.to_string(),
                    says: told,
                    steps: Vec::new(),
                    evidence: seen.gap.iter().cloned().collect(),
                });
            }
            let (outcome, reason) = match (counterexamples.is_empty(), unclear) {
                (false, _) => (CheckOutcome::Broken, "what was read contradicts it".to_owned()),
                (true, Some(unclear)) => (CheckOutcome::NotEvaluated, unclear),
                (true, None) => (CheckOutcome::Holds, "nothing that was read contradicts it".to_owned()),
            };
            let title = known
                .catalogue
                .controls
                .get(&declared.control)
                .map(|control| control.title.clone());
            Check {
                outcome,
                kind: CheckKind::Control,
                name: declared.control.clone(),
                says: title.unwrap_or_default(),
                reason,
                owner: declared.owner.clone(),
                until: None,
                evidence: evidence(known.intent, &format!("controls[{index}]"), "declared"),
                counterexamples,
            }
        })
        .collect()
}
