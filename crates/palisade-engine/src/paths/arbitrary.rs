//! Random attack graphs, and naive answers about them to hold the real ones against.

use palisade_knowledge::Holding;
use proptest::prelude::*;

use super::cost::Chance;
use super::cut::{About, Cuts};
use super::fact::Fact;
use super::graph::{Builder, FactId, Graph, Reason, Rule, RuleId};
use super::search::Cost;
use crate::system::ElementId;
use crate::testing::cases;

/// How many facts a random graph has.
pub(super) const FACTS: usize = 7;
/// How many elements its rules are fixed at.
const ELEMENTS: usize = 4;

/// Premises, conclusion, cost, whether it is a step, the element that it is fixed at.
pub(super) type AnyRule = (Vec<usize>, usize, u32, bool, usize);

/// As many cases as are asked for.
pub(super) fn config() -> ProptestConfig {
    ProptestConfig {
        cases: cases(2000),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The rules of a random graph, with conjunctions, cycles and several ways.
pub(super) fn any_rules() -> impl Strategy<Value = Vec<AnyRule>> {
    let premises = prop::collection::vec(0..FACTS, 1..4);
    prop::collection::vec((premises, 0..FACTS, 0..6_u32, any::<bool>(), 0..ELEMENTS), 0..16)
}

/// One of its facts.
pub(super) fn fact(index: usize) -> Fact {
    Fact::Holds(Holding::Workload, format!("Pod/p{index}").as_str().into())
}

/// The graph of some rules. It has all facts, whatever the rules.
pub(super) fn graph(rules: &[AnyRule]) -> Graph {
    let mut builder = Builder::default();
    for index in 0..FACTS {
        builder.fact(fact(index));
    }
    for (premises, conclusion, cost, is_step, element) in rules {
        let premises = premises.iter().map(|premise| builder.fact(fact(*premise))).collect();
        let conclusion = builder.fact(fact(*conclusion));
        builder.rule(Rule {
            premises,
            conclusion,
            step: is_step.then_some(0),
            chance: Chance {
                likelihood: 0.5,
                cost: *cost,
            },
            fixed_at: is_step.then(|| ElementId::new(format!("Role/r{element}"))),
            reason: Reason::Implied,
        });
    }
    builder.build()
}

/// The changes of such a graph: one for each element that rules are fixed at.
pub(super) fn cuts(graph: &Graph) -> Cuts<'_> {
    Cuts::by(graph, |rule| Some((About::Permissions, rule.fixed_at.as_ref()?)))
}

/// The least cost of each fact, by trying every rule until nothing changes.
pub(super) fn cheapest(graph: &Graph, start: FactId, usable: impl Fn(RuleId) -> bool) -> Vec<Option<Cost>> {
    let mut costs: Vec<Option<Cost>> = vec![None; graph.fact_count()];
    costs[start.index()] = Some(Cost::default());
    loop {
        let mut changed = false;
        for (id, rule) in graph.rules_by_id().filter(|(id, _)| usable(*id)) {
            let lean = graph.lean(id).expect("every rule has it");
            let premises: Option<Vec<Cost>> = rule.premises.iter().map(|premise| costs[premise.index()]).collect();
            let Some(premises) = premises else { continue };
            let total = premises.into_iter().fold(Cost::of(lean), Cost::and);
            let known = &mut costs[rule.conclusion.index()];
            if known.is_none_or(|known| total < known) {
                *known = Some(total);
                changed = true;
            }
        }
        if !changed {
            return costs;
        }
    }
}
