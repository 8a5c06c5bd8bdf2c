//! One thing to act on: a finding or an attack path.

use palisade_engine::Assessment;
use palisade_engine::assessment::{AppliedWaiver, AttackPath, Finding, Since, SystemAssessment};
use palisade_knowledge::{Catalogue, Severity};

use crate::words;

/// One thing to act on.
pub(super) struct Item<'a> {
    /// The root of the system that has it.
    pub(super) root: &'a str,
    /// Stable, whatever line it stands in.
    pub(super) id: &'a str,
    /// A catalogue id: a weakness; of a path, its last step.
    pub(super) rule: &'a str,
    /// What is wrong.
    pub(super) title: String,
    /// The element that has it; of a path, what is reached.
    pub(super) element: &'a str,
    /// What is wrong and what to do, in sentences.
    pub(super) message: String,
    /// What to do.
    pub(super) fix: String,
    pub(super) severity: Severity,
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) waiver: Option<&'a AppliedWaiver>,
    pub(super) since: Option<Since>,
    pub(super) path: Option<&'a AttackPath>,
}

impl Item<'_> {
    /// The waiver that stands.
    pub(super) fn waived(&self) -> Option<&AppliedWaiver> {
        self.waiver.filter(|waiver| !waiver.has_ended)
    }

    /// Why it does not count, where it does not.
    pub(super) fn excuse(&self) -> Option<String> {
        match self.waived() {
            Some(waiver) => Some(words::waiver(waiver)),
            None if self.since == Some(Since::Baseline) => Some("known to the baseline".to_owned()),
            None => None,
        }
    }
}

/// All of them: system by system, paths first, each the worst first.
pub(super) fn items<'a>(assessment: &'a Assessment, catalogue: &Catalogue) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    for system in &assessment.systems {
        items.extend(system.paths.iter().filter_map(|path| of_path(system, path)));
        items.extend(
            system
                .findings
                .iter()
                .map(|finding| of_finding(system, finding, catalogue)),
        );
    }
    items
}

fn of_finding<'a>(system: &'a SystemAssessment, finding: &'a Finding, catalogue: &Catalogue) -> Item<'a> {
    let weakness = catalogue.weaknesses.get(&finding.rule);
    let fix = weakness
        .map(|weakness| words::one_line(&weakness.fix))
        .unwrap_or_default();
    let why = weakness
        .map(|weakness| words::one_line(&weakness.why))
        .unwrap_or_default();
    let mut place = finding.element.to_string();
    if let Some(container) = &finding.container {
        place = format!("{place}, container {container}");
    }
    if let Some(to) = &finding.to {
        place = format!("{place} → {to}");
    }
    Item {
        root: &system.system.root,
        id: &finding.id,
        rule: &finding.rule,
        title: finding.title.clone(),
        element: finding.element.as_str(),
        message: with_ended(format!("{} ({place}). {why}", finding.title), finding.waiver.as_ref()),
        fix,
        severity: finding.severity,
        file: &finding.position.file,
        line: finding.position.line,
        column: finding.position.column,
        waiver: finding.waiver.as_ref(),
        since: finding.since,
        path: None,
    }
}

/// A path stands where its last step is made possible.
fn of_path<'a>(system: &'a SystemAssessment, path: &'a AttackPath) -> Option<Item<'a>> {
    let last = path.steps.last()?;
    let evidence = last.evidence.first()?;
    let ways: Vec<String> = path
        .steps
        .iter()
        .map(|step| format!("{} ({})", step.to, step.title))
        .collect();
    let title = words::path(path);
    let likely = words::percent(path.likelihood);
    let message = format!("{title}, {likely} likely: {} → {}.", path.entry, ways.join(" → "));
    let fixes: Vec<&str> = path
        .steps
        .iter()
        .filter(|step| !step.fix.is_empty())
        .map(|step| &*step.fix)
        .collect();
    Some(Item {
        root: &system.system.root,
        id: &path.id,
        rule: &last.step,
        title,
        element: path.asset.as_str(),
        message: with_ended(message, path.waiver.as_ref()),
        fix: fixes.join(" "),
        severity: path.severity,
        file: &evidence.file,
        line: evidence.line,
        column: evidence.column,
        waiver: path.waiver.as_ref(),
        since: path.since,
        path: Some(path),
    })
}

/// A waiver that stands no longer is told.
fn with_ended(message: String, waiver: Option<&AppliedWaiver>) -> String {
    match waiver.filter(|waiver| waiver.has_ended) {
        Some(ended) => format!("{message} It was {}.", words::waiver(ended)),
        None => message,
    }
}
