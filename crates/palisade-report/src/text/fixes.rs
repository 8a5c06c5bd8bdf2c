//! The few fixes that matter most.

use palisade_engine::assessment::{Fix, SystemAssessment};

use super::page::{Page, count, span};
use super::{TextOptions, style};
use crate::words;

/// Fixes shown on the page of an assessment.
const FEW_FIXES: usize = 5;

/// The fixes that close the most paths.
pub(super) fn most_important(page: &mut Page, systems: &[SystemAssessment], options: TextOptions) {
    let mut fixes: Vec<&Fix> = systems.iter().flat_map(|system| &system.fixes).collect();
    if fixes.is_empty() {
        return;
    }
    // Stable: equal ones stay in the engine's order.
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.closes.len()));
    let paths: usize = systems.iter().map(|system| system.paths.len()).sum();
    let shown = options.limit(FEW_FIXES).min(fixes.len());
    page.heading("Fixes that matter most", &format!("{shown} of {}", fixes.len()));
    for (index, fix) in fixes.iter().take(shown).enumerate() {
        let number = format!("{:>3}. ", index + 1);
        let margin = [span(style::PLAIN, "     ")];
        page.line(
            &[span(style::BOLD, number)],
            &margin,
            &[
                span(style::NAME, fix.element.as_str()),
                span(style::PLAIN, format!(": {}", fix.action)),
            ],
        );
        let mut spans = vec![span(
            style::GOOD,
            format!("closes {} of {}", fix.closes.len(), count(paths, "path")),
        )];
        if let Some(evidence) = fix.evidence.first() {
            spans.push(span(style::DIM, format!("  {}", words::position(evidence))));
        }
        spans.push(span(style::DIM, format!("  {}", fix.rule)));
        page.line(&margin, &margin, &spans);
    }
}
