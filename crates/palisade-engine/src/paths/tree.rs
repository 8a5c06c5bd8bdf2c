//! The attack tree of an asset: every way to it, backwards. OR where several ways lead somewhere, AND where one way needs
//! several things.
//!
//! The ways to a goal are told in the order of their likelihood, found best first: an unfinished way costs at least what
//! its steps and the cheapest derivations of all that it needs cost. A goal that stands in the tree already is referred to
//! by its number, so that the tree grows with the graph and not with the ways through it. What is left out is counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use palisade_knowledge::Holding;
use schemars::JsonSchema;
use serde::Serialize;

use super::allowed::Allowed;
use super::assets;
use super::attack_graph::AttackGraph;
use super::derive::{Derived, Told, derive, rounded};
use super::entries::{Actor, Entry, entries};
use super::fact::Fact;
use super::graph::{FactId, RuleId};
use super::search::{Cost, Searcher};
use crate::assessment::{AssetKind, PathStep};
use crate::system::ElementId;

/// Steps from the asset to the farthest goal.
const MOST_DEPTH: usize = 8;
/// Goals of one tree.
const MOST_GOALS: usize = 80;
/// Ways told of one goal.
const MOST_WAYS: usize = 4;
/// Ways of one goal that are counted; beyond that there are "at least" so many.
const MOST_COUNTED: usize = 32;
/// Unfinished ways that are looked at for one goal.
const MOST_TRIES: usize = 4_000;

/// The attack tree of an asset, for each sort of actor.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AttackTree {
    /// What is attacked: an element id.
    pub asset: ElementId,
    /// Why that matters; none where it is no asset by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset_kind: Option<AssetKind>,
    /// One tree for each sort of actor that gets there, whose best way is likeliest first. They are joined by OR.
    pub actors: Vec<ActorTree>,
}

/// The ways of one sort of actor.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ActorTree {
    /// `outsider`, `insider`, `supply-chain`, `compromised-workload`, `accident`.
    pub actor: String,
    /// The asset, held by them.
    pub goal: TreeGoal,
    /// Limits that were hit; empty when the tree is whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bounds_hit: Vec<String>,
}

/// Something to hold: any of its ways is enough.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TreeGoal {
    /// Numbers goals within a tree, from 1.
    pub number: usize,
    /// What of the element is held.
    pub holding: Holding,
    /// The element.
    pub element: ElementId,
    /// The chance that one determined attempt gets here by the best way, 0 to 1.
    pub likelihood: f64,
    /// What this is in the tree.
    pub state: GoalState,
    /// The ways to it, the likeliest first. OR.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<TreeWay>,
    /// Ways that are not told.
    #[serde(skip_serializing_if = "is_zero")]
    pub ways_left_out: usize,
    /// There may be more of these: counting stopped.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

/// What a goal is in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GoalState {
    /// The actor is there to begin with.
    Start,
    /// Its ways follow.
    Reached,
    /// Its ways stand elsewhere in the tree, under the same number.
    Told,
    /// Its ways are not told, as the tree is large enough.
    LeftOut,
}

