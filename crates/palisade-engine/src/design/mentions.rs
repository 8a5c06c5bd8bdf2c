//! What the containers of a workload say about addresses: in their environment, their command, the ConfigMaps that they
//! read, their probes and annotations.

use palisade_inventory::{Endpoint, FieldPath, Node};

use crate::design::cluster::Cluster;
use crate::design::workloads::{Shape, Workload};
use crate::kube::{Container, Pod, Via};
use crate::system::Evidence;

/// An address that a workload mentions.
#[derive(Debug)]
pub(super) struct Mention<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) place: Place,
    /// The setting's name says that it is an address of this system.
    pub(super) own: bool,
    /// Where it stands, and what leads the container to it.
    pub(super) evidence: Vec<Evidence>,
}

/// What kind of text an address stands in, from the weightiest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A variable's value, an argument, part of a command.
    Setting,
    /// A file from a ConfigMap: a whole text in which addresses stand.
    File,
    /// An annotation.
    Annotation,
}

/// All addresses that a workload mentions.
pub(super) fn of<'a>(cluster: &Cluster<'a>, workload: &Workload<'a>) -> Vec<Mention<'a>> {
    let mut mentions = Vec::new();
    for shape in workload.shapes.iter().filter(|shape| shape.distinct) {
        let pod = shape.pod();
        for container in pod.containers().filter(|container| !makes_certificates(container)) {
            of_container(shape, &container, &mut mentions);
        }
        of_config_maps(cluster, workload, shape, pod, &mut mentions);
        of_annotations(shape, pod, &mut mentions);
    }
    mentions
}

/// A job that makes certificates names the hosts that they are for; it calls none of them.
fn makes_certificates(container: &Container<'_>) -> bool {
    container.image().is_some_and(|image| image.contains("certgen"))
}

fn of_container<'a>(shape: &Shape<'a>, container: &Container<'a>, mentions: &mut Vec<Mention<'a>>) {
    for variable in container.env() {
        let Some(value) = variable.node.get("value") else {
            continue;
        };
        let note = format!("{} of container {}", variable.name, container.name());
        let role = Role::of(variable.name);
        of_text(shape, value, &variable.path.child("value"), role, &note, mentions);
    }
    for list in ["command", "args"] {
        let path = container.path.child(list);
        for (index, item) in container.node.items(&[list]).iter().enumerate() {
            let note = format!("{list} of container {}", container.name());
            of_text(shape, item, &path.child(index), Role::Called, &note, mentions);
        }
    }
    for (hook, handler) in HANDLERS {
        let Some(command) = container.node.at(hook).and_then(|hook| hook.at(handler)) else {
            continue;
        };
        let steps = hook.iter().chain(handler);
        let path = steps.fold(container.path.clone(), |path, step| path.child(*step));
        let note = format!("{} of container {}", hook.join("."), container.name());
        for (index, item) in command.items(&[]).iter().enumerate() {
            of_text(shape, item, &path.child(index), Role::Called, &note, mentions);
        }
    }
}

/// Commands that run inside the container besides its own.
const HANDLERS: [(&[&str], &[&str]); 5] = [
    (&["startupProbe"], &["exec", "command"]),
    (&["livenessProbe"], &["exec", "command"]),
    (&["readinessProbe"], &["exec", "command"]),
    (&["lifecycle", "postStart"], &["exec", "command"]),
    (&["lifecycle", "preStop"], &["exec", "command"]),
];

fn of_text<'a>(
    shape: &Shape<'a>,
    text: &'a Node,
    path: &FieldPath,
    role: Role,
    note: &str,
    mentions: &mut Vec<Mention<'a>>,
) {
    let Some(text) = text.as_redacted().filter(|_| role != Role::NotCalled) else {
        return;
    };
    mentions.extend(text.endpoints.iter().map(|endpoint| Mention {
        endpoint,
        place: Place::Setting,
        own: role == Role::Own,
        evidence: vec![shape.evidence_at(endpoint.position, path, note)],
    }));
}

