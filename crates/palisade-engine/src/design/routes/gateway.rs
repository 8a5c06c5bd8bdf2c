//! The Gateway API: routes that attach to Gateways and lead to Services.

use palisade_inventory::{FieldPath, Node, Resource};

use super::{Controllers, Route};
use crate::design::application::Spoken;
use crate::design::cluster::Cluster;
use crate::design::drawing::Drawing;
use crate::design::externals;
use crate::design::services::PortRef;
use crate::design::workloads::whole;
use crate::kube::Selector;
use crate::system::{Confidence, ElementId, Evidence};

const GROUP: &str = "gateway.networking.k8s.io";

/// Route kinds and what they carry.
const ROUTES: [(&str, Option<&str>); 5] = [
    ("HTTPRoute", Some("http")),
    ("GRPCRoute", Some("grpc")),
    ("TLSRoute", None),
    ("TCPRoute", None),
    ("UDPRoute", None),
];

/// Adds the flows that routes of the Gateway API tell of.
pub(super) fn add(cluster: &Cluster<'_>, controllers: &Controllers, drawing: &mut Drawing) {
    for (kind, application) in ROUTES {
        for route in cluster
            .resources
            .of_kind(kind)
            .filter(|route| &*route.id.group == GROUP)
        {
            for parent in route.content.items(&["spec", "parentRefs"]) {
                if let Some(parent) = Parent::of(cluster, controllers, route, parent) {
                    add_backends(cluster, route, &parent, application, drawing);
                }
            }
        }
    }
}

/// A Gateway that lets a route's traffic in.
struct Parent {
    outside: &'static str,
    encrypted: Option<bool>,
    carriers: Vec<usize>,
    way: Vec<Evidence>,
    confidence: Confidence,
}

impl Parent {
    /// None where the parent is no Gateway, or does not take the route.
    fn of(cluster: &Cluster<'_>, controllers: &Controllers, route: &Resource, reference: &Node) -> Option<Self> {
        if reference.text(&["kind"]).unwrap_or("Gateway") != "Gateway"
            || reference.text(&["group"]).unwrap_or(GROUP) != GROUP
        {
            return None;
        }
        let name = reference.text(&["name"])?;
        let namespace = reference.text(&["namespace"]).unwrap_or(&route.id.namespace);
        let carriers = Controllers::of_gateway(cluster, namespace, name);
        let found = cluster.resources.of_kind("Gateway").find(|gateway| {
            &*gateway.id.group == GROUP && &*gateway.id.name == name && &*gateway.id.namespace == namespace
        });
        let Some(gateway) = found else {
            return Some(Self {
                outside: ElementId::INTERNET,
                encrypted: None,
                carriers,
                way: Vec::new(),
                confidence: Confidence::Medium,
            });
        };
        let section = reference.text(&["sectionName"]);
        let listeners: Vec<&Node> = gateway
            .content
            .items(&["spec", "listeners"])
            .iter()
            .filter(|listener| section.is_none_or(|section| listener.text(&["name"]) == Some(section)))
            .filter(|listener| takes(cluster, gateway, listener, route))
            .collect();
        if listeners.is_empty() {
            return None;
        }
        let class = gateway.content.text(&["spec", "gatewayClassName"]).unwrap_or_default();
        let encrypted = |listener: &&&Node| matches!(listener.text(&["protocol"]), Some("HTTPS" | "TLS"));
        let carriers = if carriers.is_empty() {
            controllers.of_class(Some(class))
        } else {
            carriers
        };
        Some(Self {
            outside: if class.contains("internal") || class.contains("rilb") {
                ElementId::INTERNAL_NETWORK
            } else {
                ElementId::INTERNET
            },
            encrypted: Some(listeners.iter().filter(encrypted).count() == listeners.len()),
            carriers,
            way: vec![whole(gateway, format!("Gateway {name} lets it in"))],
            confidence: Confidence::High,
        })
    }
}

