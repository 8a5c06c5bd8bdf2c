//! The most likely path from each entry point to each asset.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use fixedbitset::FixedBitSet;
use palisade_knowledge::Severity;

use super::assets::{Asset, administrators, greater};
use super::derive::{Derived, derive, rounded};
use super::entries::{Actor, Entry, is_local};
use super::fact::Fact;
use super::graph::{FactId, Graph, RuleId};
use super::search::Searcher;
use super::world::World;
use crate::assessment::{AssetKind, AttackPath};
use crate::stable_id::stable_id;
use crate::system::ElementId;

/// A longer derivation is as good as none: its likelihood vanishes.
const MOST_STEPS: u32 = 40;

/// From a foothold that is merely assumed, what is less likely than one in ten is not told, whatever the asset (see
/// [`Route::is_told`]): there may be thousands of footholds, and from each everything is near by some vulnerability. The
/// cost of one in ten, and room for what rounding the costs of [`MOST_STEPS`] may add.
const MOST_COST_ASSUMED: u64 = 3322 + 20;

/// A path, and what it was made from.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) entry: Entry,
    pub(super) asset: FactId,
    pub(super) kind: AssetKind,
    element: ElementId,
    also: Vec<ElementId>,
    through: Option<AssetKind>,
    pub(super) derived: Derived,
}

/// All routes from all entry points, the worst first.
pub(super) fn routes(graph: &Graph, world: &World<'_>, entries: &[Entry], assets: &[Asset]) -> Vec<Route> {
    let local = local(graph, world);
    let administrators = administrators(graph, world);
    let mut searcher = Searcher::new(graph);
    let mut routes = Vec::new();
    for entry in entries {
        let takes = |rule: RuleId| entry.actor.roams() || local.contains(rule.index());
        let most = if entry.actor.roams() {
            u64::MAX
        } else {
            MOST_COST_ASSUMED
        };
        searcher.search_within(most, entry.start, |id, _| takes(id));
        routes.extend(routes_from(entry, graph, &searcher, assets, &administrators));
    }
    routes.sort_by(Route::order);
    routes
}

/// The rules that count from an assumed foothold.
pub(super) fn local(graph: &Graph, world: &World<'_>) -> FixedBitSet {
    let rules = graph.rules().iter().enumerate();
    rules
        .filter(|(_, rule)| is_local(rule, graph, world))
        .map(|(index, _)| index)
        .collect()
}

fn routes_from(
    entry: &Entry,
    graph: &Graph,
    found: &Searcher<'_>,
    assets: &[Asset],
    administrators: &BTreeSet<&Fact>,
) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    // Nodes that the same last step reaches are one route.
    let mut nodes: BTreeMap<(FactId, usize), usize> = BTreeMap::new();
    for asset in only_best_compute(assets, found) {
        let cost = found
            .cost(asset.fact)
            .filter(|cost| cost.steps > 0 && cost.steps <= MOST_STEPS);
        if cost.is_none() || asset.fact == entry.start {
            continue;
        }
        let derived = derive(asset.fact, graph, found);
        let through = derived
            .facts_before(graph)
            .filter_map(|fact| greater(fact, administrators))
            .filter(|greater| *greater < asset.kind)
            .min();
        let route = Route {
            entry: entry.clone(),
            asset: asset.fact,
            kind: asset.kind,
            element: asset.element.clone(),
            also: Vec::new(),
            through,
            derived,
        };
        if !route.is_told() {
            continue;
        }
        if asset.kind == AssetKind::Node
            && let Some(last) = route.derived.last(graph)
        {
            if let Some(known) = nodes.get(&last).and_then(|index| routes.get_mut(*index)) {
                known.also.push(asset.element.clone());
                continue;
            }
            nodes.insert(last, routes.len());
        }
        routes.push(route);
    }
    routes
}

/// Of all computing capacity only the nearest counts: miners take what they get first.
fn only_best_compute<'s>(assets: &'s [Asset], found: &Searcher<'_>) -> Vec<&'s Asset> {
    let compute = assets.iter().filter(|asset| asset.kind == AssetKind::Compute);
    let best = compute
        .filter_map(|asset| Some((found.cost(asset.fact)?, asset.fact)))
        .min()
        .map(|(_, fact)| fact);
    let kept = |asset: &&Asset| asset.kind != AssetKind::Compute || Some(asset.fact) == best;
    assets.iter().filter(kept).collect()
}

impl Route {
    /// Whether it tells anything. Small prizes far away do not. From a foothold that is merely assumed, what the workload is there to do does not, nor
    /// does what follows from something greater, nor what would need much luck besides.
    fn is_told(&self) -> bool {
        let is_great = matches!(self.kind, AssetKind::ClusterAdmin | AssetKind::Node);
        let is_small = matches!(self.kind, AssetKind::Compute | AssetKind::Availability);
        let matters = severity(self.risk()) > Severity::Low;
        // The image's own workload does not count as a step, nor does what it is given.
        let own = match self.entry.actor {
            Actor::Outsider | Actor::Insider => return matters || !is_small,
            Actor::SupplyChain => 2,
            Actor::CompromisedWorkload => 1,
        };
        let leads_on = is_great || (self.derived.steps.len() > own && !is_small);
        leads_on && self.through.is_none() && matters
    }

    /// The asset's worth, the likelihood and how often somebody is at the entry, together.
    pub(super) fn risk(&self) -> f64 {
        risk(self.kind, self.entry.actor, self.derived.likelihood)
    }

    /// Whether a path to something greater tells more.
    pub(super) fn is_implied(&self) -> bool {
        self.through.is_some()
    }

    fn order(&self, other: &Self) -> Ordering {
        let key = |route: &Self| (route.is_implied(), std::cmp::Reverse(severity(route.risk())));
        key(self)
            .cmp(&key(other))
            .then_with(|| other.risk().total_cmp(&self.risk()))
            .then_with(|| {
                let key = |route: &Self| {
                    (
                        route.kind,
                        route.entry.actor,
                        route.entry.element.clone(),
                        route.element.clone(),
                    )
                };
                key(self).cmp(&key(other))
            })
    }

    /// As people read it.
    pub(super) fn shown(&self, graph: &Graph, world: &World<'_>) -> AttackPath {
        let steps = self.derived.shown(graph, world);
        let actor = self.entry.actor.as_str();
        let words = steps
            .iter()
            .flat_map(|step| [step.step.as_str(), step.from.as_str(), step.to.as_str()]);
        let ends = [actor, self.entry.element.as_str(), self.element.as_str()];
        AttackPath {
            id: stable_id("AP", ends.into_iter().chain(words)),
            actor: actor.to_owned(),
            entry: self.entry.element.clone(),
            asset: self.element.clone(),
            asset_kind: self.kind,
            also: self.also.clone(),
            through: self.through,
            likelihood: rounded(self.derived.likelihood),
            severity: severity(self.risk()),
            steps,
        }
    }
}

/// The asset's worth, the likelihood and how often somebody is at the entry, together.
pub(super) fn risk(kind: AssetKind, actor: Actor, likelihood: f64) -> f64 {
    kind.worth() * actor.weight() * likelihood
}

/// High: a skilled outsider needs one vulnerability that must first be found, the rest is plain. Medium: two of them, or
/// a smaller prize.
fn severity(risk: f64) -> Severity {
    const HIGH: f64 = 0.05;
    const MEDIUM: f64 = 0.005;
    if risk >= HIGH {
        Severity::High
    } else if risk >= MEDIUM {
        Severity::Medium
    } else {
        Severity::Low
    }
}
