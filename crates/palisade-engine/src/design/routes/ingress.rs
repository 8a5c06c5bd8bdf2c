//! Ingresses, in today's form and in the older one.

use palisade_inventory::{FieldPath, Node, Resource};

use super::{Controllers, Route};
use crate::design::application::{self, Spoken};
use crate::design::cluster::Cluster;
use crate::design::drawing::Drawing;
use crate::design::services::PortRef;
use crate::system::{Confidence, ElementId};

/// Adds the flows that Ingresses tell of.
pub(super) fn add(cluster: &Cluster<'_>, controllers: &Controllers, drawing: &mut Drawing) {
    for resource in cluster.resources.of_kind("Ingress") {
        if &*resource.id.group != "networking.k8s.io" {
            continue;
        }
        let ingress = Ingress::of(resource, controllers);
        let spec = FieldPath::root().child("spec");
        for field in ["defaultBackend", "backend"] {
            if let Some(backend) = resource.content.at(&["spec", field]) {
                ingress.add(cluster, backend, &spec.child(field), None, drawing);
            }
        }
        for (rule_index, rule) in resource.content.items(&["spec", "rules"]).iter().enumerate() {
            let paths = spec.child("rules").child(rule_index).child("http").child("paths");
            for (index, path) in rule.items(&["http", "paths"]).iter().enumerate() {
                if let Some(backend) = path.get("backend") {
                    let at = paths.child(index).child("backend");
                    ingress.add(cluster, backend, &at, rule.text(&["host"]), drawing);
                }
            }
        }
    }
}

struct Ingress<'r> {
    resource: &'r Resource,
    outside: &'static str,
    carriers: Vec<usize>,
    backend: Spoken,
}

impl<'r> Ingress<'r> {
    fn of(resource: &'r Resource, controllers: &Controllers) -> Self {
        let annotation = |name: &str| resource.content.text(&["metadata", "annotations", name]);
        let written = resource.content.text(&["spec", "ingressClassName"]);
        let class = written.or_else(|| annotation("kubernetes.io/ingress.class"));
        let spoken = annotation("nginx.ingress.kubernetes.io/backend-protocol")
            .or_else(|| annotation("alb.ingress.kubernetes.io/backend-protocol"));
        Self {
            resource,
            outside: if is_internal(resource, class) {
                ElementId::INTERNAL_NETWORK
            } else {
                ElementId::INTERNET
            },
            carriers: controllers.of_class(class),
            backend: spoken
                .map(|spoken| application::of_port_name(&spoken.to_ascii_lowercase()))
                .unwrap_or_default(),
        }
    }

    fn add(&self, cluster: &Cluster<'_>, backend: &Node, path: &FieldPath, host: Option<&str>, drawing: &mut Drawing) {
        let (service, port, path) = if let Some(service) = backend.get("service") {
            let port = service.get("port");
            let port = port.and_then(|port| port.get("number").or_else(|| port.get("name")));
            (service.text(&["name"]), port, path.child("service").child("name"))
        } else {
            let path = path.child("serviceName");
            (backend.text(&["serviceName"]), backend.get("servicePort"), path)
        };
        let Some(service) = service else { return };
        let route = Route {
            resource: self.resource,
            path,
            namespace: &self.resource.id.namespace,
            service,
            port: port.and_then(PortRef::of),
            outside: self.outside,
            encrypted: Some(has_certificate(&self.resource.content, host)),
            backend: self.backend.clone(),
            carriers: self.carriers.clone(),
            fallback: Some("http"),
            way: Vec::new(),
            confidence: Confidence::High,
        };
        route.add(cluster, drawing);
    }
}

/// Whether a host of an Ingress is served with a certificate. An entry of `tls` without hosts is for all.
fn has_certificate(ingress: &Node, host: Option<&str>) -> bool {
    ingress.items(&["spec", "tls"]).iter().any(|tls| {
        let hosts = tls.items(&["hosts"]);
        hosts.is_empty()
            || hosts
                .iter()
                .filter_map(Node::as_str)
                .any(|covered| match (covered.strip_prefix("*."), host) {
                    (_, None) => true,
                    (Some(domain), Some(host)) => {
                        host == covered || host.split_once('.').is_some_and(|(_, parent)| parent == domain)
                    }
                    (None, Some(host)) => covered.eq_ignore_ascii_case(host),
                })
    })
}

/// Whether an Ingress asks for a load balancer that only the inside of a network reaches.
fn is_internal(resource: &Resource, class: Option<&str>) -> bool {
    const INTERNAL: [(&str, &str); 2] = [
        ("alb.ingress.kubernetes.io/scheme", "internal"),
        ("appgw.ingress.kubernetes.io/use-private-ip", "true"),
    ];
    let said = INTERNAL.iter().any(|(name, wanted)| {
        let value = resource.content.text(&["metadata", "annotations", name]);
        value.is_some_and(|value| value == *wanted)
    });
    let words = class.into_iter().flat_map(|class| class.split(['-', '_', '.', '/']));
    said || words.into_iter().any(|word| matches!(word, "internal" | "private"))
}
