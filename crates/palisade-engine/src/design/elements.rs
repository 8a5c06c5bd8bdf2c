//! The elements that resources are.

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};

use crate::design::boundaries::{self, CLUSTER, CONTROL_PLANE};
use crate::design::cluster::Cluster;
use crate::design::drawing::{self, Drawing};
use crate::design::workloads::{Workload, whole};
use crate::system::{Confidence, Element, ElementId, ElementKind, Evidence};

/// Adds an element for every workload, every other resource that has a meaning, and the identities that are only named.
pub(super) fn add(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    for (index, workload) in cluster.workloads() {
        drawing.element(of_workload(cluster, index, workload));
    }
    for resource in cluster.resources.but_pods() {
        if let Some(kind) = kind_of(resource)
            && !is_numbered_claim(cluster, resource)
        {
            drawing.element(of_resource(cluster, resource, kind));
        }
    }
    add_accounts(cluster, drawing);
    add_subjects(cluster, drawing);
}

fn of_workload(cluster: &Cluster<'_>, index: usize, workload: &Workload<'_>) -> Element {
    let recognised = cluster.recognised(index);
    let kind = if recognised.is_store() {
        ElementKind::DataStore
    } else {
        ElementKind::Process
    };
    let boundary = boundaries::of_namespace(&workload.namespace);
    let mut element = drawing::element(workload.id.clone(), kind, boundary, vec![workload.evidence.clone()]);
    element.namespace = Some(Arc::clone(&workload.namespace));
    element.technology = recognised.technology.map(|technology| technology.id.clone());
    element.store = recognised.technology.and_then(|technology| technology.store);
    element.owner = owner_of_workload(cluster, workload);
    element.instances = workload.instances();
    element.nodes = workload.nodes.iter().cloned().collect();
    let images: BTreeSet<&str> = workload
        .shapes
        .iter()
        .flat_map(|shape| shape.pod().containers())
        .filter_map(|container| container.image())
        .collect();
    element.images = images.into_iter().map(str::to_owned).collect();
    element.identity = cluster.account_of(workload);
    element.confidence = if recognised.by_port {
        workload.confidence.min(Confidence::Medium)
    } else {
        workload.confidence
    };
    element.templates = workload.distinct_shapes().map(|shape| shape.template.clone()).collect();
    element.resource = workload.resource.map(|resource| resource.id.clone());
    element
}

fn of_resource(cluster: &Cluster<'_>, resource: &Resource, kind: ElementKind) -> Element {
    let id = cluster.names.id(&resource.id);
    let boundary = match kind {
        ElementKind::Host => boundaries::of_node(&resource.id.name),
        ElementKind::Namespace => boundaries::of_namespace(&resource.id.name),
        ElementKind::DataStore if resource.id.namespace.is_empty() => CLUSTER.to_owned(),
        _ => boundaries::of_namespace(&resource.id.namespace),
    };
    let evidence = whole(resource, format!("this {}", resource.id.kind));
    let mut element = drawing::element(id, kind, boundary, vec![evidence]);
    element.namespace = (!resource.id.namespace.is_empty()).then(|| Arc::clone(&resource.id.namespace));
    element.owner = owner_in(&resource.content).or_else(|| owner_of_namespace(cluster, &resource.id.namespace));
    element.resource = Some(resource.id.clone());
    element
}

/// What a resource is in the diagram; none for what is no element: pods' owners, and kinds without meaning here.
fn kind_of(resource: &Resource) -> Option<ElementKind> {
    Some(match (&*resource.id.group, &*resource.id.kind) {
        ("", "Secret" | "ConfigMap" | "PersistentVolumeClaim" | "PersistentVolume") => ElementKind::DataStore,
        ("", "ServiceAccount") => ElementKind::Identity,
        ("rbac.authorization.k8s.io", "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding")
        | ("certificates.k8s.io", "CertificateSigningRequest") => ElementKind::Permission,
        ("", "Node") => ElementKind::Host,
        ("", "Service")
        | ("networking.k8s.io", "Ingress" | "IngressClass")
        | ("gateway.networking.k8s.io", _)
        | ("networking.istio.io", "Gateway" | "VirtualService" | "ServiceEntry")
        | ("route.openshift.io", "Route")
        | ("apiregistration.k8s.io", "APIService") => ElementKind::Route,
        ("networking.k8s.io", "NetworkPolicy")
        | ("", "ResourceQuota" | "LimitRange")
        | ("policy", "PodDisruptionBudget" | "PodSecurityPolicy")
        | ("autoscaling", "HorizontalPodAutoscaler")
        | ("admissionregistration.k8s.io", _)
        | ("storage.k8s.io", "StorageClass")
        | ("scheduling.k8s.io", "PriorityClass")
        | ("node.k8s.io", "RuntimeClass")
        | ("networking.istio.io", "DestinationRule" | "Sidecar")
        | ("security.istio.io", "PeerAuthentication" | "AuthorizationPolicy" | "RequestAuthentication")
        | (
            "policy.linkerd.io",
            "Server"
            | "ServerAuthorization"
            | "AuthorizationPolicy"
            | "MeshTLSAuthentication"
            | "NetworkAuthentication",
        )
        | ("kubelet.config.k8s.io", "KubeletConfiguration")
        | ("apiserver.config.k8s.io", "EncryptionConfiguration" | "AdmissionConfiguration")
        | ("audit.k8s.io", "Policy") => ElementKind::Policy,
        ("", "Namespace") => ElementKind::Namespace,
        _ => return None,
    })
}

