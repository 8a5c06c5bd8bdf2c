//! Findings by rule: the worst first, with counts, not a wall.

use std::collections::BTreeMap;

use palisade_engine::assessment::{Finding, SystemAssessment};
use palisade_knowledge::Severity;

use super::page::{Page, count, span};
use super::{TextOptions, style};
use crate::words;

/// Rules shown on the page of an assessment.
const FEW_RULES: usize = 8;

/// Findings by rule, the worst and most frequent first. Verbose: each finding with its position.
pub(super) fn by_rule(page: &mut Page, systems: &[SystemAssessment], options: TextOptions) {
    let mut rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    let mut by_severity = [(Severity::High, 0), (Severity::Medium, 0), (Severity::Low, 0)];
    for finding in systems.iter().flat_map(|system| &system.findings) {
        rules.entry(&finding.rule).or_default().push(finding);
        for (severity, n) in &mut by_severity {
            *n += usize::from(*severity == finding.severity);
        }
    }
    if rules.is_empty() {
        page.heading("Findings", "none");
        return;
    }
    let counts = by_severity
        .iter()
        .map(|(severity, n)| format!("{n} {}", words::level(*severity)))
        .collect::<Vec<_>>()
        .join(" · ");
    page.heading("Findings", &counts);

    let mut rules: Vec<(&str, Vec<&Finding>)> = rules.into_iter().collect();
    rules.sort_by_key(|(rule, findings)| {
        let severity = findings.iter().map(|finding| finding.severity).max();
        std::cmp::Reverse((severity, findings.len(), std::cmp::Reverse(*rule)))
    });
    let shown = options.limit(FEW_RULES).min(rules.len());
    for (rule, findings) in rules.iter().take(shown) {
        of_rule(page, rule, findings, options);
    }
    if rules.len() > shown {
        let rest: usize = rules.iter().skip(shown).map(|(_, findings)| findings.len()).sum();
        let more = rules.len() - shown;
        let text = format!(
            "and {} of {}; -v shows every one",
            count(rest, "finding"),
            count(more, "other weakness")
        );
        page.indented(9, &[span(style::DIM, text)]);
    }
}

fn of_rule(page: &mut Page, rule: &str, findings: &[&Finding], options: TextOptions) {
    let Some(first) = findings.first() else { return };
    let severity = findings
        .iter()
        .map(|finding| finding.severity)
        .max()
        .unwrap_or(first.severity);
    let margin = [span(style::PLAIN, " ".repeat(9))];
    page.line(
        &[span(
            style::severity(severity),
            format!("{:>8} ", words::level(severity).to_uppercase()),
        )],
        &margin,
        &[
            span(style::PLAIN, &*first.title),
            span(style::BOLD, format!("  ×{}", findings.len())),
            span(
                style::DIM,
                format!("  {rule}{}", words::not_counted(findings.iter().copied())),
            ),
        ],
    );
    let shown = options.limit(1).min(findings.len());
    for finding in findings.iter().take(shown) {
        let more = if findings.len() > shown { " …" } else { "" };
        page.line(
            &margin,
            &margin,
            &[
                span(style::NAME, finding.element.as_str()),
                span(style::DIM, format!("  {}{more}", position(finding))),
                span(style::DIM, words::excused(finding.waiver.as_ref(), finding.since)),
            ],
        );
    }
}

/// `file:line:column` of a finding.
pub(super) fn position(finding: &Finding) -> String {
    words::place(&finding.position.file, finding.position.line, finding.position.column)
}
