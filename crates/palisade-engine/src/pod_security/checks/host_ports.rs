//! Ports on the node's own addresses.

use std::collections::BTreeSet;

use palisade_inventory::Node;

use crate::pod_security::containers::Pod;
use crate::pod_security::refusal::{Refusal, Setters, plural};

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    // Before the plugin sees a pod on the host's network, each of its ports has become a host port.
    let on_host_network = pod.is_set(&["hostNetwork"]);
    let host_port = |port: &Node| {
        let number = |field| port.get(field).and_then(Node::as_int).filter(|number| *number != 0);
        number("hostPort").or_else(|| number("containerPort").filter(|_| on_host_network))
    };
    let mut users = Setters::default();
    // Sorted as text, as the plugin sorts.
    let mut ports = BTreeSet::new();
    for container in pod.containers() {
        let mut used = container.items(&["ports"]).iter().filter_map(host_port).peekable();
        if used.peek().is_some() {
            users.add(&container, &["ports"]);
            ports.extend(used.map(|port| port.to_string()));
        }
    }
    if users.is_empty() {
        return None;
    }
    let detail = format!(
        "{} {} {} {}",
        users.containers(),
        plural(users.count(), "uses", "use"),
        plural(ports.len(), "hostPort", "hostPorts"),
        ports.into_iter().collect::<Vec<_>>().join(", ")
    );
    Some(Refusal::new("hostPort", detail, users.paths))
}
