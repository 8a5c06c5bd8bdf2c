//! What becomes of a system once its guardrails are in place: they are made to a copy of the model, and it is assessed again.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Application, Guardrail, Input};
use crate::assessment::{AttackPath, Finding, SystemAssessment};
use crate::system::ElementId;

/// What becomes of a system, seen by assessing it again with guardrails in place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Effect {
    /// Guardrails that were put in place: those that are ready and that the model reads, by file.
    pub applied: Vec<String>,
    /// Attack paths that were there before.
    pub paths_before: usize,
    /// Those of them that are gone: no path leads from their entry to their asset any more. Ids.
    pub paths_closed: Vec<String>,
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
    /// Ways to the platform that were taken away on purpose, as tokens and the node's files: from, to.
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
    let closed = |path: &&AttackPath| !is.contains(&way(path));
    let opened = |path: &&AttackPath| !was.contains(&way(path));
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
    let is_access =
        |(_, to): &(ElementId, ElementId)| matches!(to.as_str(), ElementId::API_SERVER | ElementId::NODE_FILES);
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

fn ways(assessment: &SystemAssessment) -> BTreeSet<Way<'_>> {
    assessment.paths.iter().map(way).collect()
}
