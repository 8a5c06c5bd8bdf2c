//! A container of a pod: its ports, its environment, its mounts.

use palisade_inventory::{FieldPath, Node};
use palisade_knowledge::ContainerRole;

/// A container and where it stands below its pod.
#[derive(Clone, Debug)]
pub struct Container<'a> {
    /// What it is for.
    pub role: ContainerRole,
    /// The container itself.
    pub node: &'a Node,
    /// Its path below the pod: `spec.initContainers[0]`.
    pub path: FieldPath,
}

/// A port that a container says it listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerPort<'a> {
    /// `containerPort`.
    pub port: u16,
    /// `TCP` unless written otherwise.
    pub protocol: &'a str,
    /// The name that Services may use as `targetPort`.
    pub name: Option<&'a str>,
    /// The node's port that is bound to it: `hostPort` as written; 0 counts as absent.
    pub host_port: Option<u16>,
    /// The node's address that it is bound to; none: all of them.
    pub host_ip: Option<&'a str>,
    /// Its path below the pod.
    pub path: FieldPath,
}

/// An environment variable.
#[derive(Clone, Debug)]
pub struct EnvVar<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its whole entry, with `value` or `valueFrom`.
    pub node: &'a Node,
    /// The entry's path below the pod.
    pub path: FieldPath,
}

/// A volume as one container sees it.
#[derive(Clone, Debug)]
pub struct Mount<'a> {
    /// The volume's name.
    pub volume: &'a str,
    /// `mountPath`, or `devicePath` of a block device.
    pub at: &'a str,
    /// `readOnly` as written; false when absent.
    pub read_only: bool,
    /// Its path below the pod.
    pub path: FieldPath,
}

impl<'a> Container<'a> {
    /// Its name; empty where it has none.
    pub fn name(&self) -> &'a str {
        self.node.text(&["name"]).unwrap_or_default()
    }

    /// Its image.
    pub fn image(&self) -> Option<&'a str> {
        self.node.text(&["image"])
    }

    /// The ports that it says it listens on. Informative in Kubernetes: a container may listen without.
    pub fn ports(&self) -> impl Iterator<Item = ContainerPort<'a>> + use<'a> {
        let list = self.path.child("ports");
        let items = self.node.items(&["ports"]).iter().enumerate();
        items.filter_map(move |(index, item)| {
            Some(ContainerPort {
                port: port_number(item.get("containerPort")?)?,
                protocol: item.text(&["protocol"]).unwrap_or("TCP"),
                name: item.text(&["name"]),
                host_port: item.get("hostPort").and_then(port_number),
                host_ip: item.text(&["hostIP"]).filter(|address| !address.is_empty()),
                path: list.child(index),
            })
        })
    }

    /// Its environment variables, those of `envFrom` not included.
    pub fn env(&self) -> impl Iterator<Item = EnvVar<'a>> + use<'a> {
        let list = self.path.child("env");
        let items = self.node.items(&["env"]).iter().enumerate();
        items.filter_map(move |(index, node)| {
            Some(EnvVar {
                name: node.text(&["name"])?,
                node,
                path: list.child(index),
            })
        })
    }

    /// The volumes that it sees, as files or as block devices.
    pub fn mounts(&self) -> impl Iterator<Item = Mount<'a>> + use<'a> {
        const LISTS: [(&str, &str); 2] = [("volumeMounts", "mountPath"), ("volumeDevices", "devicePath")];
        let (node, path) = (self.node, self.path.clone());
        LISTS.into_iter().flat_map(move |(list, at)| {
            let path = path.child(list);
            let items = node.items(&[list]).iter().enumerate();
            items.filter_map(move |(index, item)| {
                Some(Mount {
                    volume: item.text(&["name"])?,
                    at: item.text(&[at]).unwrap_or_default(),
                    read_only: item.get("readOnly").and_then(Node::as_bool).unwrap_or(false),
                    path: path.child(index),
                })
            })
        })
    }
}

/// The port number that a node holds; none for 0 and what is no port.
pub fn port_number(node: &Node) -> Option<u16> {
    let port = u16::try_from(node.as_int()?).ok()?;
    (port > 0).then_some(port)
}
