//! What can go wrong, joined up: the attack graph and the most likely paths through it.
//!
//! ```text
//! system + catalogue ─ world ─ compile ─► graph ─ search ─► routes ─► paths
//!                                           └────── try again without ──► fixes
//! ```
//!
//! The graph is made of facts (what an attacker may hold: OR nodes) and rules (a step of the catalogue along a relation:
//! AND nodes). [`compile`] makes the rules, [`relations`], [`network`], [`permission`] and [`reconcile`] find what
//! they join,
//! [`hubs`] keeps the graph linear, [`search`](mod@search) finds derivations and [`derive`](mod@derive) tells them as steps.

mod assets;
mod compile;
mod conditions;
mod cost;
mod derive;
mod ends;
mod entries;
mod fact;
mod fixes;
mod graph;
mod hubs;
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
mod world;

use std::collections::BTreeSet;

use palisade_knowledge::{AttackStep, Catalogue, Holding, KubernetesVersion};

use self::fact::Fact;
use self::graph::{FactId, Graph, Rule};
use self::world::World;
use crate::assessment::{AttackPath, Fix, NotEvaluated};
use crate::system::System;

/// Paths that are listed for one system.
const MOST_PATHS: usize = 2000;

/// What an attacker can do, and what closes it.
#[derive(Debug, Default)]
pub(crate) struct Attacks {
    /// The most likely path from each entry point to each asset, the worst first.
    pub(crate) paths: Vec<AttackPath>,
    /// The few fixes that close the most, the best first.
    pub(crate) fixes: Vec<Fix>,
    /// Step conditions that could not be evaluated.
    pub(crate) not_evaluated: Vec<NotEvaluated>,
    /// Limits that were hit.
    pub(crate) bounds_hit: Vec<String>,
}

/// Where a step works in a system, for somebody who holds a workload, an image or an identity, or stands outside: what it
/// starts from and what it gains, without what full control gives anyway. Or which of its conditions has no value.
pub(crate) fn firings(
    step: &AttackStep,
    system: &System,
    catalogue: &Catalogue,
    version: KubernetesVersion,
) -> Result<BTreeSet<String>, String> {
    let world = World::new(system, catalogue, version);
    let (graph, not_evaluated) = compile::compile(&world);
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
    Ok(graph.rules().iter().filter(works).map(told).collect())
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
        for rule in graph.rules() {
            if rule.premises.iter().all(|fact| held.contains(fact)) {
                held.insert(rule.conclusion);
            }
        }
        if held.len() == before {
            return held;
        }
    }
}

/// Builds the attack graph, searches it from every entry point, and looks for the fixes that matter most.
pub(crate) fn analyse(system: &System, catalogue: &Catalogue, version: KubernetesVersion) -> Attacks {
    let world = World::new(system, catalogue, version);
    let (graph, not_evaluated) = compile::compile(&world);
    let entries = entries::entries(&graph, &world);
    let assets = assets::assets(&graph, &world);
    let mut routes = routes::routes(&graph, &world, &entries, &assets);
    let mut bounds_hit = Vec::new();
    if routes.len() > MOST_PATHS {
        let note = format!("paths: the worst {MOST_PATHS} of {} are listed", routes.len());
        bounds_hit.push(note);
        routes.truncate(MOST_PATHS);
    }
    let paths: Vec<AttackPath> = routes.iter().map(|route| route.shown(&graph, &world)).collect();
    let found = fixes::fixes(&graph, &world, &routes, &paths);
    if found.cut_short {
        bounds_hit.push("fixes: not every combination of fixes was tried".to_owned());
    }
    Attacks {
        paths,
        fixes: found.fixes,
        not_evaluated: not_evaluated.into_iter().collect(),
        bounds_hit,
    }
}
