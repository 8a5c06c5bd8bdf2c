//! The STRIDE ledger in numbers.

use std::fmt::Write as _;

use palisade_engine::assessment::{SystemAssessment, Threat, ThreatState};

use super::page::{Page, span};
use super::style;
use crate::words;

/// States, with the width of their columns. Those that only people decide about show where somebody has.
const STATES: [(ThreatState, usize); 5] = [
    (ThreatState::Exposed, 9),
    (ThreatState::Unknown, 9),
    (ThreatState::Accepted, 10),
    (ThreatState::Mitigated, 11),
    (ThreatState::NotApplicable, 6),
];

/// How many threats of each category are in which state.
pub(super) fn counts(page: &mut Page, systems: &[SystemAssessment]) {
    let threats: Vec<&Threat> = systems.iter().flat_map(|system| &system.threats).collect();
    if threats.is_empty() {
        return;
    }
    page.heading("Threats by STRIDE", &threats.len().to_string());
    let is_shown = |state: ThreatState| {
        let is_decided = matches!(state, ThreatState::Accepted | ThreatState::NotApplicable);
        !is_decided || threats.iter().any(|threat| threat.state == state)
    };
    let states: Vec<_> = STATES.into_iter().filter(|(state, _)| is_shown(*state)).collect();
    let mut head = format!("  {:<24}", "");
    for (state, columns) in &states {
        let _ = write!(head, "{:>columns$}", words::state(*state));
    }
    page.line(&[span(style::DIM, head)], &[], &[]);
    for category in words::STRIDE {
        let mut spans = vec![span(style::PLAIN, format!("  {:<24}", words::stride(category)))];
        for (state, columns) in states.iter().copied() {
            let n = threats
                .iter()
                .filter(|threat| threat.category == category && threat.state == state)
                .count();
            let style = if n == 0 { style::DIM } else { style::state(state) };
            spans.push(span(style, format!("{n:>columns$}")));
        }
        page.line(&spans, &[], &[]);
    }
}
