//! What is declared and what came of it: what is broken first, with what breaks it.

use palisade_engine::Assessment;
use palisade_engine::verify::{Check, CheckOutcome, Counterexample, Verification};

use super::page::{Page, Span, span};
use super::{TextOptions, coverage, paths, style};
use crate::words;

/// Columns that an outcome takes before what it is about.
const MARGIN: usize = 16;
/// Counterexamples shown of one check.
const FEW: usize = 3;

/// Every check, and how much of the input it rests on.
pub fn verification(verification: &Verification, assessment: &Assessment, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let all = [
        CheckOutcome::Broken,
        CheckOutcome::NotEvaluated,
        CheckOutcome::EndsSoon,
        CheckOutcome::Holds,
    ];
    let counts = all.into_iter().filter_map(|outcome| {
        let n = verification
            .checks
            .iter()
            .filter(|check| check.outcome == outcome)
            .count();
        let word = match (outcome, n) {
            (CheckOutcome::EndsSoon, 2..) => "end soon",
            (CheckOutcome::Holds, 2..) => "hold",
            _ => words::check_outcome(outcome),
        };
        (n > 0).then(|| format!("{n} {word}"))
    });
    page.heading("Verification", &counts.collect::<Vec<_>>().join(" · "));
    let with_root = assessment.systems.len() > 1;
    let mut last = None;
    for check in &verification.checks {
        if check.outcome < CheckOutcome::EndsSoon || last.is_some_and(|last| last != check.outcome) {
            page.gap();
        }
        last = Some(check.outcome);
        one(&mut page, check, with_root, options);
    }
    coverage::coverage(&mut page, assessment, options);
    page.finish()
}

fn one(page: &mut Page, check: &Check, with_root: bool, options: TextOptions) {
    let (style, word) = (
        match check.outcome {
            CheckOutcome::Broken => style::HIGH,
            CheckOutcome::NotEvaluated | CheckOutcome::EndsSoon => style::MEDIUM,
            CheckOutcome::Holds => style::GOOD,
        },
        words::check_outcome(check.outcome).to_uppercase(),
    );
    let margin = [span(style::PLAIN, " ".repeat(MARGIN))];
    let mut spans = vec![
        span(style::BOLD, check.name.clone()),
        span(style::DIM, format!("  {}", words::check_kind(check.kind))),
    ];
    if let Some(owner) = &check.owner {
        spans.push(span(style::DIM, format!(" of {owner}")));
    }
    if let Some(until) = check.until {
        spans.push(span(style::DIM, format!(" until {until}")));
    }
    spans.push(span(style::DIM, format!("  {}", words::position(&check.evidence))));
    let first = span(style, format!("  {word:<width$}", width = MARGIN - 2));
    page.line(&[first], &margin, &spans);
    if check.outcome == CheckOutcome::Holds && !options.verbose {
        return;
    }
    if !check.says.is_empty() {
        page.line(&margin, &margin, &[span(style::PLAIN, check.says.clone())]);
    }
    if !check.reason.is_empty() {
        page.line(&margin, &margin, &[span(style, check.reason.clone())]);
    }
    let shown = options.limit(FEW);
    for counterexample in check.counterexamples.iter().take(shown) {
        broken_by(page, counterexample, with_root, &margin, options);
    }
    if check.counterexamples.len() > shown {
        let more = format!("and {} more; -v shows all", check.counterexamples.len() - shown);
        page.line(&margin, &margin, &[span(style::DIM, more)]);
    }
}

fn broken_by(page: &mut Page, by: &Counterexample, with_root: bool, margin: &[Span], options: TextOptions) {
    let mut spans = vec![span(style::HIGH, "✗ "), span(style::PLAIN, by.says.clone())];
    if with_root {
        spans.push(span(style::DIM, format!("  in {}", by.system)));
    }
    let places = by.evidence.iter().take(options.limit(FEW));
    let wrapped: Vec<Span> = margin.iter().cloned().chain([span(style::PLAIN, "  ")]).collect();
    page.line(margin, &wrapped, &spans);
    if by.steps.is_empty() {
        for place in places {
            let mut spans = vec![span(style::DIM, words::position(place))];
            if !place.note.is_empty() {
                spans.push(span(style::PLAIN, format!("  {}", place.note)));
            }
            page.line(&wrapped, &wrapped, &spans);
        }
    } else {
        paths::walk(page, &by.steps, MARGIN + 2, false);
    }
}
