//! Doors to the outside: load balancers, node ports, host ports, the host's network, external addresses.

use std::collections::BTreeSet;
use std::net::IpAddr;

use palisade_inventory::{FieldPath, Node};

use crate::design::application;
use crate::design::cluster::Cluster;
use crate::design::drawing::{Claim, Drawing};
use crate::design::externals;
use crate::design::hosts;
use crate::design::services::Service;
use crate::design::workloads::{Shape, Workload};
use crate::system::{Basis, Confidence, ElementId, Evidence};

/// Adds the flows that come from outside without a route.
pub(super) fn add(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    for service in cluster.services.iter() {
        if let Some(door) = Door::of(service) {
            add_service(cluster, service, &door, drawing);
        }
    }
    for (_, workload) in cluster.workloads() {
        for shape in workload.distinct_shapes() {
            add_host_ports(workload, shape, drawing);
        }
    }
}

/// How a Service is reached from outside.
struct Door {
    from: &'static str,
    path: FieldPath,
    note: &'static str,
    confidence: Confidence,
    /// What narrows who gets in.
    narrowed: Option<(FieldPath, String)>,
}

impl Door {
    fn of(service: &Service<'_>) -> Option<Self> {
        let spec = &service.resource.content;
        let path = |field: &str| FieldPath::root().child("spec").child(field);
        let mut door = Self {
            from: ElementId::INTERNET,
            path: path("type"),
            note: "a load balancer lets clients in",
            confidence: Confidence::High,
            narrowed: None,
        };
        match service.kind() {
            "LoadBalancer" => door.narrow(spec),
            "NodePort" => {
                door.note = "a port of every node lets in who reaches the nodes";
                door.confidence = Confidence::Medium;
            }
            _ if !spec.items(&["spec", "externalIPs"]).is_empty() => {
                door.path = path("externalIPs");
                door.note = "addresses outside the cluster lead here";
                door.confidence = Confidence::Medium;
                let all_private = spec.items(&["spec", "externalIPs"]).iter().all(is_private);
                if all_private {
                    door.from = ElementId::INTERNAL_NETWORK;
                }
            }
            _ => return None,
        }
        Some(door)
    }

    /// An internal load balancer is not the internet; one for some source ranges is not all of it.
    fn narrow(&mut self, service: &Node) {
        if let Some(annotation) = internal_annotation(service) {
            self.from = ElementId::INTERNAL_NETWORK;
            self.note = "an internal load balancer lets clients in";
            let path = FieldPath::root()
                .child("metadata")
                .child("annotations")
                .child(annotation);
            self.narrowed = Some((path, "the load balancer is internal".to_owned()));
        }
        let ranges = service.items(&["spec", "loadBalancerSourceRanges"]);
        let everybody = |range: &Node| range.as_str().is_some_and(|range| range.trim().ends_with("/0"));
        if ranges.is_empty() || ranges.iter().any(everybody) {
            return;
        }
        self.confidence = Confidence::Medium;
        if ranges.iter().all(is_private) {
            self.from = ElementId::INTERNAL_NETWORK;
        }
        let path = FieldPath::root().child("spec").child("loadBalancerSourceRanges");
        self.narrowed = Some((path, format!("only {} source ranges get in", ranges.len())));
    }
}

/// Whether an address or range is one of a private network.
fn is_private(node: &Node) -> bool {
    let text = node.as_str().unwrap_or_default().trim();
    let address = text.split_once('/').map_or(text, |(address, _)| address);
    address.parse::<IpAddr>().is_ok_and(hosts::is_private)
}

