//! What hangs on the hubs: added once, after all steps, for those hubs that some step leads to.

use std::sync::Arc;

use palisade_knowledge::Holding;

use super::cost::Chance;
use super::fact::Fact;
use super::graph::{Builder, Reason, Rule};
use super::world::World;
use crate::rbac::{Identity, Scope};
use crate::system::ElementId;

/// Links every hub that is known to what belongs to it.
pub(super) fn link(world: &World<'_>, builder: &mut Builder) {
    let gains = [
        Holding::Workload,
        Holding::Node,
        Holding::NodeFiles,
        Holding::Identity,
        Holding::Secret,
        Holding::Data,
        Holding::CloudRole,
        Holding::Availability,
        Holding::Compute,
    ];
    for holding in gains {
        link_scopes(holding, world, builder);
        for workload in &world.workloads {
            let hub = Fact::Of(holding, workload.element.id.clone());
            if builder.knows(&hub) {
                for (member, chance, reason) in belonging(holding, &workload.element.id, world) {
                    add(&hub, Fact::Holds(holding, member), chance, reason, builder);
                }
            }
        }
    }
}

/// Whether nothing hangs on a hub, so that leading to it leads nowhere.
pub(super) fn is_empty(fact: &Fact, world: &World<'_>) -> bool {
    matches!(fact, Fact::Of(holding, workload) if belonging(*holding, workload, world).is_empty())
}

/// The cluster's hub leads to each namespace's, that to each thing in it. Nodes hang on the cluster's hub itself.
fn link_scopes(holding: Holding, world: &World<'_>, builder: &mut Builder) {
    let whole = Fact::InScope(holding, Scope::Cluster);
    let whole_is_known = builder.knows(&whole);
    if matches!(holding, Holding::Node | Holding::NodeFiles) {
        if whole_is_known {
            for node in world.nodes.keys() {
                builder.link(whole.clone(), Fact::Holds(holding, node.clone()), Reason::Implied);
            }
        }
        return;
    }
    for namespace in world.namespaces.keys() {
        let hub = Fact::InScope(holding, Scope::Namespace(Arc::clone(namespace)));
        if whole_is_known {
            builder.link(whole.clone(), hub.clone(), Reason::Implied);
        }
        if builder.knows(&hub) {
            for member in members(holding, namespace, world) {
                builder.link(hub.clone(), Fact::Holds(holding, member), Reason::Implied);
            }
        }
    }
}

/// Everything of a sort in a namespace.
fn members(holding: Holding, namespace: &Arc<str>, world: &World<'_>) -> Vec<ElementId> {
    let workloads = || {
        let of_namespace = world
            .workloads
            .iter()
            .filter(|workload| workload.namespace == *namespace);
        of_namespace.map(|workload| &workload.element.id)
    };
    match holding {
        Holding::Secret => world.secrets.get(namespace).into_iter().flatten().cloned().collect(),
        Holding::Identity => {
            let of_namespace = |identity: &&Identity| matches!(identity, Identity::ServiceAccount { namespace: of, .. } if of == namespace);
            world
                .identities
                .iter()
                .filter(of_namespace)
                .map(Identity::element)
                .collect()
        }
        _ => workloads().cloned().collect(),
    }
}

/// Everything of a sort that belongs to a workload.
fn belonging(holding: Holding, workload: &ElementId, world: &World<'_>) -> Vec<(ElementId, Chance, Reason)> {
    let Some(workload) = world.workload(workload) else {
        return Vec::new();
    };
    let certain = |id: ElementId, reason| (id, Chance::CERTAIN, reason);
    match holding {
        Holding::Secret => {
            let read = workload.secrets.iter();
            read.map(|(id, evidence)| certain(id.clone(), Reason::Written(vec![evidence.clone()])))
                .collect()
        }
        Holding::Identity => {
            let token = workload.token.iter();
            token
                .map(|token| certain(workload.identity.element(), Reason::Written(vec![token.clone()])))
                .collect()
        }
        _ => {
            let on = |node: &ElementId| Reason::RunsOn(workload.element.id.clone(), node.clone());
            workload
                .nodes
                .iter()
                .map(|(node, chance)| (node.clone(), *chance, on(node)))
                .collect()
        }
    }
}

fn add(hub: &Fact, member: Fact, chance: Chance, reason: Reason, builder: &mut Builder) {
    let (premise, conclusion) = (builder.fact(hub.clone()), builder.fact(member));
    builder.rule(Rule {
        premises: vec![premise],
        conclusion,
        step: None,
        chance,
        fixed_at: None,
        reason,
    });
}
