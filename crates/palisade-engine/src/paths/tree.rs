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
use super::derive::{Told, rounded};
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
                numbers: BTreeMap::new(),
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
    numbers: BTreeMap<FactId, usize>,
    bounds: BTreeSet<&'static str>,
}

/// A goal before its ways are put together.
struct Open {
    fact: FactId,
    number: usize,
    state: GoalState,
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

impl<U: Fn(RuleId) -> bool> Growing<'_, '_, U> {
    fn grow(&mut self, asset: FactId) -> Option<TreeGoal> {
        let mut goals: Vec<Open> = Vec::new();
        self.open(asset, 0, &mut goals);
        // Of each goal, how far it is from the asset, and what it is needed for, directly or not.
        let mut depths = vec![0];
        let mut above: Vec<BTreeSet<FactId>> = vec![BTreeSet::from([asset])];
        let mut next = 0;
        while let Some(open) = goals.get(next) {
            let (fact, depth) = (open.fact, depths.get(next).copied().unwrap_or_default());
            let over = above.get(next).cloned().unwrap_or_default();
            if open.state == GoalState::Reached {
                let (ways, left_out, at_least) = self.ways(fact, &over);
                let mut told = Vec::new();
                for way in ways {
                    let mut needs = Vec::new();
                    for &need in &way.needs {
                        needs.push(goals.len());
                        self.open(need, depth + 1, &mut goals);
                        depths.push(depth + 1);
                        let mut over = over.clone();
                        over.insert(need);
                        above.push(over);
                    }
                    told.push((way, needs));
                }
                if let Some(open) = goals.get_mut(next) {
                    (open.ways, open.left_out, open.at_least) = (told, left_out, at_least);
                }
                if left_out > 0 {
                    self.bounds.insert("ways: of each goal the likeliest are told");
                }
            }
            next += 1;
        }
        self.shown(0, &goals)
    }

    /// Puts a goal into the tree.
    fn open(&mut self, fact: FactId, depth: usize, goals: &mut Vec<Open>) {
        let next = self.numbers.len() + 1;
        let (number, state) = match self.numbers.get(&fact) {
            Some(&number) => (number, GoalState::Told),
            None if self.starts.contains(&fact) => (next, GoalState::Start),
            None if depth >= MOST_DEPTH || next > MOST_GOALS => {
                self.bounds.insert("goals: those far from the asset are left out");
                (next, GoalState::LeftOut)
            }
            None => (next, GoalState::Reached),
        };
        self.numbers.entry(fact).or_insert(number);
        goals.push(Open {
            fact,
            number,
            state,
            ways: Vec::new(),
            left_out: 0,
            at_least: false,
        });
    }

    /// The likeliest ways to a goal that need nothing of what it is needed for, how many more there are, and whether
    /// there may be more still.
    fn ways(&self, goal: FactId, over: &BTreeSet<FactId>) -> (Vec<Way>, usize, bool) {
        let mut queue: BinaryHeap<Reverse<Way>> = BinaryHeap::new();
        let whole = Way {
            cost: Cost::default(),
            rules: Vec::new(),
            needs: BTreeSet::new(),
            pending: vec![goal],
            passed: BTreeSet::new(),
        };
        queue.push(Reverse(whole));
        let mut ways: Vec<Way> = Vec::new();
        let mut told = BTreeSet::new();
        let (mut counted, mut tries) = (0, 0);
        while let Some(Reverse(mut way)) = queue.pop() {
            tries += 1;
            if tries > MOST_TRIES || counted >= MOST_COUNTED {
                return (ways, counted.saturating_sub(MOST_WAYS), true);
            }
            let Some(hub) = way.pending.pop() else {
                let step = way.rules.iter().find_map(|rule| self.graph.graph.rule(*rule)?.step);
                // The same step from the same things, by other rules, is the same to whoever reads it.
                if told.insert((step, way.needs.clone())) {
                    counted += 1;
                    if ways.len() < MOST_WAYS {
                        ways.push(way);
                    }
                }
                continue;
            };
            for (id, premises) in self.rules_to(hub) {
                queue.extend(self.onward(&way, hub, id, premises, over).map(Reverse));
            }
        }
        (ways, counted.saturating_sub(MOST_WAYS), false)
    }

    /// Rules that conclude a fact and can be taken.
    fn rules_to(&self, fact: FactId) -> impl Iterator<Item = (RuleId, &[FactId])> {
        let graph = &self.graph.graph;
        graph.concluding(fact).filter_map(move |id| {
            let rule = graph.rule(id)?;
            let is_there = rule.premises.iter().all(|premise| self.found.cost(*premise).is_some());
            (is_there && (self.usable)(id)).then_some((id, &*rule.premises))
        })
    }

    /// A way in which a rule explains a hub; none where it leads back.
    fn onward(&self, way: &Way, hub: FactId, id: RuleId, premises: &[FactId], over: &BTreeSet<FactId>) -> Option<Way> {
        let mut onward = way.clone();
        onward.passed.insert(hub);
        for &premise in premises {
            let is_shown = self
                .graph
                .graph
                .fact(premise)
                .is_some_and(|fact| fact.shown().is_some());
            if over.contains(&premise) || onward.passed.contains(&premise) {
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

    fn shown(&self, at: usize, goals: &[Open]) -> Option<TreeGoal> {
        let open = goals.get(at)?;
        let (holding, element) = self.graph.graph.fact(open.fact)?.shown()?;
        let ways = open.ways.iter().map(|(way, needs)| TreeWay {
            step: self.step(way, open.fact),
            needs: needs.iter().filter_map(|need| self.shown(*need, goals)).collect(),
        });
        Some(TreeGoal {
            number: open.number,
            holding,
            element: element.clone(),
            likelihood: self.likelihood(open.fact),
            state: open.state,
            ways: ways.collect(),
            ways_left_out: open.left_out,
            at_least: open.at_least,
        })
    }

    fn step(&self, way: &Way, to: FactId) -> Option<PathStep> {
        let from = *way.needs.first()?;
        Told::new(way.rules.clone(), from, to).shown(&[], &self.graph.graph, &self.graph.world)
    }

    /// The chance of the best derivation, as a path's is told.
    fn likelihood(&self, fact: FactId) -> f64 {
        rounded(super::derive::derive(fact, &self.graph.graph, self.found).likelihood)
    }
}
