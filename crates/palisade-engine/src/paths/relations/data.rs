//! Data: who asks for it, who keeps it.

use std::collections::BTreeSet;

use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance};
use crate::paths::graph::Reason;
use crate::paths::world::World;
use crate::system::{Basis, Element, ElementKind};

/// workload → data store: somebody says that a flow goes there.
pub(super) fn queries<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let said = world
        .network_flows()
        .filter(|flow| matches!(flow.basis, Basis::Declared | Basis::Observed));
    said.filter_map(|flow| {
        let store = world
            .system
            .element(flow.to.as_str())
            .filter(|element| keeps_data(element))?;
        Some(Instance {
            from: End::Workload(world.workload(&flow.from)?),
            to: End::Kept(&store.id),
            chance: Chance::believed(flow.confidence),
            reason: Reason::Written(flow.evidence.clone()),
            flow: Some(flow),
        })
    })
    .collect()
}

/// workload → the data that it keeps: a store its own, others what they mount. What a store mounts is its own data again.
pub(super) fn stores<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let own = world
        .workloads
        .iter()
        .filter(|workload| keeps_data(workload.element))
        .map(|workload| Instance {
            from: End::Workload(workload),
            to: End::Kept(&workload.element.id),
            chance: Chance::CERTAIN,
            reason: Reason::Written(workload.element.evidence.iter().take(1).cloned().collect()),
            flow: None,
        });
    let of_stores = claims_of_stores(world);
    let mounts = world.system.flows.iter().filter(|flow| flow.protocol == "mount");
    let mounted = mounts.filter_map(|flow| {
        let claim = world
            .system
            .element(flow.to.as_str())
            .filter(|element| is_claim(element))?;
        let workload = world.workload(&flow.from)?;
        (!of_stores.contains(claim.id.as_str())).then(|| Instance {
            from: End::Workload(workload),
            to: End::Kept(&claim.id),
            chance: Chance::CERTAIN,
            reason: Reason::Written(flow.evidence.clone()),
            flow: Some(flow),
        })
    });
    own.chain(mounted).collect()
}

/// Claims that data stores keep their data in.
fn claims_of_stores<'a>(world: &World<'a>) -> BTreeSet<&'a str> {
    let mounts = world.system.flows.iter().filter(|flow| flow.protocol == "mount");
    let of_stores = mounts.filter(|flow| world.workload(&flow.from).is_some_and(|from| keeps_data(from.element)));
    of_stores.map(|flow| flow.to.as_str()).collect()
}

/// Whether it is a database, broker or the like, here or outside.
fn keeps_data(element: &Element) -> bool {
    element.store.is_some() || (element.kind == ElementKind::DataStore && !element.templates.is_empty())
}

/// Whether it keeps data that is worth something by itself: a store, or a claim.
pub(in crate::paths) fn is_data(element: &Element) -> bool {
    keeps_data(element) || is_claim(element)
}

fn is_claim(element: &Element) -> bool {
    element.kind == ElementKind::DataStore && element.id.as_str().starts_with("PersistentVolumeClaim/")
}