fn of_config_maps<'a>(
    cluster: &Cluster<'a>,
    workload: &Workload<'_>,
    shape: &Shape<'a>,
    pod: Pod<'a>,
    mentions: &mut Vec<Mention<'a>>,
) {
    for reference in pod.config_maps() {
        let Some(config_map) = cluster.core("ConfigMap", &workload.namespace, reference.name) else {
            continue;
        };
        let place = match reference.via {
            Via::Env { .. } => Place::Setting,
            Via::Mount { .. } => Place::File,
        };
        let leads = shape.evidence(&reference.path, format!("reads ConfigMap {}", reference.name));
        for entry in config_map.content.entries(&["data"]) {
            let Some(text) = entry.value.as_redacted() else {
                continue;
            };
            let variable = match reference.via {
                Via::Env {
                    variable: Some(name), ..
                } => name,
                _ => &*entry.key,
            };
            let role = Role::of(variable);
            if !reference.keys.contain(&entry.key) || role == Role::NotCalled {
                continue;
            }
            let path = FieldPath::root().child("data").child(&*entry.key);
            let note = format!("{} of ConfigMap {}", entry.key, reference.name);
            mentions.extend(text.endpoints.iter().map(|endpoint| {
                let file = &config_map.content_file;
                let word = Evidence::at_position(file, endpoint.position, &path, note.clone());
                Mention {
                    endpoint,
                    place,
                    own: role == Role::Own,
                    evidence: vec![word, leads.clone()],
                }
            }));
        }
    }
}

fn of_annotations<'a>(shape: &Shape<'a>, pod: Pod<'a>, mentions: &mut Vec<Mention<'a>>) {
    let path = FieldPath::root().child("metadata").child("annotations");
    for entry in pod.node().entries(&["metadata", "annotations"]) {
        let Some(text) = entry.value.as_redacted() else {
            continue;
        };
        if entry.key.ends_with("last-applied-configuration") {
            continue;
        }
        let path = path.child(&*entry.key);
        mentions.extend(text.endpoints.iter().map(|endpoint| Mention {
            endpoint,
            place: Place::Annotation,
            own: false,
            evidence: vec![shape.evidence_at(endpoint.position, &path, format!("annotation {}", entry.key))],
        }));
    }
}

/// What the name of a setting tells about the addresses in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// They may be called.
    Called,
    /// Callers of this system use them (`BASE_URL`): they are no service of somebody else.
    Own,
    /// The process itself answers there, lets them in or keeps them away from a proxy.
    NotCalled,
}

impl Role {
    fn of(name: &str) -> Self {
        const NOT_CALLED: [&str; 14] = [
            "advertise",
            "advertised",
            "allow",
            "allowed",
            "bind",
            "cors",
            "exclude",
            "ignore",
            "listen",
            "listener",
            "listeners",
            "noproxy",
            "origin",
            "origins",
        ];
        const OWN: [&str; 6] = ["callback", "external", "public", "redirect", "root", "self"];
        /// Own when nothing but `url` follows: `BASE_URL`, but not `BILLING_BASE_URL`.
        const OWN_ALONE: [&str; 3] = ["app", "base", "site"];
        let lower = name.to_ascii_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let is_alone = matches!(words.as_slice(), [word, "url" | "uri"] if OWN_ALONE.contains(word));
        let no_proxy = words.windows(2).any(|pair| pair == ["no", "proxy"]);
        if no_proxy || words.iter().any(|word| NOT_CALLED.contains(word)) {
            Self::NotCalled
        } else if words.iter().any(|word| OWN.contains(word)) || is_alone {
            Self::Own
        } else {
            Self::Called
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_settings_tell_who_calls_whom() {
        let cases = [
            ("REDIS_ADDR", Role::Called),
            ("CATALOGUE_URL", Role::Called),
            ("BASE_URL", Role::Own),
            ("BILLING_BASE_URL", Role::Called),
            ("public-url", Role::Own),
            ("NO_PROXY", Role::NotCalled),
            ("no_proxy", Role::NotCalled),
            ("KAFKA_ADVERTISED_LISTENERS", Role::NotCalled),
            ("CORS_ORIGINS", Role::NotCalled),
        ];
        for (name, role) in cases {
            assert_eq!(Role::of(name), role, "{name}");
        }
    }
}
