//! Containers with all the rights of the node.

use palisade_inventory::Node;

use crate::pod_security::containers::Pod;
use crate::pod_security::refusal::{Refusal, Setters};

const FIELD: [&str; 2] = ["securityContext", "privileged"];

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    let mut containers = Setters::default();
    for container in pod.containers() {
        if container.at(&FIELD).and_then(Node::as_bool) == Some(true) {
            containers.add(&container, &FIELD);
        }
    }
    if containers.is_empty() {
        return None;
    }
    let detail = format!(
        "{} must not set securityContext.privileged=true",
        containers.containers()
    );
    Some(Refusal::new("privileged", detail, containers.paths))
}