/// One way to a goal: all that it needs must be held.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TreeWay {
    /// The step; none where the goal comes with what is needed (root on a node has its files).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<PathStep>,
    /// What it needs. AND.
    pub needs: Vec<TreeGoal>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl AttackGraph<'_> {
    /// The attack trees of the asset with this id, or of whatever element can be held: the most valuable way to hold it.
    /// None where nobody gets there.
    pub fn tree(&self, asset: &str) -> Option<AttackTree> {
        let (graph, world) = (&self.graph, &self.world);
        let known = assets::assets(graph, world);
        let as_asset = known
            .iter()
            .filter(|known| known.element.as_str() == asset)
            .min_by_key(|known| known.kind);
        let fact = as_asset.map(|known| known.fact).or_else(|| {
            let shown = |fact: &Fact| fact.shown().is_some_and(|(_, element)| element.as_str() == asset);
            Some(graph.facts().find(|(_, fact)| shown(fact))?.0)
        })?;
        let allowed = Allowed::new(graph, world, |_| false);
        let mut by_actor: BTreeMap<Actor, Vec<Entry>> = BTreeMap::new();
        for entry in entries(graph, world) {
            by_actor.entry(entry.actor).or_default().push(entry);
        }
        let mut searcher = Searcher::new(graph);
        let trees = by_actor.values().filter_map(|entries| {
            let first = entries.first()?;
            let usable = |rule: RuleId| allowed.takes(first, rule);
            // Who is there already has nothing to gain.
            let starts: Vec<FactId> = entries
                .iter()
                .map(|entry| entry.start)
                .filter(|start| *start != fact)
                .collect();
            searcher.search_from(&starts, u64::MAX, usable);
            let cost = searcher.cost(fact)?;
            let mut growing = Growing {
                graph: self,
                found: &searcher,
                starts: starts.into_iter().collect(),
                usable: &usable,
                whole: BTreeMap::new(),
                bounds: BTreeSet::new(),
            };
            let goal = growing.grow(fact)?;
            let tree = ActorTree {
                actor: first.actor.as_str().to_owned(),
                goal,
                bounds_hit: growing.bounds.into_iter().map(str::to_owned).collect(),
            };
            Some((cost, first.actor, tree))
        });
        let mut trees: Vec<(Cost, Actor, ActorTree)> = trees.collect();
        trees.sort_by_key(|(cost, actor, _)| (*cost, *actor));
        (!trees.is_empty()).then(|| AttackTree {
            asset: asset.into(),
            asset_kind: as_asset.map(|known| known.kind),
            actors: trees.into_iter().map(|(.., tree)| tree).collect(),
        })
    }
}

/// A tree while it grows, breadth first: what is near the asset is told whole before what is far.
struct Growing<'g, 'a, U> {
    graph: &'g AttackGraph<'a>,
    found: &'g Searcher<'g>,
    starts: BTreeSet<FactId>,
    usable: &'g U,
    /// Goals whose ways were told without leaving any out because it leads back, by their place in the list.
    whole: BTreeMap<FactId, usize>,
    bounds: BTreeSet<&'static str>,
}

/// A goal before its ways are put together.
struct Open {
    fact: FactId,
    state: GoalState,
    /// For a goal that is told: the place in the list where.
    told_at: usize,
    depth: usize,
    /// What it is needed for, directly or not, and itself.
    over: BTreeSet<FactId>,
    ways: Vec<(Way, Vec<usize>)>,
    left_out: usize,
    at_least: bool,
}

/// The rules of a way from shown things to a goal, and these things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    cost: Cost,
    rules: Vec<RuleId>,
    needs: BTreeSet<FactId>,
    /// Hubs that are still to be explained.
    pending: Vec<FactId>,
    /// Hubs that were.
    passed: BTreeSet<FactId>,
}

/// The ways to a goal.
#[derive(Default)]
struct Ways {
    likeliest: Vec<Way>,
    left_out: usize,
    at_least: bool,
    /// Some lead back to what the goal is needed for and are no ways here, though they may be elsewhere.
    leads_back: bool,
}

