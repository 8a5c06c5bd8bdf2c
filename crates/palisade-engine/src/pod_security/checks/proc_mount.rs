//! `/proc` without the masks that hide parts of the kernel.

use std::collections::BTreeSet;

use crate::pod_security::containers::Pod;
use crate::pod_security::refusal::{Refusal, Setters, quoted_set};

const FIELD: [&str; 2] = ["securityContext", "procMount"];

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    let mut containers = Setters::default();
    let mut types = BTreeSet::new();
    for container in pod.containers() {
        let Some(field) = container.at(&FIELD) else { continue };
        let kind = field.as_str().unwrap_or_default();
        if kind != "Default" {
            containers.add(&container, &FIELD);
            types.insert(kind);
        }
    }
    if containers.is_empty() {
        return None;
    }
    let detail = format!(
        "{} must not set securityContext.procMount to {}",
        containers.containers(),
        quoted_set(&types)
    );
    Some(Refusal::new("procMount", detail, containers.paths))
}
