//! The STRIDE ledger row by row, the highest risk first.

use palisade_engine::Assessment;
use palisade_engine::assessment::{SystemAssessment, Threat};

use super::page::{Page, count, span};
use super::{TextOptions, coverage, ledger, style};
use crate::words;

/// Rows of each system before "and n more".
const FEW_THREATS: usize = 25;

/// The ledger of every system.
pub fn threats(assessment: &Assessment, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    ledger::counts(&mut page, &assessment.systems);
    for system in &assessment.systems {
        one(&mut page, system, options);
    }
    page.gap();
    let text = "Drill down: palisade threats --focus ELEMENT   Everything: -v";
    page.indented(0, &[span(style::DIM, text)]);
    coverage::coverage(&mut page, assessment, options);
    page.finish()
}

fn one(page: &mut Page, system: &SystemAssessment, options: TextOptions) {
    let mut threats: Vec<&Threat> = system.threats.iter().collect();
    by_risk(&mut threats);
    page.heading(
        &format!("Threats to {}", system.system.root),
        &threats.len().to_string(),
    );
    let shown = options.limit(FEW_THREATS).min(threats.len());
    for threat in threats.iter().take(shown) {
        row(page, threat, options);
    }
    if threats.len() > shown {
        let text = format!("and {}; -v shows all", count(threats.len() - shown, "more threat"));
        page.indented(11, &[span(style::DIM, text)]);
    }
}

/// Puts the highest risk first: by state, then severity; otherwise in the ledger's order.
pub(super) fn by_risk(threats: &mut [&Threat]) {
    threats.sort_by_key(|threat| (threat.state, std::cmp::Reverse(threat.severity)));
}

/// A row: state, severity and category, then the sentence and where it is written.
pub(super) fn row(page: &mut Page, threat: &Threat, options: TextOptions) {
    let margin = [span(style::PLAIN, " ".repeat(13))];
    let target = match &threat.to {
        Some(to) => format!("{} → {to}", threat.element),
        None => threat.element.to_string(),
    };
    page.line(
        &[span(
            style::state(threat.state),
            format!("{:>11}  ", words::state(threat.state)),
        )],
        &margin,
        &[
            span(style::BOLD, words::stride(threat.category)),
            span(style::PLAIN, " of "),
            span(style::NAME, target),
            span(
                style::severity(threat.severity),
                format!("  {}", words::level(threat.severity)),
            ),
            span(style::DIM, format!("  {}", threat.id)),
        ],
    );
    page.line(&margin, &margin, &[span(style::PLAIN, &*threat.statement)]);
    if let Some(decision) = &threat.decision {
        page.line(&margin, &margin, &[span(style::PLAIN, words::decision(decision))]);
    }
    let mut notes: Vec<String> = Vec::new();
    notes.extend(threat.evidence.iter().take(options.limit(1)).map(words::position));
    notes.extend(threat.source.as_ref().map(words::source));
    notes.extend(threat.rules.iter().take(options.limit(4)).cloned());
    notes.extend(threat.techniques.iter().take(options.limit(4)).cloned());
    if !notes.is_empty() {
        page.line(&margin, &margin, &[span(style::DIM, notes.join("  "))]);
    }
}
