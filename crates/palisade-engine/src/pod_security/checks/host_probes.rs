//! Probes and lifecycle hooks that make the kubelet call somewhere else than the pod.

use std::collections::BTreeSet;

use palisade_inventory::FieldPath;

use crate::pod_security::containers::Pod;
use crate::pod_security::refusal::{Refusal, plural, quoted_set};

/// Where a host may be named.
const HOSTS: [[&str; 3]; 6] = [
    ["livenessProbe", "httpGet", "host"],
    ["livenessProbe", "tcpSocket", "host"],
    ["readinessProbe", "httpGet", "host"],
    ["readinessProbe", "tcpSocket", "host"],
    ["startupProbe", "httpGet", "host"],
    ["startupProbe", "tcpSocket", "host"],
];
const HOOK_HOSTS: [[&str; 4]; 4] = [
    ["lifecycle", "postStart", "httpGet", "host"],
    ["lifecycle", "postStart", "tcpSocket", "host"],
    ["lifecycle", "preStop", "httpGet", "host"],
    ["lifecycle", "preStop", "tcpSocket", "host"],
];

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    let mut names = BTreeSet::new();
    let mut hosts = BTreeSet::new();
    let mut paths: Vec<FieldPath> = Vec::new();
    for container in pod.containers() {
        let fields = HOSTS
            .iter()
            .map(<[_; 3]>::as_slice)
            .chain(HOOK_HOSTS.iter().map(<[_; 4]>::as_slice));
        for keys in fields {
            if let Some(host) = container.text(keys) {
                names.insert(container.name);
                hosts.insert(host);
                paths.push(container.path(keys));
            }
        }
    }
    if names.is_empty() {
        return None;
    }
    let detail = format!(
        "{} {} {} {} {}",
        plural(names.len(), "container", "containers"),
        quoted_set(&names),
        plural(names.len(), "uses", "use"),
        plural(hosts.len(), "probe or lifecycle host", "probe or lifecycle hosts"),
        quoted_set(&hosts)
    );
    Some(Refusal::new("probe or lifecycle host", detail, paths))
}
