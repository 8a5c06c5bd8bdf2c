//! What was read and what was not: shown with every assessment, because silence is never safety.

use std::collections::BTreeMap;

use palisade_engine::Assessment;
use palisade_inventory::Skipped;

use super::page::{Page, count, span};
use super::{TextOptions, style};
use crate::words;

/// Reasons, kinds and notices shown on the page of an assessment.
const FEW_REASONS: usize = 6;

/// Documents, those not understood by reason, notices, kinds without a meaning here, conditions not evaluated.
pub(crate) fn coverage(page: &mut Page, assessment: &Assessment, options: TextOptions) {
    let coverage = &assessment.coverage;
    page.heading(
        "Coverage",
        &format!(
            "{} of {} understood",
            coverage.understood,
            count(usize::try_from(coverage.documents).unwrap_or(usize::MAX), "document")
        ),
    );
    skipped(page, &coverage.skipped, options);
    notices(page, assessment);
    opaque(page, assessment, options);
    if !assessment.not_evaluated.is_empty() {
        let n = assessment.not_evaluated.len();
        page.indented(
            2,
            &[span(
                style::MEDIUM,
                format!(
                    "{} could not be evaluated: not the same as not found",
                    count(n, "condition")
                ),
            )],
        );
        for condition in assessment.not_evaluated.iter().take(options.limit(2)) {
            let text = format!("{} on {}: {}", condition.rule, condition.element, condition.reason);
            page.indented(4, &[span(style::DIM, text)]);
        }
    }
    for bound in assessment.systems.iter().flat_map(|system| &system.bounds_hit) {
        page.indented(2, &[span(style::MEDIUM, format!("The search was cut short: {bound}"))]);
    }
    for tool in &coverage.tools {
        page.indented(
            2,
            &[span(
                style::DIM,
                format!("Rendered with {} {}", tool.name, tool.version),
            )],
        );
    }
    if coverage.skipped.is_empty() && assessment.not_evaluated.is_empty() {
        page.indented(2, &[span(style::GOOD, "Every document was understood")]);
    }
}

/// What was not understood, by reason, the most frequent first, with one example each.
fn skipped(page: &mut Page, skipped: &[Skipped], options: TextOptions) {
    let mut reasons: BTreeMap<&str, Vec<&Skipped>> = BTreeMap::new();
    for skip in skipped {
        reasons.entry(&skip.code).or_default().push(skip);
    }
    let mut reasons: Vec<(&str, Vec<&Skipped>)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(code, skips)| (std::cmp::Reverse(skips.len()), *code));
    let shown = options.limit(FEW_REASONS).min(reasons.len());
    for (code, skips) in reasons.iter().take(shown) {
        page.line(
            &[span(style::MEDIUM, format!("  {:>4} ", skips.len()))],
            &[span(style::PLAIN, " ".repeat(7))],
            &[span(style::PLAIN, *code)],
        );
        for skip in skips.iter().take(options.limit(1)) {
            let mut spans = vec![
                span(style::DIM, words::place(&skip.file, skip.line, skip.column)),
                span(style::PLAIN, format!("  {}", skip.reason)),
            ];
            if !skip.help.is_empty() {
                spans.push(span(style::DIM, format!("; {}", skip.help)));
            }
            page.line(
                &[span(style::PLAIN, " ".repeat(7))],
                &[span(style::PLAIN, " ".repeat(7))],
                &spans,
            );
        }
    }
    let rest: usize = reasons.iter().skip(shown).map(|(_, skips)| skips.len()).sum();
    if rest > 0 {
        page.indented(7, &[span(style::DIM, format!("and {rest} more for other reasons"))]);
    }
}

fn notices(page: &mut Page, assessment: &Assessment) {
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for notice in &assessment.coverage.notices {
        *codes.entry(&notice.code).or_default() += 1;
    }
    if codes.is_empty() {
        return;
    }
    let list = codes
        .iter()
        .map(|(code, n)| format!("{n} {code}"))
        .collect::<Vec<_>>()
        .join(", ");
    page.indented(2, &[span(style::PLAIN, format!("Read with a remark: {list}"))]);
}

fn opaque(page: &mut Page, assessment: &Assessment, options: TextOptions) {
    let mut kinds: Vec<(&String, &u64)> = assessment.coverage.opaque.iter().collect();
    if kinds.is_empty() {
        return;
    }
    kinds.sort_by_key(|(kind, n)| (std::cmp::Reverse(**n), *kind));
    let shown = options.limit(FEW_REASONS).min(kinds.len());
    let list = kinds
        .iter()
        .take(shown)
        .map(|(kind, n)| format!("{n} {kind}"))
        .collect::<Vec<_>>()
        .join(", ");
    let more = match kinds.len() - shown {
        0 => String::new(),
        n => format!(" and {}", count(n, "more kind")),
    };
    let text = format!("Kept, but of kinds that mean nothing here yet: {list}{more}");
    page.indented(2, &[span(style::DIM, text)]);
}
