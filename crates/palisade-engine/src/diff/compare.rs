//! Two systems compared key by key, once the base is told under the head's names.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Skipped;
use palisade_knowledge::Catalogue;

use super::renames::{Renames, renames, untagged};
use super::snapshot::{Snapshot, SystemSnapshot};
use super::systems::pair;
use super::{
    ChangeVerdict, Crossing, Difference, FlowChange, PathChange, Presence, Rename, RiskMove, SystemDifference,
};
use crate::assessment::{AssetKind, AttackPath, Finding, Threat, ThreatState};
use crate::system::{Basis, ElementId, Flow};

/// Chances nearer to each other than this are equal: they are rounded when they are told.
const NEGLIGIBLE: f64 = 1e-6;

/// What a change did. The catalogue says which of two findings of one severity is worse.
pub fn compare(base: &Snapshot, head: &Snapshot, catalogue: &Catalogue) -> Difference {
    let mut systems = differences(base, head);
    for system in &mut systems {
        system.verdict = verdict(system, catalogue);
    }
    systems.retain(|system| system.verdict != ChangeVerdict::Same || !system.renamed.is_empty());
    let no_longer_understood = no_longer_understood(base, head);
    let verdict = match ChangeVerdict::over(systems.iter().map(|system| system.verdict)) {
        bad @ (ChangeVerdict::Worse | ChangeVerdict::Mixed) => bad,
        _ if !no_longer_understood.is_empty() => ChangeVerdict::NotEvaluated,
        other => other,
    };
    Difference {
        schema: 1,
        verdict,
        systems,
        no_longer_understood,
    }
}

/// What is not understood of the head and was of the base. Folders and lines may be others; what is no manifest is none.
fn no_longer_understood(base: &Snapshot, head: &Snapshot) -> Vec<Skipped> {
    fn key(skipped: &Skipped) -> (&str, &str) {
        let name = skipped.file.rsplit('/').next().unwrap_or_default();
        (name, &skipped.code)
    }
    let mut before: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for skipped in &base.coverage.skipped {
        *before.entry(key(skipped)).or_default() += 1;
    }
    let mut new = Vec::new();
    let manifests = head.coverage.skipped.iter();
    for skipped in manifests.filter(|skipped| skipped.code != "not-kubernetes") {
        match before.get_mut(&key(skipped)) {
            Some(known) if *known > 0 => *known -= 1,
            _ => new.push(skipped.clone()),
        }
    }
    new
}

/// What a change did to each system, not judged yet.
pub(super) fn differences(base: &Snapshot, head: &Snapshot) -> Vec<SystemDifference> {
    let nothing = SystemSnapshot::default();
    let pairs = pair(base, head).into_iter();
    pairs
        .map(|(before, now)| {
            let presence = match (before, now) {
                (Some(_), Some(_)) => Presence::Both,
                (None, _) => Presence::Added,
                (Some(_), None) => Presence::Gone,
            };
            of_system(before.unwrap_or(&nothing), now.unwrap_or(&nothing), presence)
        })
        .collect()
}

fn of_system(base: &SystemSnapshot, head: &SystemSnapshot, presence: Presence) -> SystemDifference {
    let renames = renames(base, head);
    let named = Named { renames: &renames };
    let (elements_added, elements_gone) = {
        let before: BTreeSet<&ElementId> = base.elements.iter().map(|element| named.now(&element.id)).collect();
        let now: BTreeSet<&ElementId> = head.elements.iter().map(|element| &element.id).collect();
        let added = head.elements.iter().filter(|element| !before.contains(&element.id));
        let gone = base
            .elements
            .iter()
            .filter(|element| !now.contains(named.now(&element.id)));
        (added.cloned().collect(), gone.cloned().collect())
    };
    let flows: Vec<Flow> = base.flows.iter().map(|flow| named.flow(flow)).collect();
    let (flows_added, flows_gone, flows_changed) = compare_flows(&flows, &head.flows);
    let crossings = |flows: &[Flow]| -> BTreeSet<Crossing> { flows.iter().flat_map(crossings).collect() };
    let (crossed_before, crossed_now) = (crossings(&flows), crossings(&head.flows));
    let paths: Vec<AttackPath> = base.paths.iter().map(|path| named.path(path)).collect();
    let findings: Vec<Finding> = base.findings.iter().map(|finding| named.finding(finding)).collect();
    let (findings_new, findings_fixed) = compare_findings(&findings, &head.findings);
    let (threats_exposed, threats_answered) = compare_threats(base, head, &named);
    SystemDifference {
        root: if presence == Presence::Gone {
            &base.root
        } else {
            &head.root
        }
        .clone(),
        presence,
        verdict: ChangeVerdict::Same,
        elements_added,
        elements_gone,
        flows_added,
        flows_gone,
        flows_changed,
        crossed: crossed_now.difference(&crossed_before).cloned().collect(),
        no_longer_crossed: crossed_before.difference(&crossed_now).cloned().collect(),
        paths_opened: not_covered(&head.paths, &paths),
        paths_closed: not_covered(&paths, &head.paths),
        paths_changed: changed_paths(&paths, &head.paths),
        findings_new,
        findings_fixed,
        threats_exposed,
        threats_answered,
        risk: risk(base, head),
        bounds_hit: bounds_hit(base, head),
        renamed: renames.into_iter().map(|(from, to)| Rename { from, to }).collect(),
    }
}

