//! Data that pods read from stores: Secrets, ConfigMaps, claims, files of their node, network file systems.
//!
//! The flow goes from the reader to the store, as a call goes from the caller to the called.

use palisade_inventory::FieldPath;

use crate::design::application::Spoken;
use crate::design::boundaries::{self, CLUSTER};
use crate::design::cluster::Cluster;
use crate::design::drawing::{self, Claim, Drawing};
use crate::design::externals;
use crate::design::workloads::{Shape, Workload};
use crate::kube::{Reference, Volume, VolumeSource};
use crate::system::{Basis, Confidence, ElementId, ElementKind, Evidence};

/// Every namespace has it: it holds the cluster's certificate authority.
const ROOT_CERTIFICATES: &str = "kube-root-ca.crt";

/// Adds the stores that pods mount or read into their environment.
pub(super) fn add(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    for (_, workload) in cluster.workloads() {
        for shape in workload.distinct_shapes() {
            let pod = shape.pod();
            for reference in pod.secrets() {
                add_reference(cluster, workload, shape, "Secret", &reference, drawing);
            }
            for reference in pod.config_maps().iter().filter(|one| one.name != ROOT_CERTIFICATES) {
                add_reference(cluster, workload, shape, "ConfigMap", reference, drawing);
            }
            for volume in pod.volumes().filter(|volume| pod.mounts(volume.name)) {
                add_volume(cluster, workload, shape, &volume, drawing);
            }
        }
        add_claim_templates(cluster, workload, drawing);
    }
}

fn add_reference(
    cluster: &Cluster<'_>,
    workload: &Workload<'_>,
    shape: &Shape<'_>,
    kind: &str,
    reference: &Reference<'_>,
    drawing: &mut Drawing,
) {
    if reference.optional && cluster.core(kind, &workload.namespace, reference.name).is_none() {
        return;
    }
    let store = cluster.names.of_parts(kind, "", &workload.namespace, reference.name);
    let evidence = shape.evidence(&reference.path, format!("reads {kind} {}", reference.name));
    add_read(workload, store, reference.via.as_str(), evidence, drawing);
}

/// The store may be absent from the input: the pod could not start without it.
fn add_read(workload: &Workload<'_>, store: ElementId, via: &'static str, evidence: Evidence, drawing: &mut Drawing) {
    if !drawing.has(&store) {
        let boundary = boundaries::of_namespace(&workload.namespace);
        let mut element = drawing::element(store.clone(), ElementKind::DataStore, boundary, vec![evidence.clone()]);
        element.namespace = Some(workload.namespace.clone());
        element.confidence = Confidence::Medium;
        drawing.element(element);
    }
    drawing.claim(Claim {
        from: workload.id.clone(),
        to: store,
        basis: Basis::Declared,
        protocol: via,
        application: None,
        ports: Vec::new(),
        encrypted: None,
        confidence: Confidence::High,
        word: vec![evidence],
        way: Vec::new(),
    });
}

fn add_volume(
    cluster: &Cluster<'_>,
    workload: &Workload<'_>,
    shape: &Shape<'_>,
    volume: &Volume<'_>,
    drawing: &mut Drawing,
) {
    match volume.source {
        VolumeSource::Claim(claim) => {
            let name = claim_name(workload, volume.name, claim);
            let store = cluster
                .names
                .of_parts("PersistentVolumeClaim", "", &workload.namespace, &name);
            let evidence = shape.evidence(&volume.path, format!("mounts claim {claim}"));
            add_read(workload, store, "mount", evidence, drawing);
        }
        VolumeSource::HostPath(path) => {
            let store = ElementId::from(ElementId::NODE_FILES);
            let evidence = shape.evidence(&volume.path, format!("mounts {path} of its node"));
            if !drawing.has(&store) {
                let kind = ElementKind::DataStore;
                drawing.element(drawing::element(
                    store.clone(),
                    kind,
                    CLUSTER.to_owned(),
                    vec![evidence.clone()],
                ));
            }
            add_read(workload, store, "mount", evidence, drawing);
        }
        VolumeSource::Other("nfs") => {
            let Some(server) = volume.node.text(&["nfs", "server"]) else {
                return;
            };
            let path = volume.path.child("nfs").child("server");
            let evidence = shape.evidence(&path, "mounts a network file system");
            let spoken = Spoken {
                application: Some("nfs".to_owned()),
                encrypted: None,
            };
            let port = Some(2049);
            externals::add_call(
                &workload.id,
                server,
                port,
                spoken,
                Confidence::High,
                vec![evidence],
                drawing,
            );
        }
        _ => {}
    }
}

/// Claims of a StatefulSet are numbered as its pods are; together they are one store.
fn claim_name(workload: &Workload<'_>, volume: &str, claim: &str) -> String {
    let pod = claim.strip_prefix(volume).and_then(|rest| rest.strip_prefix('-'));
    match pod {
        Some(pod) if workload.has_pod(pod) => format!("{volume}-{}", workload.name),
        _ => claim.to_owned(),
    }
}

/// The claims that a StatefulSet makes for its pods.
fn add_claim_templates(cluster: &Cluster<'_>, workload: &Workload<'_>, drawing: &mut Drawing) {
    let Some(resource) = workload.resource else { return };
    let templates = resource.content.items(&["spec", "volumeClaimTemplates"]);
    for (index, template) in templates.iter().enumerate() {
        let Some(volume) = template.text(&["metadata", "name"]) else {
            continue;
        };
        let name = format!("{volume}-{}", workload.name);
        let store = cluster
            .names
            .of_parts("PersistentVolumeClaim", "", &workload.namespace, &name);
        let path = FieldPath::root()
            .child("spec")
            .child("volumeClaimTemplates")
            .child(index);
        let note = format!("makes a claim {name} for each pod");
        let evidence = Evidence::at(&resource.content_file, &resource.content, &path, note);
        add_read(workload, store, "mount", evidence, drawing);
    }
}
