//! Windows containers that run as processes of the node.

use palisade_inventory::Node;

use crate::pod_security::containers::{Pod, spec_path};
use crate::pod_security::refusal::{Refusal, Setters};

const FIELD: [&str; 3] = ["securityContext", "windowsOptions", "hostProcess"];

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    let mut setters = Setters::default();
    if pod.is_set(&FIELD) {
        setters.add_pod(spec_path(&FIELD));
    }
    for container in pod.containers() {
        if container.at(&FIELD).and_then(Node::as_bool) == Some(true) {
            setters.add(&container, &FIELD);
        }
    }
    if setters.is_empty() {
        return None;
    }
    let detail = format!(
        "{} must not set securityContext.windowsOptions.hostProcess=true",
        setters.everybody()
    );
    Some(Refusal::new("hostProcess", detail, setters.paths))
}
