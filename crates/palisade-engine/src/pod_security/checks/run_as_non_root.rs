//! The kubelet must refuse to start a container as root.

use palisade_inventory::Node;

use crate::pod_security::containers::{Pod, spec_path};
use crate::pod_security::refusal::{Refusal, Setters};

const FIELD: [&str; 2] = ["securityContext", "runAsNonRoot"];
const REASON: &str = "runAsNonRoot != true";

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    let of_pod = pod.spec(&FIELD).and_then(Node::as_bool);
    let mut refusers = Setters::default();
    let mut silent = Setters::default();
    if of_pod == Some(false) {
        refusers.add_pod(spec_path(&FIELD));
    }
    for container in pod.containers() {
        match container.at(&FIELD).and_then(Node::as_bool) {
            Some(true) => {}
            Some(false) => refusers.add(&container, &FIELD),
            None if of_pod == Some(true) => {}
            None => silent.add(&container, &FIELD),
        }
    }
    if !refusers.is_empty() {
        let detail = format!(
            "{} must not set securityContext.runAsNonRoot=false",
            refusers.everybody()
        );
        return Some(Refusal::new(REASON, detail, refusers.paths));
    }
    if silent.is_empty() {
        return None;
    }
    let detail = format!(
        "pod or {} must set securityContext.runAsNonRoot=true",
        silent.containers()
    );
    Some(Refusal::new(REASON, detail, silent.paths))
}
