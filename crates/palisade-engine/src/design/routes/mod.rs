//! Routes: what leads from outside to Services by host and path.
//!
//! Where the workload that carries the traffic is part of the system, the flow goes through it.

mod controllers;
mod gateway;
mod ingress;
mod istio;
mod openshift;

use std::collections::BTreeSet;

use palisade_inventory::{FieldPath, Resource};

use crate::design::application::{self, Spoken};
use crate::design::cluster::Cluster;
use crate::design::drawing::{Claim, Drawing};
use crate::design::externals;
use crate::design::services::PortRef;
use crate::system::{Basis, Confidence, ElementId, Evidence, Resources};

pub(super) use controllers::Controllers;

/// Adds the flows that routes tell of.
pub(super) fn add(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    let controllers = Controllers::of(cluster);
    ingress::add(cluster, &controllers, drawing);
    gateway::add(cluster, &controllers, drawing);
    istio::add(cluster, drawing);
    openshift::add(cluster, drawing);
}

/// The hosts under which routes make parts of this system known outside. `*.` stands for any one label.
pub(super) fn public_hosts(resources: &Resources) -> BTreeSet<String> {
    let mut hosts = BTreeSet::new();
    let mut add = |host: Option<&str>| {
        hosts.extend(host.filter(|host| host.contains('.')).map(str::to_ascii_lowercase));
    };
    for resource in resources.of_kind("Ingress") {
        let rules = resource.content.items(&["spec", "rules"]).iter();
        rules.for_each(|rule| add(rule.text(&["host"])));
        let tls = resource.content.items(&["spec", "tls"]).iter();
        tls.flat_map(|tls| tls.items(&["hosts"]))
            .for_each(|host| add(host.as_str()));
    }
    for kind in ["HTTPRoute", "GRPCRoute", "TLSRoute"] {
        for resource in resources.of_kind(kind) {
            let names = resource.content.items(&["spec", "hostnames"]).iter();
            names.for_each(|host| add(host.as_str()));
        }
    }
    for resource in resources.of_kind("Gateway") {
        let listeners = resource.content.items(&["spec", "listeners"]).iter();
        listeners.for_each(|listener| add(listener.text(&["hostname"])));
    }
    for resource in resources.of_kind("Route") {
        add(resource.content.text(&["spec", "host"]));
    }
    hosts
}

/// A route to a Service.
struct Route<'r> {
    resource: &'r Resource,
    /// Where the Service is named.
    path: FieldPath,
    namespace: &'r str,
    service: &'r str,
    port: Option<PortRef<'r>>,
    /// Who comes in by it.
    outside: &'static str,
    /// Whether they come in encrypted.
    encrypted: Option<bool>,
    /// What the route carries to the Service, where that is written.
    backend: Spoken,
    /// The scheme of what it carries where nothing else tells.
    fallback: Option<&'static str>,
    /// The workloads that carry it; none of them here: it comes from outside.
    carriers: Vec<usize>,
    /// What leads to the route: the Gateway.
    way: Vec<Evidence>,
    confidence: Confidence,
}

impl Route<'_> {
    fn add(self, cluster: &Cluster<'_>, drawing: &mut Drawing) {
        let note = format!("{} {} leads here", self.resource.id.kind, self.resource.id.name);
        let word = Evidence::at(&self.resource.content_file, &self.resource.content, &self.path, note);
        let outside = externals::add_outside(self.outside, word.clone(), drawing);
        let carriers: Vec<ElementId> = self
            .carriers
            .iter()
            .filter_map(|&carrier| Some(cluster.workloads.get(carrier)?.id.clone()))
            .collect();
        for carrier in &carriers {
            drawing.claim(Claim {
                from: outside.clone(),
                to: carrier.clone(),
                basis: Basis::Declared,
                protocol: "TCP",
                application: None,
                ports: Vec::new(),
                encrypted: self.encrypted,
                confidence: Confidence::Medium,
                word: vec![word.clone()],
                way: self.way.clone(),
            });
        }
        if carriers.is_empty() {
            self.add_from(&outside, self.encrypted, &word, cluster, drawing);
        }
        for carrier in &carriers {
            self.add_from(carrier, self.backend.encrypted, &word, cluster, drawing);
        }
    }

    fn add_from(
        &self,
        from: &ElementId,
        encrypted: Option<bool>,
        word: &Evidence,
        cluster: &Cluster<'_>,
        drawing: &mut Drawing,
    ) {
        let service = cluster.services.get(self.namespace, self.service);
        let found = service.filter(|service| !service.backends.is_empty() || service.external_name().is_some());
        let Some(service) = found else {
            let reason = match service {
                Some(_) => format!("Service `{}` selects no workload here", self.service),
                None => format!("no Service `{}` in namespace `{}`", self.service, self.namespace),
            };
            let host = format!("{}.{}.svc", self.service, self.namespace);
            let number = match self.port {
                Some(PortRef::Number(number)) => Some(number),
                _ => None,
            };
            drawing.dangling(from.clone(), &host, number, reason, word.clone());
            return;
        };
        if let Some(host) = service.external_name() {
            let number = match self.port {
                Some(PortRef::Number(number)) => Some(number),
                _ => None,
            };
            let word = vec![word.clone(), service.evidence()];
            let spoken = self.backend.clone();
            return externals::add_call(from, host, number, spoken, self.confidence, word, drawing);
        }
        let port = match self.port {
            Some(port) => service.port(port),
            None => service.ports.first().filter(|_| service.ports.len() == 1),
        };
        for workload in service
            .backends
            .iter()
            .filter_map(|&backend| cluster.workloads.get(backend))
        {
            let named = port.and_then(|port| port.application).map(application::of_port_name);
            let fallback = self.fallback.map(application::of_scheme).unwrap_or_default();
            let spoken = self.backend.clone().or(named.unwrap_or_default()).or(fallback);
            let ports = port.map(|port| port.container_ports(workload)).unwrap_or_default();
            let mut way = self.way.clone();
            way.push(service.evidence());
            drawing.claim(Claim {
                from: from.clone(),
                to: workload.id.clone(),
                basis: Basis::Declared,
                protocol: port.map_or("TCP", |port| port.protocol),
                application: spoken.application,
                ports: ports.into_iter().collect(),
                encrypted: encrypted.or(spoken.encrypted),
                confidence: self.confidence,
                word: vec![word.clone()],
                way,
            });
        }
    }
}
