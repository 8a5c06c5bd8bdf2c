//! From the catalogue's steps and a system to the attack graph.

use std::collections::{BTreeSet, HashMap};

use palisade_knowledge::{AttackStep, Holding, Relation, Side};

use super::conditions::Conditions;
use super::cost::Chance;
use super::ends::{End, Instance};
use super::fact::Fact;
use super::graph::{Builder, Graph, Reason, Rule, StepIndex};
use super::relations::{asks_node, instances, on_each_node};
use super::world::World;
use super::{hubs, neighbours, network, permission, reconcile};
use crate::assessment::NotEvaluated;
use crate::rbac::Scope;
use crate::system::ElementId;
use crate::threats::Memory;

/// The attack graph of a world, and what could not be evaluated on the way.
pub(super) fn compile(world: &World<'_>, memory: &mut Memory) -> (Graph, BTreeSet<NotEvaluated>) {
    let mut builder = Builder::default();
    let mut conditions = Conditions::new(world, memory);
    let doors = network::doors(world);
    let mut steps: Vec<(StepIndex, &AttackStep)> = world.steps.iter().copied().enumerate().collect();
    steps.retain(|&(_, step)| step.via != Relation::May || conditions.is_given(step));
    for &(index, step) in &steps {
        match step.via {
            Relation::Reaches => network::add((index, step), world, &doors, &mut conditions, &mut builder),
            Relation::May => permission::add((index, step), world, &mut conditions, &mut builder),
            Relation::Reconciles => reconcile::add((index, step), world, &mut conditions, &mut builder),
            _ if asks_node(step) => add_on_nodes((index, step), world, &mut conditions, &mut builder),
            _ if neighbours::is_shared(step) => neighbours::add((index, step), world, &mut builder),
            _ => add_pairs((index, step), world, &mut conditions, &mut builder),
        }
    }
    neighbours::link(steps.iter().map(|(_, step)| *step), world, &mut builder);
    let by_permission: Vec<_> = steps
        .into_iter()
        .filter(|(_, step)| step.via == Relation::May)
        .collect();
    permission::add_control(&by_permission, world, &mut conditions, &mut builder);
    hubs::link(world, &mut builder);
    (builder.build(), conditions.not_evaluated)
}

/// The rules of a step from workloads to those of their nodes of which its conditions hold, too. Each workload is asked once,
/// and each node: pairs are as many as pods.
fn add_on_nodes<'a>(
    (index, step): (StepIndex, &'a AttackStep),
    world: &World<'a>,
    conditions: &mut Conditions<'a, '_>,
    builder: &mut Builder,
) {
    let mut of_nodes: HashMap<&ElementId, bool> = HashMap::new();
    for workload in &world.workloads {
        let mut instances = on_each_node(workload, world).peekable();
        let holds_here = instances
            .peek()
            .is_some_and(|any| conditions.hold_at(step, Side::From, any).is_some());
        if !holds_here {
            continue;
        }
        for instance in instances {
            let End::Node(node) = instance.to else { continue };
            let is_taken = of_nodes
                .entry(node)
                .or_insert_with(|| conditions.hold_at(step, Side::To, &instance).is_some());
            if *is_taken {
                let premises = vec![builder.fact(instance.from.held_as(step.from))];
                let conclusion = builder.fact(instance.to.held_as(step.to));
                builder.rule(Rule {
                    premises,
                    conclusion,
                    step: Some(index),
                    chance: Chance::of(step.difficulty).and(instance.chance),
                    fixed_at: Some(changed(step, &instance)),
                    reason: instance.reason,
                });
            }
        }
    }
}

/// The rules of a step along a relation of pairs.
fn add_pairs<'a>(
    (index, step): (StepIndex, &'a AttackStep),
    world: &World<'a>,
    conditions: &mut Conditions<'a, '_>,
    builder: &mut Builder,
) {
    for instance in instances(step, world) {
        let gain = instance.to.held_as(step.to);
        if hubs::is_empty(&gain, world) {
            continue;
        }
        let Some(more) = conditions.hold(step, &instance) else {
            continue;
        };
        let mut premises = vec![builder.fact(instance.from.held_as(step.from))];
        if !step.permissions.is_empty() {
            let Some(permitted) = permitted(step, &instance) else {
                continue;
            };
            premises.push(builder.fact(permitted));
        }
        let conclusion = builder.fact(gain);
        builder.rule(Rule {
            premises,
            conclusion,
            step: Some(index),
            chance: Chance::of(step.difficulty).and(instance.chance),
            fixed_at: Some(changed(step, &instance)),
            reason: network::join(instance.reason, more),
        });
    }
    if !step.permissions.is_empty() {
        add_permitted(step, world, builder);
    }
}

/// The element to change so that the step works no more: where its condition looks, else where it starts; what comes from
/// outside is stopped where it arrives.
fn changed(step: &AttackStep, instance: &Instance<'_, '_>) -> ElementId {
    let at_far_end = step.applies_to.is_some() && step.side == Side::To;
    if at_far_end || matches!(instance.from, End::Internet | End::Image(_)) {
        instance.to.element()
    } else {
        instance.from.element()
    }
}

/// A step that also needs permissions: whoever holds them may be somebody else than the workload's own identity.
fn permitted(step: &AttackStep, instance: &Instance<'_, '_>) -> Option<Fact> {
    let (End::Workload(workload) | End::NodesOf(workload)) = instance.from else {
        return None;
    };
    let scope = Scope::Namespace(workload.namespace.clone());
    Some(Fact::Permitted(step.id.clone(), scope))
}

fn add_permitted(step: &AttackStep, world: &World<'_>, builder: &mut Builder) {
    for (identity, hits) in permission::holders(step, world) {
        let premise = Fact::Holds(Holding::Identity, identity.element());
        for hit in hits.iter() {
            let scopes: Vec<Scope> = match &hit.scope {
                Scope::Cluster => world.namespaces.keys().cloned().map(Scope::Namespace).collect(),
                scope @ Scope::Namespace(_) => vec![scope.clone()],
            };
            for scope in scopes {
                let fact = Fact::Permitted(step.id.clone(), scope);
                if builder.knows(&fact) {
                    builder.link(premise.clone(), fact, Reason::Written(hit.evidence.clone()));
                }
            }
        }
    }
}
