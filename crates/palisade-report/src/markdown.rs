//! A page for a pull request or a wiki.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use palisade_engine::Assessment;
use palisade_engine::assessment::{Finding, SystemAssessment, ThreatState};
use palisade_knowledge::Severity;

use crate::ranking;
use crate::words;

/// Systems, paths, fixes, rules and skipped documents before "and n more".
const FEW: usize = 10;

/// The whole assessment on a page of Markdown.
pub fn markdown(assessment: &Assessment) -> String {
    let mut text = String::from("# Threat model\n\n");
    systems(&mut text, &assessment.systems);
    paths(&mut text, &assessment.systems);
    fixes(&mut text, &assessment.systems);
    findings(&mut text, &assessment.systems);
    threats(&mut text, &assessment.systems);
    coverage(&mut text, assessment);
    text
}

fn systems(text: &mut String, systems: &[SystemAssessment]) {
    text.push_str(
        "| System | Elements | Flows | Attack paths | High | Medium | Low |\n|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for assessment in systems.iter().take(FEW) {
        let system = &assessment.system;
        let of = |severity| {
            assessment
                .findings
                .iter()
                .filter(|finding| finding.severity == severity)
                .count()
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            code(&system.root),
            system.elements.iter().filter(|element| element.kind.is_drawn()).count(),
            system.flows.len(),
            assessment.paths.len(),
            of(Severity::High),
            of(Severity::Medium),
            of(Severity::Low)
        );
    }
    more(text, systems.len(), "systems");
}

fn paths(text: &mut String, systems: &[SystemAssessment]) {
    let paths = ranking::paths(systems);
    if paths.is_empty() {
        return;
    }
    text.push_str("\n## Worst attack paths\n");
    for (_, path) in paths.iter().take(FEW / 2) {
        let _ = writeln!(
            text,
            "\n**{}** ({}, {} likely, {}){}\n",
            plain(&words::path(path)),
            words::level(path.severity),
            words::percent(path.likelihood),
            path.id,
            plain(&words::excused(path.waiver.as_ref(), path.since))
        );
        for (number, step) in path.steps.iter().enumerate() {
            let place = step
                .evidence
                .first()
                .map(|evidence| format!(" {}", code(&words::position(evidence))));
            let _ = writeln!(
                text,
                "{}. {} → {}: {}. {}{}",
                number + 1,
                code(step.from.as_str()),
                code(step.to.as_str()),
                plain(&step.title),
                plain(&step.why),
                place.unwrap_or_default()
            );
        }
    }
    if paths.len() > FEW / 2 {
        let _ = writeln!(text, "\n… and {} more", paths.len() - FEW / 2);
    }
}

