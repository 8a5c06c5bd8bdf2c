//! Which facts a step is about: its relation's two ends, its starting point and its gain.

use palisade_knowledge::Holding;

use super::cost::Chance;
use super::fact::Fact;
use super::graph::Reason;
use super::world::{CLUSTER_ADMIN, Workload};
use crate::rbac::{Identity, Scope};
use crate::system::{ElementId, Flow};

/// An end of a relation.
#[derive(Clone, Copy, Debug)]
pub(super) enum End<'w, 'a> {
    /// The world outside.
    Internet,
    /// A workload.
    Workload(&'w Workload<'a>),
    /// The nodes that a workload runs on.
    NodesOf(&'w Workload<'a>),
    /// A node.
    Node(&'w ElementId),
    /// Somebody who makes requests.
    Identity(&'w Identity),
    /// A Secret, or the data of a store: what keeps something.
    Kept(&'w ElementId),
    /// An image.
    Image(&'w ElementId),
    /// The whole cluster.
    Cluster,
}

/// One pair of things that stand in a relation.
#[derive(Clone, Debug)]
pub(super) struct Instance<'w, 'a> {
    pub(super) from: End<'w, 'a>,
    pub(super) to: End<'w, 'a>,
    /// How likely the relation itself holds.
    pub(super) chance: Chance,
    /// Where it is written.
    pub(super) reason: Reason,
    /// The flow that it is, if it is one.
    pub(super) flow: Option<&'a Flow>,
}

impl End<'_, '_> {
    /// The fact that the attacker holds this, in this way.
    pub(super) fn held_as(self, holding: Holding) -> Fact {
        use Holding::{ClusterAdmin, Identity as AnIdentity, Node, NodeFiles, Secret};
        let element = match (self, holding) {
            (_, ClusterAdmin) | (Self::Cluster, _) => {
                return Fact::Holds(ClusterAdmin, CLUSTER_ADMIN.into());
            }
            (Self::Workload(workload), Node | NodeFiles | AnIdentity | Secret) => {
                return Fact::Of(holding, workload.element.id.clone());
            }
            (Self::NodesOf(workload), _) => return Fact::Of(holding, workload.element.id.clone()),
            (Self::Workload(workload), _) => workload.element.id.clone(),
            (Self::Internet, _) => ElementId::INTERNET.into(),
            (Self::Identity(identity), _) => identity.element(),
            (Self::Node(id) | Self::Kept(id) | Self::Image(id), _) => id.clone(),
        };
        Fact::Holds(holding, element)
    }

    /// The element to change when this end is what makes the step possible.
    pub(super) fn element(self) -> ElementId {
        match self {
            Self::Internet => ElementId::INTERNET.into(),
            Self::Workload(workload) | Self::NodesOf(workload) => workload.element.id.clone(),
            Self::Node(id) | Self::Kept(id) | Self::Image(id) => id.clone(),
            Self::Identity(identity) => identity.element(),
            Self::Cluster => CLUSTER_ADMIN.into(),
        }
    }
}

/// Whether nodes are held in this way, or something of theirs.
pub(super) const fn is_of_nodes(holding: Holding) -> bool {
    matches!(
        holding,
        Holding::Node
            | Holding::NodeFiles
            | Holding::NodeCredentials
            | Holding::PodVolumes
            | Holding::NodeLogs
            | Holding::NodeNetwork
            | Holding::Kubelet
            | Holding::NodeIdentities
    )
}

/// The fact of a gain in a scope.
pub(super) fn in_scope(holding: Holding, scope: &Scope) -> Fact {
    let of = match holding {
        Holding::SecretsInScope => Holding::Secret,
        Holding::WorkloadsInScope => Holding::Workload,
        Holding::IdentitiesInScope => Holding::Identity,
        // A pod may run on any node, whatever its namespace.
        Holding::NodesInScope => return Fact::InScope(Holding::Node, Scope::Cluster),
        of_nodes if is_of_nodes(of_nodes) => return Fact::InScope(of_nodes, Scope::Cluster),
        Holding::ControlOfScope if *scope == Scope::Cluster => Holding::ClusterAdmin,
        other => other,
    };
    match of {
        Holding::ClusterAdmin => Fact::Holds(Holding::ClusterAdmin, CLUSTER_ADMIN.into()),
        of => Fact::InScope(of, scope.clone()),
    }
}
