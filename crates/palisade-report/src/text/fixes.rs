//! The few fixes that matter most.

use palisade_engine::assessment::SystemAssessment;

use super::page::{Page, count, first_sentence, span};
use super::systems::names;
use super::{TextOptions, style};
use crate::ranking::{self, FixGroup};
use crate::words;

/// Fixes shown on the page of an assessment.
const FEW_FIXES: usize = 5;

/// The fixes that close the most paths.
pub(super) fn most_important(page: &mut Page, systems: &[SystemAssessment], options: TextOptions) {
    let groups = ranking::fixes(systems);
    if groups.is_empty() {
        return;
    }
    let paths: usize = systems.iter().map(|system| system.paths.len()).sum();
    let shown = options.limit(FEW_FIXES).min(groups.len());
    page.heading("Fixes that matter most", &format!("{shown} of {}", groups.len()));
    for (index, group) in groups.iter().take(shown).enumerate() {
        one(page, index + 1, group, paths, systems.len() > 1);
    }
}

fn one(page: &mut Page, number: usize, group: &FixGroup<'_>, paths: usize, with_root: bool) {
    let Some(first) = group.fixes.first() else { return };
    let margin = [span(style::PLAIN, "     ")];
    page.line(
        &[span(style::BOLD, format!("{number:>3}. "))],
        &margin,
        &[span(style::PLAIN, first_sentence(&first.action))],
    );
    let mut spans = vec![span(style::PLAIN, "in ")];
    spans.extend(names(
        group.fixes.iter().map(|fix| fix.element.as_str()),
        group.fixes.len(),
    ));
    if with_root {
        spans.push(span(style::DIM, format!("  in {}", group.root)));
    }
    page.line(&margin, &margin, &spans);

    let paths = count(paths, "path");
    let effect = match (group.closes(), group.weakens()) {
        (closes, 0) => format!("closes {closes} of {paths}"),
        (0, weakens) => format!("makes {weakens} of {paths} less likely"),
        (closes, weakens) => format!("closes {closes} of {paths} and makes {weakens} less likely"),
    };
    let mut spans = vec![span(style::GOOD, effect)];
    if let Some(evidence) = first.evidence.first() {
        let more = if group.fixes.len() > 1 { " …" } else { "" };
        spans.push(span(style::DIM, format!("  {}{more}", words::position(evidence))));
    }
    spans.push(span(style::DIM, format!("  {}", first.rule)));
    page.line(&margin, &margin, &spans);
}
