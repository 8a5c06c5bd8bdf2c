//! The thing itself: the step needs no other.

use palisade_knowledge::Holding;

use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance, is_of_nodes};
use crate::paths::graph::Reason;
use crate::paths::world::World;

/// Everything that can be held in this way, each with itself.
pub(super) fn itself<'w, 'a>(from: Holding, world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let ends: Vec<End<'w, 'a>> = match from {
        Holding::Internet => vec![End::Internet],
        Holding::Workload | Holding::Connection | Holding::Traffic => {
            world.workloads.iter().map(End::Workload).collect()
        }
        of_nodes if is_of_nodes(of_nodes) => world.nodes.keys().map(End::Node).collect(),
        Holding::Identity => world.identities.iter().map(End::Identity).collect(),
        Holding::Secret => world.secrets.values().flatten().map(End::Kept).collect(),
        Holding::ClusterAdmin => vec![End::Cluster],
        _ => Vec::new(),
    };
    let with_itself = |end| Instance {
        from: end,
        to: end,
        chance: Chance::CERTAIN,
        reason: Reason::Implied,
        flow: None,
    };
    ends.into_iter().map(with_itself).collect()
}
