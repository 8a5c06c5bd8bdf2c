//! Linux capabilities beyond what a container runtime gives, or beyond none.

use std::collections::BTreeSet;

use crate::pod_security::containers::Pod;
use crate::pod_security::refusal::{Refusal, Setters, quoted_set};

const ADD: [&str; 3] = ["securityContext", "capabilities", "add"];
const DROP: [&str; 3] = ["securityContext", "capabilities", "drop"];

/// What container runtimes give by default, without `NET_RAW`.
const DEFAULT: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Nothing may be added that is not there by default.
pub(in crate::pod_security) fn baseline(pod: Pod<'_>) -> Option<Refusal> {
    let (adders, added) = adders_of_other_than(pod, &DEFAULT);
    (!adders.is_empty()).then(|| Refusal::new("non-default capabilities", must_not_add(&adders, &added), adders.paths))
}

/// Everything must be dropped, and only low ports may be added.
pub(in crate::pod_security) fn restricted(pod: Pod<'_>) -> Option<Refusal> {
    let mut keepers = Setters::default();
    for container in pod.containers() {
        if !container.texts(&DROP).contains(&"ALL") {
            keepers.add(&container, &DROP);
        }
    }
    let (adders, added) = adders_of_other_than(pod, &["NET_BIND_SERVICE"]);

    let mut details = Vec::new();
    if !keepers.is_empty() {
        let containers = keepers.containers();
        details.push(format!(
            "{containers} must set securityContext.capabilities.drop=[\"ALL\"]"
        ));
    }
    if !adders.is_empty() {
        details.push(must_not_add(&adders, &added));
    }
    let mut paths = keepers.paths;
    paths.extend(adders.paths);
    (!details.is_empty()).then(|| Refusal::new("unrestricted capabilities", details.join("; "), paths))
}

/// The containers that add something else, and what they add.
fn adders_of_other_than<'a>(pod: Pod<'a>, allowed: &[&str]) -> (Setters<'a>, BTreeSet<&'a str>) {
    let mut adders = Setters::default();
    let mut added = BTreeSet::new();
    for container in pod.containers() {
        let mut others = container.texts(&ADD);
        others.retain(|capability| !allowed.contains(capability));
        if !others.is_empty() {
            adders.add(&container, &ADD);
            added.extend(others);
        }
    }
    (adders, added)
}

fn must_not_add(adders: &Setters<'_>, added: &BTreeSet<&str>) -> String {
    format!(
        "{} must not include {} in securityContext.capabilities.add",
        adders.containers(),
        quoted_set(added)
    )
}
