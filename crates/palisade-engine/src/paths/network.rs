//! Who can open a connection to whom.
//!
//! Where no policy isolates, everybody reaches everybody: the square of that is one hub, the pod network. Flows that
//! somebody says or allows are pairs, as many as there are such flows.

use palisade_knowledge::{AttackStep, Side};

use super::conditions::Conditions;
use super::cost::Chance;
use super::ends::{End, Instance};
use super::fact::Fact;
use super::graph::{Builder, Reason, Rule, StepIndex};
use super::world::{Workload, World};
use crate::system::{Basis, Evidence};

/// Adds the rules of a step along [`Relation::Reaches`](palisade_knowledge::Relation::Reaches).
pub(super) fn add<'a>(
    (index, step): (StepIndex, &'a AttackStep),
    world: &World<'a>,
    conditions: &mut Conditions<'a, '_>,
    builder: &mut Builder,
) {
    let chance = Chance::of(step.difficulty);
    for instance in declared(world) {
        if let Some(more) = conditions.hold(step, &instance) {
            let premise = builder.fact(instance.from.held_as(step.from));
            let conclusion = builder.fact(instance.to.held_as(step.to));
            builder.rule(Rule {
                premises: vec![premise],
                conclusion,
                step: Some(index),
                chance: chance.and(instance.chance),
                fixed_at: Some(instance.to.element()),
                reason: join(instance.reason, more),
            });
        }
    }
    let asks_source = step.when.is_some() && step.side == Side::From;
    let hub = Fact::PodNetwork(asks_source.then(|| step.id.clone()));
    for workload in world.workloads.iter().filter(|workload| !workload.is_egress_isolated()) {
        let probe = instance(workload, workload);
        if !asks_source || conditions.hold(step, &probe).is_some() {
            builder.link(probe.from.held_as(step.from), hub.clone(), Reason::Implied);
        }
    }
    for workload in world
        .workloads
        .iter()
        .filter(|workload| !workload.is_ingress_isolated())
    {
        let Some(listens) = &workload.listens else { continue };
        let probe = instance(workload, workload);
        let more = if asks_source {
            Some(Vec::new())
        } else {
            conditions.hold(step, &probe)
        };
        if let Some(more) = more {
            let (premise, conclusion) = (builder.fact(hub.clone()), builder.fact(probe.to.held_as(step.to)));
            let open = [listens.clone()].into_iter().chain(nothing_isolates(workload));
            builder.rule(Rule {
                premises: vec![premise],
                conclusion,
                step: Some(index),
                chance: chance.and(Chance::UNDECLARED),
                fixed_at: Some(workload.element.id.clone()),
                reason: Reason::Written(open.chain(more).collect()),
            });
        }
    }
}

/// Pairs of workloads between which somebody says or allows a flow.
fn declared<'w, 'a>(world: &'w World<'a>) -> impl Iterator<Item = Instance<'w, 'a>> {
    world.network_flows().filter_map(|flow| {
        let (from, to) = (world.workload(&flow.from)?, world.workload(&flow.to)?);
        let chance = match flow.basis {
            Basis::Declared | Basis::Observed => Chance::believed(flow.confidence),
            Basis::Allowed | Basis::Platform => Chance::UNDECLARED,
        };
        Some(Instance {
            chance,
            reason: Reason::Written(flow.evidence.clone()),
            flow: Some(flow),
            ..instance(from, to)
        })
    })
}

fn instance<'w, 'a>(from: &'w Workload<'a>, to: &'w Workload<'a>) -> Instance<'w, 'a> {
    Instance {
        from: End::Workload(from),
        to: End::Workload(to),
        chance: Chance::CERTAIN,
        reason: Reason::Implied,
        flow: None,
    }
}

/// Where a policy would have to select it, if one did.
fn nothing_isolates(workload: &Workload<'_>) -> Vec<Evidence> {
    let id = &workload.element.id;
    if workload.host_network {
        let note = format!("{id} shares its node's network, where policies do not apply");
        workload.evidence("spec.hostNetwork", note)
    } else {
        let note = format!("no NetworkPolicy of namespace {} selects {id}", workload.namespace);
        workload.evidence("metadata.labels", note)
    }
}

/// A reason and what a condition adds to it.
pub(super) fn join(reason: Reason, more: Vec<Evidence>) -> Reason {
    match reason {
        Reason::Written(mut evidence) => {
            evidence.extend(more);
            Reason::Written(evidence)
        }
        Reason::Implied if !more.is_empty() => Reason::Written(more),
        other => other,
    }
}
