//! Where pods run, and what a node is.

use palisade_knowledge::{AttackStep, Holding, Relation, Side, View};

use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance};
use crate::paths::graph::Reason;
use crate::paths::world::{CONTROL_PLANE_NODE, Workload, World};

/// workload → its nodes. One instance a workload, whatever the number of its nodes: they hang on a hub.
pub(super) fn runs_on<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let on = |workload| Instance {
        from: End::Workload(workload),
        to: End::NodesOf(workload),
        chance: Chance::CERTAIN,
        reason: Reason::Implied,
        flow: None,
    };
    world.workloads.iter().map(on).collect()
}

/// Whether a step asks something of the node that a pod runs on, so that each of its nodes is a matter of its own.
pub(in crate::paths) fn asks_node(step: &AttackStep) -> bool {
    let mut conditions = step.conditions();
    step.via == Relation::RunsOn && conditions.any(|(view, side, _)| view == View::Node && side == Side::To)
}

/// workload → each of its nodes: as many as there are pods.
pub(in crate::paths) fn on_each_node<'w, 'a>(
    workload: &'w Workload<'a>,
    world: &'w World<'a>,
) -> impl Iterator<Item = Instance<'w, 'a>> {
    workload.nodes.iter().filter_map(|(node, chance)| {
        let (node, _) = world.nodes.get_key_value(node)?;
        Some(Instance {
            from: End::Workload(workload),
            to: End::Node(node),
            chance: *chance,
            reason: Reason::RunsOn(workload.element.id.clone(), node.clone()),
            flow: None,
        })
    })
}

/// node → the workloads that run there: as many as there are pods. A connection needs something that listens.
///
/// For steps that ask for more than that; others go over [hubs](crate::paths::neighbours).
pub(super) fn hosts<'w, 'a>(gain: Holding, world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let answers = |workload: &Workload<'_>| gain != Holding::Connection || workload.listens.is_some();
    let mut instances = Vec::new();
    for (node, there) in &world.hosted {
        for (workload, chance) in there {
            let Some(workload) = world.workloads.get(*workload).filter(|workload| answers(workload)) else {
                continue;
            };
            instances.push(Instance {
                from: End::Node(node),
                to: End::Workload(workload),
                chance: *chance,
                reason: Reason::RunsOn(workload.element.id.clone(), node.clone()),
                flow: None,
            });
        }
    }
    instances
}

/// node → cluster: it belongs to the control plane.
pub(super) fn control_plane<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let of_control_plane = |node: &str, marked: bool| marked || node == CONTROL_PLANE_NODE;
    world
        .nodes
        .iter()
        .filter(|(node, mark)| of_control_plane(node.as_str(), mark.is_some()))
        .map(|(node, mark)| Instance {
            from: End::Node(node),
            to: End::Cluster,
            chance: Chance::CERTAIN,
            reason: mark.clone().map_or(Reason::Implied, |mark| Reason::Written(vec![mark])),
            flow: None,
        })
        .collect()
}
