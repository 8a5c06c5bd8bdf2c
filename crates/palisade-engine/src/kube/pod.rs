//! A pod or pod template: a node with `metadata` and `spec`.
//!
//! Paths are below that node; join them to the template's own path to find them in the document.

use palisade_inventory::{FieldPath, Node};
use palisade_knowledge::containers;

use super::container::{Container, ContainerPort};
use super::labels::Labels;
use super::volume::{Volume, VolumeSource};

/// A view of a pod or pod template.
#[derive(Clone, Copy, Debug)]
pub struct Pod<'a> {
    node: &'a Node,
}

impl<'a> Pod<'a> {
    /// A view of a node with `metadata` and `spec`.
    pub fn new(node: &'a Node) -> Self {
        Self { node }
    }

    /// The node itself.
    pub fn node(self) -> &'a Node {
        self.node
    }

    /// Its labels.
    pub fn labels(self) -> Labels<'a> {
        Labels::of(self.node)
    }

    /// All its containers: containers first, then init (sidecars among them) and ephemeral ones.
    pub fn containers(self) -> impl Iterator<Item = Container<'a>> + use<'a> {
        containers(self.node).map(|(role, node, path)| Container { role, node, path })
    }

    /// Its volumes.
    pub fn volumes(self) -> impl Iterator<Item = Volume<'a>> + use<'a> {
        let items = self.node.items(&["spec", "volumes"]).iter().enumerate();
        items.filter_map(|(index, node)| {
            Some(Volume {
                name: node.text(&["name"])?,
                source: VolumeSource::of(node),
                node,
                path: FieldPath::root().child("spec").child("volumes").child(index),
            })
        })
    }

    /// Whether some container mounts the volume of this name.
    pub fn mounts(self, volume: &str) -> bool {
        self.containers()
            .any(|container| container.mounts().any(|mount| mount.volume == volume))
    }

    /// The service account that it runs as, and where that is written: `serviceAccountName`, the older `serviceAccount`,
    /// or by default `default`.
    pub fn service_account(self) -> (&'a str, FieldPath) {
        let spec = FieldPath::root().child("spec");
        ["serviceAccountName", "serviceAccount"]
            .into_iter()
            .find_map(|field| {
                let name = self.node.text(&["spec", field]).filter(|name| !name.is_empty())?;
                Some((name, spec.child(field)))
            })
            .unwrap_or_else(|| ("default", spec.child("serviceAccountName")))
    }

    /// Whether it shares the node's network.
    pub fn host_network(self) -> bool {
        self.flag("hostNetwork")
    }

    /// Whether it sees the node's processes.
    pub fn host_pid(self) -> bool {
        self.flag("hostPID")
    }

    /// Whether it shares the node's inter-process communication.
    pub fn host_ipc(self) -> bool {
        self.flag("hostIPC")
    }

    /// The port that a container calls by this name, the first one as Kubernetes resolves it. Init containers other than
    /// sidecars do not serve.
    pub fn port_named(self, name: &str) -> Option<ContainerPort<'a>> {
        self.serving_ports().find(|port| port.name == Some(name))
    }

    /// The ports of the containers that keep running: not those of init containers.
    pub fn serving_ports(self) -> impl Iterator<Item = ContainerPort<'a>> + use<'a> {
        use palisade_knowledge::ContainerRole::{Container, Sidecar};
        self.containers()
            .filter(|container| matches!(container.role, Container | Sidecar))
            .flat_map(|container| container.ports().collect::<Vec<_>>())
    }

    fn flag(self, field: &str) -> bool {
        self.node.at(&["spec", field]).and_then(Node::as_bool).unwrap_or(false)
    }
}
