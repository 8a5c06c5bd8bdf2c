//! The most likely path from each entry point to each asset.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use palisade_knowledge::Severity;

use super::allowed::Allowed;
use super::assets::{Asset, administrators, greater};
use super::cut::{CutId, Cuts};
use super::derive::{Derived, derive, rounded};
use super::entries::{Actor, Entry};
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
    /// The changes without which nothing leads there; none where that was not looked into.
    pub(super) choke_points: Option<BTreeSet<CutId>>,
}

/// All routes from all entry points, the worst first.
pub(super) fn routes(
    graph: &Graph,
    world: &World<'_>,
    allowed: &Allowed,
    entries: &[Entry],
    assets: &[Asset],
) -> Vec<Route> {
    let administrators = administrators(graph, world);
    let mut searcher = Searcher::new(graph);
    let mut routes = Vec::new();
    for entry in entries {
        let most = if entry.roams() { u64::MAX } else { MOST_COST_ASSUMED };
        searcher.search_from(&[entry.start], most, |id| allowed.takes(entry, id));
        routes.extend(routes_from(entry, graph, &searcher, assets, &administrators));
    }
    routes.sort_by(Route::order);
    routes
}

fn routes_from(
    entry: &Entry,
    graph: &Graph,
    found: &Searcher<'_>,
    assets: &[Asset],
    administrators: &BTreeSet<&Fact>,
) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    // What the same last step reaches, of a sort of which there are many, is one route.
    let mut alike: BTreeMap<(AssetKind, FactId, usize), usize> = BTreeMap::new();
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
            choke_points: None,
        };
        if !route.is_told() {
            continue;
        }
        if matches!(asset.kind, AssetKind::Node | AssetKind::Availability)
            && let Some((from, step)) = route.derived.last(graph)
        {
            let key = (asset.kind, from, step);
            if let Some(known) = alike.get(&key).and_then(|index| routes.get_mut(*index)) {
                known.also.push(asset.element.clone());
                continue;
            }
            alike.insert(key, routes.len());
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
    /// The same route along another derivation.
    pub(super) fn along(&self, derived: Derived) -> Self {
        Self {
            derived,
            choke_points: None,
            ..self.clone()
        }
    }

    /// Whether it tells anything. Small prizes far away do not. From a foothold that is merely assumed, what the workload
    /// is there to do does not, nor does what follows from something greater, nor what would need much luck besides. Who
    /// asks for one entry point is told everything.
    fn is_told(&self) -> bool {
        let is_great = matches!(self.kind, AssetKind::ClusterAdmin | AssetKind::Node);
        let is_small = matches!(self.kind, AssetKind::Compute | AssetKind::Availability);
        let matters = severity(self.risk()) > Severity::Low;
        // The image's own workload does not count as a step, nor does what it is given.
        let own = match self.entry.actor {
            _ if self.entry.asked => return true,
            Actor::Outsider | Actor::Insider | Actor::Accident => return matters || !is_small,
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
    pub(super) fn shown(&self, graph: &Graph, world: &World<'_>, cuts: &Cuts<'_>) -> AttackPath {
        let is_choke_point = |rules: &[RuleId]| {
            let choke_points = self.choke_points.as_ref()?;
            Some(
                rules
                    .iter()
                    .filter_map(|rule| cuts.of(*rule))
                    .any(|cut| choke_points.contains(&cut)),
            )
        };
        let steps = self.derived.shown(graph, world, &is_choke_point);
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
            alternatives: Vec::new(),
            waiver: None,
            since: None,
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
