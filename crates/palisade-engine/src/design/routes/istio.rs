//! Istio: VirtualServices that are bound to Gateways. Those of the mesh alone say how calls go, not who makes them.

use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};

use super::Route;
use crate::design::application::Spoken;
use crate::design::cluster::Cluster;
use crate::design::drawing::Drawing;
use crate::design::services::PortRef;
use crate::design::workloads::whole;
use crate::kube::Selector;
use crate::kube::labels::Labels;
use crate::kube::selector::Requirement;
use crate::system::{Confidence, ElementId};

const GROUP: &str = "networking.istio.io";

/// Adds the flows that VirtualServices behind Gateways tell of.
pub(super) fn add(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    for virtual_service in cluster.resources.of_kind("VirtualService") {
        for name in virtual_service.content.items(&["spec", "gateways"]) {
            let name = name.as_str().filter(|name| *name != "mesh");
            if let Some(gateway) = name.and_then(|name| gateway(cluster, &virtual_service.id.namespace, name)) {
                add_routes(cluster, virtual_service, gateway, drawing);
            }
        }
    }
}

/// `name`, or `namespace/name`.
fn gateway<'a>(cluster: &Cluster<'a>, namespace: &str, name: &str) -> Option<&'a Arc<Resource>> {
    let (namespace, name) = name.split_once('/').unwrap_or((namespace, name));
    let mut gateways = cluster
        .resources
        .of_kind("Gateway")
        .filter(|gateway| &*gateway.id.group == GROUP);
    gateways.find(|gateway| &*gateway.id.name == name && &*gateway.id.namespace == namespace)
}

fn add_routes(cluster: &Cluster<'_>, virtual_service: &Resource, gateway: &Arc<Resource>, drawing: &mut Drawing) {
    let servers = gateway.content.items(&["spec", "servers"]);
    let is_encrypted = |server: &Node| {
        let protocol = server.text(&["port", "protocol"]).unwrap_or_default();
        server.get("tls").is_some() || protocol.eq_ignore_ascii_case("https") || protocol.eq_ignore_ascii_case("tls")
    };
    let encrypted = (!servers.is_empty()).then(|| servers.iter().all(is_encrypted));
    let carriers = carriers(cluster, gateway);
    let spec = FieldPath::root().child("spec");
    for (protocol, application) in [("http", Some("http")), ("tls", None), ("tcp", None)] {
        for (index, rule) in virtual_service.content.items(&["spec", protocol]).iter().enumerate() {
            for (number, route) in rule.items(&["route"]).iter().enumerate() {
                let Some(host) = route.text(&["destination", "host"]) else {
                    continue;
                };
                let Some((service, namespace)) = destination(host, &virtual_service.id.namespace) else {
                    continue;
                };
                let path = spec.child(protocol).child(index).child("route").child(number);
                let to = Route {
                    resource: virtual_service,
                    path: path.child("destination").child("host"),
                    namespace,
                    service,
                    port: route.at(&["destination", "port", "number"]).and_then(PortRef::of),
                    outside: ElementId::INTERNET,
                    encrypted,
                    backend: Spoken {
                        application: application.map(str::to_owned),
                        encrypted: None,
                    },
                    carriers: carriers.clone(),
                    fallback: None,
                    way: vec![whole(gateway, format!("Gateway {} lets it in", gateway.id.name))],
                    confidence: Confidence::High,
                };
                to.add(cluster, drawing);
            }
        }
    }
}

/// A short name is one of the VirtualService's own namespace.
fn destination<'h>(host: &'h str, namespace: &'h str) -> Option<(&'h str, &'h str)> {
    let mut labels = host.split('.');
    let name = labels.next()?;
    match (labels.next(), labels.next()) {
        (None, _) => Some((name, namespace)),
        (Some(namespace), Some("svc")) => Some((name, namespace)),
        _ => None,
    }
}

/// The workloads that a Gateway's selector selects, in any namespace.
fn carriers(cluster: &Cluster<'_>, gateway: &Resource) -> Vec<usize> {
    let labels = Labels::of_entries(gateway.content.entries(&["spec", "selector"]));
    let requirements: Vec<Requirement<'_>> = labels
        .iter()
        .map(|(key, value)| Requirement::Equals(key, value))
        .collect();
    if requirements.is_empty() {
        return Vec::new();
    }
    let selector = Selector::All(requirements);
    let namespaces = cluster.namespaces.names();
    namespaces
        .flat_map(|namespace| cluster.workloads.select(namespace, &selector))
        .collect()
}
