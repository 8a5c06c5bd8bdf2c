//! The `AppArmor` profile may be chosen, but not turned off.

use std::collections::BTreeSet;

use palisade_inventory::{FieldPath, Node};

use crate::pod_security::containers::{Pod, spec_path};
use crate::pod_security::refusal::{Refusal, Setters, plural, quoted};

/// How profiles were chosen before 1.30, and still may be. The container's name follows.
const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";
const FIELD: [&str; 3] = ["securityContext", "appArmorProfile", "type"];

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    let mut setters = Setters::default();
    let mut types = BTreeSet::new();
    if let Some(profile) = pod.spec(&FIELD[..2]).and_then(forbidden) {
        setters.add_pod(spec_path(&FIELD));
        types.insert(profile);
    }
    for container in pod.containers() {
        if let Some(profile) = container.at(&FIELD[..2]).and_then(forbidden) {
            setters.add(&container, &FIELD);
            types.insert(profile);
        }
    }
    let mut who = setters.parts();
    let mut paths = setters.paths;
    let mut values: Vec<String> = types.into_iter().map(str::to_owned).collect();

    let annotations: Vec<_> = pod
        .annotations()
        .into_iter()
        .filter(|(key, value)| key.starts_with(ANNOTATION) && !is_allowed(value))
        .collect();
    if !annotations.is_empty() {
        who.push(plural(annotations.len(), "annotation", "annotations").to_owned());
        values.extend(annotations.iter().map(|(key, value)| format!("{key}={value:?}")));
        let field = FieldPath::root().child("metadata").child("annotations");
        paths.extend(annotations.iter().map(|(key, _)| field.child(*key)));
    }
    if who.is_empty() {
        return None;
    }
    let detail = format!(
        "{} must not set AppArmor profile type to {}",
        who.join(" and "),
        quoted(values.iter().map(String::as_str))
    );
    let reason = plural(
        values.len(),
        "forbidden AppArmor profile",
        "forbidden AppArmor profiles",
    );
    Some(Refusal::new(reason, detail, paths))
}

/// The type of a profile, if it is one that is forbidden.
fn forbidden(profile: &Node) -> Option<&str> {
    let profile = profile.text(&["type"]).unwrap_or_default();
    (!matches!(profile, "RuntimeDefault" | "Localhost")).then_some(profile)
}

fn is_allowed(annotation: &str) -> bool {
    annotation.is_empty() || annotation == "runtime/default" || annotation.starts_with("localhost/")
}
