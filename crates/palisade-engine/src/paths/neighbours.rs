//! From a node to what runs there.
//!
//! There are as many such pairs as pods. Steps that ask for nothing else share them: each leads to a hub of its node, and
//! the hub to all that is there, so that a further step adds as many rules as there are nodes.

use std::collections::BTreeSet;

use palisade_knowledge::{AttackStep, Holding, Relation};

use super::cost::Chance;
use super::ends::End;
use super::fact::Fact;
use super::graph::{Builder, FactId, PlaceId, Reason, Rule, StepIndex};
use super::hubs;
use super::world::{Workload, World};
use crate::system::ElementId;

/// What of everything on a node is gained.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sort {
    gain: Holding,
    /// Through the kubelet, which acts for all pods of its node, rather than on the node itself.
    by_kubelet: bool,
}

/// Whether a step goes over these hubs. One that asks for more is a matter of each pair.
pub(super) fn is_shared(step: &AttackStep) -> bool {
    let of_neighbours = matches!(step.via, Relation::Hosts | Relation::Tends);
    of_neighbours && step.permissions.is_empty() && step.conditions().next().is_none()
}

/// Adds the rules of a step to the hubs.
pub(super) fn add((index, step): (StepIndex, &AttackStep), world: &World<'_>, builder: &mut Builder) {
    let sort = Sort::of(step);
    for (node, there) in &world.hosted {
        let mut there = there.iter().filter_map(|(workload, _)| world.workloads.get(*workload));
        let from = match world.kubelets.get(node) {
            Some(kubelet) if sort.by_kubelet => End::Identity(kubelet),
            _ => End::Node(node),
        };
        if there.any(|workload| sort.member(workload, world).is_some()) {
            let premises = vec![builder.fact(from.held_as(step.from))];
            let conclusion = builder.fact(sort.hub(node));
            builder.rule(Rule {
                premises,
                conclusion,
                step: Some(index),
                chance: Chance::of(step.difficulty),
                fixed_at: Some(from.element()),
                reason: Reason::Implied,
            });
        }
    }
}

/// Links the hubs that the steps lead to with what runs on their nodes.
pub(super) fn link<'s>(steps: impl Iterator<Item = &'s AttackStep>, world: &World<'_>, builder: &mut Builder) {
    let sorts: BTreeSet<Sort> = steps.filter(|step| is_shared(step)).map(Sort::of).collect();
    let workloads = world
        .workloads
        .iter()
        .map(|workload| builder.place(&workload.element.id));
    let workloads: Vec<PlaceId> = workloads.collect();
    let nodes: Vec<PlaceId> = world.hosted.keys().map(|node| builder.place(node)).collect();
    for sort in sorts {
        let members = world.workloads.iter().map(|workload| sort.member(workload, world));
        let members: Vec<Option<FactId>> = members.map(|fact| Some(builder.fact(fact?))).collect();
        for ((node, there), at) in world.hosted.iter().zip(&nodes) {
            let mut hub = None;
            for (number, chance) in there {
                if let (Some(workload), Some(Some(member))) = (workloads.get(*number), members.get(*number)) {
                    let hub = *hub.get_or_insert_with(|| builder.fact(sort.hub(node)));
                    builder.runs_on((hub, *member), *chance, *workload, *at);
                }
            }
        }
    }
}

impl Sort {
    fn of(step: &AttackStep) -> Self {
        Self {
            gain: step.to,
            by_kubelet: step.via == Relation::Tends,
        }
    }

    fn hub(self, node: &ElementId) -> Fact {
        if self.by_kubelet {
            Fact::Tended(self.gain, node.clone())
        } else {
            Fact::Hosted(self.gain, node.clone())
        }
    }

    /// What is gained of one workload. A connection needs something that listens. A kubelet may ask for a token of whatever
    /// identity its pods have, mounted or not.
    fn member(self, workload: &Workload<'_>, world: &World<'_>) -> Option<Fact> {
        match self.gain {
            Holding::Connection if workload.listens.is_none() => None,
            Holding::Identity if self.by_kubelet => Some(Fact::Holds(self.gain, workload.identity.element())),
            _ => Some(End::Workload(workload).held_as(self.gain)).filter(|fact| !hubs::is_empty(fact, world)),
        }
    }
}
