//! The attack graph: facts joined by Horn rules.
//!
//! A rule is an AND node: holding all its premises, the attacker gains its conclusion. A fact is an OR node: any rule that
//! concludes it will do.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::cost::Chance;
use super::fact::Fact;
use crate::system::{ElementId, Evidence};

/// A fact's place in [`Graph::facts`], which is sorted: the order of ids is the order of the facts themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FactId(u32);

/// A rule's place among all rules: those that are written out first, then the ways to and from nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RuleId(u32);

/// Holding all premises, the attacker gains the conclusion.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Sorted, each once. Never empty.
    pub(super) premises: Vec<FactId>,
    /// What is gained.
    pub(super) conclusion: FactId,
    /// The catalogue's step, by its place in the catalogue; none for the way through a hub.
    pub(super) step: Option<StepIndex>,
    /// How likely it works.
    pub(super) chance: Chance,
    /// The element to change so that it works no more.
    pub(super) fixed_at: Option<ElementId>,
    /// Why it is believed.
    pub(super) reason: Reason,
}

/// An attack step's place among the catalogue's, in the order of their ids.
pub(super) type StepIndex = usize;

/// What a search needs of a rule, side by side: looking at rules is what it does all the time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lean {
    pub(super) conclusion: FactId,
    pub(super) cost: u32,
    /// How many premises there are.
    pub(super) premises: u32,
    pub(super) is_step: bool,
}

/// Why a rule is believed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// It follows from what stands around it.
    Implied,
    /// It is written here.
    Written(Vec<Evidence>),
    /// A pod of this element runs on this node. There are as many of these as pods: evidence is made when it is shown.
    RunsOn(ElementId, ElementId),
}

/// A pod runs on a node, which leads from one fact to another. There are as many of these as pods, for each sort of thing
/// that they lead to: nearly all rules of a large cluster. So they are kept small, and told as rules when one is looked at.
#[derive(Clone, Copy, Debug)]
struct Way {
    premise: FactId,
    conclusion: FactId,
    chance: Chance,
    workload: PlaceId,
    node: PlaceId,
}

/// The place of a workload or a node among those that ways are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PlaceId(u32);

/// Facts and rules, in an order that depends on nothing but their content.
#[derive(Debug, Default)]
pub(super) struct Graph {
    facts: Vec<Fact>,
    rules: Vec<Rule>,
    /// By rule.
    lean: Vec<Lean>,
    /// `using[starts[f]..starts[f + 1]]` are the rules that have fact `f` as a premise.
    starts: Vec<usize>,
    using: Vec<RuleId>,
    /// By premise.
    ways: Vec<Way>,
    /// `ways[way_starts[f]..way_starts[f + 1]]` have fact `f` as their premise.
    way_starts: Vec<usize>,
    /// Ways by conclusion, made when somebody asks.
    ways_to: OnceCell<Vec<u32>>,
    places: Vec<ElementId>,
}

impl FactId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl RuleId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Graph {
    /// How many facts there are.
    pub(super) fn fact_count(&self) -> usize {
        self.facts.len()
    }

    /// How many rules there are.
    pub(super) fn rule_count(&self) -> usize {
        self.rules.len() + self.ways.len()
    }

    /// The rules that are written out, by id: all steps are among them, and all rules with several premises.
    pub(super) fn written(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules that are written out, with their ids.
    pub(super) fn written_by_id(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.rules
            .iter()
            .enumerate()
            .map(|(index, rule)| (rule_id(index), rule))
    }

    /// All rules with their ids.
    pub(super) fn rules_by_id(&self) -> impl Iterator<Item = (RuleId, Cow<'_, Rule>)> {
        let ids = (0..self.rule_count()).map(rule_id);
        ids.filter_map(|id| Some((id, self.rule(id)?)))
    }

    /// One fact.
    pub(super) fn fact(&self, id: FactId) -> Option<&Fact> {
        self.facts.get(id.index())
    }

    /// The id of a fact, if some rule knows it.
    pub(super) fn find(&self, fact: &Fact) -> Option<FactId> {
        self.facts.binary_search(fact).ok().map(fact_id)
    }

    /// All facts with their ids, in their order.
    pub(super) fn facts(&self) -> impl Iterator<Item = (FactId, &Fact)> {
        self.facts
            .iter()
            .enumerate()
            .map(|(index, fact)| (fact_id(index), fact))
    }

    /// One rule.
    pub(super) fn rule(&self, id: RuleId) -> Option<Cow<'_, Rule>> {
        if let Some(rule) = self.rules.get(id.index()) {
            return Some(Cow::Borrowed(rule));
        }
        let way = self.way(id)?;
        let place = |id: PlaceId| self.places.get(id.0 as usize).cloned();
        Some(Cow::Owned(Rule {
            premises: vec![way.premise],
            conclusion: way.conclusion,
            step: None,
            chance: way.chance,
            fixed_at: None,
            reason: Reason::RunsOn(place(way.workload)?, place(way.node)?),
        }))
    }

