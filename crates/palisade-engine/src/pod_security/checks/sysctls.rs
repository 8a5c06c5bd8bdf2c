//! Kernel parameters that reach beyond the pod.

use palisade_inventory::Node;

use crate::pod_security::containers::{Pod, spec_path};
use crate::pod_security::refusal::Refusal;

/// Safe ones, each with the minor version of Kubernetes since which it counts as safe.
const SAFE: [(u16, &str); 14] = [
    (0, "kernel.shm_rmid_forced"),
    (0, "net.ipv4.ip_local_port_range"),
    (0, "net.ipv4.tcp_syncookies"),
    (0, "net.ipv4.ping_group_range"),
    (0, "net.ipv4.ip_unprivileged_port_start"),
    (27, "net.ipv4.ip_local_reserved_ports"),
    (29, "net.ipv4.tcp_keepalive_time"),
    (29, "net.ipv4.tcp_fin_timeout"),
    (29, "net.ipv4.tcp_keepalive_intvl"),
    (29, "net.ipv4.tcp_keepalive_probes"),
    (32, "net.ipv4.tcp_rmem"),
    (32, "net.ipv4.tcp_wmem"),
    (37, "net.ipv4.tcp_slow_start_after_idle"),
    (37, "net.ipv4.tcp_notsent_lowat"),
];

pub(in crate::pod_security) fn since_1_0(pod: Pod<'_>) -> Option<Refusal> {
    check(pod, 0)
}

pub(in crate::pod_security) fn since_1_27(pod: Pod<'_>) -> Option<Refusal> {
    check(pod, 27)
}

pub(in crate::pod_security) fn since_1_29(pod: Pod<'_>) -> Option<Refusal> {
    check(pod, 29)
}

pub(in crate::pod_security) fn since_1_32(pod: Pod<'_>) -> Option<Refusal> {
    check(pod, 32)
}

pub(in crate::pod_security) fn since_1_37(pod: Pod<'_>) -> Option<Refusal> {
    check(pod, 37)
}

fn check(pod: Pod<'_>, minor: u16) -> Option<Refusal> {
    const FIELD: [&str; 2] = ["securityContext", "sysctls"];
    let is_safe = |name: &str| SAFE.iter().any(|(since, safe)| *since <= minor && *safe == name);
    let sysctls = pod.spec(&FIELD).and_then(Node::as_list).unwrap_or_default();
    let (names, paths): (Vec<_>, Vec<_>) = sysctls
        .iter()
        .enumerate()
        .map(|(index, sysctl)| (sysctl.text(&["name"]).unwrap_or_default(), index))
        .filter(|(name, _)| !is_safe(name))
        .map(|(name, index)| (name, spec_path(&FIELD).child(index).child("name")))
        .unzip();
    (!names.is_empty()).then(|| Refusal::new("forbidden sysctls", names.join(", "), paths))
}
