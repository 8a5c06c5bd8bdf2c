//! Choke points: what every way to a fact needs.
//!
//! A *landmark* of a fact is a change after which nothing derives the fact any more. The landmarks of all facts are the
//! greatest solution of
//!
//! ```text
//! L(start) = ∅      L(fact) = ⋂ L(rule) over the rules that conclude it      L(rule) = {its change} ∪ ⋃ L(premise)
//! ```
//!
//! and that solution is exact. (E. Keyder, S. Richter, M. Helmert, *Sound and Complete Landmarks for And/Or Graphs*, ECAI
//! 2010.) A change stands in the place of one more premise of each rule that it takes away.

use std::collections::VecDeque;
use std::rc::Rc;

use super::cut::{CutId, Cuts};
use super::graph::{FactId, Graph, RuleId};

/// The landmarks of every fact that can be derived from one start.
#[derive(Debug)]
pub(super) struct Landmarks {
    /// By fact: sorted; none for what can't be derived.
    of: Vec<Option<Rc<[CutId]>>>,
}

impl Landmarks {
    /// Finds them over the rules that `usable` lets through. None: it would have taken looking at more than `budget`
    /// premises; what is left of the budget otherwise stays there.
    pub(super) fn find(
        graph: &Graph,
        cuts: &Cuts<'_>,
        start: FactId,
        usable: impl Fn(RuleId) -> bool,
        budget: &mut usize,
    ) -> Option<Self> {
        let mut of: Vec<Option<Rc<[CutId]>>> = vec![None; graph.fact_count()];
        *of.get_mut(start.index())? = Some(Rc::from([]));
        let mut queue = VecDeque::from([start]);
        let mut waits = vec![false; graph.fact_count()];
        while let Some(fact) = queue.pop_front() {
            if let Some(waiting) = waits.get_mut(fact.index()) {
                *waiting = false;
            }
            for id in graph.using(fact).filter(|id| usable(*id)) {
                let Some(rule) = graph.lean(id).filter(|rule| rule.conclusion != start) else {
                    continue;
                };
                let premises = graph.premises(id);
                *budget = budget.checked_sub(premises.len())?;
                let known = of.get(rule.conclusion.index()).and_then(Option::as_ref);
                if known.is_some_and(|known| adds_nothing(known, premises, cuts.of(id), &of)) {
                    continue;
                }
                let Some(by_rule) = of_rule(premises, cuts.of(id), &of) else {
                    continue;
                };
                let Some(known) = of.get_mut(rule.conclusion.index()) else {
                    continue;
                };
                let now = match known {
                    None => by_rule,
                    Some(known) => common(known, &by_rule),
                };
                if known.as_ref().is_none_or(|known| now.len() < known.len()) {
                    *known = Some(now);
                    if let Some(waiting) = waits.get_mut(rule.conclusion.index()).filter(|waiting| !**waiting) {
                        *waiting = true;
                        queue.push_back(rule.conclusion);
                    }
                }
            }
        }
        Some(Self { of })
    }

    /// Whether nothing derives the fact once the change is made.
    pub(super) fn has(&self, fact: FactId, cut: CutId) -> bool {
        let of = self.of.get(fact.index()).and_then(Option::as_ref);
        of.is_some_and(|landmarks| landmarks.binary_search(&cut).is_ok())
    }
}

/// Whether a rule needs all that is known to be needed, so that it tells nothing new. Nearly every rule that is looked at
/// again does.
fn adds_nothing(known: &[CutId], premises: &[FactId], own: Option<CutId>, of: &[Option<Rc<[CutId]>>]) -> bool {
    let needs = |premise: &FactId| of.get(premise.index()).and_then(Option::as_ref);
    let is_needed = |cut: &CutId| {
        let by_premise = |premise| needs(premise).is_none_or(|needs| needs.binary_search(cut).is_ok());
        own == Some(*cut) || premises.iter().any(by_premise)
    };
    known.iter().all(is_needed)
}

/// What a rule needs: its change and whatever its premises need; none while one of them is not derived.
fn of_rule(premises: &[FactId], cut: Option<CutId>, of: &[Option<Rc<[CutId]>>]) -> Option<Rc<[CutId]>> {
    let needs = |premise: &FactId| of.get(premise.index())?.as_ref();
    if let ([premise], None) = (premises, cut) {
        return needs(premise).map(Rc::clone);
    }
    let mut all: Vec<CutId> = cut.into_iter().collect();
    for premise in premises {
        all.extend(needs(premise)?.iter());
    }
    all.sort_unstable();
    all.dedup();
    Some(all.into())
}

/// What both need. The first, where the second adds nothing to cut it down.
fn common(a: &Rc<[CutId]>, b: &Rc<[CutId]>) -> Rc<[CutId]> {
    if a.iter().all(|cut| b.binary_search(cut).is_ok()) {
        return Rc::clone(a);
    }
    a.iter().filter(|cut| b.binary_search(cut).is_ok()).copied().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::paths::arbitrary::{any_rules, cheapest, config, cuts, fact, graph};
    use crate::paths::search::Searcher;

    proptest! {
        #![proptest_config(config())]

        /// A change is a choke point exactly if the fact can't be derived without it, and the search says the same.
        #[test]
        fn choke_points_are_what_closes_the_way(rules in any_rules()) {
            let graph = graph(&rules);
            let cuts = cuts(&graph);
            let start = graph.find(&fact(0)).expect("every fact is there");
            let mut budget = usize::MAX;
            let landmarks = Landmarks::find(&graph, &cuts, start, |_| true, &mut budget).expect("the budget is enough");
            let before = cheapest(&graph, start, |_| true);
            let mut searcher = Searcher::new(&graph);
            for cut in cuts.ids() {
                let is_left = |rule| cuts.of(rule) != Some(cut);
                let after = cheapest(&graph, start, is_left);
                searcher.search(start, is_left);
                for (id, _) in graph.facts() {
                    let closes = before[id.index()].is_some() && after[id.index()].is_none();
                    prop_assert_eq!(landmarks.has(id, cut), closes);
                    prop_assert_eq!(searcher.cost(id), after[id.index()]);
                }
            }
        }
    }

    #[test]
    fn a_budget_that_is_used_up_gives_nothing() {
        let graph = graph(&[(vec![0], 1, 1, true, 0), (vec![1], 2, 1, true, 1)]);
        let start = graph.find(&fact(0)).expect("every fact is there");
        let find = |mut budget| Landmarks::find(&graph, &cuts(&graph), start, |_| true, &mut budget);
        assert!(find(2).is_some());
        assert!(find(1).is_none());
    }
}