    /// What a rule needs.
    pub(super) fn premises(&self, id: RuleId) -> &[FactId] {
        match self.rules.get(id.index()) {
            Some(rule) => &rule.premises,
            None => self
                .way(id)
                .map(|way| std::slice::from_ref(&way.premise))
                .unwrap_or_default(),
        }
    }

    fn way(&self, id: RuleId) -> Option<&Way> {
        self.ways.get(id.index().checked_sub(self.rules.len())?)
    }

    /// What a search needs of a rule.
    pub(super) fn lean(&self, id: RuleId) -> Option<Lean> {
        if let Some(lean) = self.lean.get(id.index()) {
            return Some(*lean);
        }
        self.way(id).map(|way| Lean {
            conclusion: way.conclusion,
            cost: way.chance.cost,
            premises: 1,
            is_step: false,
        })
    }

    /// The rules that conclude a fact, the cheapest first.
    pub(super) fn concluding(&self, fact: FactId) -> impl Iterator<Item = RuleId> + use<> {
        let first = self.rules.partition_point(|rule| rule.conclusion < fact);
        let end = self.rules.partition_point(|rule| rule.conclusion <= fact);
        let conclusion = |way: &u32| self.ways.get(*way as usize).map(|way| way.conclusion);
        let ways = self.ways_to();
        let first_way = ways.partition_point(|way| conclusion(way) < Some(fact));
        let end_way = ways.partition_point(|way| conclusion(way) <= Some(fact));
        let ways = ways.get(first_way..end_way).unwrap_or_default();
        let ways = ways.iter().map(|way| rule_id(self.rules.len() + *way as usize));
        let mut all: Vec<RuleId> = (first..end).map(rule_id).chain(ways).collect();
        all.sort_by_key(|id| (self.lean(*id).map(|lean| lean.cost), *id));
        all.into_iter()
    }

    fn ways_to(&self) -> &[u32] {
        self.ways_to.get_or_init(|| {
            let mut all: Vec<u32> = (0..self.ways.len()).map(|way| rule_id(way).0).collect();
            all.sort_by_key(|way| self.ways.get(*way as usize).map(|way| way.conclusion));
            all
        })
    }

    /// The rules that have a fact as a premise.
    pub(super) fn using(&self, fact: FactId) -> impl Iterator<Item = RuleId> + use<'_> {
        let part = |starts: &[usize]| Some((*starts.get(fact.index())?, *starts.get(fact.index() + 1)?));
        let rules = part(&self.starts).and_then(|(start, end)| self.using.get(start..end));
        let (first, end) = part(&self.way_starts).unwrap_or_default();
        let ways = (self.rules.len() + first..self.rules.len() + end).map(rule_id);
        rules.unwrap_or_default().iter().copied().chain(ways)
    }
}

/// Collects facts and rules, then puts them in order.
#[derive(Debug, Default)]
pub(super) struct Builder {
    facts: HashMap<Fact, FactId, RandomState>,
    rules: Vec<Rule>,
    ways: Vec<Way>,
    places: Vec<ElementId>,
}

impl Builder {
    /// A fact, which may be known already.
    pub(super) fn fact(&mut self, fact: Fact) -> FactId {
        let next = fact_id(self.facts.len());
        *self.facts.entry(fact).or_insert(next)
    }

    /// Whether some rule knows a fact.
    pub(super) fn knows(&self, fact: &Fact) -> bool {
        self.facts.contains_key(fact)
    }

    /// A rule of the catalogue or through a hub. One that concludes what it starts from is dropped.
    pub(super) fn rule(&mut self, mut rule: Rule) {
        rule.premises.sort_unstable();
        rule.premises.dedup();
        if !rule.premises.is_empty() && !rule.premises.contains(&rule.conclusion) {
            self.rules.push(rule);
        }
    }

    /// A certain way from one fact to another, which no step of the catalogue stands for.
    pub(super) fn link(&mut self, from: Fact, to: Fact, reason: Reason) {
        let (from, to) = (self.fact(from), self.fact(to));
        self.way(from, to, Chance::CERTAIN, reason);
    }

