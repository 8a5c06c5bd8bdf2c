//! Where pods run, and what a node is.

use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance};
use crate::paths::graph::Reason;
use crate::paths::world::{CONTROL_PLANE_NODE, SOME_NODE, World};

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

/// node → the workloads that run there: as many as there are pods.
pub(super) fn hosts<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let mut instances = Vec::new();
    for workload in &world.workloads {
        for (node, chance) in &workload.nodes {
            let Some((node, _)) = world.nodes.get_key_value(node) else {
                continue;
            };
            let certain = node.as_str() != SOME_NODE || workload.is_on_every_node();
            instances.push(Instance {
                from: End::Node(node),
                to: End::Workload(workload),
                chance: if certain {
                    *chance
                } else {
                    chance.and(Chance::SHARED_NODE)
                },
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
