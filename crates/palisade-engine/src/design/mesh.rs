//! Service meshes: between their members what looks like plaintext may well be encrypted by the proxies beside them.

use std::collections::BTreeSet;

use crate::design::cluster::Cluster;
use crate::design::drawing::Drawing;
use crate::design::workloads::{Shape, Workload};
use crate::kube::Mesh;
use crate::system::ElementId;

/// Takes back that flows between members of a mesh are in the clear: nobody says so any more, nor that they are not.
pub(super) fn apply(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    let members: BTreeSet<&ElementId> = cluster
        .workloads()
        .filter(|(_, workload)| workload.shapes.iter().all(|shape| is_member(cluster, workload, shape)))
        .map(|(_, workload)| &workload.id)
        .collect();
    if !members.is_empty() {
        drawing.doubt_plaintext(|from, to| members.contains(from) && members.contains(to));
    }
}

/// Whether a proxy of a mesh is put into such pods.
fn is_member(cluster: &Cluster<'_>, workload: &Workload<'_>, shape: &Shape<'_>) -> bool {
    let namespace = cluster.namespaces.object(&workload.namespace);
    Mesh::of_pod(shape.pod(), namespace.map(|namespace| &*namespace.content)).is_some()
}
