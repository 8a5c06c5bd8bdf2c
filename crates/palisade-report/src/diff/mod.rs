//! What a change did: a page for the terminal, a comment for a pull request, JSON.
//!
//! All tell it in one order: what the system is now, which boundaries are crossed, which attack paths opened and closed,
//! how risk moved, and then the weaknesses and threats behind that.

mod json;
mod markdown;
mod text;

use std::collections::BTreeMap;

use palisade_engine::assessment::{AttackPath, Finding};
use palisade_engine::diff::{ChangeVerdict, Crossing, Difference, SystemDifference};
use palisade_engine::system::{Basis, Element, ElementId, Flow};
use palisade_inventory::Coverage;

pub use self::json::{difference_json, difference_schema};
pub use self::markdown::difference_markdown;
pub use self::text::difference;
use crate::text::page::count;
use crate::words;

/// Documents that are told to be not understood.
const FEW_DOUBTS: usize = 5;

/// A change, and what was compared.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// What the change did.
    pub difference: &'a Difference,
    /// How it was.
    pub base: Compared<'a>,
    /// How it is.
    pub head: Compared<'a>,
}

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// What the user calls it.
    pub name: &'a str,
    /// How much of it was read; none of what was saved earlier.
    pub coverage: Option<&'a Coverage>,
}

const fn verdict(verdict: ChangeVerdict) -> &'static str {
    match verdict {
        ChangeVerdict::Worse => "worse",
        ChangeVerdict::Mixed => "worse in part, better in part",
        ChangeVerdict::NotEvaluated => "not evaluated: not everything is understood",
        ChangeVerdict::Better => "better",
        ChangeVerdict::Neutral => "another system, the same threats",
        ChangeVerdict::Same => "no difference",
    }
}

/// What the change comes to, in counts, what is worst first: `2 attack paths opened`, `1 weakness new`.
fn counts(difference: &Difference) -> Vec<String> {
    let sum = |of: &dyn Fn(&SystemDifference) -> usize| difference.systems.iter().map(of).sum::<usize>();
    let easier = |system: &SystemDifference| system.paths_changed.iter().filter(|change| change.is_easier()).count();
    let counted = [
        (sum(&|s| s.paths_opened.len()), "attack path", "opened"),
        (sum(&easier), "attack path", "easier"),
        (sum(&|s| s.crossed.len()), "boundary crossing", "new"),
        (sum(&|s| s.findings_new.len()), "weakness", "new"),
        (sum(&|s| s.threats_exposed.len()), "threat", "newly exposed"),
        (sum(&|s| s.paths_closed.len()), "attack path", "closed"),
        (sum(&|s| s.paths_changed.len() - easier(s)), "attack path", "harder"),
        (sum(&|s| s.findings_fixed.len()), "weakness", "fixed"),
        (sum(&|s| s.threats_answered.len()), "threat", "answered"),
        (sum(&|s| s.elements_added.len()), "element", "new"),
        (sum(&|s| s.elements_gone.len()), "element", "gone"),
        (sum(&|s| s.renamed.len()), "element", "renamed"),
        (sum(&|s| drawn(&s.flows_added).count()), "flow", "new"),
        (sum(&|s| drawn(&s.flows_gone).count()), "flow", "gone"),
    ];
    let counted = counted.into_iter().filter(|(n, _, _)| *n > 0);
    counted
        .map(|(n, thing, state)| format!("{} {state}", count(n, thing)))
        .collect()
}

/// Flows but those of Kubernetes itself, which are wherever pods are.
fn drawn(flows: &[Flow]) -> impl Iterator<Item = &Flow> {
    flows.iter().filter(|flow| flow.basis != Basis::Platform)
}

/// What is drawn first.
fn sorted(elements: &[Element]) -> Vec<&Element> {
    let mut elements: Vec<&Element> = elements.iter().collect();
    elements.sort_by_key(|element| !element.kind.is_drawn());
    elements
}

/// Boundaries that one pair of ends crosses, outermost first, and the ends.
fn by_ends(crossings: &[Crossing]) -> Vec<(String, &ElementId, &ElementId)> {
    let mut ends: BTreeMap<(&ElementId, &ElementId), Vec<&str>> = BTreeMap::new();
    for crossing in crossings {
        let boundaries = ends.entry((&crossing.from, &crossing.to)).or_default();
        boundaries.push(&crossing.boundary);
    }
    let told = ends.into_iter();
    told.map(|((from, to), boundaries)| (boundaries.join(", "), from, to))
        .collect()
}

/// Everything that is held on the way, each once in a row.
fn way(path: &AttackPath) -> Vec<&ElementId> {
    let steps = path.steps.iter().map(|step| &step.to);
    let mut way: Vec<&ElementId> = std::iter::once(&path.entry).chain(steps).collect();
    way.dedup();
    way
}

/// What stands in parentheses after a path or finding that does not count.
fn excuse(waiver: Option<&palisade_engine::assessment::AppliedWaiver>) -> Option<String> {
    waiver.map(words::waiver)
}

/// Paths, those that count first.
fn by_weight(paths: &[AttackPath]) -> Vec<&AttackPath> {
    let mut paths: Vec<&AttackPath> = paths.iter().collect();
    paths.sort_by_key(|path| (!path.counts(), std::cmp::Reverse(path.severity)));
    paths
}

/// Findings, those that count first.
fn worst_first(findings: &[Finding]) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| (!finding.counts(), std::cmp::Reverse(finding.severity)));
    findings
}

/// What a finding is about: the element, and the container or the other end.
fn subject(finding: &Finding) -> String {
    match (&finding.container, &finding.to) {
        (Some(container), _) => format!("{} ({container})", finding.element),
        (None, Some(to)) => format!("{} → {to}", finding.element),
        (None, None) => finding.element.to_string(),
    }
}

/// What keeps the comparison from being whole, in sentences.
fn doubts(comparison: &Comparison<'_>) -> Vec<String> {
    let mut doubts = Vec::new();
    let new = &comparison.difference.no_longer_understood;
    for skipped in new.iter().take(FEW_DOUBTS) {
        let place = words::place(&skipped.file, skipped.line, skipped.column);
        doubts.push(format!("{place} is not understood: {}", skipped.reason));
    }
    if new.len() > FEW_DOUBTS {
        doubts.push(format!("and {} more are not understood", new.len() - FEW_DOUBTS));
    }
    let skipped = comparison.head.coverage.map_or(0, |coverage| coverage.skipped.len());
    if skipped > new.len() {
        let rest = count(skipped - new.len(), "document");
        doubts.push(format!("{rest} of {} not understood, as before", comparison.head.name));
    }
    for system in &comparison.difference.systems {
        doubts.extend(
            system
                .bounds_hit
                .iter()
                .map(|bound| format!("{}: {bound}", system.root)),
        );
    }
    doubts
}
