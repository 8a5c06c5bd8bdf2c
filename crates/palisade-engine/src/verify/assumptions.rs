//! Assumptions: a claim about the whole model, or a condition that everything of a view must meet.

use palisade_inventory::Assumption;
use palisade_knowledge::{Condition, Reach, Sign, View};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use super::{Check, CheckKind, CheckOutcome, Counterexample, Known, claims};
use crate::assessment::{Assessment, SystemAssessment};
use crate::intent::evidence;
use crate::rbac::Authorizer;
use crate::signs::Signs;
use crate::views::Verdicts;

/// Counterexamples told of one assumption in one system.
const FEW: usize = 5;

/// What one system says of an assumption.
pub(super) enum Said {
    Holds,
    Broken(Vec<Counterexample>),
    /// What it is about is not in this system.
    Elsewhere(String),
    NotEvaluated(String),
}

pub(super) fn check(assessment: &Assessment, known: &Known<'_>) -> Vec<Check> {
    let assumptions = known.intent.declared.assumptions.iter().enumerate();
    assumptions
        .map(|(index, assumption)| {
            let (outcome, reason, counterexamples) = judge(assumption, assessment, known);
            Check {
                outcome,
                kind: CheckKind::Assumption,
                name: assumption.name.clone(),
                says: assumption.says.clone(),
                reason,
                owner: assumption.owner.clone(),
                until: None,
                evidence: evidence(known.intent, &format!("assumptions[{index}]"), "assumed"),
                counterexamples,
            }
        })
        .collect()
}

/// Broken where it is in one system; not evaluated where it could not be in one; and where none has what it is about.
fn judge(
    assumption: &Assumption,
    assessment: &Assessment,
    known: &Known<'_>,
) -> (CheckOutcome, String, Vec<Counterexample>) {
    let Some(holds) = &assumption.holds else {
        let reason = "nothing says how to check it: add `holds`".to_owned();
        return (CheckOutcome::NotEvaluated, reason, Vec::new());
    };
    let mut counterexamples = Vec::new();
    let mut unknown = None;
    let mut elsewhere = None;
    let mut has_held = false;
    for system in &assessment.systems {
        let said = match &assumption.applies_to {
            None => claims::judge(holds, system, known),
            Some(view) => over_view(view, holds, system, known),
        };
        match said {
            Said::Holds => has_held = true,
            Said::Broken(by) => counterexamples.extend(by),
            Said::Elsewhere(reason) => elsewhere = elsewhere.or(Some(reason)),
            Said::NotEvaluated(reason) => unknown = unknown.or(Some(reason)),
        }
    }
    match (counterexamples.is_empty(), unknown, has_held) {
        (false, _, _) => (CheckOutcome::Broken, String::new(), counterexamples),
        (true, Some(reason), _) => (CheckOutcome::NotEvaluated, reason, Vec::new()),
        (true, None, true) => (CheckOutcome::Holds, String::new(), Vec::new()),
        (true, None, false) => (CheckOutcome::NotEvaluated, elsewhere.unwrap_or_default(), Vec::new()),
    }
}

/// Every thing of a view must meet the condition.
fn over_view(view: &str, holds: &str, system: &SystemAssessment, known: &Known<'_>) -> Said {
    let text: StrDeserializer<'_, Error> = view.into_deserializer();
    let (view, condition) = match (View::deserialize(text), Condition::compile(holds)) {
        (Ok(view), Ok(condition)) => (view, condition),
        (Err(error), _) => return Said::NotEvaluated(error.to_string()),
        (_, Err(error)) => return Said::NotEvaluated(error.to_string()),
    };
    let sign = |when| Sign {
        applies_to: Some(view),
        kind: None,
        named: None,
        when,
        covers: Reach::Thing,
    };
    let (asked, all) = (sign(Some(condition)), sign(None));
    let authorizer = Authorizer::new(&system.system.resources);
    let mut verdicts = Verdicts::default();
    let mut signs = Signs::new(&system.system, &authorizer, known.catalogue, &mut verdicts);
    let (mut things, mut judged, mut broken) = (0_usize, 0_usize, 0_usize);
    let mut counterexamples = Vec::new();
    signs.ask(&all, &mut |_| things += 1);
    signs.ask(&asked, &mut |thing| {
        judged += 1;
        if !thing.holds {
            broken += 1;
            if counterexamples.len() < FEW {
                counterexamples.push(Counterexample {
                    system: system.system.root.to_string(),
                    says: format!("it does not hold for {}", thing.id),
                    steps: Vec::new(),
                    evidence: vec![(thing.place)()],
                });
            }
        }
    });
    if broken > counterexamples.len()
        && let Some(last) = counterexamples.last_mut()
    {
        last.says = format!("{}, and for {} more", last.says, broken - FEW);
    }
    match (things, counterexamples.is_empty()) {
        (0, _) => Said::Elsewhere("there is nothing that it could be asked of".to_owned()),
        (_, false) => Said::Broken(counterexamples),
        (things, true) if judged < things => {
            Said::NotEvaluated(format!("it has no value for {} of {things}", things - judged))
        }
        _ => Said::Holds,
    }
}
