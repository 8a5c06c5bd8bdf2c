//! What the artefacts do not tell: questions, and addresses that nothing answers.

use std::collections::BTreeMap;

use palisade_engine::assessment::SystemAssessment;

use super::page::{Page, span};
use super::systems::names;
use super::{TextOptions, style};
use crate::words;

/// Gaps of each sort shown on the page of an assessment.
const FEW_GAPS: usize = 4;

/// Dangling references and open questions.
pub(crate) fn gaps(page: &mut Page, systems: &[SystemAssessment], options: TextOptions) {
    let dangling: Vec<_> = systems.iter().flat_map(|system| &system.system.dangling).collect();
    let unknowns: Vec<_> = systems.iter().flat_map(|system| &system.system.unknowns).collect();
    if dangling.is_empty() && unknowns.is_empty() {
        return;
    }
    page.heading("Not known", &(dangling.len() + unknowns.len()).to_string());
    let margin = [span(style::PLAIN, "    ")];
    for reference in dangling.iter().take(options.limit(FEW_GAPS)) {
        let port = reference.port.map(|port| format!(":{port}")).unwrap_or_default();
        let mut spans = vec![
            span(style::NAME, reference.from.as_str()),
            span(
                style::PLAIN,
                format!(" calls {}{port}: {}", reference.host, reference.reason),
            ),
        ];
        if let Some(evidence) = reference.evidence.first() {
            spans.push(span(style::DIM, format!("  {}", words::position(evidence))));
        }
        page.line(&[span(style::MEDIUM, "  ↯ ")], &margin, &spans);
    }
    more(page, dangling.len(), options, "addresses that nothing here answers");
    // One line a question, with all whom it is asked about.
    let mut questions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for unknown in &unknowns {
        questions
            .entry(&unknown.question)
            .or_default()
            .push(unknown.element.as_str());
    }
    for (question, elements) in questions.iter().take(options.limit(FEW_GAPS)) {
        let mut spans = vec![span(style::PLAIN, format!("{question}  "))];
        spans.extend(names(elements.iter().copied(), elements.len()));
        page.line(&[span(style::MEDIUM, "  ? ")], &margin, &spans);
    }
    more(page, questions.len(), options, "open questions");
}

fn more(page: &mut Page, total: usize, options: TextOptions, what: &str) {
    let rest = total.saturating_sub(options.limit(FEW_GAPS));
    if rest > 0 {
        page.indented(4, &[span(style::DIM, format!("and {rest} more {what}"))]);
    }
}
