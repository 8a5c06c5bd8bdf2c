//! What the artefacts do not tell and a threat modeller would ask.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::FieldPath;

use crate::design::cluster::Cluster;
use crate::design::drawing::Drawing;
use crate::design::services::Service;
use crate::design::workloads::Workload;
use crate::system::{Basis, ElementId, Evidence, Unknown};

/// Adds the open questions about who calls whom.
pub(super) fn add(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    let tells = |basis: Basis| basis != Basis::Platform;
    let called: BTreeSet<ElementId> = drawing
        .flows()
        .filter(|(_, _, basis)| tells(*basis))
        .map(|(_, to, _)| to.clone())
        .collect();
    let calls = drawing
        .flows()
        .filter(|(_, to, basis)| tells(*basis) && !is_storage(to));
    let calling: BTreeSet<ElementId> = calls
        .map(|(from, ..)| from)
        .chain(drawing.dangling_from())
        .cloned()
        .collect();
    let mut services: BTreeMap<usize, Vec<&Service<'_>>> = BTreeMap::new();
    for service in cluster.services.iter() {
        for &backend in &service.backends {
            services.entry(backend).or_default().push(service);
        }
    }
    for (index, workload) in cluster.workloads() {
        let of_workload = services.get(&index).map(Vec::as_slice).unwrap_or_default();
        if !called.contains(&workload.id) {
            ask_for_callers(workload, of_workload, drawing);
        }
        let keeps_data = cluster.recognised(index).is_store();
        if !keeps_data && !calling.contains(&workload.id) {
            ask_for_callees(workload, drawing);
        }
    }
}

/// Reading a volume or the environment is no call.
fn is_storage(to: &ElementId) -> bool {
    const KINDS: [&str; 4] = ["Secret/", "ConfigMap/", "PersistentVolumeClaim/", "Platform/"];
    KINDS.iter().any(|kind| to.as_str().starts_with(kind))
}

/// Only what can be called has callers: a Service leads to it, or it says that it listens.
fn ask_for_callers(workload: &Workload<'_>, services: &[&Service<'_>], drawing: &mut Drawing) {
    let (what, evidence) = match services {
        [] => {
            let port = workload.shapes.iter().find_map(|shape| {
                let port = shape.pod().serving_ports().next()?;
                Some((port.port, shape.evidence(&port.path, "listens here")))
            });
            let Some((port, evidence)) = port else { return };
            (format!("It listens on port {port}"), vec![evidence])
        }
        services => {
            let names: Vec<&str> = services.iter().map(|service| service.name()).collect();
            let evidence = services.iter().map(|service| service.evidence()).collect();
            (format!("Service {} leads to it", names.join(", ")), evidence)
        }
    };
    drawing.unknown(Unknown {
        element: workload.id.clone(),
        code: "callers".to_owned(),
        question: format!("{what}, but nothing tells who calls it. Who does?"),
        evidence,
    });
}

fn ask_for_callees(workload: &Workload<'_>, drawing: &mut Drawing) {
    let evidence: Vec<Evidence> = workload
        .shapes
        .first()
        .map(|shape| {
            shape.evidence(
                &FieldPath::root().child("spec").child("containers"),
                "would be told here",
            )
        })
        .into_iter()
        .collect();
    drawing.unknown(Unknown {
        element: workload.id.clone(),
        code: "callees".to_owned(),
        question: "Nothing tells whom it calls. Does it call anything?".to_owned(),
        evidence,
    });
}
