//! Kubelets: whom they act as, and what the Node authoriser lets them see.

use palisade_inventory::{FieldPath, Resource};
use palisade_knowledge::Holding;

use super::placement;
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

/// identity of a kubelet → workload: a pod of it is bound to that node. As many as there are pods. Of identities it is the
/// workload's own, with or without a mounted token: the kubelet may request one.
pub(super) fn tends<'w, 'a>(gain: Holding, world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let hosted = placement::hosts(gain, world);
    let tended = hosted.into_iter().filter_map(|hosted| {
        let (End::Node(node), End::Workload(workload)) = (hosted.from, hosted.to) else {
            return None;
        };
        let to = match gain {
            Holding::Identity => End::Identity(&workload.identity),
            _ => hosted.to,
        };
        Some(Instance {
            from: End::Identity(world.kubelets.get(node)?),
            to,
            ..hosted
        })
    });
    tended.collect()
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
    let said = format!("{} has an address outside", node.id);
    Some(Evidence::at(&node.content_file, &node.content, &path, said))
}