    /// A way from one fact to another, which no step of the catalogue stands for.
    pub(super) fn way(&mut self, from: FactId, to: FactId, chance: Chance, reason: Reason) {
        self.rule(Rule {
            premises: vec![from],
            conclusion: to,
            step: None,
            chance,
            fixed_at: None,
            reason,
        });
    }

    /// A workload or a node that ways are about. Whoever adds them takes them in an order that is the same from run to run.
    pub(super) fn place(&mut self, id: &ElementId) -> PlaceId {
        let next = rule_id(self.places.len()).0;
        self.places.push(id.clone());
        PlaceId(next)
    }

    /// A way from one fact to another, since a pod of a workload runs on a node.
    pub(super) fn runs_on(&mut self, ends: (FactId, FactId), chance: Chance, workload: PlaceId, node: PlaceId) {
        let (premise, conclusion) = ends;
        self.ways.push(Way {
            premise,
            conclusion,
            chance,
            workload,
            node,
        });
    }

    /// The graph. Facts are numbered in their own order, so that no choice can depend on the order of insertion.
    pub(super) fn build(self) -> Graph {
        let mut facts: Vec<(Fact, FactId)> = self.facts.into_iter().collect();
        facts.sort_unstable();
        let mut renumbered = vec![FactId(0); facts.len()];
        for (index, (_, old)) in facts.iter().enumerate() {
            if let Some(slot) = renumbered.get_mut(old.index()) {
                *slot = fact_id(index);
            }
        }
        let renumber = |old: FactId| renumbered.get(old.index()).copied().unwrap_or(old);
        let mut rules = self.rules;
        for rule in &mut rules {
            rule.conclusion = renumber(rule.conclusion);
            rule.premises
                .iter_mut()
                .for_each(|premise| *premise = renumber(*premise));
            rule.premises.sort_unstable();
        }
        rules.sort_by(|a, b| rule_order(a).cmp(&rule_order(b)));
        rules.dedup_by(|a, b| rule_order(a) == rule_order(b));
        let (starts, using) = index(facts.len(), &rules);
        let mut ways = self.ways;
        for way in &mut ways {
            (way.premise, way.conclusion) = (renumber(way.premise), renumber(way.conclusion));
        }
        ways.sort_by_key(|way| (way.premise, way.conclusion, way.chance.cost, way.workload, way.node));
        let facts_count = facts.len();
        let lean = rules.iter().map(|rule| Lean {
            conclusion: rule.conclusion,
            cost: rule.chance.cost,
            premises: u32::try_from(rule.premises.len()).unwrap_or(u32::MAX),
            is_step: rule.step.is_some(),
        });
        Graph {
            facts: facts.into_iter().map(|(fact, _)| fact).collect(),
            lean: lean.collect(),
            rules,
            starts,
            using,
            way_starts: starts_of(facts_count, ways.iter().map(|way| way.premise)),
            ways,
            ways_to: OnceCell::new(),
            places: self.places,
        }
    }
}

fn rule_order(rule: &Rule) -> impl Ord + '_ {
    (
        rule.conclusion,
        rule.chance.cost,
        rule.step,
        &rule.premises,
        &rule.fixed_at,
        &rule.reason,
    )
}

/// Rules by premise, as one list and where each fact's part of it starts.
fn index(facts: usize, rules: &[Rule]) -> (Vec<usize>, Vec<RuleId>) {
    let starts = starts_of(facts, rules.iter().flat_map(|rule| rule.premises.iter().copied()));
    let mut next = starts.clone();
    let mut using = vec![rule_id(0); starts.last().copied().unwrap_or_default()];
    for (index, rule) in rules.iter().enumerate() {
        for premise in &rule.premises {
            if let Some(place) = next.get_mut(premise.index()) {
                if let Some(slot) = using.get_mut(*place) {
                    *slot = rule_id(index);
                }
                *place += 1;
            }
        }
    }
    (starts, using)
}

/// Where the part of each fact starts in a list that is sorted by these facts, and where the last one ends.
fn starts_of(facts: usize, listed: impl Iterator<Item = FactId>) -> Vec<usize> {
    let mut starts = vec![0; facts + 1];
    for fact in listed {
        if let Some(count) = starts.get_mut(fact.index() + 1) {
            *count += 1;
        }
    }
    let mut before = 0;
    for start in &mut starts {
        before += *start;
        *start = before;
    }
    starts
}

/// Four billion facts do not fit in memory; should they, the last ones run together.
fn fact_id(index: usize) -> FactId {
    FactId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn rule_id(index: usize) -> RuleId {
    RuleId(u32::try_from(index).unwrap_or(u32::MAX))
}
