//! What people bear for a time: how near its end is.

use std::collections::BTreeMap;

use palisade_inventory::{Date, DispositionState};

use super::{Check, CheckKind, CheckOutcome, Known};
use crate::assessment::{AppliedWaiver, Assessment};
use crate::intent::evidence;
use crate::system::Evidence;

pub(super) fn check(assessment: &Assessment, known: &Known<'_>) -> Vec<Check> {
    let declared = &known.intent.declared;
    let at = |path: String| evidence(known.intent, &path, "accepted");
    let mut checks = Vec::new();
    for (index, acceptance) in declared.accepted_risks.iter().enumerate() {
        let by = acceptance
            .actor
            .as_ref()
            .map(|actor| format!(" by {actor}"))
            .unwrap_or_default();
        checks.push(one(
            CheckKind::AcceptedRisk,
            format!("loss of {}{by}", acceptance.asset),
            &acceptance.reason,
            Some(&acceptance.owner),
            Some(acceptance.until),
            at(format!("accepted_risks[{index}]")),
            known,
        ));
    }
    for (index, disposition) in declared.dispositions.iter().enumerate() {
        if disposition.state == DispositionState::Accepted {
            let element = disposition.element.clone().unwrap_or_default();
            let category = disposition.category.clone().unwrap_or_default();
            checks.push(one(
                CheckKind::Disposition,
                disposition
                    .threat
                    .clone()
                    .unwrap_or_else(|| format!("{category} of {element}")),
                &disposition.reason,
                disposition.owner.as_ref(),
                disposition.until,
                at(format!("dispositions[{index}]")),
                known,
            ));
        }
    }
    for (index, waiver) in declared.waivers.iter().enumerate() {
        let name = match waiver.elements.as_slice() {
            [] => waiver.rule.clone(),
            elements => format!("{} in {}", waiver.rule, elements.join(", ")),
        };
        let place = at(format!("waivers[{index}]"));
        let (owner, until) = (Some(&waiver.owner), Some(waiver.until));
        checks.push(one(CheckKind::Waiver, name, &waiver.reason, owner, until, place, known));
    }
    for (place, (name, waiver)) in annotated(assessment) {
        checks.push(one(
            CheckKind::Waiver,
            name,
            &waiver.reason,
            waiver.owner.as_ref(),
            waiver.until,
            place.clone(),
            known,
        ));
    }
    checks
}

/// Waivers that objects carry, each once, by where they are written.
fn annotated(assessment: &Assessment) -> BTreeMap<&Evidence, (String, &AppliedWaiver)> {
    let applied = assessment.systems.iter().flat_map(|system| {
        let findings = system.findings.iter();
        let findings = findings.filter_map(|finding| Some((&finding.rule, &finding.element, finding.waiver.as_ref()?)));
        let paths = system.paths.iter().filter_map(|path| {
            let last = path.steps.last()?;
            Some((&last.step, &last.to, path.waiver.as_ref()?))
        });
        findings.chain(paths)
    });
    let applied = applied.filter(|(_, _, waiver)| !waiver.evidence.path.starts_with("waivers["));
    applied
        .map(|(rule, element, waiver)| (&waiver.evidence, (format!("{rule} in {element}"), waiver)))
        .collect()
}

fn one(
    kind: CheckKind,
    name: String,
    says: &str,
    owner: Option<&String>,
    until: Option<Date>,
    evidence: Evidence,
    known: &Known<'_>,
) -> Check {
    let (outcome, reason) = match (until, known.as_of) {
        (None, _) => (CheckOutcome::Holds, "it has no end".to_owned()),
        (Some(_), None) => (CheckOutcome::NotEvaluated, "no day is given".to_owned()),
        (Some(until), Some(today)) => match i64::from(until.unix_days()) - i64::from(today.unix_days()) {
            left if left < 0 => (CheckOutcome::Broken, format!("it ended on {until}, and counts again")),
            0 => (CheckOutcome::EndsSoon, "it ends today".to_owned()),
            left if left <= i64::from(known.soon) => (CheckOutcome::EndsSoon, format!("it ends in {left} days")),
            _ => (CheckOutcome::Holds, String::new()),
        },
    };
    Check {
        outcome,
        kind,
        name,
        says: says.to_owned(),
        reason,
        owner: owner.cloned(),
        until,
        evidence,
        counterexamples: Vec::new(),
    }
}
