//! The open-source projects of a system, and what is seen of controls, a line each.

use std::collections::BTreeSet;

use palisade_engine::assessment::{ControlState, SystemAssessment};

use super::page::{Page, span};
use super::style;
use super::systems::names;

/// What systems run, and what they only hold custom resources of.
pub(super) fn runs(page: &mut Page, systems: &[SystemAssessment]) {
    let of = |runs: bool| -> BTreeSet<&str> {
        let projects = systems.iter().flat_map(|system| &system.projects);
        let wanted = projects.filter(|project| project.runs == runs);
        wanted.map(|project| project.name.as_str()).collect()
    };
    let running = of(true);
    let used: BTreeSet<&str> = of(false).difference(&running).copied().collect();
    for (what, projects) in [("Runs: ", running), ("Has resources of: ", used)] {
        if projects.is_empty() {
            continue;
        }
        let mut spans = vec![span(style::PLAIN, what)];
        spans.extend(names(projects.iter().copied(), projects.len()));
        page.line(&[span(style::PLAIN, "  ")], &[span(style::PLAIN, "    ")], &spans);
    }
}

/// How many controls of the catalogue are seen to be in place.
pub(super) fn controls(page: &mut Page, system: &SystemAssessment) {
    let of_state = |state| {
        let of_state = system.controls.iter().filter(|control| control.state == state);
        of_state.count()
    };
    if system.controls.is_empty() {
        return;
    }
    let text = format!(
        "Controls: {} in place, {} partly, {} not in place, {} that nothing here could show",
        of_state(ControlState::InPlace),
        of_state(ControlState::Partly),
        of_state(ControlState::NotInPlace),
        of_state(ControlState::NotEvaluated),
    );
    page.gap();
    page.indented(2, &[span(style::PLAIN, text)]);
}
