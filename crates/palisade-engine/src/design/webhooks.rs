//! Workloads that the API server itself calls: admission and conversion webhooks, aggregated APIs.

use palisade_inventory::{FieldPath, Node, Resource};

use crate::design::addresses::{Addresses, Target};
use crate::design::application::Spoken;
use crate::design::cluster::Cluster;
use crate::design::drawing::{Claim, Drawing};
use crate::design::services::{PortRef, Service};
use crate::design::{externals, platform};
use crate::system::{Basis, Confidence, Evidence};

/// The port of a webhook's Service where none is written.
const HTTPS: u16 = 443;

/// Adds the calls that the API server is told to make.
pub(super) fn add(cluster: &Cluster<'_>, addresses: &Addresses<'_, '_>, drawing: &mut Drawing) {
    for kind in ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"] {
        for resource in cluster.resources.of_kind(kind) {
            for (index, webhook) in resource.content.items(&["webhooks"]).iter().enumerate() {
                let path = FieldPath::root().child("webhooks").child(index).child("clientConfig");
                let note = format!("webhook {}", webhook.text(&["name"]).unwrap_or_default());
                if let Some(config) = webhook.get("clientConfig") {
                    add_client(cluster, addresses, resource, config, &path, &note, drawing);
                }
            }
        }
    }
    for resource in cluster.resources.of_kind("CustomResourceDefinition") {
        let keys = ["spec", "conversion", "webhook", "clientConfig"];
        if let Some(config) = resource.content.at(&keys) {
            let path = keys.iter().fold(FieldPath::root(), |path, key| path.child(*key));
            let note = format!("conversion webhook of {}", resource.id.name);
            add_client(cluster, addresses, resource, config, &path, &note, drawing);
        }
    }
    for resource in cluster.resources.of_kind("APIService") {
        if let Some(spec) = resource.content.get("spec") {
            let path = FieldPath::root().child("spec");
            let note = format!("aggregated API {}", resource.id.name);
            add_client(cluster, addresses, resource, spec, &path, &note, drawing);
        }
    }
}

/// `config` has a `service` or a `url`.
fn add_client(
    cluster: &Cluster<'_>,
    addresses: &Addresses<'_, '_>,
    resource: &Resource,
    config: &Node,
    path: &FieldPath,
    note: &str,
    drawing: &mut Drawing,
) {
    let evidence = |field: &str| {
        let path = path.child(field);
        Evidence::at(&resource.content_file, &resource.content, &path, note)
    };
    if let Some(service) = config.get("service") {
        add_service(cluster, service, &evidence("service"), drawing);
    }
    let url = config.get("url").and_then(Node::as_str).and_then(host_of);
    if let Some((host, port)) = url
        && let Target::Outside(host) = addresses.resolve(&host, "")
    {
        let word = vec![evidence("url")];
        let from = platform::api_server(&evidence("url"), drawing);
        let spoken = Spoken {
            application: Some("https".to_owned()),
            encrypted: Some(true),
        };
        externals::add_call(
            &from,
            &host,
            port.or(Some(HTTPS)),
            spoken,
            Confidence::High,
            word,
            drawing,
        );
    }
}

/// `service` names namespace, name and port.
fn add_service(cluster: &Cluster<'_>, service: &Node, word: &Evidence, drawing: &mut Drawing) {
    let name = service.text(&["name"]).unwrap_or_default();
    let namespace = service.text(&["namespace"]).unwrap_or("default");
    let port = service.get("port").and_then(PortRef::of);
    let port = port.unwrap_or(PortRef::Number(HTTPS));
    let found = cluster.services.get(namespace, name);
    if let Some(service) = found.filter(|service| !service.backends.is_empty()) {
        return add_call(cluster, service, port, word, drawing);
    }
    let reason = match found {
        Some(_) => format!("Service `{name}` selects no workload here"),
        None => format!("no Service `{name}` in namespace `{namespace}`"),
    };
    let number = match port {
        PortRef::Number(number) => Some(number),
        PortRef::Name(_) => None,
    };
    let from = platform::api_server(word, drawing);
    drawing.dangling(from, &format!("{name}.{namespace}.svc"), number, reason, word.clone());
}

fn add_call(cluster: &Cluster<'_>, service: &Service<'_>, port: PortRef<'_>, word: &Evidence, drawing: &mut Drawing) {
    let from = platform::api_server(word, drawing);
    for workload in service
        .backends
        .iter()
        .filter_map(|&backend| cluster.workloads.get(backend))
    {
        let ports = service
            .port(port)
            .map(|port| port.container_ports(workload))
            .unwrap_or_default();
        drawing.claim(Claim {
            from: from.clone(),
            to: workload.id.clone(),
            basis: Basis::Declared,
            protocol: "TCP",
            application: Some("https".to_owned()),
            ports: ports.into_iter().collect(),
            encrypted: Some(true),
            confidence: Confidence::High,
            word: vec![word.clone()],
            way: vec![service.evidence()],
        });
    }
}

/// Host and port of a URL.
fn host_of(url: &str) -> Option<(String, Option<u16>)> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()),
        _ => (authority, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Some((host.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_tell_host_and_port() {
        let cases = [
            ("https://hooks.example.com/admit", Some(("hooks.example.com", None))),
            (
                "https://Hooks.example.com:8443",
                Some(("hooks.example.com", Some(8443))),
            ),
            ("https://[::1]:9443/x", Some(("::1", Some(9443)))),
            ("hooks.example.com", None),
        ];
        for (url, expected) in cases {
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(host_of(url), expected, "{url}");
        }
    }
}
