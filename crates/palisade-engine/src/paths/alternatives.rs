//! Other ways to the same asset: each time one more change is made, and the most likely way that is left is told.
//!
//! (After E. L. Lawler, *A procedure for computing the K best solutions to discrete optimization problems*, Management
//! Science 18, 1972.) Each way does without a change that the way before it needs, so that no two differ in trifles only.

use std::collections::BTreeSet;

use super::cut::{CutId, Cuts};
use super::derive::{Derived, derive};
use super::graph::{FactId, RuleId};
use super::search::{Cost, Searcher};

/// Searches for each way that is asked for.
const TRIES: usize = 64;

/// A way that was found and not told yet, and the changes that it does without.
struct Open {
    cost: Cost,
    rules: Vec<RuleId>,
    without: BTreeSet<CutId>,
    derived: Derived,
}

/// Up to `most` other ways than `known` from the start to the asset, by the rules that `usable` lets through, the most
/// likely first; and whether the search was cut short.
pub(super) fn alternatives(
    (start, asset): (FactId, FactId),
    known: &Derived,
    most: usize,
    cuts: &Cuts<'_>,
    searcher: &mut Searcher<'_>,
    usable: impl Fn(RuleId) -> bool,
) -> (Vec<Derived>, bool) {
    let mut ways: Vec<Derived> = Vec::new();
    let mut told: BTreeSet<Vec<RuleId>> = BTreeSet::from([rules(known)]);
    let mut tried: BTreeSet<BTreeSet<CutId>> = BTreeSet::new();
    let mut open: Vec<Open> = Vec::new();
    let mut left = most.saturating_mul(TRIES);
    let (mut without, mut last) = (BTreeSet::new(), known.clone());
    while ways.len() < most {
        let changes: BTreeSet<CutId> = last.rules().filter_map(|rule| cuts.of(rule)).collect();
        for change in changes {
            let mut without: BTreeSet<CutId> = without.clone();
            without.insert(change);
            if !tried.insert(without.clone()) {
                continue;
            }
            if left == 0 {
                return (ways, true);
            }
            left -= 1;
            let is_left = |rule: RuleId| cuts.of(rule).is_none_or(|cut| !without.contains(&cut));
            searcher.search(start, |rule| usable(rule) && is_left(rule));
            if let Some(cost) = searcher.cost(asset) {
                let derived = derive(asset, searcher.graph(), searcher);
                let rules = rules(&derived);
                open.push(Open {
                    cost,
                    rules,
                    without,
                    derived,
                });
            }
        }
        // The dearest first, so that the next one is the last.
        open.sort_by(|a, b| (b.cost, &b.rules, &b.without).cmp(&(a.cost, &a.rules, &a.without)));
        let Some(next) = open.pop() else { break };
        if told.insert(next.rules) {
            ways.push(next.derived.clone());
        }
        (without, last) = (next.without, next.derived);
    }
    (ways, false)
}

fn rules(derived: &Derived) -> Vec<RuleId> {
    let rules: BTreeSet<RuleId> = derived.rules().collect();
    rules.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::paths::arbitrary::{FACTS, any_rules, cheapest, config, cuts, fact, graph};

    proptest! {
        #![proptest_config(config())]

        /// The next way is the cheapest of those that do without some change of the first; none is told twice.
        #[test]
        fn the_next_way_is_the_cheapest_without_one_change(rules_of_graph in any_rules()) {
            let graph = graph(&rules_of_graph);
            let cuts = cuts(&graph);
            let start = graph.find(&fact(0)).expect("every fact is there");
            let mut searcher = Searcher::new(&graph);
            for asset in (1..FACTS).filter_map(|index| graph.find(&fact(index))) {
                searcher.search(start, |_| true);
                if searcher.cost(asset).is_none() {
                    continue;
                }
                let first = derive(asset, &graph, &searcher);
                let (ways, cut_short) = alternatives((start, asset), &first, 3, &cuts, &mut searcher, |_| true);
                prop_assert!(!cut_short);

                let changes: BTreeSet<CutId> = first.rules().filter_map(|rule| cuts.of(rule)).collect();
                let next = changes.iter().filter_map(|change| {
                    cheapest(&graph, start, |rule| cuts.of(rule) != Some(*change))[asset.index()]
                });
                let cost = |way: &Derived| {
                    let only: BTreeSet<RuleId> = way.rules().collect();
                    cheapest(&graph, start, |rule| only.contains(&rule))[asset.index()]
                };
                prop_assert_eq!(ways.first().and_then(cost), next.min());
                let mut distinct: BTreeSet<Vec<RuleId>> = ways.iter().map(rules).collect();
                distinct.insert(rules(&first));
                prop_assert_eq!(distinct.len(), ways.len() + 1);
                let costs: Vec<_> = ways.iter().map(cost).collect();
                prop_assert!(costs.is_sorted() && costs.iter().all(Option::is_some));
            }
        }
    }
}
