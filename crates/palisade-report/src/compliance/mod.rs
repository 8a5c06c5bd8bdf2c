//! Frameworks held against systems, as text of every format.

mod csv;
mod json;
mod markdown;
#[cfg(test)]
pub(crate) mod tests;
mod text;

use std::sync::Arc;

use palisade_engine::assessment::ControlState;
use palisade_engine::compliance::{
    ComplianceCounts, ComplianceState, ControlTowards, FrameworkCompliance, RequirementCompliance,
};
use serde::Serialize;

use crate::words;

pub use csv::compliance_csv;
pub use json::compliance_json;
pub use markdown::compliance_markdown;
pub use text::{ComplianceDetail, compliance};

/// Frameworks held against one system.
#[derive(Clone, Debug, Serialize)]
pub struct SystemCompliance {
    /// The system's root.
    pub root: Arc<str>,
    /// What was held against it.
    pub frameworks: Vec<FrameworkCompliance>,
}

/// How a requirement stands, in a word or two.
pub(crate) const fn state(state: ComplianceState) -> &'static str {
    match state {
        ComplianceState::Met => "met",
        ComplianceState::Declared => "declared",
        ComplianceState::Partly => "partly",
        ComplianceState::Gap => "gap",
        ComplianceState::NotEvaluated => "not evaluated",
    }
}

/// Every state, the best first.
pub(crate) const STATES: [ComplianceState; 5] = [
    ComplianceState::Met,
    ComplianceState::Declared,
    ComplianceState::Partly,
    ComplianceState::Gap,
    ComplianceState::NotEvaluated,
];

pub(crate) const fn of(counts: &ComplianceCounts, state: ComplianceState) -> usize {
    match state {
        ComplianceState::Met => counts.met,
        ComplianceState::Declared => counts.declared,
        ComplianceState::Partly => counts.partly,
        ComplianceState::Gap => counts.gap,
        ComplianceState::NotEvaluated => counts.not_evaluated,
    }
}

/// `NIST SP 800-53 …, Revision 5, moderate baseline`.
pub(crate) fn title(framework: &FrameworkCompliance) -> String {
    let mut title = framework.title.clone();
    if !title.contains(&framework.version) {
        title = format!("{title}, {}", framework.version);
    }
    match framework.baseline {
        Some(baseline) => format!("{title}, {} baseline", words::name(baseline)),
        None => title,
    }
}

/// `NIST SP 800-53 Revision 5, moderate baseline`: what comes before the first comma, and the baseline.
pub(crate) fn short_title(framework: &FrameworkCompliance) -> String {
    let name = framework.title.split(',').next().unwrap_or_default();
    match framework.baseline {
        Some(baseline) => format!("{name}, {} baseline", words::name(baseline)),
        None => name.to_owned(),
    }
}

/// `3 met, 20 partly, 14 gap, 30 not evaluated`: what there is none of is left out.
pub(crate) fn counts(counts: &ComplianceCounts) -> String {
    let told = STATES.into_iter().filter(|it| of(counts, *it) > 0);
    let told: Vec<String> = told.map(|it| format!("{} {}", of(counts, it), state(it))).collect();
    told.join(", ")
}

/// What is seen of a control, in words: `in place on 2 of 3 things`, `declared: the auditor's letter`.
pub(crate) fn seen(control: &ControlTowards) -> String {
    let seen = match (control.state, control.of) {
        (ControlState::InPlace, 0 | 1) => "in place".to_owned(),
        (ControlState::InPlace, of) => format!("in place on all {of} things"),
        (ControlState::Partly, 0) => "a project that does this runs here; how it is set up is not seen".to_owned(),
        (ControlState::Partly, of) => format!("in place on {} of {of} things", control.holds),
        (ControlState::NotInPlace, 0 | 1) => "not in place".to_owned(),
        (ControlState::NotInPlace, of) => format!("in place on none of {of} things"),
        (ControlState::NotEvaluated, _) => match &control.not_seen {
            Some(why) => format!("not evaluated: {}", words::one_line(why)),
            None => "not evaluated".to_owned(),
        },
    };
    match &control.declared {
        Some(declared) => {
            let part = if declared.in_part { " for a part" } else { "" };
            format!(
                "{seen}; declared{part}: {} ({})",
                declared.known_from,
                words::position(&declared.evidence)
            )
        }
        None => seen,
    }
}

/// Where a control is seen, or is missing: the place that decides first.
pub(crate) fn place(control: &ControlTowards) -> Option<String> {
    let evidence = match control.state {
        ControlState::InPlace => control.evidence.as_ref(),
        _ => control.gap.as_ref().or(control.evidence.as_ref()),
    };
    evidence.map(words::position)
}

/// The places that tell how a requirement stands, without repeating any.
pub(crate) fn places(requirement: &RequirementCompliance) -> Vec<String> {
    let weaknesses = requirement.weaknesses.iter();
    let weaknesses = weaknesses.map(|it| words::place(&it.first.file, it.first.line, it.first.column));
    let mut places: Vec<String> = Vec::new();
    for place in requirement.controls.iter().filter_map(place).chain(weaknesses) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}
