//! What becomes of a system once its guardrails are in place: they are made to a copy of the model, and it is assessed again.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Application, Guardrail, Input};
use crate::assessment::{AttackPath, Finding, SystemAssessment};
use crate::system::{Basis, ElementId};

/// What becomes of a system, seen by assessing it again with guardrails in place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Effect {
    /// Guardrails that were put in place: those that are ready and that the model reads, by file.
    pub applied: Vec<String>,
    /// Attack paths that were there before.
    pub paths_before: usize,
    /// Those of them that are gone: no path leads from their entry to their asset any more. Ids.
    pub paths_closed: Vec<String>,
    /// Those of them that are left, and less likely than before. Ids.
    pub paths_less_likely: Vec<String>,
    /// Paths between an entry and an asset that had none before. Ids of the new assessment.
    pub paths_opened: Vec<String>,
    /// Weaknesses that were found before.
    pub findings_before: usize,
    /// Findings that are gone, by id.
    pub findings_closed: Vec<String>,
    /// Findings that were not there before: weakness and element.
    pub findings_new: Vec<String>,
    /// Flows between elements that are no longer possible: from, to.
    pub flows_lost: Vec<(ElementId, ElementId)>,
    /// Ways that were taken away on purpose: to the platform, as tokens and the node's files, and what policies allowed
    /// though nobody tells of it. From, to.
    pub access_removed: Vec<(ElementId, ElementId)>,
}

/// The effect of these guardrails. None where none of them changes what the model reads.
pub(super) fn effect(input: &Input<'_>, guardrails: &[Guardrail]) -> Option<Effect> {
    let is_applied = |one: &&Guardrail| one.is_ready() && one.application != Application::Outside;
    let applied: Vec<&Guardrail> = guardrails.iter().filter(is_applied).collect();
    if applied.is_empty() {
        return None;
    }
    let before = input.assessment;
    let after = input.assess(input.with(applied.iter().copied()))?;
    let (was, is) = (ways(before), ways(&after));
    let closed = |path: &&AttackPath| !is.contains_key(&way(path));
    let opened = |path: &&AttackPath| !was.contains_key(&way(path));
    let is_lower = |path: &&AttackPath| is.get(&way(path)).is_some_and(|likely| *likely < path.likelihood);
    let is_best = |path: &&AttackPath| was.get(&way(path)) == Some(&path.likelihood);
    let known: BTreeSet<&str> = before.findings.iter().map(|finding| &*finding.id).collect();
    let left: BTreeSet<&str> = after.findings.iter().map(|finding| &*finding.id).collect();
    let flows: BTreeSet<(&ElementId, &ElementId)> =
        after.system.flows.iter().map(|flow| (&flow.from, &flow.to)).collect();
    let ids = |paths: &mut dyn Iterator<Item = &AttackPath>| paths.map(|path| path.id.clone()).collect();
    let lost: BTreeSet<(ElementId, ElementId)> = before
        .system
        .flows
        .iter()
        .filter(|flow| !flows.contains(&(&flow.from, &flow.to)))
        .map(|flow| (flow.from.clone(), flow.to.clone()))
        .collect();
    let is_told = |ends: &(ElementId, ElementId)| {
        let flows = before.system.flows.iter();
        flows
            .filter(|flow| flow.basis != Basis::Allowed)
            .any(|flow| (&flow.from, &flow.to) == (&ends.0, &ends.1))
    };
    let is_access = |ends: &(ElementId, ElementId)| {
        matches!(ends.1.as_str(), ElementId::API_SERVER | ElementId::NODE_FILES) || !is_told(ends)
    };
    let (access_removed, flows_lost) = lost.into_iter().partition(is_access);
    // That a namespace is written down for the first time does not make what it lacks new.
    let is_new = |finding: &&Finding| {
        let was_defined = before
            .system
            .element(finding.element.as_str())
            .is_some_and(|one| one.resource.is_some());
        !known.contains(&*finding.id) && was_defined
    };
    Some(Effect {
        applied: applied.iter().map(|one| one.file.clone()).collect(),
        paths_before: before.paths.len(),
        paths_closed: ids(&mut before.paths.iter().filter(closed)),
        paths_less_likely: ids(&mut before.paths.iter().filter(is_best).filter(is_lower)),
        paths_opened: ids(&mut after.paths.iter().filter(opened)),
        findings_before: before.findings.len(),
        findings_closed: before
            .findings
            .iter()
            .filter(|finding| !left.contains(&*finding.id))
            .map(|finding| finding.id.clone())
            .collect(),
        findings_new: after
            .findings
            .iter()
            .filter(is_new)
            .map(|finding| format!("{} at {}", finding.rule, finding.element))
            .collect(),
        flows_lost,
        access_removed,
    })
}

type Way<'a> = (&'a str, &'a ElementId, &'a ElementId);

fn way(path: &AttackPath) -> Way<'_> {
    (&path.actor, &path.entry, &path.asset)
}

/// The likelihood of the likeliest path of each way.
fn ways(assessment: &SystemAssessment) -> BTreeMap<Way<'_>, f64> {
    let mut ways: BTreeMap<Way<'_>, f64> = BTreeMap::new();
    for path in &assessment.paths {
        let likely = ways.entry(way(path)).or_insert(path.likelihood);
        *likely = likely.max(path.likelihood);
    }
    ways
}
