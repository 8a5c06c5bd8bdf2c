//! What hangs on the hubs: added once, after all steps, for those hubs that some step leads to.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_knowledge::Holding;

use super::ends::is_of_nodes;
use super::fact::Fact;
use super::graph::{Builder, PlaceId, Reason};
use super::relations::is_data;
use super::world::{Workload, World};
use crate::rbac::{Identity, Scope};
use crate::system::ElementId;

/// Links every hub that is known to what belongs to it.
pub(super) fn link(world: &World<'_>, builder: &mut Builder) {
    let gains = [
        Holding::Workload,
        Holding::Node,
        Holding::NodeFiles,
        Holding::NodeCredentials,
        Holding::PodVolumes,
        Holding::NodeLogs,
        Holding::NodeNetwork,
        Holding::NodeIdentities,
        Holding::Kubelet,
        Holding::Connection,
        Holding::Traffic,
        Holding::Identity,
        Holding::Secret,
        Holding::Data,
        Holding::CloudRole,
        Holding::Availability,
        Holding::Compute,
    ];
    let members = Members::of(world);
    let nodes: BTreeMap<&ElementId, PlaceId> = world.nodes.keys().map(|node| (node, builder.place(node))).collect();
    for holding in gains {
        link_scopes(holding, &members, world, builder);
        for workload in &world.workloads {
            let hub = Fact::Of(holding, workload.element.id.clone());
            if !builder.knows(&hub) {
                continue;
            }
            match holding {
                Holding::Secret | Holding::Identity => {
                    for (member, reason) in belonging(holding, workload) {
                        builder.link(hub.clone(), Fact::Holds(holding, member), reason);
                    }
                }
                _ => link_nodes_of(workload, holding, &nodes, builder),
            }
        }
    }
    link_nodes(world, builder);
}

/// What one thing of a node is more of: its root has its files and its network, all files are some of them too.
fn link_nodes(world: &World<'_>, builder: &mut Builder) {
    let parts = [
        (Holding::Node, Holding::NodeFiles),
        (Holding::Node, Holding::NodeNetwork),
        (Holding::NodeFiles, Holding::NodeCredentials),
        (Holding::NodeFiles, Holding::PodVolumes),
    ];
    for node in world.nodes.keys() {
        for (whole, part) in parts {
            builder.link(
                Fact::Holds(whole, node.clone()),
                Fact::Holds(part, node.clone()),
                Reason::Implied,
            );
        }
    }
}

/// Whether nothing hangs on a hub, so that leading to it leads nowhere.
pub(super) fn is_empty(fact: &Fact, world: &World<'_>) -> bool {
    let Fact::Of(holding, workload) = fact else {
        return false;
    };
    world.workload(workload).is_none_or(|workload| match holding {
        Holding::Secret => workload.secrets.is_empty(),
        Holding::Identity => workload.token.is_none(),
        _ => workload.nodes.is_empty(),
    })
}

/// The cluster's hub leads to each namespace's, that to each thing in it. What is of nodes hangs on the cluster's hub itself.
fn link_scopes(holding: Holding, members: &Members, world: &World<'_>, builder: &mut Builder) {
    let whole = Fact::InScope(holding, Scope::Cluster);
    let whole_is_known = builder.knows(&whole);
    if is_of_nodes(holding) {
        for (node, kubelet) in world.kubelets.iter().filter(|_| whole_is_known) {
            let member = match holding {
                Holding::NodeIdentities => Fact::Holds(Holding::Identity, kubelet.element()),
                _ => Fact::Holds(holding, node.clone()),
            };
            builder.link(whole.clone(), member, Reason::Implied);
        }
        return;
    }
    for namespace in world.namespaces.keys() {
        let hub = Fact::InScope(holding, Scope::Namespace(Arc::clone(namespace)));
        if whole_is_known {
            builder.link(whole.clone(), hub.clone(), Reason::Implied);
        }
        if builder.knows(&hub) {
            for member in members.of_namespace(holding, namespace, world) {
                builder.link(hub.clone(), Fact::Holds(holding, member.clone()), Reason::Implied);
            }
        }
    }
}

/// What is in each namespace.
struct Members {
    workloads: BTreeMap<Arc<str>, Vec<ElementId>>,
    identities: BTreeMap<Arc<str>, Vec<ElementId>>,
    data: BTreeMap<Arc<str>, Vec<ElementId>>,
}

impl Members {
    fn of(world: &World<'_>) -> Self {
        let mut members = Self {
            workloads: BTreeMap::new(),
            identities: BTreeMap::new(),
            data: BTreeMap::new(),
        };
        for workload in &world.workloads {
            let of_namespace = members.workloads.entry(Arc::clone(&workload.namespace)).or_default();
            of_namespace.push(workload.element.id.clone());
        }
        for identity in &world.identities {
            if let Identity::ServiceAccount { namespace, .. } = identity {
                let of_namespace = members.identities.entry(Arc::clone(namespace)).or_default();
                of_namespace.push(identity.element());
            }
        }
        for element in world.system.elements.iter().filter(|element| is_data(element)) {
            if let Some(namespace) = &element.namespace {
                let of_namespace = members.data.entry(Arc::clone(namespace)).or_default();
                of_namespace.push(element.id.clone());
            }
        }
        members
    }

    /// Everything of a sort in a namespace.
    fn of_namespace<'m>(
        &'m self,
        holding: Holding,
        namespace: &Arc<str>,
        world: &'m World<'_>,
    ) -> impl Iterator<Item = &'m ElementId> {
        let secrets = world.secrets.get(namespace).filter(|_| holding == Holding::Secret);
        let listed = match holding {
            Holding::Secret => None,
            Holding::Identity => self.identities.get(namespace),
            Holding::Data => self.data.get(namespace),
            _ => self.workloads.get(namespace),
        };
        secrets.into_iter().flatten().chain(listed.into_iter().flatten())
    }
}

/// The nodes that a workload runs on hang on its hub.
fn link_nodes_of(
    workload: &Workload<'_>,
    holding: Holding,
    places: &BTreeMap<&ElementId, PlaceId>,
    builder: &mut Builder,
) {
    let hub = builder.fact(Fact::Of(holding, workload.element.id.clone()));
    let here = builder.place(&workload.element.id);
    for (node, chance) in &workload.nodes {
        if let Some(there) = places.get(node) {
            let member = builder.fact(Fact::Holds(holding, node.clone()));
            builder.runs_on((hub, member), *chance, here, *there);
        }
    }
}

/// Secrets or identities that belong to a workload.
fn belonging(holding: Holding, workload: &Workload<'_>) -> Vec<(ElementId, Reason)> {
    if holding == Holding::Secret {
        let read = workload.secrets.iter();
        return read
            .map(|(id, evidence)| (id.clone(), Reason::Written(vec![evidence.clone()])))
            .collect();
    }
    let token = workload.token.iter();
    token
        .map(|token| (workload.identity.element(), Reason::Written(vec![token.clone()])))
        .collect()
}
