//! The whole assessment on a page: the system, the worst paths, the fixes that matter most, then counts and coverage.

use palisade_engine::Assessment;

use super::page::{Page, span};
use super::{TextOptions, coverage, findings, fixes, gaps, ledger, paths, plan, projects, style, systems};

/// The whole assessment on a page.
pub fn assess(assessment: &Assessment, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let all = &assessment.systems;
    match all.as_slice() {
        [one] => systems::one(&mut page, one),
        several => systems::table(&mut page, several, options),
    }
    plan::risks(&mut page, all);
    projects::runs(&mut page, all);
    paths::worst(&mut page, all, options);
    fixes::most_important(&mut page, all, options);
    findings::by_rule(&mut page, all, options);
    ledger::counts(&mut page, all);
    if let [one] = all.as_slice() {
        projects::controls(&mut page, one);
    }
    gaps::gaps(&mut page, all, options);
    coverage::coverage(&mut page, assessment, options);
    next(&mut page, assessment);
    page.finish()
}

/// What to type next.
fn next(page: &mut Page, assessment: &Assessment) {
    page.gap();
    let root = match assessment.systems.as_slice() {
        [one] => one.system.root.to_string(),
        _ => "PATH".to_owned(),
    };
    let mut commands = vec![format!("palisade model {root} -f svg -o model.svg")];
    if let Some(path) = assessment.systems.iter().flat_map(|system| &system.paths).next() {
        commands.push(format!("palisade explain {} {root}", path.id));
    } else if let Some(finding) = assessment.systems.iter().flat_map(|system| &system.findings).next() {
        commands.push(format!("palisade explain {}", finding.rule));
    }
    if assessment.systems.iter().any(|system| system.plan.is_some()) {
        commands.push(format!("palisade plan {root}"));
    }
    for (index, command) in commands.iter().enumerate() {
        let what = if index == 0 { "Next: " } else { "      " };
        page.line(&[span(style::DIM, format!("{what}{command}"))], &[], &[]);
    }
}