impl<U: Fn(RuleId) -> bool> Growing<'_, '_, U> {
    fn grow(&mut self, asset: FactId) -> Option<TreeGoal> {
        let mut goals = vec![Open::new(asset, 0, BTreeSet::new())];
        let (mut next, mut told) = (0, 0);
        while let Some(open) = goals.get(next) {
            let (fact, depth, over) = (open.fact, open.depth, open.over.clone());
            let (state, told_at) = match self.whole.get(&fact) {
                Some(&at) => (GoalState::Told, at),
                None if self.starts.contains(&fact) => (GoalState::Start, next),
                None if depth >= MOST_DEPTH || told >= MOST_GOALS => (GoalState::LeftOut, next),
                None => (GoalState::Reached, next),
            };
            let mut found = Ways::default();
            match state {
                GoalState::Reached => {
                    told += 1;
                    found = self.ways(fact, &over);
                }
                GoalState::LeftOut => {
                    self.bounds.insert("goals: those far from the asset are left out");
                }
                GoalState::Start | GoalState::Told => {}
            }
            if state != GoalState::Told && state != GoalState::LeftOut && !found.leads_back {
                self.whole.insert(fact, next);
            }
            let mut ways = Vec::new();
            for way in found.likeliest {
                let needs = goals.len()..goals.len() + way.needs.len();
                goals.extend(way.needs.iter().map(|need| Open::new(*need, depth + 1, over.clone())));
                ways.push((way, needs.collect()));
            }
            if let Some(open) = goals.get_mut(next) {
                (open.state, open.told_at, open.ways) = (state, told_at, ways);
                (open.left_out, open.at_least) = (found.left_out, found.at_least);
            }
            next += 1;
        }
        keep_what_follows(&mut goals);
        if goals.iter().any(|goal| goal.left_out > 0) {
            self.bounds.insert("ways: of each goal the likeliest are told");
        }
        let mut numbers = BTreeMap::new();
        self.shown(0, &goals, &mut numbers)
    }

    /// The likeliest ways to a goal that need nothing of what it is needed for.
    fn ways(&self, goal: FactId, over: &BTreeSet<FactId>) -> Ways {
        let mut found = Ways::default();
        let mut queue: BinaryHeap<Reverse<Way>> = BinaryHeap::new();
        let whole = Way {
            cost: Cost::default(),
            rules: Vec::new(),
            needs: BTreeSet::new(),
            pending: vec![goal],
            passed: BTreeSet::new(),
        };
        queue.push(Reverse(whole));
        let mut told: BTreeSet<(Option<usize>, BTreeSet<FactId>)> = BTreeSet::new();
        let mut tries = 0;
        while let Some(Reverse(mut way)) = queue.pop() {
            tries += 1;
            if tries > MOST_TRIES || told.len() >= MOST_COUNTED {
                found.at_least = true;
                break;
            }
            let Some(hub) = way.pending.pop() else {
                let step = way.rules.iter().find_map(|rule| self.graph.graph.rule(*rule)?.step);
                // The same step from the same things, by other rules, is the same to whoever reads it.
                if told.insert((step, way.needs.clone())) && found.likeliest.len() < MOST_WAYS {
                    found.likeliest.push(way);
                }
                continue;
            };
            for (id, premises) in self.rules_to(hub) {
                if premises.iter().any(|premise| over.contains(premise)) {
                    found.leads_back = true;
                } else {
                    queue.extend(self.onward(&way, hub, id, premises).map(Reverse));
                }
            }
        }
        found.left_out = told.len().saturating_sub(found.likeliest.len());
        found
    }

    /// Rules that conclude a fact and can be taken.
    fn rules_to(&self, fact: FactId) -> impl Iterator<Item = (RuleId, &[FactId])> {
        let graph = &self.graph.graph;
        graph.concluding(fact).filter_map(move |id| {
            let premises = graph.premises(id);
            let is_there = premises.iter().all(|premise| self.found.cost(*premise).is_some());
            (is_there && (self.usable)(id)).then_some((id, premises))
        })
    }

    /// A way in which a rule explains a hub; none where it goes in a circle.
    fn onward(&self, way: &Way, hub: FactId, id: RuleId, premises: &[FactId]) -> Option<Way> {
        let mut onward = way.clone();
        onward.passed.insert(hub);
        for &premise in premises {
            let is_shown = self
                .graph
                .graph
                .fact(premise)
                .is_some_and(|fact| fact.shown().is_some());
            if onward.passed.contains(&premise) {
                return None;
            }
            if is_shown {
                onward.needs.insert(premise);
            } else if !onward.pending.contains(&premise) {
                onward.pending.push(premise);
            }
        }
        // From the start towards the goal, as a step is told.
        onward.rules.insert(0, id);
        let rules = onward
            .rules
            .iter()
            .filter_map(|rule| self.graph.graph.lean(*rule))
            .map(Cost::of);
        let facts = onward
            .needs
            .iter()
            .chain(&onward.pending)
            .filter_map(|fact| self.found.cost(*fact));
        onward.cost = rules.chain(facts).fold(Cost::default(), Cost::and);
        Some(onward)
    }

