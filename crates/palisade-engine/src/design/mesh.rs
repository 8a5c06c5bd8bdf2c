//! Service meshes: between their members what looks like plaintext may well be encrypted by the proxies beside them.

use std::collections::BTreeSet;

use crate::design::cluster::Cluster;
use crate::design::drawing::Drawing;
use crate::design::workloads::{Shape, Workload};
use crate::kube::Labels;
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

/// Whether a proxy of a mesh is put into such pods: what the pod says counts before what its namespace says.
fn is_member(cluster: &Cluster<'_>, workload: &Workload<'_>, shape: &Shape<'_>) -> bool {
    const ISTIO: &str = "sidecar.istio.io/inject";
    const LINKERD: &str = "linkerd.io/inject";
    const PROXIES: [&str; 2] = ["istio-proxy", "linkerd-proxy"];
    let pod = shape.pod();
    if pod.host_network() {
        return false;
    }
    if pod.containers().any(|container| PROXIES.contains(&container.name())) {
        return true;
    }
    let labels = pod.labels();
    let annotation = |name: &str| shape.node.text(&["metadata", "annotations", name]);
    let said = labels
        .get(ISTIO)
        .or_else(|| annotation(ISTIO))
        .or_else(|| annotation(LINKERD));
    match said {
        Some("true" | "enabled") => true,
        Some(_) => false,
        None => cluster.namespaces.object(&workload.namespace).is_some_and(|namespace| {
            let labels = Labels::of(&namespace.content);
            labels.get("istio-injection") == Some("enabled")
                || labels.get("istio.io/rev").is_some()
                || labels.get("istio.io/dataplane-mode") == Some("ambient")
                || namespace.content.text(&["metadata", "annotations", LINKERD]) == Some("enabled")
        }),
    }
}