/// Whether a listener takes routes of this namespace; only those of its own unless it says otherwise.
fn takes(cluster: &Cluster<'_>, gateway: &Resource, listener: &Node, route: &Resource) -> bool {
    let namespaces = listener.at(&["allowedRoutes", "namespaces"]);
    match namespaces.and_then(|namespaces| namespaces.text(&["from"])) {
        Some("All") => true,
        Some("Selector") => {
            let selector = Selector::nullable(namespaces.and_then(|namespaces| namespaces.get("selector")));
            cluster.namespaces.select(&selector).contains(&&*route.id.namespace)
        }
        Some("None") => false,
        _ => gateway.id.namespace == route.id.namespace,
    }
}

fn add_backends(
    cluster: &Cluster<'_>,
    route: &Resource,
    parent: &Parent,
    application: Option<&str>,
    drawing: &mut Drawing,
) {
    let rules = FieldPath::root().child("spec").child("rules");
    for (rule_index, rule) in route.content.items(&["spec", "rules"]).iter().enumerate() {
        let of_rule = rule.items(&["backendRefs"]).iter().enumerate();
        let at = rules.child(rule_index);
        let backends = of_rule.map(|(index, backend)| (at.child("backendRefs").child(index), backend));
        let filters = rule.items(&["filters"]).iter().enumerate();
        let mirrors = filters.filter_map(|(index, filter)| {
            let path = at
                .child("filters")
                .child(index)
                .child("requestMirror")
                .child("backendRef");
            Some((path, filter.at(&["requestMirror", "backendRef"])?))
        });
        for (path, backend) in backends.chain(mirrors) {
            let kind = (
                backend.text(&["group"]).unwrap_or(""),
                backend.text(&["kind"]).unwrap_or("Service"),
            );
            let Some(name) = backend.text(&["name"]).filter(|_| kind == ("", "Service")) else {
                continue;
            };
            let namespace = backend.text(&["namespace"]).unwrap_or(&route.id.namespace);
            if !is_granted(cluster, route, namespace, name) {
                let note = format!("{} {} leads there", route.id.kind, route.id.name);
                let word = Evidence::at(&route.content_file, &route.content, &path, note);
                let from = externals::add_outside(parent.outside, word.clone(), drawing);
                let reason = format!("no ReferenceGrant in namespace `{namespace}` allows it");
                drawing.dangling(from, &format!("{name}.{namespace}.svc"), None, reason, word);
                continue;
            }
            let to = Route {
                resource: route,
                path: path.child("name"),
                namespace,
                service: name,
                port: backend.get("port").and_then(PortRef::of),
                outside: parent.outside,
                encrypted: parent.encrypted,
                backend: Spoken {
                    application: application.map(str::to_owned),
                    encrypted: None,
                },
                carriers: parent.carriers.clone(),
                fallback: None,
                way: parent.way.clone(),
                confidence: parent.confidence,
            };
            to.add(cluster, drawing);
        }
    }
}

/// A route may lead to another namespace's Service only where a ReferenceGrant there says so.
fn is_granted(cluster: &Cluster<'_>, route: &Resource, namespace: &str, service: &str) -> bool {
    if *route.id.namespace == *namespace {
        return true;
    }
    let grants = cluster.resources.of_kind("ReferenceGrant");
    grants.filter(|grant| &*grant.id.namespace == namespace).any(|grant| {
        let from = grant.content.items(&["spec", "from"]).iter().any(|from| {
            from.text(&["kind"]) == Some(&*route.id.kind)
                && from.text(&["group"]) == Some(GROUP)
                && from.text(&["namespace"]) == Some(&*route.id.namespace)
        });
        let to =
            grant.content.items(&["spec", "to"]).iter().any(|to| {
                to.text(&["kind"]) == Some("Service") && to.text(&["name"]).is_none_or(|name| name == service)
            });
        from && to
    })
}
