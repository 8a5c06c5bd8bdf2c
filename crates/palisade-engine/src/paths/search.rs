//! The most likely derivation of every fact: Knuth's generalisation of Dijkstra's algorithm to AND/OR graphs.
//!
//! (D. E. Knuth, *A generalization of Dijkstra's algorithm*, Information Processing Letters 6, 1977.) A rule costs its own
//! cost and that of each premise. What two premises share counts twice while searching, as it does in Knuth's algorithm:
//! finding the cheapest derivation that counts it once is NP-hard. The likelihood that is reported counts each step once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::{FactId, Graph, Lean, RuleId};

/// What a derivation costs: first the sum of its costs, then its number of steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    /// The sum of the costs of its rules.
    pub(super) cost: u64,
    /// Its steps; ways through hubs do not count.
    pub(super) steps: u32,
}

impl Cost {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            cost: self.cost.saturating_add(other.cost),
            steps: self.steps.saturating_add(other.steps),
        }
    }

    pub(super) fn of(rule: Lean) -> Self {
        Self {
            cost: rule.cost.into(),
            steps: rule.is_step.into(),
        }
    }
}

/// Searches one graph, many times: what one search wrote is forgotten by the next without touching it.
#[derive(Debug)]
pub(super) struct Searcher<'g> {
    graph: &'g Graph,
    /// Counts searches; what bears another number is not there.
    round: u32,
    best: Vec<Best>,
    open: Vec<Open>,
}

/// The best derivation of a fact so far.
#[derive(Clone, Copy, Debug, Default)]
struct Best {
    round: u32,
    settled: bool,
    cost: Cost,
    /// None for the start itself.
    rule: Option<RuleId>,
}

/// A rule some of whose premises are still missing.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    round: u32,
    missing: u32,
    total: Cost,
}

impl<'g> Searcher<'g> {
    /// A searcher that has not searched yet.
    pub(super) fn new(graph: &'g Graph) -> Self {
        Self {
            graph,
            round: 0,
            best: vec![Best::default(); graph.fact_count()],
            open: vec![Open::default(); graph.written().len()],
        }
    }

    /// What it searches.
    pub(super) const fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// Finds the best derivation of every fact from a start, by the rules that `usable` lets through.
    ///
    /// Of equal derivations the one by the earlier rule is taken, and rules are in the order of their content.
    pub(super) fn search(&mut self, start: FactId, usable: impl Fn(RuleId) -> bool) {
        self.search_from(&[start], u64::MAX, usable);
    }

    /// The same from whichever of the starts is best; leaves alone what costs more than `most`: it need not be found.
    pub(super) fn search_from(&mut self, starts: &[FactId], most: u64, usable: impl Fn(RuleId) -> bool) {
        self.round = self.round.saturating_add(1);
        let mut queue = BinaryHeap::new();
        for &start in starts {
            if self.improve(start, Cost::default(), None) {
                queue.push(Reverse((Cost::default(), start)));
            }
        }
        while let Some(Reverse((cost, fact))) = queue.pop() {
            match self.best.get_mut(fact.index()) {
                Some(best) if !best.settled => best.settled = true,
                _ => continue,
            }
            for id in self.graph.using(fact) {
                let Some(rule) = self.graph.lean(id).filter(|_| usable(id)) else {
                    continue;
                };
                if let Some(total) = self.premise(id, rule, cost)
                    && total.cost <= most
                    && self.improve(rule.conclusion, total, Some(id))
                {
                    queue.push(Reverse((total, rule.conclusion)));
                }
            }
        }
    }

    /// What the best derivation of a fact costs; none when there is none.
    pub(super) fn cost(&self, fact: FactId) -> Option<Cost> {
        Some(self.known(fact)?.cost)
    }

    /// The last rule of the best derivation; none for the start and for what can't be derived.
    pub(super) fn rule(&self, fact: FactId) -> Option<RuleId> {
        self.known(fact)?.rule
    }

    fn known(&self, fact: FactId) -> Option<&Best> {
        self.best.get(fact.index()).filter(|best| best.round == self.round)
    }

    /// One more premise of a rule is there; the rule's total once it was the last.
    fn premise(&mut self, id: RuleId, rule: Lean, cost: Cost) -> Option<Cost> {
        if rule.premises == 1 {
            return Some(Cost::of(rule).and(cost));
        }
        let open = self.open.get_mut(id.index())?;
        if open.round != self.round {
            *open = Open {
                round: self.round,
                missing: rule.premises,
                total: Cost::of(rule),
            };
        }
        open.total = open.total.and(cost);
        open.missing = open.missing.saturating_sub(1);
        (open.missing == 0).then_some(open.total)
    }

    /// Takes a derivation if it is the best so far.
    fn improve(&mut self, fact: FactId, cost: Cost, rule: Option<RuleId>) -> bool {
        let Some(best) = self.best.get_mut(fact.index()) else {
            return false;
        };
        let is_known = best.round == self.round;
        if is_known && (best.settled || (best.cost, best.rule) <= (cost, rule)) {
            return false;
        }
        *best = Best {
            round: self.round,
            settled: false,
            cost,
            rule,
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::paths::arbitrary::{FACTS, any_rules, cheapest, config, fact, graph};
    use crate::paths::derive::derive;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn costs_are_those_of_the_fixpoint(rules in any_rules(), starts in prop::collection::vec(0..FACTS, 1..3)) {
            let graph = graph(&rules);
            let mut searcher = Searcher::new(&graph);
            for start in starts {
                let start = graph.find(&fact(start)).expect("every fact is there");
                searcher.search(start, |_| true);
                let expected = cheapest(&graph, start, |_| true);
                for (id, _) in graph.facts() {
                    prop_assert_eq!(searcher.cost(id), expected[id.index()]);
                    let derived = derive(id, &graph, &searcher);
                    let costs: u64 = derived.rules().filter_map(|rule| graph.rule(rule)).map(|rule| u64::from(rule.chance.cost)).sum();
                    // Told once, a shared part can only cost less than when it is counted twice.
                    prop_assert!(searcher.cost(id).is_none_or(|cost| costs <= cost.cost));
                }
            }
        }

        #[test]
        fn the_order_of_rules_does_not_matter(rules in any_rules()) {
            let shown = |rules: &[_]| {
                let graph = graph(rules);
                let mut searcher = Searcher::new(&graph);
                searcher.search(graph.find(&fact(0)).expect("every fact is there"), |_| true);
                let rules = graph.facts().map(|(id, _)| searcher.rule(id).and_then(|rule| graph.rule(rule)));
                format!("{:?}", rules.collect::<Vec<_>>())
            };
            let reversed: Vec<_> = rules.iter().rev().cloned().collect();
            prop_assert_eq!(shown(&rules), shown(&reversed));
        }
    }
}