/// Only what leaves paths out leaves something out of a comparison.
fn bounds_hit(base: &SystemSnapshot, head: &SystemSnapshot) -> Vec<String> {
    let all = base.bounds_hit.iter().chain(&head.bounds_hit);
    let of_paths: BTreeSet<&String> = all.filter(|bound| bound.starts_with("paths:")).collect();
    of_paths.into_iter().cloned().collect()
}

fn verdict(of: &SystemDifference, catalogue: &Catalogue) -> ChangeVerdict {
    let is_added = |id: &ElementId| of.elements_added.iter().any(|element| element.id == *id);
    let is_gone = |id: &ElementId| of.elements_gone.iter().any(|element| element.id == *id);
    // What is threatened in general comes and goes with the thing; what is wrong with it is among the findings.
    let is_about = |threat: &Threat, is_it: &dyn Fn(&ElementId) -> bool| {
        is_it(&threat.element) || threat.to.as_ref().is_some_and(is_it)
    };
    let is_worse = of.paths_opened.iter().any(AttackPath::counts)
        || of
            .findings_new
            .iter()
            .any(|finding| finding.counts() && !has_taken_over(finding, &of.findings_fixed, catalogue))
        || of
            .paths_changed
            .iter()
            .any(|change| change.is_easier() && change.path.counts())
        || of.threats_exposed.iter().any(|threat| !is_about(threat, &is_added));
    let is_better = !of.paths_closed.is_empty()
        || of
            .findings_fixed
            .iter()
            .any(|finding| !has_taken_over(finding, &of.findings_new, catalogue))
        || of.paths_changed.iter().any(|change| !change.is_easier())
        || of.threats_answered.iter().any(|threat| !is_about(threat, &is_gone));
    let is_other = !of.elements_added.is_empty()
        || !of.elements_gone.is_empty()
        || !of.flows_added.is_empty()
        || !of.flows_gone.is_empty()
        || !of.flows_changed.is_empty()
        || of.presence != Presence::Both
        || of.findings_new.len() + of.findings_fixed.len() + of.paths_opened.len() > 0
        || of.threats_exposed.len() + of.threats_answered.len() > 0;
    match (is_worse, is_better, is_other) {
        (true, true, _) => ChangeVerdict::Mixed,
        (true, false, _) => ChangeVerdict::Worse,
        (false, true, _) => ChangeVerdict::Better,
        (false, false, true) => ChangeVerdict::Neutral,
        (false, false, false) => ChangeVerdict::Same,
    }
}

/// Whether one of the others is about the very field and at least as bad: of a field that says something else now, only the
/// worse of before and now counts, and what is as bad as before is neither better nor worse.
fn has_taken_over(finding: &Finding, others: &[Finding], catalogue: &Catalogue) -> bool {
    let weight = |finding: &Finding| {
        let weakness = catalogue.weaknesses.get(&finding.rule);
        let parts = weakness.map(|weakness| (weakness.impact, weakness.exploitability));
        (finding.severity, parts)
    };
    let place = |finding: &Finding| {
        (
            finding.element.clone(),
            finding.container.clone(),
            finding.to.clone(),
            finding.path.clone(),
        )
    };
    let here = place(finding);
    others
        .iter()
        .any(|other| weight(other) >= weight(finding) && place(other) == here)
}

/// Things of the base under the head's names.
struct Named<'r> {
    renames: &'r Renames,
}

