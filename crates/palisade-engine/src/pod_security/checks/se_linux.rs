//! `SELinux` labels beyond those of containers.

use std::collections::BTreeSet;

use palisade_inventory::Node;

use crate::pod_security::containers::{Pod, spec_path};
use crate::pod_security::refusal::{Refusal, Setters, plural, quoted_set};

const FIELD: [&str; 2] = ["securityContext", "seLinuxOptions"];
const TYPES: [&str; 3] = ["container_t", "container_init_t", "container_kvm_t"];

pub(in crate::pod_security) fn since_1_0(pod: Pod<'_>) -> Option<Refusal> {
    check(pod, |kind| TYPES.contains(&kind))
}

pub(in crate::pod_security) fn since_1_31(pod: Pod<'_>) -> Option<Refusal> {
    check(pod, |kind| TYPES.contains(&kind) || kind == "container_engine_t")
}

fn check(pod: Pod<'_>, is_allowed: impl Fn(&str) -> bool) -> Option<Refusal> {
    let mut setters = Setters::default();
    let mut types = BTreeSet::new();
    let mut sets_user = false;
    let mut sets_role = false;
    let mut is_forbidden = |options: &'_ Node| {
        let text = |field| options.text(&[field]).unwrap_or_default();
        let (kind, user, role) = (text("type"), text("user"), text("role"));
        let has_bad_type = !kind.is_empty() && !is_allowed(kind);
        if has_bad_type {
            types.insert(kind.to_owned());
        }
        sets_user |= !user.is_empty();
        sets_role |= !role.is_empty();
        has_bad_type || !user.is_empty() || !role.is_empty()
    };
    if pod.spec(&FIELD).is_some_and(&mut is_forbidden) {
        setters.add_pod(spec_path(&FIELD));
    }
    for container in pod.containers() {
        if container.at(&FIELD).is_some_and(&mut is_forbidden) {
            setters.add(&container, &FIELD);
        }
    }
    if setters.is_empty() {
        return None;
    }
    let types: BTreeSet<&str> = types.iter().map(String::as_str).collect();
    let mut details = Vec::new();
    if !types.is_empty() {
        let word = plural(types.len(), "type", "types");
        details.push(format!("{word} {}", quoted_set(&types)));
    }
    if sets_user {
        details.push("user may not be set".to_owned());
    }
    if sets_role {
        details.push("role may not be set".to_owned());
    }
    let detail = format!(
        "{} set forbidden securityContext.seLinuxOptions: {}",
        setters.everybody(),
        details.join("; ")
    );
    Some(Refusal::new("seLinuxOptions", detail, setters.paths))
}