    fn shown(&self, at: usize, goals: &[Open], numbers: &mut BTreeMap<usize, usize>) -> Option<TreeGoal> {
        let open = goals.get(at)?;
        let (holding, element) = self.graph.graph.fact(open.fact)?.shown()?;
        let next = numbers.len() + 1;
        let number = *numbers.entry(open.told_at).or_insert(next);
        // What is told further on in reading is told here, where it is met first.
        let is_first = number == next;
        let (state, from) = match open.state {
            GoalState::Told if is_first => goals.get(open.told_at).map(|at| (at.state, at))?,
            GoalState::Reached if !is_first => (GoalState::Told, open),
            state => (state, open),
        };
        let told = if state == GoalState::Reached { &*from.ways } else { &[] };
        let ways = told.iter().map(|(way, needs)| TreeWay {
            step: self.step(way, open.fact),
            needs: needs
                .iter()
                .filter_map(|need| self.shown(*need, goals, numbers))
                .collect(),
        });
        Some(TreeGoal {
            number,
            holding,
            element: element.clone(),
            likelihood: self.derived(open.fact).likelihood,
            state,
            ways: ways.collect(),
            ways_left_out: if state == GoalState::Reached { from.left_out } else { 0 },
            at_least: state == GoalState::Reached && from.at_least,
        })
    }

    fn step(&self, way: &Way, to: FactId) -> Option<PathStep> {
        let (graph, world) = (&self.graph.graph, &self.graph.world);
        let from = *way.needs.first()?;
        let told = Told::new(way.rules.clone(), from, to);
        let step = told.shown(&[], graph, world)?;
        if !step.evidence.is_empty() {
            return Some(step);
        }
        // Believed because of what led there.
        let before = self.derived(from).shown(graph, world, &|_| None);
        let evidence = before.last().map(|step| step.evidence.clone()).unwrap_or_default();
        told.shown(&evidence, graph, world)
    }

    /// The best way to something, as a path is told.
    fn derived(&self, fact: FactId) -> Derived {
        let mut derived = derive(fact, &self.graph.graph, self.found);
        derived.likelihood = rounded(derived.likelihood);
        derived
    }
}

impl Open {
    fn new(fact: FactId, depth: usize, mut over: BTreeSet<FactId>) -> Self {
        over.insert(fact);
        Self {
            fact,
            state: GoalState::LeftOut,
            told_at: 0,
            depth,
            over,
            ways: Vec::new(),
            left_out: 0,
            at_least: false,
        }
    }
}

/// Takes out ways that need what only follows from itself here: its other ways lead back to what it is needed for.
fn keep_what_follows(goals: &mut [Open]) {
    let mut held = vec![false; goals.len()];
    loop {
        let mut changed = false;
        for (at, goal) in goals.iter().enumerate() {
            let is_held = |at: usize| held.get(at).copied().unwrap_or_default();
            let by_a_way = || {
                goal.ways
                    .iter()
                    .any(|(_, needs)| needs.iter().all(|need| is_held(*need)))
            };
            let follows = match goal.state {
                GoalState::Start | GoalState::LeftOut => true,
                GoalState::Told => is_held(goal.told_at),
                GoalState::Reached => by_a_way(),
            };
            if follows && !is_held(at) {
                changed = true;
                if let Some(held) = held.get_mut(at) {
                    *held = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    for goal in goals {
        let follows = |needs: &[usize]| needs.iter().all(|need| held.get(*need).copied().unwrap_or_default());
        goal.ways.retain(|(_, needs)| follows(needs));
    }
}
