//! Who says that it calls whom: addresses that workloads mention, joined with what answers there.

use std::collections::BTreeSet;
use std::net::IpAddr;

use palisade_inventory::Endpoint;

use crate::design::addresses::{Addresses, Inside, Target};
use crate::design::application::{self, Spoken};
use crate::design::cluster::Cluster;
use crate::design::drawing::{Claim, Drawing};
use crate::design::mentions::{self, Mention, Place};
use crate::design::services::{PortRef, ServicePort};
use crate::design::workloads::Workload;
use crate::design::{externals, platform};
use crate::system::{Basis, Confidence, ElementId, Evidence};

/// Adds the calls that workloads say they make, and the lookups of the names in them.
pub(super) fn add(cluster: &Cluster<'_>, addresses: &Addresses<'_, '_>, drawing: &mut Drawing) {
    for (_, workload) in cluster.workloads() {
        let mut caller = Caller {
            cluster,
            id: &workload.id,
            looks_up: None,
            drawing,
        };
        for mention in mentions::of(cluster, workload) {
            add_mention(&mut caller, addresses, workload, mention);
        }
        if let Some(name) = caller.looks_up.take() {
            platform::add_lookup(cluster, &workload.id, &name, drawing);
        }
    }
}

fn add_mention(
    caller: &mut Caller<'_, '_, '_>,
    addresses: &Addresses<'_, '_>,
    workload: &Workload<'_>,
    mention: Mention<'_>,
) {
    let endpoint = mention.endpoint;
    let (weight, place) = (Weight::of(endpoint), mention.place);
    match addresses.resolve(&endpoint.host, &workload.namespace) {
        Target::Inside(inside) => {
            // In a whole text a word that happens to be a Service's name is no call.
            let is_word = weight == Weight::Bare && !endpoint.host.contains('.') && place != Place::Setting;
            if !is_word && !inside.backends.iter().any(|&backend| caller.is(backend)) {
                caller.calls(&inside, mention, weight);
            }
        }
        Target::ApiServer if place < Place::Annotation => platform::declared_call(caller.id, mention, caller.drawing),
        Target::Missing(reason) => {
            let dotted = endpoint.host.contains('.');
            let is_address = weight >= Weight::Named || (dotted && (weight > Weight::Bare || is_qualified(endpoint)));
            if is_address && place == Place::Setting && !mention.own {
                caller.dangles(endpoint, &reason, mention);
            }
        }
        Target::Doubtful { may_be_outside, .. } if may_be_outside && is_public_url(endpoint) => {
            if place < Place::Annotation && !mention.own {
                caller.calls_outside(&endpoint.host, mention, weight);
            }
        }
        Target::Doubtful { reason, .. } => {
            if weight >= Weight::Named && place == Place::Setting && !mention.own {
                caller.dangles(endpoint, &reason, mention);
            }
        }
        Target::Outside(host) => {
            if weight > Weight::Bare && place < Place::Annotation && !mention.own {
                caller.calls_outside(&host, mention, weight);
            }
        }
        Target::Nothing | Target::ApiServer => {}
    }
}

/// `name.namespace.svc`: nothing else is written so.
fn is_qualified(endpoint: &Endpoint) -> bool {
    endpoint.host.split('.').skip(2).any(|label| label == "svc")
}

/// `https` at its usual port: hardly anything inside is written so.
fn is_public_url(endpoint: &Endpoint) -> bool {
    endpoint.scheme.as_deref() == Some("https") && matches!(endpoint.port, None | Some(443))
}

/// How clearly a text says that something in it is an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It could be one.
    Bare,
    /// It has a port.
    Port,
    /// The name beside it says so, or it has a scheme.
    Named,
}

impl Weight {
    fn of(endpoint: &Endpoint) -> Self {
        if endpoint.named_as_address || endpoint.scheme.is_some() {
            Self::Named
        } else if endpoint.port.is_some() {
            Self::Port
        } else {
            Self::Bare
        }
    }
}

fn confidence(place: Place, weight: Weight) -> Confidence {
    match (place, weight) {
        (Place::Setting, Weight::Named | Weight::Port) => Confidence::High,
        (Place::Setting, Weight::Bare) | (Place::File, _) => Confidence::Medium,
        (Place::Annotation, _) => Confidence::Low,
    }
}

/// Who calls, and where that is drawn.
struct Caller<'c, 'a, 'd> {
    cluster: &'c Cluster<'a>,
    id: &'c ElementId,
    /// The first name that it must look up to call.
    looks_up: Option<Evidence>,
    drawing: &'d mut Drawing,
}

