//! Programs that gain more privileges than who starts them.

use palisade_inventory::Node;

use crate::pod_security::containers::Pod;
use crate::pod_security::refusal::{Refusal, Setters};

const FIELD: [&str; 2] = ["securityContext", "allowPrivilegeEscalation"];

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    let mut containers = Setters::default();
    for container in pod.containers() {
        if container.at(&FIELD).and_then(Node::as_bool) != Some(false) {
            containers.add(&container, &FIELD);
        }
    }
    if containers.is_empty() {
        return None;
    }
    let detail = format!(
        "{} must set securityContext.allowPrivilegeEscalation=false",
        containers.containers()
    );
    Some(Refusal::new(
        "allowPrivilegeEscalation != false",
        detail,
        containers.paths,
    ))
}
