//! What is counted.

use std::collections::BTreeSet;

use palisade_engine::Assessment;
use palisade_engine::assessment::{Finding, SystemAssessment};
use palisade_engine::system::{Basis, ElementId};
use palisade_knowledge::Severity;

/// The head of the table whose rows are [`Figures::row`].
pub(super) const HEAD: &str = "\
| system | elements | with findings | findings | high | per element | on a path | at a boundary | either |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
";

/// What is said about a system.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    elements: usize,
    with_findings: usize,
    findings: usize,
    high: usize,
    on_path: usize,
    at_boundary: usize,
    either: usize,
}

impl Figures {
    /// Of all roots of an assessment together.
    pub(super) fn of(assessment: &Assessment) -> Self {
        let mut figures = Self::default();
        for system in &assessment.systems {
            figures.add(&of_system(system));
        }
        figures
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.elements += other.elements;
        self.with_findings += other.with_findings;
        self.findings += other.findings;
        self.high += other.high;
        self.on_path += other.on_path;
        self.at_boundary += other.at_boundary;
        self.either += other.either;
    }

    pub(super) fn row(&self, name: &str) -> String {
        let share = |count: usize| format!("{} %", (count * 100).checked_div(self.findings).unwrap_or(0));
        let tenths = (self.findings * 10).checked_div(self.elements).unwrap_or(0);
        format!(
            "| {name} | {} | {} | {} | {} | {}.{} | {} | {} | {} |",
            self.elements,
            self.with_findings,
            self.findings,
            self.high,
            tenths / 10,
            tenths % 10,
            share(self.on_path),
            share(self.at_boundary),
            share(self.either)
        )
    }
}

fn of_system(system: &SystemAssessment) -> Figures {
    let on_path: BTreeSet<&ElementId> = system
        .paths
        .iter()
        .flat_map(|path| &path.steps)
        .flat_map(|step| [&step.from, &step.to])
        .collect();
    let at_boundary: BTreeSet<&ElementId> = system
        .system
        .flows
        .iter()
        .filter(|flow| flow.basis != Basis::Platform && !flow.crosses.is_empty())
        .flat_map(|flow| [&flow.from, &flow.to])
        .collect();
    let is_in = |set: &BTreeSet<&ElementId>, finding: &Finding| {
        set.contains(&finding.element) || finding.to.as_ref().is_some_and(|to| set.contains(to))
    };
    let count = |holds: &dyn Fn(&Finding) -> bool| system.findings.iter().filter(|finding| holds(finding)).count();
    let about: BTreeSet<&ElementId> = system.findings.iter().map(|finding| &finding.element).collect();
    Figures {
        elements: system.system.elements.len(),
        with_findings: about.len(),
        findings: system.findings.len(),
        high: count(&|finding| finding.severity == Severity::High),
        on_path: count(&|finding| is_in(&on_path, finding)),
        at_boundary: count(&|finding| is_in(&at_boundary, finding)),
        either: count(&|finding| is_in(&on_path, finding) || is_in(&at_boundary, finding)),
    }
}
