//! Routes as `OpenShift` has them.

use palisade_inventory::FieldPath;

use super::Route;
use crate::design::application::Spoken;
use crate::design::cluster::Cluster;
use crate::design::drawing::Drawing;
use crate::design::services::PortRef;
use crate::system::{Confidence, ElementId};

/// Adds the flows that Routes tell of.
pub(super) fn add(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    let routes = cluster.resources.of_kind("Route");
    for resource in routes.filter(|route| &*route.id.group == "route.openshift.io") {
        let spec = FieldPath::root().child("spec");
        let first = resource.content.at(&["spec", "to"]).map(|to| (spec.child("to"), to));
        let alternatives = resource
            .content
            .items(&["spec", "alternateBackends"])
            .iter()
            .enumerate();
        let alternatives = alternatives.map(|(index, to)| (spec.child("alternateBackends").child(index), to));
        for (path, to) in first.into_iter().chain(alternatives) {
            let Some(service) = to.text(&["name"]) else { continue };
            let termination = resource.content.text(&["spec", "tls", "termination"]);
            let route = Route {
                resource,
                path: path.child("name"),
                namespace: &resource.id.namespace,
                service,
                port: None,
                outside: ElementId::INTERNET,
                encrypted: Some(termination.is_some()),
                backend: Spoken::default(),
                carriers: Vec::new(),
                fallback: Some("http"),
                way: Vec::new(),
                confidence: Confidence::High,
            };
            let target = resource
                .content
                .at(&["spec", "port", "targetPort"])
                .and_then(PortRef::of);
            Route { port: target, ..route }.add(cluster, drawing);
        }
    }
}