/// The annotation by which a cloud makes a load balancer internal.
fn internal_annotation(service: &Node) -> Option<&str> {
    /// Annotation and the value that means internal; none: any but `false`.
    const INTERNAL: [(&str, Option<&str>); 13] = [
        ("service.beta.kubernetes.io/aws-load-balancer-internal", None),
        ("service.beta.kubernetes.io/aws-load-balancer-scheme", Some("internal")),
        ("service.beta.kubernetes.io/azure-load-balancer-internal", None),
        ("networking.gke.io/load-balancer-type", Some("internal")),
        ("cloud.google.com/load-balancer-type", Some("internal")),
        ("service.beta.kubernetes.io/openstack-internal-load-balancer", None),
        (
            "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type",
            Some("intranet"),
        ),
        (
            "service.beta.kubernetes.io/alicloud-loadbalancer-address-type",
            Some("intranet"),
        ),
        ("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", None),
        ("service.beta.kubernetes.io/oci-load-balancer-internal", None),
        ("oci.oraclecloud.com/load-balancer-internal", None),
        (
            "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type",
            Some("private"),
        ),
        ("service.beta.kubernetes.io/cce-load-balancer-internal-vpc", None),
    ];
    service.entries(&["metadata", "annotations"]).iter().find_map(|entry| {
        let (name, wanted) = INTERNAL.iter().find(|(name, _)| *name == &*entry.key)?;
        // The value of an annotation may have been dropped; that it is there says enough.
        let internal = match (entry.value.as_str(), wanted) {
            (Some(value), Some(wanted)) => value.eq_ignore_ascii_case(wanted),
            (Some(value), None) => value != "false",
            (None, _) => true,
        };
        internal.then_some(*name)
    })
}

fn add_service(cluster: &Cluster<'_>, service: &Service<'_>, door: &Door, drawing: &mut Drawing) {
    let word = service.evidence_at(&door.path, door.note);
    let mut way: Vec<Evidence> = Vec::new();
    way.extend(
        door.narrowed
            .as_ref()
            .map(|(path, note)| service.evidence_at(path, note.clone())),
    );
    way.push(service.evidence());
    for workload in service
        .backends
        .iter()
        .filter_map(|&backend| cluster.workloads.get(backend))
    {
        let from = externals::add_outside(door.from, word.clone(), drawing);
        for protocol in ["TCP", "UDP", "SCTP"] {
            let of_protocol: Vec<_> = service.ports.iter().filter(|port| port.protocol == protocol).collect();
            if of_protocol.is_empty() {
                continue;
            }
            let ports: BTreeSet<u16> = of_protocol
                .iter()
                .flat_map(|port| port.container_ports(workload))
                .collect();
            let spoken: BTreeSet<_> = of_protocol
                .iter()
                .map(|port| {
                    let named = port.application.map(application::of_port_name).unwrap_or_default();
                    named.or(application::of_port(port.port))
                })
                .map(|spoken| (spoken.application, spoken.encrypted))
                .collect();
            // Several ports that speak differently are one flow of which no one thing is true.
            let mut spoken = spoken.into_iter();
            let one = spoken.next().filter(|_| spoken.next().is_none()).unwrap_or_default();
            drawing.claim(Claim {
                from: from.clone(),
                to: workload.id.clone(),
                basis: Basis::Declared,
                protocol,
                application: one.0,
                ports: ports.into_iter().collect(),
                encrypted: one.1,
                confidence: door.confidence,
                word: vec![word.clone()],
                way: way.clone(),
            });
        }
    }
}

/// Ports of containers that are ports of the node too.
fn add_host_ports(workload: &Workload<'_>, shape: &Shape<'_>, drawing: &mut Drawing) {
    let host_network = shape.pod().host_network();
    let is_local = |address: &str| address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    for port in shape.pod().serving_ports() {
        if port.host_ip.is_some_and(is_local) {
            continue;
        }
        let (path, note) = match port.host_port {
            Some(_) if !host_network => (port.path.child("hostPort"), "a port of its node leads here"),
            _ if host_network => (port.path.clone(), "listens on its node's own network"),
            _ => continue,
        };
        let word = shape.evidence(&path, note);
        let from = externals::add_outside(ElementId::INTERNET, word.clone(), drawing);
        let spoken = port.name.map(application::of_port_name).unwrap_or_default();
        let spoken = spoken.or(application::of_port(port.port));
        drawing.claim(Claim {
            from,
            to: workload.id.clone(),
            basis: Basis::Declared,
            protocol: match port.protocol {
                "UDP" => "UDP",
                "SCTP" => "SCTP",
                _ => "TCP",
            },
            application: spoken.application,
            ports: vec![port.port],
            encrypted: spoken.encrypted,
            confidence: Confidence::Medium,
            word: vec![word],
            way: Vec::new(),
        });
    }
}