fn fixes(text: &mut String, systems: &[SystemAssessment]) {
    let fixes = ranking::fixes(systems);
    if fixes.is_empty() {
        return;
    }
    text.push_str("\n## Fixes that matter most\n\n| Closes | Where | What |\n|--:|---|---|\n");
    for group in fixes.iter().take(FEW) {
        let Some(fix) = group.fixes.first() else { continue };
        let more = match group.fixes.len() - 1 {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let place = fix
            .evidence
            .first()
            .map(|evidence| format!("<br>{}", code(&words::position(evidence))));
        let _ = writeln!(
            text,
            "| {} paths | {}{more}{} | {} |",
            group.closes(),
            code(fix.element.as_str()),
            place.unwrap_or_default(),
            plain(&fix.action)
        );
    }
    more(text, fixes.len(), "fixes");
}

fn findings(text: &mut String, systems: &[SystemAssessment]) {
    let mut rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in systems.iter().flat_map(|system| &system.findings) {
        rules.entry(&finding.rule).or_default().push(finding);
    }
    if rules.is_empty() {
        return;
    }
    let mut rules: Vec<(&str, Vec<&Finding>)> = rules.into_iter().collect();
    rules.sort_by_key(|(rule, findings)| {
        let severity = findings.iter().map(|finding| finding.severity).max();
        std::cmp::Reverse((severity, findings.len(), std::cmp::Reverse(*rule)))
    });
    text.push_str("\n## Findings\n\n| Severity | Weakness | Count | First |\n|---|---|--:|---|\n");
    for (rule, findings) in rules.iter().take(2 * FEW) {
        if let Some(first) = findings.first() {
            let position = &first.position;
            let _ = writeln!(
                text,
                "| {} | {rule} {} | {}{} | {}<br>{} |",
                words::level(first.severity),
                plain(&first.title),
                findings.len(),
                words::not_counted(findings.iter().copied()),
                code(first.element.as_str()),
                code(&words::place(&position.file, position.line, position.column))
            );
        }
    }
    if rules.len() > 2 * FEW {
        let _ = writeln!(text, "\n… and {} more weaknesses", rules.len() - 2 * FEW);
    }
}

fn threats(text: &mut String, systems: &[SystemAssessment]) {
    let threats = || systems.iter().flat_map(|system| &system.threats);
    if threats().next().is_none() {
        return;
    }
    let is_decided = threats().any(|threat| matches!(threat.state, ThreatState::Accepted | ThreatState::NotApplicable));
    let (head, rule) = if is_decided {
        (" Accepted | n/a |", "--:|--:|")
    } else {
        ("", "")
    };
    let _ = write!(
        text,
        "\n## Threats by STRIDE\n\n| | Exposed | Unknown | Mitigated |{head}\n|---|--:|--:|--:|{rule}\n"
    );
    for category in words::STRIDE {
        let of = |state| {
            threats()
                .filter(|threat| threat.category == category && threat.state == state)
                .count()
        };
        let _ = write!(
            text,
            "| {} | {} | {} | {} |",
            words::stride(category),
            of(ThreatState::Exposed),
            of(ThreatState::Unknown),
            of(ThreatState::Mitigated)
        );
        if is_decided {
            let _ = write!(
                text,
                " {} | {} |",
                of(ThreatState::Accepted),
                of(ThreatState::NotApplicable)
            );
        }
        text.push('\n');
    }
}

fn coverage(text: &mut String, assessment: &Assessment) {
    let coverage = &assessment.coverage;
    let _ = writeln!(
        text,
        "\n## Coverage\n\n{} of {} documents understood.",
        coverage.understood, coverage.documents
    );
    if !assessment.not_evaluated.is_empty() {
        let _ = writeln!(
            text,
            "{} conditions could not be evaluated.",
            assessment.not_evaluated.len()
        );
    }
    if !coverage.skipped.is_empty() {
        text.push('\n');
    }
    for skipped in coverage.skipped.iter().take(FEW) {
        let place = words::place(&skipped.file, skipped.line, skipped.column);
        let _ = writeln!(text, "- {} {}", code(&place), plain(&skipped.reason));
    }
    more(text, coverage.skipped.len(), "not understood");
}

fn more(text: &mut String, total: usize, what: &str) {
    if total > FEW {
        let _ = writeln!(text, "\n… and {} more {what}", total - FEW);
    }
}

/// A name as code. Backticks, bars and line ends could leave the span or the table.
pub(crate) fn code(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| if c == '`' || c.is_control() { ' ' } else { c })
        .collect();
    format!("`{}`", name.replace('|', "\\|"))
}

/// Text without the characters that mean something to Markdown or HTML.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            '|' | '*' | '_' | '[' | ']' | '`' | '\\' | '#' | '@' => {
                plain.push('\\');
                plain.push(c);
            }
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_sample_reads_well() {
        insta::assert_snapshot!(markdown(&sample::assessment()));
    }

    #[test]
    fn names_can_not_become_markup() {
        assert_eq!(code("a`|\nb"), "`a \\| b`");
        assert_eq!(plain("<img> [x](y) @all"), "&lt;img&gt; \\[x\\](y) \\@all");
    }
}
