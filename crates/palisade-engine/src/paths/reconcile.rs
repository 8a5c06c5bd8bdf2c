//! Controllers that act on what others write: who may write it has them do what they may do themselves.
//!
//! Writers lead to a hub for the step, the hub to the controllers, so that writers and controllers are not multiplied.

use palisade_knowledge::{AttackStep, Holding};

use super::conditions::Conditions;
use super::cost::Chance;
use super::ends::{End, Instance};
use super::fact::Fact;
use super::graph::{Builder, Reason, Rule, StepIndex};
use super::permission::{self, Hit};
use super::world::{Workload, World};
use crate::rbac::Scope;
use crate::system::Evidence;

/// A workload that reconciles, and what says so.
type Controller<'w, 'a> = (&'w Workload<'a>, Vec<Evidence>);

/// Adds the rules of a step along [`Relation::Reconciles`](palisade_knowledge::Relation::Reconciles).
pub(super) fn add<'a>(
    (index, step): (StepIndex, &'a AttackStep),
    world: &World<'a>,
    conditions: &mut Conditions<'a, '_>,
    builder: &mut Builder,
) {
    let controllers = controllers(step, world, conditions);
    if controllers.is_empty() {
        return;
    }
    let mut add = |premise: Fact, hit: &Hit, conclusion: Fact, evidence: Vec<Evidence>, fixed_at| {
        let (premise, conclusion) = (builder.fact(premise), builder.fact(conclusion));
        builder.rule(Rule {
            premises: vec![premise],
            conclusion,
            step: Some(index),
            chance: Chance::of(step.difficulty),
            fixed_at: Some(hit.binding.clone().unwrap_or(fixed_at)),
            reason: Reason::Written(hit.evidence.iter().cloned().chain(evidence).collect()),
        });
    };
    for (identity, hits) in permission::holders(step, world) {
        let premise = Fact::Holds(Holding::Identity, identity.element());
        for hit in hits.iter() {
            if step.to == Holding::Identity {
                for hub in hubs(step, hit, &controllers) {
                    add(premise.clone(), hit, hub, Vec::new(), identity.element());
                }
            } else if let Some((_, evidence)) = controllers.iter().find(|(workload, _)| watches(step, workload, hit)) {
                for (conclusion, more) in permission::conclusions(step, hit, Some(identity), world, conditions) {
                    let evidence = evidence.iter().cloned().chain(more).collect();
                    add(premise.clone(), hit, conclusion, evidence, identity.element());
                }
            }
        }
    }
    for (workload, evidence) in controllers {
        let hub = hub(step, workload);
        if builder.knows(&hub) {
            let identity = Fact::Holds(Holding::Identity, workload.identity.element());
            builder.link(hub, identity, Reason::Written(evidence));
        }
    }
}

fn controllers<'w, 'a>(
    step: &'a AttackStep,
    world: &'w World<'a>,
    conditions: &mut Conditions<'a, '_>,
) -> Vec<Controller<'w, 'a>> {
    let mut controllers = Vec::new();
    for workload in &world.workloads {
        let instance = Instance {
            from: End::Workload(workload),
            to: End::Workload(workload),
            chance: Chance::CERTAIN,
            reason: Reason::Implied,
            flow: None,
        };
        if let Some(evidence) = conditions.hold(step, &instance) {
            controllers.push((workload, evidence));
        }
    }
    controllers
}

/// The hubs that a grant leads to.
fn hubs(step: &AttackStep, hit: &Hit, controllers: &[Controller<'_, '_>]) -> Vec<Fact> {
    let watching = controllers.iter().filter(|(workload, _)| watches(step, workload, hit));
    let mut hubs: Vec<Fact> = watching.map(|(workload, _)| hub(step, workload)).collect();
    hubs.sort_unstable();
    hubs.dedup();
    hubs
}

/// The hub that leads to a controller: one for each namespace where objects must lie in the controller's own.
fn hub(step: &AttackStep, controller: &Workload<'_>) -> Fact {
    let scope = if is_local(step) {
        Scope::Namespace(controller.namespace.clone())
    } else {
        Scope::Cluster
    };
    Fact::Permitted(step.id.clone(), scope)
}

/// Whether the controller looks at what is written where this is granted.
fn watches(step: &AttackStep, controller: &Workload<'_>, hit: &Hit) -> bool {
    let own = Scope::Namespace(controller.namespace.clone());
    !is_local(step) || hit.scope.and(&own).is_some()
}

/// Whether a controller of the step looks at objects in its own namespace alone.
fn is_local(step: &AttackStep) -> bool {
    let mut alternatives = step.permissions.iter().flat_map(|need| &need.any_of);
    alternatives.any(|alternative| alternative.within.as_deref() == Some("."))
}