impl Caller<'_, '_, '_> {
    fn is(&self, workload: usize) -> bool {
        let workload = self.cluster.workloads.get(workload);
        workload.is_some_and(|workload| workload.id == *self.id)
    }

    /// An address is called as it is, a name is looked up first.
    fn notes_name(&mut self, mention: &Mention<'_>) {
        if self.looks_up.is_none() && mention.endpoint.host.parse::<IpAddr>().is_err() {
            self.looks_up = mention.evidence.first().cloned();
        }
    }

    fn dangles(&mut self, endpoint: &Endpoint, reason: &str, mention: Mention<'_>) {
        for evidence in mention.evidence {
            self.drawing.dangling(
                self.id.clone(),
                &endpoint.host,
                endpoint.port,
                reason.to_owned(),
                evidence,
            );
        }
    }

    fn calls_outside(&mut self, host: &str, mention: Mention<'_>, weight: Weight) {
        self.notes_name(&mention);
        let endpoint = mention.endpoint;
        // Files name many hosts that are only read about.
        let confidence = match mention.place {
            Place::File => Confidence::Low,
            place => confidence(place, weight),
        };
        let port = endpoint.port.or_else(|| usual_port(endpoint));
        let spoken = spoken_by(endpoint, None);
        externals::add_call(self.id, host, port, spoken, confidence, mention.evidence, self.drawing);
    }

    fn calls(&mut self, inside: &Inside<'_, '_>, mention: Mention<'_>, weight: Weight) {
        let endpoint = mention.endpoint;
        let service = inside.service;
        if inside.backends.is_empty() && service.foreign.is_empty() {
            let reason = format!("Service `{}` selects no workload here", service.name());
            return self.dangles(endpoint, &reason, mention);
        }
        self.notes_name(&mention);
        let port = called_port(endpoint, inside);
        if port.is_none() && !inside.direct && !service.ports.is_empty() && endpoint.port.is_some() {
            let number = endpoint.port.unwrap_or_default();
            let reason = format!("Service `{}` has no port {number}", service.name());
            return self.dangles(endpoint, &reason, mention);
        }
        for host in &service.foreign {
            let spoken = spoken_by(endpoint, port);
            let (port, confidence) = (endpoint.port, confidence(mention.place, weight));
            let mut word = mention.evidence.clone();
            word.extend(inside.way.iter().cloned());
            externals::add_call(self.id, host, port, spoken, confidence, word, self.drawing);
        }
        for &backend in &inside.backends {
            let Some(workload) = self.cluster.workloads.get(backend) else {
                continue;
            };
            let ports = match (port, endpoint.port) {
                (Some(port), _) if !inside.direct => port.container_ports(workload),
                (_, Some(called)) => BTreeSet::from([called]),
                (Some(port), None) => port.container_ports(workload),
                (None, None) => BTreeSet::new(),
            };
            let mut spoken = spoken_by(endpoint, port);
            if spoken.application.is_none() {
                let recognised = self.cluster.recognised(backend);
                let named = ports.iter().find_map(|&port| recognised.application(port));
                spoken.application = named.map(str::to_owned);
            }
            self.drawing.claim(Claim {
                from: self.id.clone(),
                to: workload.id.clone(),
                basis: Basis::Declared,
                protocol: port.map_or("TCP", |port| port.protocol),
                application: spoken.application,
                ports: ports.into_iter().collect(),
                encrypted: spoken.encrypted,
                confidence: confidence(mention.place, weight),
                word: mention.evidence.clone(),
                way: inside.way.clone(),
            });
        }
    }
}

/// The Service's port that a caller means: the one written, else the scheme's usual one, else the only one.
fn called_port<'p, 'a>(endpoint: &Endpoint, inside: &Inside<'p, 'a>) -> Option<&'p ServicePort<'a>> {
    let service = inside.service;
    if let Some(port) = endpoint.port {
        return service.port(PortRef::Number(port));
    }
    usual_port(endpoint)
        .and_then(|port| service.port(PortRef::Number(port)))
        .or(match service.ports.as_slice() {
            [only] => Some(only),
            _ => None,
        })
}

/// The port that a URL means when it names none.
fn usual_port(endpoint: &Endpoint) -> Option<u16> {
    endpoint.scheme.as_deref().and_then(application::port_of_scheme)
}

/// What the caller's scheme tells, else the Service's port, else the number.
fn spoken_by(endpoint: &Endpoint, port: Option<&ServicePort<'_>>) -> Spoken {
    let scheme = endpoint
        .scheme
        .as_deref()
        .map(application::of_scheme)
        .unwrap_or_default();
    let name = port.and_then(|port| port.application).map(application::of_port_name);
    let number = endpoint.port.or(port.map(|port| port.port)).map(application::of_port);
    scheme.or(name.unwrap_or_default()).or(number.unwrap_or_default())
}
