//! What can go wrong, joined up: the attack graph and the most likely paths through it.
//!
//! ```text
//! system + catalogue ─ world ─ compile ─► graph ─ search ─► routes ─► paths
//!                                           ├────── landmarks ──────► choke points
//!                                           └────── try again without ──► fixes, alternatives
//! ```
//!
//! The graph is made of facts (what an attacker may hold: OR nodes) and rules (a step of the catalogue along a relation:
//! AND nodes). [`compile`] makes the rules, [`relations`], [`network`], [`permission`] and [`reconcile`] find what they join,
//! [`hubs`] keeps the graph linear, [`search`](mod@search) finds derivations and [`derive`](mod@derive) tells them as steps.
//! [`AttackGraph`] is the whole, to be asked.

mod allowed;
mod alternatives;
#[cfg(test)]
mod arbitrary;
mod assets;
mod at_risk;
mod attack_graph;
mod blast_radius;
mod choke;
mod compile;
mod conditions;
mod cost;
mod cut;
mod derive;
mod distances;
mod ends;
mod entries;
mod export;
mod fact;
mod fixes;
mod graph;
mod hubs;
mod landmarks;
mod neighbours;
mod network;
mod permission;
mod reconcile;
mod relations;
mod routes;
mod search;
#[cfg(test)]
mod step_tests;
#[cfg(test)]
mod tests;
mod tree;
#[cfg(test)]
mod tree_tests;
mod world;

use std::collections::BTreeSet;

use palisade_knowledge::{AttackStep, Catalogue, Holding};

pub(crate) use self::at_risk::{AtRisk, Measure};
pub use self::attack_graph::{AttackGraph, Attacks, Question, Without};
pub use self::blast_radius::{BlastRadius, Gain};
pub(crate) use self::conditions::StepMemory;
pub use self::export::{GraphEdge, GraphExport, GraphNode};
use self::fact::Fact;
use self::graph::{FactId, Graph, Rule};
pub use self::tree::{ActorTree, AttackTree, GoalState, TreeGoal, TreeWay};
use self::world::World;
use crate::system::System;

/// Where a step works in a system, for somebody who holds a workload, an image or an identity, or stands outside: what it
/// starts from and what it gains, without what full control gives anyway. Or which of its conditions has no value.
pub(crate) fn firings(step: &AttackStep, system: &System, catalogue: &Catalogue) -> Result<BTreeSet<String>, String> {
    let AttackGraph {
        world,
        graph,
        not_evaluated,
    } = AttackGraph::new(system, catalogue);
    if let Some(unknown) = not_evaluated.iter().find(|unknown| unknown.rule == step.id) {
        return Err(format!(
            "the condition has no value for {}: {}",
            unknown.element, unknown.reason
        ));
    }
    let held = held_by_anybody(&graph, &world);
    let index = world.steps.iter().position(|known| known.id == step.id);
    let works = |rule: &&Rule| {
        rule.step == index && rule.fixed_at.is_some() && rule.premises.iter().all(|fact| held.contains(fact))
    };
    let told = |rule: &Rule| {
        let premises: Vec<_> = rule.premises.iter().map(|fact| graph.fact(*fact)).collect();
        format!("{premises:?} → {:?}", graph.fact(rule.conclusion))
    };
    Ok(graph.written().iter().filter(works).map(told).collect())
}

/// Everything that follows from what anybody might hold to begin with.
fn held_by_anybody(graph: &Graph, world: &World<'_>) -> BTreeSet<FactId> {
    let is_start = |fact: &Fact| match fact {
        Fact::Holds(Holding::Internet | Holding::Workload | Holding::Image, _) => true,
        Fact::Holds(Holding::Identity, element) => world.identities.iter().any(|known| known.element() == *element),
        _ => false,
    };
    let starts = graph.facts().filter(|(_, fact)| is_start(fact));
    let mut held: BTreeSet<FactId> = starts.map(|(id, _)| id).collect();
    loop {
        let before = held.len();
        for (_, rule) in graph.rules_by_id() {
            if rule.premises.iter().all(|fact| held.contains(fact)) {
                held.insert(rule.conclusion);
            }
        }
        if held.len() == before {
            return held;
        }
    }
}