impl Named<'_> {
    fn now<'i>(&'i self, id: &'i ElementId) -> &'i ElementId {
        self.renames.get(id).unwrap_or(id)
    }

    fn flow(&self, flow: &Flow) -> Flow {
        Flow {
            from: self.now(&flow.from).clone(),
            to: self.now(&flow.to).clone(),
            ..flow.clone()
        }
    }

    fn finding(&self, finding: &Finding) -> Finding {
        Finding {
            element: self.now(&finding.element).clone(),
            to: finding.to.as_ref().map(|to| self.now(to).clone()),
            ..finding.clone()
        }
    }

    fn path(&self, path: &AttackPath) -> AttackPath {
        let mut path = path.clone();
        path.entry = self.now(&path.entry).clone();
        path.asset = self.now(&path.asset).clone();
        for id in &mut path.also {
            *id = self.now(id).clone();
        }
        for step in &mut path.steps {
            step.from = self.now(&step.from).clone();
            step.to = self.now(&step.to).clone();
        }
        path
    }
}

/// What tells one path from another, whatever way it takes.
type Ends<'p> = (&'p str, &'p str, &'p str, AssetKind);

type FlowKey<'f> = (&'f ElementId, &'f ElementId, Basis, &'f str, Option<&'f str>);

/// Added, gone, changed.
fn compare_flows(before: &[Flow], now: &[Flow]) -> (Vec<Flow>, Vec<Flow>, Vec<FlowChange>) {
    fn key(flow: &Flow) -> FlowKey<'_> {
        (
            &flow.from,
            &flow.to,
            flow.basis,
            &flow.protocol,
            flow.application.as_deref(),
        )
    }
    let known: BTreeMap<FlowKey<'_>, &Flow> = before.iter().map(|flow| (key(flow), flow)).collect();
    let current: BTreeSet<FlowKey<'_>> = now.iter().map(key).collect();
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for flow in now {
        match known.get(&key(flow)) {
            None => added.push(flow.clone()),
            Some(was) if was.ports != flow.ports || was.encrypted != flow.encrypted => changed.push(FlowChange {
                before: (*was).clone(),
                after: flow.clone(),
            }),
            Some(_) => {}
        }
    }
    let gone = before.iter().filter(|flow| !current.contains(&key(flow)));
    (added, gone.cloned().collect(), changed)
}

/// What Kubernetes does itself crosses boundaries wherever it runs.
fn crossings(flow: &Flow) -> impl Iterator<Item = Crossing> + '_ {
    let boundaries = flow.crosses.iter().filter(|_| flow.basis != Basis::Platform);
    boundaries.map(|boundary| Crossing {
        boundary: boundary.clone(),
        from: flow.from.clone(),
        to: flow.to.clone(),
    })
}

/// Paths from whose entry none of the others leads to their asset, or to a thing like it that the same step reaches. Whoever
/// comes by the whole cluster at least as easily comes by all that is in it.
fn not_covered(paths: &[AttackPath], others: &[AttackPath]) -> Vec<AttackPath> {
    let covered: BTreeSet<_> = others.iter().flat_map(ends).collect();
    let to_all = others.iter().filter(|path| path.asset_kind == AssetKind::ClusterAdmin);
    let mut administers: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for path in to_all {
        let likelihood = administers.entry((&path.actor, place(&path.entry))).or_default();
        *likelihood = likelihood.max(path.likelihood);
    }
    let has_all = |path: &AttackPath| {
        let known = administers.get(&(path.actor.as_str(), place(&path.entry)));
        known.is_some_and(|likelihood| *likelihood + NEGLIGIBLE >= path.likelihood)
    };
    let is_new = |path: &&AttackPath| !ends(path).any(|end| covered.contains(&end)) && !has_all(path);
    paths.iter().filter(is_new).cloned().collect()
}

/// Actor, entry, asset and why that matters. An image is the same under another tag. One computing power is as good as
/// another: of each entry only the nearest is told.
fn ends(path: &AttackPath) -> impl Iterator<Item = Ends<'_>> {
    let assets = std::iter::once(&path.asset).chain(&path.also);
    assets.map(|asset| {
        let asset = match path.asset_kind {
            AssetKind::Compute => "",
            _ => place(asset),
        };
        (path.actor.as_str(), place(&path.entry), asset, path.asset_kind)
    })
}

fn place(id: &ElementId) -> &str {
    if id.as_str().starts_with("Image/") {
        untagged(id.as_str())
    } else {
        id.as_str()
    }
}

