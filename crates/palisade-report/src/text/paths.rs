//! Attack paths, step by step.

use std::collections::BTreeMap;

use palisade_engine::Assessment;
use palisade_engine::assessment::{AttackPath, PathStep, SystemAssessment};
use palisade_engine::system::ElementId;

use super::page::{Page, first_sentence, span};
use super::systems::names;
use super::{TextOptions, coverage, style};
use crate::ranking::{self, Rooted};
use crate::words;

/// Paths shown on the page of an assessment.
const FEW_PATHS: usize = 4;
/// Paths shown by `paths`.
const MANY_PATHS: usize = 20;

/// The worst paths, one of each sort: of paths that end alike, the most likely stands for all.
pub(super) fn worst(page: &mut Page, systems: &[SystemAssessment], options: TextOptions) {
    let paths = ranking::paths(systems);
    if paths.is_empty() {
        page.heading("Attack paths", "none found");
        return;
    }
    let mut sorts: Vec<Rooted<'_, AttackPath>> = Vec::new();
    let mut alike: BTreeMap<_, usize> = BTreeMap::new();
    for (root, path) in &paths {
        let last = path.steps.last().map_or("", |step| &step.step);
        let n = alike.entry((&path.actor, path.asset_kind, last)).or_default();
        *n += 1;
        if *n == 1 {
            sorts.push((root, path));
        }
    }
    let shown = options.limit(FEW_PATHS).min(sorts.len());
    page.heading("Worst attack paths", &format!("{shown} of {}", paths.len()));
    for (index, (root, path)) in sorts.iter().take(shown).enumerate() {
        if index > 0 {
            page.gap();
        }
        let last = path.steps.last().map_or("", |step| &step.step);
        let n = alike.get(&(&path.actor, path.asset_kind, last)).copied().unwrap_or(1);
        headline(page, path, (systems.len() > 1).then_some(*root), n);
        steps(page, path, false);
    }
    if paths.len() > shown {
        page.gap();
        page.indented(2, &[span(style::DIM, "All of them: palisade paths")]);
    }
}

/// All paths, each step with what closes it.
pub fn paths(assessment: &Assessment, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let paths = ranking::paths(&assessment.systems);
    if paths.is_empty() {
        page.heading("Attack paths", "none found");
    } else {
        page.heading("Attack paths", &paths.len().to_string());
    }
    let shown = options.limit(MANY_PATHS).min(paths.len());
    for (root, path) in paths.iter().take(shown) {
        page.gap();
        one(&mut page, path, (assessment.systems.len() > 1).then_some(*root), true);
    }
    if paths.len() > shown {
        page.gap();
        let text = format!("and {} more; -v shows all, --from and --to narrow", paths.len() - shown);
        page.indented(2, &[span(style::DIM, text)]);
    }
    coverage::coverage(&mut page, assessment, options);
    page.finish()
}

/// One path in full.
pub(super) fn one(page: &mut Page, path: &AttackPath, root: Option<&str>, in_full: bool) {
    headline(page, path, root, 1);
    steps(page, path, in_full);
    for way in &path.alternatives {
        let likely = format!("or, {} likely · {}", words::percent(way.likelihood), way.id);
        page.indented(9, &[span(style::DIM, likely)]);
        steps(page, way, false);
    }
}

/// What the path comes to, in a line.
fn headline(page: &mut Page, path: &AttackPath, root: Option<&str>, alike: usize) {
    let severity = words::level(path.severity).to_uppercase();
    let mut spans = vec![
        span(style::BOLD, words::path(path)),
        span(
            style::DIM,
            format!("  {} likely · {}", words::percent(path.likelihood), path.id),
        ),
    ];
    if !path.also.is_empty() {
        spans.push(span(style::PLAIN, "  and as well "));
        spans.extend(names(path.also.iter().map(ElementId::as_str), path.also.len()));
    }
    if alike > 1 {
        spans.push(span(style::DIM, format!(" and {} like it", alike - 1)));
    }
    if let Some(root) = root {
        spans.push(span(style::DIM, format!(" in {root}")));
    }
    spans.push(span(style::DIM, words::excused(path.waiver.as_ref(), path.since)));
    page.line(
        &[span(style::severity(path.severity), format!("{severity:>8} "))],
        &[span(style::PLAIN, " ".repeat(9))],
        &spans,
    );
}

/// The steps, each with why it works and where that is written.
fn steps(page: &mut Page, path: &AttackPath, in_full: bool) {
    walk(page, &path.steps, 9, in_full);
}

/// Steps that follow each other, `indent` columns from the left.
pub(crate) fn walk(page: &mut Page, steps: &[PathStep], indent: usize, in_full: bool) {
    let Some(first) = steps.first() else { return };
    let indent = " ".repeat(indent);
    page.line(
        &[span(style::PLAIN, format!("{indent}● "))],
        &[span(style::PLAIN, &*indent)],
        &[span(style::NAME, first.from.as_str())],
    );
    for (index, step) in steps.iter().enumerate() {
        one_step(page, step, index + 1 == steps.len(), &indent, in_full);
    }
}

fn one_step(page: &mut Page, step: &PathStep, is_last: bool, indent: &str, in_full: bool) {
    let (arrow, margin) = if is_last {
        ("╰─▶ ", "    ")
    } else {
        ("├─▶ ", "│   ")
    };
    let (arrow, margin) = (format!("{indent}{arrow}"), format!("{indent}{margin}"));
    let margin = [span(style::DIM, margin)];
    let why = if in_full { &step.why } else { first_sentence(&step.why) };
    page.line(
        &[span(style::DIM, arrow)],
        &margin,
        &[
            span(style::NAME, step.to.as_str()),
            span(style::PLAIN, format!("  {}", step.title)),
            span(style::DIM, format!("  {}", step.techniques.join(" "))),
            span(
                style::GOOD,
                if step.choke_point == Some(true) {
                    "  no way around"
                } else {
                    ""
                },
            ),
        ],
    );
    page.line(&margin, &margin, &[span(style::PLAIN, format!("why: {why}"))]);
    for evidence in step.evidence.iter().take(if in_full { 3 } else { 1 }) {
        page.line(&margin, &margin, &[span(style::DIM, words::position(evidence))]);
    }
    if in_full && !step.fix.is_empty() {
        page.line(&margin, &margin, &[span(style::GOOD, format!("fix: {}", step.fix))]);
    }
}