/// Claims that a StatefulSet made for its pods are one store together, which its template names.
fn is_numbered_claim(cluster: &Cluster<'_>, resource: &Resource) -> bool {
    if &*resource.id.kind != "PersistentVolumeClaim" {
        return false;
    }
    let name = &*resource.id.name;
    name.rsplit_once('-')
        .filter(|(_, ordinal)| !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit()))
        .is_some_and(|(rest, _)| {
            let dashes = rest.match_indices('-');
            let mut owners = dashes.filter_map(|(at, _)| rest.get(at + 1..));
            owners.any(|owner| {
                let id = cluster
                    .names
                    .of_parts("StatefulSet", "apps", &resource.id.namespace, owner);
                cluster.workloads.of_id(&id).is_some()
            })
        })
}

/// Service accounts that pods run as.
fn add_accounts(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    for (_, workload) in cluster.workloads() {
        for shape in workload.distinct_shapes() {
            let (name, path) = shape.pod().service_account();
            let id = cluster.names.of_parts("ServiceAccount", "", &workload.namespace, name);
            if !drawing.has(&id) {
                let evidence = shape.evidence(&path, format!("runs as service account {name}"));
                drawing.element(named_identity(id, Some(&workload.namespace), evidence));
            }
        }
    }
}

/// Subjects of bindings: users, groups, and service accounts that nothing defines.
fn add_subjects(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    for kind in ["RoleBinding", "ClusterRoleBinding"] {
        for binding in cluster.resources.of_kind(kind) {
            for (index, subject) in binding.content.items(&["subjects"]).iter().enumerate() {
                let Some((id, namespace)) = subject_id(cluster, binding, subject) else {
                    continue;
                };
                if drawing.has(&id) {
                    continue;
                }
                let path = FieldPath::root().child("subjects").child(index);
                let note = format!("{kind} {} gives permissions to it", binding.id.name);
                let evidence = Evidence::at(&binding.content_file, &binding.content, &path, note);
                drawing.element(named_identity(id, namespace.as_ref(), evidence));
            }
        }
    }
}

fn subject_id(cluster: &Cluster<'_>, binding: &Resource, subject: &Node) -> Option<(ElementId, Option<Arc<str>>)> {
    let name = subject.text(&["name"])?;
    match subject.text(&["kind"])? {
        "ServiceAccount" => {
            let namespace = subject.text(&["namespace"]).unwrap_or(&binding.id.namespace);
            let id = cluster.names.of_parts("ServiceAccount", "", namespace, name);
            Some((id, Some(namespace.into())))
        }
        // The long form of a service account's user name is the same identity.
        "User" => match name
            .strip_prefix("system:serviceaccount:")
            .and_then(|rest| rest.split_once(':'))
        {
            Some((namespace, name)) => {
                let id = cluster.names.of_parts("ServiceAccount", "", namespace, name);
                Some((id, Some(namespace.into())))
            }
            None => Some((ElementId::new(format!("User/{name}")), None)),
        },
        "Group" => Some((ElementId::new(format!("Group/{name}")), None)),
        _ => None,
    }
}

fn named_identity(id: ElementId, namespace: Option<&Arc<str>>, evidence: Evidence) -> Element {
    let boundary = namespace.map_or_else(|| CONTROL_PLANE.to_owned(), |name| boundaries::of_namespace(name));
    let mut element = drawing::element(id, ElementKind::Identity, boundary, vec![evidence]);
    element.namespace = namespace.cloned();
    element.confidence = Confidence::Medium;
    element
}

/// The owner that a workload's object names, else its pods, else its namespace.
fn owner_of_workload(cluster: &Cluster<'_>, workload: &Workload<'_>) -> Option<String> {
    let own = workload.resource.and_then(|resource| owner_in(&resource.content));
    own.or_else(|| workload.shapes.iter().find_map(|shape| owner_in(shape.node)))
        .or_else(|| owner_of_namespace(cluster, &workload.namespace))
}

fn owner_of_namespace(cluster: &Cluster<'_>, namespace: &str) -> Option<String> {
    owner_in(&cluster.namespaces.object(namespace)?.content)
}

/// The `owner`, `team` or `app.kubernetes.io/part-of` label or annotation.
fn owner_in(object: &Node) -> Option<String> {
    const KEYS: [&str; 3] = ["owner", "team", "app.kubernetes.io/part-of"];
    KEYS.iter().find_map(|key| {
        let label = object.text(&["metadata", "labels", key]);
        let found = label.or_else(|| object.text(&["metadata", "annotations", key]))?;
        (!found.is_empty()).then(|| found.to_owned())
    })
}