/// Paths between ends that were joined before, where the best way between them is easier or harder than the best was.
fn changed_paths(before: &[AttackPath], now: &[AttackPath]) -> Vec<PathChange> {
    let (were, are) = (best(before), best(now));
    let best_of =
        |known: &BTreeMap<_, f64>, path| ends(path).filter_map(|end| known.get(&end).copied()).reduce(f64::max);
    let mut told = BTreeSet::new();
    let changed = now.iter().filter_map(|path| {
        let (before, after) = (best_of(&were, path)?, best_of(&are, path)?);
        let has_moved = (before - path.likelihood).abs() > NEGLIGIBLE;
        let is_best = (after - path.likelihood).abs() <= NEGLIGIBLE;
        let is_first = has_moved && is_best && ends(path).all(|end| told.insert(end));
        is_first.then(|| PathChange {
            likelihood_before: before,
            path: path.clone(),
        })
    });
    changed.collect()
}

/// The likelihood of the best way between two ends.
fn best(paths: &[AttackPath]) -> BTreeMap<Ends<'_>, f64> {
    let mut best: BTreeMap<_, f64> = BTreeMap::new();
    for path in paths {
        for end in ends(path) {
            let likelihood = best.entry(end).or_insert(path.likelihood);
            *likelihood = likelihood.max(path.likelihood);
        }
    }
    best
}

/// New and fixed. A container that has another name is the same where everything else fits.
fn compare_findings(before: &[Finding], now: &[Finding]) -> (Vec<Finding>, Vec<Finding>) {
    fn exact(finding: &Finding) -> (&str, &ElementId, Option<&ElementId>, Option<&str>) {
        (
            &finding.rule,
            &finding.element,
            finding.to.as_ref(),
            finding.container.as_deref(),
        )
    }
    fn all_but_container(finding: &Finding) -> (&str, &ElementId, Option<&ElementId>, &str, bool) {
        let (rule, element, to, container) = exact(finding);
        (rule, element, to, &finding.path, container.is_some())
    }
    let known: BTreeSet<_> = before.iter().map(exact).collect();
    let current: BTreeSet<_> = now.iter().map(exact).collect();
    let mut gone: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in before.iter().filter(|finding| !current.contains(&exact(finding))) {
        gone.entry(all_but_container(finding)).or_default().push(finding);
    }
    let mut new = Vec::new();
    for finding in now.iter().filter(|finding| !known.contains(&exact(finding))) {
        if gone.get_mut(&all_but_container(finding)).and_then(Vec::pop).is_none() {
            new.push(finding.clone());
        }
    }
    (new, gone.into_values().flatten().cloned().collect())
}

/// Exposed now and not before, and the other way round.
fn compare_threats(base: &SystemSnapshot, head: &SystemSnapshot, named: &Named<'_>) -> (Vec<Threat>, Vec<Threat>) {
    // Of the ledger, category and target; of a project's threat model, what it says as well.
    let key = |threat: &Threat, from: &ElementId, to: Option<&ElementId>| {
        let source = threat
            .source
            .as_ref()
            .map(|source| (source.project.clone(), threat.statement.clone()));
        (threat.category, from.clone(), to.cloned(), source)
    };
    let is_exposed = |threat: &&Threat| threat.state == ThreatState::Exposed;
    let of_base = |threat: &Threat| {
        key(
            threat,
            named.now(&threat.element),
            threat.to.as_ref().map(|to| named.now(to)),
        )
    };
    let of_head = |threat: &Threat| key(threat, &threat.element, threat.to.as_ref());
    let before: BTreeSet<_> = base.threats.iter().filter(is_exposed).map(of_base).collect();
    let now: BTreeSet<_> = head.threats.iter().filter(is_exposed).map(of_head).collect();
    let exposed = head
        .threats
        .iter()
        .filter(is_exposed)
        .filter(|threat| !before.contains(&of_head(threat)));
    let answered = base
        .threats
        .iter()
        .filter(is_exposed)
        .filter(|threat| !now.contains(&of_base(threat)));
    (exposed.cloned().collect(), answered.cloned().collect())
}

fn risk(base: &SystemSnapshot, head: &SystemSnapshot) -> Option<RiskMove> {
    let (before, after) = (base.risk.as_ref()?, head.risk.as_ref()?);
    let moved = before.currency == after.currency && before.current.mean != after.current.mean;
    moved.then(|| RiskMove {
        currency: after.currency.clone(),
        before: before.current.mean,
        after: after.current.mean,
    })
}
