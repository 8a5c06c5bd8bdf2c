//! Kubelets: whom they act as, and what the Node authoriser lets them see.

use palisade_inventory::{FieldPath, Resource};

use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance};
use crate::paths::graph::Reason;
use crate::paths::world::World;
use crate::system::Evidence;

/// node → identity: its kubelet makes requests as it.
pub(super) fn kubelet<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let acts_as = |(node, identity)| Instance {
        from: End::Node(node),
        to: End::Identity(identity),
        chance: Chance::CERTAIN,
        reason: Reason::Implied,
        flow: None,
    };
    world.kubelets.iter().map(acts_as).collect()
}

/// identity of a kubelet → workload: a pod of it is bound to that node. As many as there are pods.
pub(super) fn tends<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let mut instances = Vec::new();
    for workload in &world.workloads {
        for (node, chance) in &workload.nodes {
            let Some(identity) = world.kubelets.get(node) else { continue };
            instances.push(Instance {
                from: End::Identity(identity),
                to: End::Workload(workload),
                chance: *chance,
                reason: Reason::RunsOn(workload.element.id.clone(), node.clone()),
                flow: None,
            });
        }
    }
    instances
}

/// internet → node: it has an address outside.
pub(super) fn faces<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let outside = world
        .nodes
        .keys()
        .filter_map(|node| Some((node, address(world.node(node)?)?)));
    outside
        .map(|(node, evidence)| Instance {
            from: End::Internet,
            to: End::Node(node),
            chance: Chance::CERTAIN,
            reason: Reason::Written(vec![evidence]),
            flow: None,
        })
        .collect()
}

/// Where it is written that a node has an address outside.
fn address(node: &Resource) -> Option<Evidence> {
    let mut addresses = node.content.items(&["status", "addresses"]).iter();
    let index = addresses.position(|address| matches!(address.text(&["type"]), Some("ExternalIP" | "ExternalDNS")))?;
    let path = FieldPath::parse("status.addresses").child(index);
    let note = format!("{} has an address outside", node.id);
    Some(Evidence::at(&node.content_file, &node.content, &path, note))
}
