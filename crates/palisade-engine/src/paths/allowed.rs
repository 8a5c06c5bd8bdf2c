//! Which rules count from which entry point.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;
use palisade_knowledge::{ActorKind, AttackStep, Catalogue, Holding, Relation};

use super::entries::{Actor, Entry};
use super::fact::Fact;
use super::graph::{Graph, Rule, RuleId};
use super::world::World;

/// Which rules count from which entry point, and which were taken away.
#[derive(Debug)]
pub(super) struct Allowed {
    /// Those that count from an assumed foothold.
    local: FixedBitSet,
    /// Those that somebody with the permission can do by mistake.
    mishaps: FixedBitSet,
    removed: FixedBitSet,
    /// How many rules are written out. The others only carry on, so that they always count.
    written: usize,
}

impl Allowed {
    /// All rules but those that `removed` says yes to.
    pub(super) fn new(graph: &Graph, world: &World<'_>, removed: impl Fn(&Rule) -> bool) -> Self {
        let all_that = |holds: &dyn Fn(&Rule) -> bool| {
            let ids = graph.written_by_id().filter(|(_, rule)| holds(rule));
            ids.map(|(id, _)| id.index()).collect()
        };
        let techniques = mishaps(world.catalogue);
        Self {
            local: all_that(&|rule| is_local(rule, graph, world)),
            mishaps: all_that(&|rule| is_mishap(rule, &techniques, world)),
            removed: all_that(&removed),
            written: graph.written().len(),
        }
    }

    /// Whether an attacker from this entry point may take a rule.
    pub(super) fn takes(&self, entry: &Entry, rule: RuleId) -> bool {
        let index = rule.index();
        let counts = match entry.actor {
            _ if index >= self.written => return true,
            Actor::Accident => self.mishaps.contains(index),
            _ => entry.roams() || self.local.contains(index),
        };
        counts && !self.removed.contains(index)
    }

    /// Takes more away.
    pub(super) fn remove(&mut self, rules: &[RuleId]) {
        self.removed
            .grow(rules.iter().map(|rule| rule.index() + 1).max().unwrap_or(0));
        for rule in rules {
            self.removed.insert(rule.index());
        }
    }
}

/// Whether a rule counts from an assumed foothold: only what that foothold itself gives does. Breaking into further
/// workloads is told from the outside, and what full control gives needs no telling.
fn is_local(rule: &Rule, graph: &Graph, world: &World<'_>) -> bool {
    let breaks_in = step_of(rule, world).is_some_and(|step| {
        matches!(step.via, Relation::Reaches | Relation::Exposes) || step.from == Holding::Connection
    });
    let mut premises = rule.premises.iter().filter_map(|premise| graph.fact(*premise));
    !breaks_in && !premises.any(|premise| matches!(premise, Fact::Holds(Holding::ClusterAdmin, _)))
}

/// Techniques that operators' mistakes amount to.
fn mishaps(catalogue: &Catalogue) -> BTreeSet<&str> {
    let accidents = catalogue
        .actors
        .values()
        .filter(|actor| actor.kind == ActorKind::Accident);
    let ascribed = accidents.flat_map(|actor| &actor.techniques);
    ascribed
        .flat_map(|ascribed| &ascribed.techniques)
        .map(String::as_str)
        .collect()
}

/// Whether somebody's own permission does it at once, by mistake. Ways through hubs only carry on.
fn is_mishap(rule: &Rule, techniques: &BTreeSet<&str>, world: &World<'_>) -> bool {
    let is_own = |step: &AttackStep| {
        let of_accidents = step
            .techniques
            .iter()
            .any(|technique| techniques.contains(technique.as_str()));
        step.via == Relation::May && of_accidents && !gives_access(step.to)
    };
    step_of(rule, world).is_none_or(is_own)
}

/// Whether a gain is a foothold, of which a mistake makes no use.
fn gives_access(gain: Holding) -> bool {
    !matches!(gain, Holding::Availability | Holding::Data)
}

fn step_of<'a>(rule: &Rule, world: &World<'a>) -> Option<&'a AttackStep> {
    world.steps.get(rule.step?).copied()
}
