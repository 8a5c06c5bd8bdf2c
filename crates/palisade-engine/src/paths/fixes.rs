//! The few fixes that close the most, each checked by taking away what it removes and searching again.
//!
//! Greedy: of the fixes that the worst open paths would notice, the one that lowers their risk the most when tried is
//! taken; then the same again in the world that it leaves.

use std::collections::{BTreeMap, BTreeSet};

use palisade_knowledge::{AttackStep, Weakness};

use super::allowed::Allowed;
use super::cost::Chance;
use super::cut::{About, CutId, Cuts, weakness_of};
use super::derive::{Derived, Told, derive};
use super::graph::{Graph, RuleId};
use super::routes::{Route, risk};
use super::search::Searcher;
use super::world::World;
use crate::assessment::{AttackPath, Fix};

/// More fixes than this nobody reads at once.
const MOST_FIXES: usize = 7;
/// Candidates that are tried in each round.
const TRIED: usize = 8;
/// Rules that all searches together may look at: about a tenth of a second.
const BUDGET: usize = 12_000_000;
/// A fix that lowers the risk by less than this part of it is none of the few.
const WORTH_IT: f64 = 0.02;

/// What was found, and whether the search for more was cut short.
#[derive(Debug, Default)]
pub(super) struct Fixes {
    pub(super) fixes: Vec<Fix>,
    pub(super) cut_short: bool,
}

/// Finds them. `paths` are the routes as people read them, in the same order.
pub(super) fn fixes(
    graph: &Graph,
    world: &World<'_>,
    cuts: &Cuts<'_>,
    allowed: Allowed,
    routes: &[Route],
    paths: &[AttackPath],
) -> Fixes {
    let mut cover = Cover::new(graph, world, cuts, allowed, routes);
    let all: f64 = cover.open.iter().map(|open| open.risk).sum();
    let mut found = Fixes::default();
    while found.fixes.len() < MOST_FIXES {
        let Some((cut, lowered)) = cover.best() else { break };
        if lowered.gain < all * WORTH_IT {
            break;
        }
        let Some(mut fix) = cover.describe(cut) else { break };
        let (mut closed, mut weakened) = (BTreeSet::new(), BTreeSet::new());
        for (open, now) in cover.open.iter_mut().zip(lowered.now) {
            match now {
                After::Same => {}
                After::Closed => {
                    closed.insert(open.route);
                    open.risk = 0.0;
                }
                After::Weaker(derived, risk) => {
                    if risk * 2.0 <= open.risk {
                        weakened.insert(open.route);
                    }
                    open.derived = derived;
                    open.risk = risk;
                }
            }
        }
        let ids = |routes: BTreeSet<usize>| {
            let paths = routes.into_iter().filter_map(|route| paths.get(route));
            paths.map(|path| path.id.clone()).collect()
        };
        fix.closes = ids(closed);
        fix.weakens = ids(weakened);
        cover.allowed.remove(cuts.rules(cut));
        cover.open.retain(|open| open.risk > 0.0);
        found.fixes.push(fix);
    }
    found.cut_short = cover.budget == 0;
    found
}

/// What is still open, and what was taken away so far.
struct Cover<'s> {
    graph: &'s Graph,
    world: &'s World<'s>,
    routes: &'s [Route],
    cuts: &'s Cuts<'s>,
    searcher: Searcher<'s>,
    /// All rules but those of the fixes taken so far.
    allowed: Allowed,
    open: Vec<OpenRoute>,
    /// Rules that may still be looked at.
    budget: usize,
}

/// A route that some way is left for.
struct OpenRoute {
    /// Its place among the routes.
    route: usize,
    derived: Derived,
    risk: f64,
}

/// What trying a fix did.
struct Lowered {
    gain: f64,
    /// For each open route.
    now: Vec<After>,
}

enum After {
    Same,
    Closed,
    Weaker(Derived, f64),
}

impl<'s> Cover<'s> {
    fn new(graph: &'s Graph, world: &'s World<'s>, cuts: &'s Cuts<'s>, allowed: Allowed, routes: &'s [Route]) -> Self {
        let told = routes.iter().enumerate().filter(|(_, route)| !route.is_implied());
        let open = told.map(|(index, route)| OpenRoute {
            route: index,
            derived: route.derived.clone(),
            risk: route.risk(),
        });
        // By entry, so that one search serves all routes from it.
        let mut open: Vec<OpenRoute> = open.collect();
        open.sort_by_key(|open| {
            routes
                .get(open.route)
                .map(|route| (route.entry.start, route.entry.actor, open.route))
        });
        Self {
            open,
            graph,
            world,
            routes,
            cuts,
            searcher: Searcher::new(graph),
            allowed,
            budget: BUDGET,
        }
    }

