//! The few fixes that close the most, each checked by taking away what it removes and searching again.
//!
//! Greedy: of the fixes that the worst open paths would notice, the one that lowers their risk the most when tried is
//! taken; then the same again in the world that it leaves.

use std::collections::{BTreeMap, BTreeSet};

use fixedbitset::FixedBitSet;
use palisade_knowledge::{AttackStep, Difficulty, Relation, Weakness};

use super::cost::Chance;
use super::derive::{Derived, Told, derive};
use super::graph::{Graph, RuleId};
use super::routes::{Route, local, risk};
use super::search::Searcher;
use super::world::World;
use crate::assessment::{AttackPath, Fix};
use crate::system::ElementId;

/// More fixes than this nobody reads at once.
const MOST_FIXES: usize = 7;
/// Candidates that are tried in each round.
const TRIED: usize = 8;
/// Rules that all searches together may look at: about a quarter of a second.
const BUDGET: usize = 20_000_000;
/// A fix that lowers the risk by less than this part of it is none of the few.
const WORTH_IT: f64 = 0.02;

/// A fix: what it is about, and the element to change.
type Key<'a> = (About<'a>, &'a ElementId);

/// What a fix is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About<'a> {
    /// All that a binding permits.
    Permissions,
    /// All plain ways from a workload to its node.
    Containment,
    /// The weakness that shows a step's condition, or the step itself.
    Rule(&'a str),
}

/// What was found, and whether the search for more was cut short.
#[derive(Debug, Default)]
pub(super) struct Fixes {
    pub(super) fixes: Vec<Fix>,
    pub(super) cut_short: bool,
}

