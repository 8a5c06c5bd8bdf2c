//! Which of a workload's shapes differ in what matters.
//!
//! Live pods carry what the API server fills in, so that they never equal their template as written. What is compared is
//! what an attacker cares about: who runs what image, how confined, with which volumes and whose identity.

use std::collections::BTreeSet;

use palisade_inventory::Node;

use crate::design::workloads::Shape;
use crate::kube::{ContainerRole, Pod, VolumeSource};

/// More than this many shapes of one workload are not told apart.
const MOST_DISTINCT: usize = 16;

/// Marks the shapes that equal one before them.
pub(super) fn mark(shapes: &mut [Shape<'_>]) {
    if shapes.len() < 2 {
        return;
    }
    let mut known: Vec<Traits<'_>> = Vec::new();
    for shape in shapes {
        let traits = Traits::of(shape.pod());
        shape.distinct = known.len() < MOST_DISTINCT && !known.contains(&traits);
        if shape.distinct {
            known.push(traits);
        }
    }
}

/// What is compared.
#[derive(PartialEq)]
struct Traits<'a> {
    containers: Vec<(ContainerRole, &'a str, Option<&'a str>, Option<&'a Node>)>,
    volumes: BTreeSet<(&'a str, &'static str, &'a str)>,
    host: [bool; 3],
    account: &'a str,
    security: Option<&'a Node>,
}

impl<'a> Traits<'a> {
    fn of(pod: Pod<'a>) -> Self {
        let mut containers: Vec<_> = pod
            .containers()
            .map(|one| {
                (
                    one.role,
                    one.name(),
                    one.image(),
                    written(one.node.get("securityContext")),
                )
            })
            .collect();
        containers.sort_by_key(|(role, name, ..)| (*role, *name));
        Self {
            containers,
            volumes: volumes(pod).collect(),
            host: [pod.host_network(), pod.host_pid(), pod.host_ipc()],
            account: pod.service_account().0,
            security: written(pod.node().at(&["spec", "securityContext"])),
        }
    }
}

/// The API server writes an empty security context where there is none.
fn written(context: Option<&Node>) -> Option<&Node> {
    context.filter(|context| !context.entries(&[]).is_empty())
}

/// Volumes without those that every pod is given: the API token, and claims of a StatefulSet.
fn volumes(pod: Pod<'_>) -> impl Iterator<Item = (&str, &'static str, &str)> {
    pod.volumes().filter_map(|volume| {
        let (kind, of) = match volume.source {
            VolumeSource::Projected(_) if volume.name.starts_with("kube-api-access-") => return None,
            VolumeSource::Claim(_)
            | VolumeSource::EphemeralClaim
            | VolumeSource::EmptyDir
            | VolumeSource::DownwardApi => return None,
            VolumeSource::Projected(_) => ("projected", ""),
            VolumeSource::HostPath(path) => ("hostPath", path),
            VolumeSource::Secret(name) => ("secret", name),
            VolumeSource::ConfigMap(name) => ("configMap", name),
            VolumeSource::Csi(driver) => ("csi", driver),
            VolumeSource::Image(reference) => ("image", reference),
            VolumeSource::Other(kind) => ("other", kind),
        };
        Some((volume.name, kind, of))
    })
}
