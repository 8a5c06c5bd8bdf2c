//! What is reached from outside, and who may come in.

use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance};
use crate::paths::graph::Reason;
use crate::paths::world::World;
use crate::rbac::Identity;
use crate::system::ElementId;

/// internet → workload: a route from outside ends there.
pub(super) fn exposes<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let from_outside = world
        .network_flows()
        .filter(|flow| flow.from.as_str() == ElementId::INTERNET);
    from_outside
        .filter_map(|flow| {
            Some(Instance {
                from: End::Internet,
                to: End::Workload(world.workload(&flow.to)?),
                chance: Chance::believed(flow.confidence),
                reason: Reason::Written(flow.evidence.clone()),
                flow: Some(flow),
            })
        })
        .collect()
}

/// internet → identity: users and groups that something is bound to.
pub(super) fn logs_in<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let people = world
        .identities
        .iter()
        .filter(|identity| !matches!(identity, Identity::ServiceAccount { .. }));
    people
        .filter_map(|identity| {
            let grant = world.authorizer.grants_of(identity).next()?;
            Some(Instance {
                from: End::Internet,
                to: End::Identity(identity),
                chance: Chance::CERTAIN,
                reason: Reason::Written(vec![grant.evidence()]),
                flow: None,
            })
        })
        .collect()
}
