//! What can go wrong, joined up: the attack graph and the most likely paths through it.
//!
//! ```text
//! system + catalogue ─ world ─ compile ─► graph ─ search ─► routes ─► paths
//!                                           ├────── landmarks ──────► choke points
//!                                           └────── try again without ──► fixes, alternatives
//! ```
//!
//! The graph is made of facts (what an attacker may hold: OR nodes) and rules (a step of the catalogue along a relation:
//! AND nodes). [`compile`] makes the rules, [`relations`], [`network`] and [`permission`] find what they join,
//! [`hubs`] keeps the graph linear, [`search`](mod@search) finds derivations and [`derive`](mod@derive) tells them as steps.
//! [`AttackGraph`] is the whole, to be asked.

mod allowed;
mod alternatives;
#[cfg(test)]
mod arbitrary;
mod assets;
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
mod network;
mod permission;
mod relations;
mod routes;
mod search;
#[cfg(test)]
mod tests;
mod world;

use palisade_knowledge::{AttackStep, Catalogue};

pub use self::attack_graph::{AttackGraph, Attacks, Question, Without};
pub use self::blast_radius::{BlastRadius, Gain};
pub use self::export::{GraphEdge, GraphExport, GraphNode};
use crate::system::System;

/// Whether a step works anywhere in a system: some rule of it that full control does not give anyway. Or which of its
/// conditions has no value.
pub(crate) fn fires(step: &AttackStep, system: &System, catalogue: &Catalogue) -> Result<bool, String> {
    let attacks = AttackGraph::new(system, catalogue);
    if let Some(unknown) = attacks.not_evaluated.iter().find(|unknown| unknown.rule == step.id) {
        return Err(format!(
            "the condition has no value for {}: {}",
            unknown.element, unknown.reason
        ));
    }
    let index = attacks.world.steps.iter().position(|known| known.id == step.id);
    let mut rules = attacks.graph.rules().iter();
    Ok(rules.any(|rule| rule.step == index && rule.fixed_at.is_some()))
}