/// Finds them. `paths` are the routes as people read them, in the same order.
pub(super) fn fixes(graph: &Graph, world: &World<'_>, routes: &[Route], paths: &[AttackPath]) -> Fixes {
    let mut cover = Cover::new(graph, world, routes);
    let all: f64 = cover.open.iter().map(|open| open.risk).sum();
    let mut found = Fixes::default();
    while found.fixes.len() < MOST_FIXES {
        let Some((key, lowered)) = cover.best() else { break };
        if lowered.gain < all * WORTH_IT {
            break;
        }
        let Some(mut fix) = cover.describe(key) else { break };
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
        cover.take(key);
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
    searcher: Searcher<'s>,
    local: FixedBitSet,
    /// The rules of each fix.
    rules: BTreeMap<Key<'s>, FixedBitSet>,
    removed: FixedBitSet,
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
    fn new(graph: &'s Graph, world: &'s World<'s>, routes: &'s [Route]) -> Self {
        let mut rules: BTreeMap<Key<'s>, FixedBitSet> = BTreeMap::new();
        for (index, rule) in graph.rules().iter().enumerate() {
            if let Some(key) = key_of(rule.step, rule.fixed_at.as_ref(), world) {
                let of_fix = rules.entry(key).or_default();
                of_fix.grow_and_insert(index);
            }
        }
        let told = routes.iter().enumerate().filter(|(_, route)| !route.is_implied());
        let open = told.map(|(index, route)| OpenRoute {
            route: index,
            derived: route.derived.clone(),
            risk: route.risk(),
        });
        // By entry, so that one search serves all routes from it.
        let mut open: Vec<OpenRoute> = open.collect();
        open.sort_by_key(|open| routes.get(open.route).map(|route| (route.entry.start, open.route)));
        Self {
            open,
            graph,
            world,
            routes,
            searcher: Searcher::new(graph),
            local: local(graph, world),
            rules,
            removed: FixedBitSet::with_capacity(graph.rules().len()),
            budget: BUDGET,
        }
    }

    /// The fix that lowers the risk the most, of those that the worst routes use.
    fn best(&mut self) -> Option<(Key<'s>, Lowered)> {
        let mut used: BTreeMap<Key<'s>, f64> = BTreeMap::new();
        for open in &self.open {
            for key in self.keys(&open.derived) {
                *used.entry(key).or_default() += open.risk;
            }
        }
        let mut candidates: Vec<(Key<'s>, f64)> = used.into_iter().collect();
        candidates.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
        candidates.truncate(TRIED);
        let mut best: Option<(Key<'s>, Lowered)> = None;
        for (key, _) in candidates {
            let Some(lowered) = self.try_out(key) else { break };
            if best.as_ref().is_none_or(|(_, known)| lowered.gain > known.gain) {
                best = Some((key, lowered));
            }
        }
        best
    }

    /// Takes a fix's rules away and searches again from the entries of the routes that use them. None: out of budget.
    fn try_out(&mut self, key: Key<'s>) -> Option<Lowered> {
        let of_fix = self.rules.get(&key)?.clone();
        let touched = |derived: &Derived| derived.rules().any(|rule| of_fix.contains(rule.index()));
        let mut now: Vec<After> = Vec::new();
        let mut gain = 0.0;
        let mut searched = None;
        for open in &self.open {
            let Some(route) = self.routes.get(open.route).filter(|_| touched(&open.derived)) else {
                now.push(After::Same);
                continue;
            };
            if searched != Some(route.entry.start) {
                self.budget = self.budget.checked_sub(self.graph.rules().len()).or_else(|| {
                    self.budget = 0;
                    None
                })?;
                let (removed, local) = (&self.removed, &self.local);
                let takes = |rule: RuleId| {
                    let index = rule.index();
                    let counts = route.entry.actor.roams() || local.contains(index);
                    counts && !removed.contains(index) && !of_fix.contains(index)
                };
                self.searcher.search(route.entry.start, |rule, _| takes(rule));
                searched = Some(route.entry.start);
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

    fn take(&mut self, key: Key<'s>) {
        if let Some(rules) = self.rules.get(&key) {
            self.removed.union_with(rules);
        }
    }

    /// The fixes that a derivation would notice.
    fn keys(&self, derived: &Derived) -> BTreeSet<Key<'s>> {
        let rules = derived.rules().filter_map(|rule| self.graph.rule(rule));
        rules
            .filter_map(|rule| key_of(rule.step, rule.fixed_at.as_ref(), self.world))
            .collect()
    }

    /// What to do and where, without what it closes. Of several steps that it stops, the one of the worst open route speaks.
    fn describe(&self, key: Key<'s>) -> Option<Fix> {
        let rules = self.rules.get(&key)?;
        let uses = |step: &Told| step.rules.iter().any(|rule| rules.contains(rule.index()));
        let mut worst: Vec<&OpenRoute> = self
            .open
            .iter()
            .filter(|open| open.derived.steps.iter().any(uses))
            .collect();
        worst.sort_by(|a, b| b.risk.total_cmp(&a.risk));
        let derived = &worst.first()?.derived;
        let told = derived.steps.iter().position(uses)?;
        let shown = derived.shown(self.graph, self.world).into_iter().nth(told)?;
        let (about, element) = key;
        let step = self.world.catalogue.steps.get(&shown.step)?;
        let action = match (about, self.weakness(step)) {
            (About::Permissions, _) => format!("Take {element} away or narrow what it gives. {}", step.fix),
            (About::Containment, _) => self.containment(rules),
            (About::Rule(_), Some(weakness)) => weakness.fix.clone(),
            (About::Rule(_), None) => step.fix.clone(),
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
    fn containment(&self, rules: &FixedBitSet) -> String {
        let steps = rules
            .ones()
            .filter_map(|rule| self.world.steps.get(self.graph.rules().get(rule)?.step?));
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

fn key_of<'a>(step: Option<usize>, element: Option<&'a ElementId>, world: &World<'a>) -> Option<Key<'a>> {
    let step: &'a AttackStep = world.steps.get(step?)?;
    let about = match step.via {
        Relation::May | Relation::Reconciles => About::Permissions,
        // What hardly anybody manages is left for a fix of its own.
        Relation::RunsOn if step.when.is_some() && step.difficulty != Difficulty::Hard => About::Containment,
        _ if is_fixable(step) => About::Rule(weakness_of(step).unwrap_or(&step.id)),
        _ => return None,
    };
    Some((about, element?))
}

/// The weakness that shows a step's condition. A step without one only has a weakness to refer to.
fn weakness_of(step: &AttackStep) -> Option<&str> {
    step.weakness.as_deref().filter(|_| step.when.is_some())
}

/// Whether one would change something because of a step. What a thing is there for (to be reached, to keep data, to read
/// its Secrets) asks for no condition.
fn is_fixable(step: &AttackStep) -> bool {
    let of_credentials = matches!(step.via, Relation::UsesIdentity | Relation::TokenOf);
    of_credentials || step.via == Relation::Reaches || step.when.is_some()
}
