//! The STRIDE ledger in numbers.

use palisade_engine::assessment::{SystemAssessment, Threat, ThreatState};

use super::page::{Page, span};
use super::style;
use crate::words;

const STATES: [ThreatState; 3] = [ThreatState::Exposed, ThreatState::Unknown, ThreatState::Mitigated];

/// How many threats of each category are in which state.
pub(super) fn counts(page: &mut Page, systems: &[SystemAssessment]) {
    let threats: Vec<&Threat> = systems.iter().flat_map(|system| &system.threats).collect();
    if threats.is_empty() {
        return;
    }
    page.heading("Threats by STRIDE", &threats.len().to_string());
    let head = format!("  {:<24}{:>9}{:>9}{:>11}", "", "exposed", "unknown", "mitigated");
    page.line(&[span(style::DIM, head)], &[], &[]);
    for category in words::STRIDE {
        let mut spans = vec![span(style::PLAIN, format!("  {:<24}", words::stride(category)))];
        for (state, columns) in STATES.into_iter().zip([9, 9, 11]) {
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
