//! The filter of system calls.

use std::collections::BTreeSet;

use palisade_inventory::{FieldPath, Node};

use crate::pod_security::containers::{Pod, spec_path};
use crate::pod_security::refusal::{Refusal, Setters, plural, quoted_set};

const REASON: &str = "seccompProfile";
const PROFILE: [&str; 2] = ["securityContext", "seccompProfile"];
const TYPE: [&str; 3] = ["securityContext", "seccompProfile", "type"];

/// How profiles were chosen before 1.19.
const POD_ANNOTATION: &str = "seccomp.security.alpha.kubernetes.io/pod";
/// The same for a container, whose name follows.
const CONTAINER_ANNOTATION: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// Before 1.19: annotations must not turn it off.
pub(in crate::pod_security) fn annotations(pod: Pod<'_>) -> Option<Refusal> {
    let of_containers: Vec<_> = pod
        .containers()
        .map(|container| format!("{CONTAINER_ANNOTATION}{}", container.name))
        .collect();
    let mut forbidden = pod.annotations();
    forbidden.retain(|(key, value)| {
        let is_meant = *key == POD_ANNOTATION || of_containers.iter().any(|meant| meant == key);
        let is_allowed = matches!(*value, "runtime/default" | "docker/default") || value.starts_with("localhost/");
        is_meant && !is_allowed
    });
    if forbidden.is_empty() {
        return None;
    }
    let texts: Vec<_> = forbidden
        .iter()
        .map(|(key, value)| format!("{key}={value:?}"))
        .collect();
    let detail = format!(
        "forbidden {} {}",
        plural(texts.len(), "annotation", "annotations"),
        texts.join(", ")
    );
    let field = FieldPath::root().child("metadata").child("annotations");
    let paths = forbidden.iter().map(|(key, _)| field.child(*key)).collect();
    Some(Refusal::new(REASON, detail, paths))
}

/// It must not be turned off.
pub(in crate::pod_security) fn baseline(pod: Pod<'_>) -> Option<Refusal> {
    let profiles = Profiles::of(pod);
    profiles.turned_off()
}

/// It must be on.
pub(in crate::pod_security) fn restricted(pod: Pod<'_>) -> Option<Refusal> {
    let profiles = Profiles::of(pod);
    let turned_off = profiles.turned_off();
    if turned_off.is_some() || profiles.silent.is_empty() {
        return turned_off;
    }
    let detail = format!(
        "pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
        profiles.silent.containers()
    );
    Some(Refusal::new(REASON, detail, profiles.silent.paths))
}

/// Who chooses which profile.
struct Profiles<'a> {
    /// Those who choose one that is forbidden.
    setters: Setters<'a>,
    /// What they choose.
    values: BTreeSet<&'a str>,
    /// The containers that choose none, where the pod chooses none for them.
    silent: Setters<'a>,
}

impl<'a> Profiles<'a> {
    fn of(pod: Pod<'a>) -> Self {
        let mut setters = Setters::default();
        let mut values = BTreeSet::new();
        let mut silent = Setters::default();
        let of_pod = pod.spec(&PROFILE).map(kind);
        if let Some(value) = of_pod.filter(|value| !is_allowed(value)) {
            setters.add_pod(spec_path(&TYPE));
            values.insert(value);
        }
        for container in pod.containers() {
            match container.at(&PROFILE).map(kind) {
                Some(value) if is_allowed(value) => {}
                Some(value) => {
                    setters.add(&container, &TYPE);
                    values.insert(value);
                }
                None if of_pod.is_some_and(is_allowed) => {}
                None => silent.add(&container, &TYPE),
            }
        }
        Self {
            setters,
            values,
            silent,
        }
    }

    fn turned_off(&self) -> Option<Refusal> {
        if self.setters.is_empty() {
            return None;
        }
        let detail = format!(
            "{} must not set securityContext.seccompProfile.type to {}",
            self.setters.everybody(),
            quoted_set(&self.values)
        );
        Some(Refusal::new(REASON, detail, self.setters.paths.clone()))
    }
}

fn kind(profile: &Node) -> &str {
    profile.text(&["type"]).unwrap_or_default()
}

fn is_allowed(kind: &str) -> bool {
    matches!(kind, "RuntimeDefault" | "Localhost")
}