    /// The fix that lowers the risk the most, of those that the worst routes use.
    fn best(&mut self) -> Option<(CutId, Lowered)> {
        let mut used: BTreeMap<CutId, f64> = BTreeMap::new();
        for open in &self.open {
            for cut in self.fixes_of(&open.derived) {
                *used.entry(cut).or_default() += open.risk;
            }
        }
        let mut candidates: Vec<(CutId, f64)> = used.into_iter().collect();
        candidates.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
        candidates.truncate(TRIED);
        let mut best: Option<(CutId, Lowered)> = None;
        for (cut, _) in candidates {
            let Some(lowered) = self.try_out(cut) else { break };
            if best.as_ref().is_none_or(|(_, known)| lowered.gain > known.gain) {
                best = Some((cut, lowered));
            }
        }
        best
    }

    /// Takes a fix's rules away and searches again from the entries of the routes that use them. None: out of budget.
    fn try_out(&mut self, cut: CutId) -> Option<Lowered> {
        let is_of_fix = |rule: RuleId| self.cuts.of(rule) == Some(cut);
        let touched = |derived: &Derived| derived.rules().any(is_of_fix);
        let mut now: Vec<After> = Vec::new();
        let mut gain = 0.0;
        let mut searched = None;
        for open in &self.open {
            let Some(route) = self.routes.get(open.route).filter(|_| touched(&open.derived)) else {
                now.push(After::Same);
                continue;
            };
            let from = (route.entry.start, route.entry.actor);
            if searched != Some(from) {
                self.budget = self.budget.checked_sub(self.graph.rule_count()).or_else(|| {
                    self.budget = 0;
                    None
                })?;
                let takes = |rule| self.allowed.takes(&route.entry, rule) && !is_of_fix(rule);
                self.searcher.search(route.entry.start, takes);
                searched = Some(from);
            }
            let after = if self.searcher.cost(route.asset).is_some() {
                let derived = derive(route.asset, self.graph, &self.searcher);
                let risk = risk(route.kind, route.entry.actor, derived.likelihood);
                After::Weaker(derived, risk)
            } else {
                After::Closed
            };
            gain += open.risk
                - if let After::Weaker(_, risk) = &after {
                    *risk
                } else {
                    0.0
                };
            now.push(after);
        }
        Some(Lowered { gain, now })
    }

    /// The fixes that a derivation would notice.
    fn fixes_of(&self, derived: &Derived) -> BTreeSet<CutId> {
        let cuts = derived.rules().filter_map(|rule| self.cuts.of(rule));
        cuts.filter(|cut| self.cuts.is_fix(*cut)).collect()
    }

    /// What to do and where, without what it closes. Of several steps that it stops, the one of the worst open route speaks.
    fn describe(&self, cut: CutId) -> Option<Fix> {
        let uses = |step: &Told| step.rules.iter().any(|rule| self.cuts.of(*rule) == Some(cut));
        let mut worst: Vec<&OpenRoute> = self
            .open
            .iter()
            .filter(|open| open.derived.steps.iter().any(uses))
            .collect();
        worst.sort_by(|a, b| b.risk.total_cmp(&a.risk));
        let derived = &worst.first()?.derived;
        let told = derived.steps.iter().position(uses)?;
        let shown = derived.shown_step(told, self.graph, self.world)?;
        let (about, element) = self.cuts.get(cut)?;
        let step = self.world.catalogue.steps.get(&shown.step)?;
        let action = match (about, self.weakness(step)) {
            (About::Permissions, _) => format!("Take {element} away or narrow what it gives. {}", step.fix),
            (About::Containment, _) => self.containment(self.cuts.rules(cut)),
            (About::Rule(_) | About::Purpose(_), Some(weakness)) => weakness.fix.clone(),
            (About::Rule(_) | About::Purpose(_), None) => step.fix.clone(),
        };
        Some(Fix {
            rule: self.weakness(step).map_or(shown.step, |weakness| weakness.id.clone()),
            element: element.clone(),
            action,
            closes: Vec::new(),
            weakens: Vec::new(),
            evidence: shown.evidence,
        })
    }

    /// The weakness that shows the condition of a step.
    fn weakness(&self, step: &AttackStep) -> Option<&'s Weakness> {
        self.world.catalogue.weaknesses.get(weakness_of(step)?)
    }

    /// What to do about all plain ways to the node together.
    fn containment(&self, rules: &[RuleId]) -> String {
        let steps = rules
            .iter()
            .filter_map(|rule| self.world.steps.get(self.graph.rule(*rule)?.step?));
        let fixes: BTreeSet<(u32, &str)> = steps
            .map(|step| {
                let fix = self.weakness(step).map_or(&step.fix, |weakness| &weakness.fix);
                (Chance::of(step.difficulty).cost, fix.as_str())
            })
            .collect();
        let mut seen = BTreeSet::new();
        let distinct = fixes.into_iter().map(|(_, fix)| fix).filter(|fix| seen.insert(*fix));
        distinct.collect::<Vec<_>>().join(" ")
    }
}
