//! Root by number.

use palisade_inventory::Node;

use crate::pod_security::containers::{Pod, spec_path};
use crate::pod_security::refusal::{Refusal, Setters};

const FIELD: [&str; 2] = ["securityContext", "runAsUser"];

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    let is_root = |field: Option<&Node>| field.and_then(Node::as_int) == Some(0);
    let mut setters = Setters::default();
    if is_root(pod.spec(&FIELD)) {
        setters.add_pod(spec_path(&FIELD));
    }
    for container in pod.containers() {
        if is_root(container.at(&FIELD)) {
            setters.add(&container, &FIELD);
        }
    }
    if setters.is_empty() {
        return None;
    }
    let detail = format!("{} must not set runAsUser=0", setters.everybody());
    Some(Refusal::new("runAsUser=0", detail, setters.paths))
}
