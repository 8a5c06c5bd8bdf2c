//! Compliance in a terminal.

use anstyle::Style;
use palisade_engine::Assessment;
use palisade_engine::assessment::ControlState;
use palisade_engine::compliance::{ComplianceState, ControlTowards, FrameworkCompliance, RequirementCompliance};

use super::{STATES, SystemCompliance, counts, of, place, seen, short_title, state, title};
use crate::text::page::{Page, count, span, width};
use crate::text::{TextOptions, coverage, style};
use crate::words;

/// Requirements of a framework that are told unless all are wanted.
const FEW_REQUIREMENTS: usize = 12;
/// Controls, and weaknesses, that are told of a requirement unless all are wanted.
const FEW_REASONS: usize = 4;
/// Columns of the counts in the overview.
const WIDTH: usize = 10;

/// Which frameworks are told requirement by requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplianceDetail {
    /// Those in force; the others in a line.
    InForce,
    /// All that are given.
    All,
}

/// How each system stands to each framework, then what is missing of those that count.
pub fn compliance(
    assessment: &Assessment,
    found: &[SystemCompliance],
    detail: ComplianceDetail,
    options: TextOptions,
) -> String {
    let mut page = Page::new(options.width);
    for system in found {
        let root = if found.len() > 1 { &*system.root } else { "" };
        page.heading("Compliance", root);
        overview(&mut page, &system.frameworks);
        let mut told = 0;
        for framework in &system.frameworks {
            if detail == ComplianceDetail::All || framework.in_force {
                one(&mut page, framework, options);
                told += 1;
            }
        }
        if told == 0 {
            page.gap();
            let text = "None is declared to be in force (palisade.yaml: frameworks). --framework tells one in full";
            page.indented(2, &[span(style::DIM, text)]);
        }
    }
    coverage::coverage(&mut page, assessment, options);
    page.finish()
}

fn colour(state: ComplianceState) -> Style {
    match state {
        ComplianceState::Met => style::GOOD,
        ComplianceState::Declared => style::LOW,
        ComplianceState::Partly => style::MEDIUM,
        ComplianceState::Gap => style::HIGH,
        ComplianceState::NotEvaluated => style::DIM,
    }
}

fn overview(page: &mut Page, frameworks: &[FrameworkCompliance]) {
    let mut head = String::from(" ");
    for it in STATES {
        let word = if it == ComplianceState::NotEvaluated {
            "not eval."
        } else {
            state(it)
        };
        head = format!("{head}{word:>WIDTH$}");
    }
    page.line(&[span(style::DIM, head)], &[], &[]);
    for framework in frameworks {
        let mut first = vec![span(style::PLAIN, " ")];
        for it in STATES {
            let n = of(&framework.counts, it);
            let style = if n == 0 { style::DIM } else { colour(it) };
            first.push(span(style, format!("{n:>WIDTH$}")));
        }
        first.push(span(style::PLAIN, "  "));
        let rest = [span(style::PLAIN, " ".repeat(1 + STATES.len() * WIDTH + 4))];
        let mut spans = vec![span(style::PLAIN, title(framework))];
        if framework.in_force {
            spans.push(span(style::BOLD, "  in force"));
        }
        spans.push(span(style::DIM, format!("  {}", framework.framework)));
        page.line(&first, &rest, &spans);
    }
}

fn one(page: &mut Page, framework: &FrameworkCompliance, options: TextOptions) {
    let remark = counts(&framework.counts);
    let room = page.width().saturating_sub(width(&remark) + 5);
    let title = title(framework);
    if width(&title) <= room {
        page.heading(&title, &remark);
    } else {
        // The baseline stands in the end of a title: cutting there would leave two headings alike.
        let short = short_title(framework);
        let fits = width(&short) <= room;
        page.heading(&short, if fits { &remark } else { "" });
        let margin = [span(style::PLAIN, "  ")];
        page.line(&margin, &margin, &[span(style::DIM, title)]);
        if !fits {
            page.line(&margin, &margin, &[span(style::DIM, remark)]);
        }
    }
    let asked: Vec<&RequirementCompliance> = framework.requirements.iter().filter(|it| !it.heading).collect();
    let is_open = |it: &&&RequirementCompliance| matches!(it.state, ComplianceState::Gap | ComplianceState::Partly);
    if options.verbose {
        for requirement in &framework.requirements {
            tell(page, requirement, usize::MAX);
        }
        return;
    }
    let mut open: Vec<&&RequirementCompliance> = asked.iter().filter(is_open).collect();
    open.sort_by_key(|it| it.state != ComplianceState::Gap);
    for requirement in open.iter().take(FEW_REQUIREMENTS) {
        tell(page, requirement, FEW_REASONS);
    }
    let hidden = asked.len() - open.len().min(FEW_REQUIREMENTS);
    if hidden > 0 {
        let text = format!("and {hidden} more; -v tells all");
        page.indented(2, &[span(style::DIM, text)]);
    }
}

fn tell(page: &mut Page, requirement: &RequirementCompliance, most: usize) {
    let margin = [span(style::PLAIN, " ".repeat(16))];
    let title_style = if requirement.heading { style::BOLD } else { style::PLAIN };
    page.line(
        &[span(
            colour(requirement.state),
            format!("{:>14}  ", state(requirement.state)),
        )],
        &margin,
        &[
            span(style::NAME, requirement.id.clone()),
            span(title_style, format!("  {}", requirement.title)),
        ],
    );
    page.line(&margin, &margin, &[span(style::DIM, requirement.reason.clone())]);
    for control in decisive(requirement).into_iter().take(most) {
        let mut spans = vec![
            span(style::PLAIN, format!("{}  {}: ", control.id, control.title)),
            span(style::DIM, seen(control)),
        ];
        spans.extend(place(control).map(|place| span(style::DIM, format!("  {place}"))));
        page.line(&margin, &[span(style::PLAIN, " ".repeat(18))], &spans);
    }
    for weakness in requirement.weaknesses.iter().take(most) {
        let position = &weakness.first;
        page.line(
            &margin,
            &[span(style::PLAIN, " ".repeat(18))],
            &[
                span(style::severity(weakness.severity), weakness.rule.clone()),
                span(style::PLAIN, format!("  {} × {}", weakness.count, weakness.title)),
                span(
                    style::DIM,
                    format!("  {}", words::place(&position.file, position.line, position.column)),
                ),
            ],
        );
    }
    let more: Vec<String> = [
        (requirement.controls.len(), "control"),
        (requirement.weaknesses.len(), "weakness"),
    ]
    .into_iter()
    .filter(|(there, _)| *there > most)
    .map(|(there, what)| count(there - most, &format!("more {what}")))
    .collect();
    if !more.is_empty() {
        let text = format!("and {}; -v tells all", more.join(" and "));
        page.line(&margin, &margin, &[span(style::DIM, text)]);
    }
}

/// Controls in the order in which they decide: what is missing, what is there in part, what is in place, what is not seen.
fn decisive(requirement: &RequirementCompliance) -> Vec<&ControlTowards> {
    let mut controls: Vec<&ControlTowards> = requirement.controls.iter().collect();
    controls.sort_by_key(|it| match it.state {
        ControlState::NotInPlace => 0,
        ControlState::Partly => 1,
        ControlState::InPlace => 2,
        ControlState::NotEvaluated => 3,
    });
    controls
}
