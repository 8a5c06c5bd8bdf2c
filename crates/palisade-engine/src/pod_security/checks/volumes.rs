//! The node's folders, and storage that pods should only reach through claims.

use std::collections::BTreeSet;

use palisade_inventory::{FieldPath, Node};

use crate::pod_security::containers::{Pod, spec_path};
use crate::pod_security::refusal::{Refusal, plural, quoted, quoted_set};

/// Volumes that `restricted` allows.
const ALLOWED: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// The other kinds there are, in the order in which the plugin looks for them.
const OTHERS: [&str; 21] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

/// No folder of the node.
pub(in crate::pod_security) fn host_path(pod: Pod<'_>) -> Option<Refusal> {
    let mut names = Vec::new();
    let mut paths = Vec::new();
    for (index, volume) in pod.volumes() {
        if volume.get("hostPath").is_some() {
            names.push(name(volume));
            paths.push(place(index, "hostPath"));
        }
    }
    let detail = format!(
        "{} {}",
        plural(names.len(), "volume", "volumes"),
        quoted(names.iter().copied())
    );
    (!names.is_empty()).then(|| Refusal::new("hostPath volumes", detail, paths))
}

/// Only what belongs to the pod, and claims.
pub(in crate::pod_security) fn restricted(pod: Pod<'_>) -> Option<Refusal> {
    let mut names = Vec::new();
    let mut kinds = BTreeSet::new();
    let mut paths = Vec::new();
    for (index, volume) in pod.volumes() {
        let has = |kind: &&&str| volume.get(kind).is_some();
        // A volume that names no source becomes an `emptyDir`.
        let names_none = volume
            .entries(&[])
            .iter()
            .all(|entry| &*entry.key == "name" || entry.value.is_null());
        if names_none || ALLOWED.iter().any(|kind| has(&kind)) {
            continue;
        }
        names.push(name(volume));
        let kind = OTHERS.iter().find(has);
        kinds.insert(kind.copied().unwrap_or("unknown"));
        paths.push(kind.map_or_else(|| spec_path(&["volumes"]).child(index), |kind| place(index, kind)));
    }
    if names.is_empty() {
        return None;
    }
    let detail = format!(
        "{} {} {} {} {}",
        plural(names.len(), "volume", "volumes"),
        quoted(names.iter().copied()),
        plural(names.len(), "uses", "use"),
        plural(kinds.len(), "restricted volume type", "restricted volume types"),
        quoted_set(&kinds)
    );
    Some(Refusal::new("restricted volume types", detail, paths))
}

fn name(volume: &Node) -> &str {
    volume.text(&["name"]).unwrap_or_default()
}

fn place(index: usize, kind: &str) -> FieldPath {
    spec_path(&["volumes"]).child(index).child(kind)
}
