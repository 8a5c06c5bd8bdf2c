//! Services and the workloads behind them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};

use crate::design::names::Names;
use crate::design::workloads::{Workload, Workloads, whole};
use crate::kube::container::port_number;
use crate::kube::selector::Requirement;
use crate::kube::{Pod, Selector};
use crate::system::{Evidence, Resources};

/// A Service.
#[derive(Debug)]
pub(super) struct Service<'a> {
    pub(super) resource: &'a Arc<Resource>,
    pub(super) ports: Vec<ServicePort<'a>>,
    /// Numbers of the workloads that answer, ascending.
    pub(super) backends: Vec<usize>,
    /// What answers besides: addresses that its Endpoints name and that no pod has.
    pub(super) foreign: BTreeSet<String>,
}

/// A port of a Service.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServicePort<'a> {
    pub(super) port: u16,
    pub(super) name: Option<&'a str>,
    pub(super) protocol: &'static str,
    /// `appProtocol`, or what the name begins with: `grpc-web` speaks grpc.
    pub(super) application: Option<&'a str>,
    target: Option<&'a Node>,
}

/// All Services of a root.
#[derive(Debug, Default)]
pub(super) struct Services<'a> {
    list: Vec<Service<'a>>,
    by_name: HashMap<(&'a str, &'a str), usize>,
    by_address: HashMap<IpAddr, usize>,
}

impl<'a> Service<'a> {
    /// Its name.
    pub(super) fn name(&self) -> &'a str {
        &self.resource.id.name
    }

    /// Its namespace.
    pub(super) fn namespace(&self) -> &'a str {
        &self.resource.id.namespace
    }

    /// `spec.type`.
    pub(super) fn kind(&self) -> &'a str {
        self.resource.content.text(&["spec", "type"]).unwrap_or("ClusterIP")
    }

    /// It has no address of its own: its name stands for the pods' addresses, whose ports are called directly.
    pub(super) fn is_headless(&self) -> bool {
        self.resource.content.text(&["spec", "clusterIP"]) == Some("None")
    }

    /// The name that it stands for, if it is an alias.
    pub(super) fn external_name(&self) -> Option<&'a str> {
        (self.kind() == "ExternalName")
            .then(|| self.resource.content.text(&["spec", "externalName"]))
            .flatten()
    }

    /// The port that a caller's number or name means.
    pub(super) fn port(&self, wanted: PortRef<'_>) -> Option<&ServicePort<'a>> {
        self.ports.iter().find(|port| match wanted {
            PortRef::Number(number) => port.port == number,
            PortRef::Name(name) => port.name == Some(name),
        })
    }

    /// Evidence that is this Service.
    pub(super) fn evidence(&self) -> Evidence {
        whole(self.resource, format!("Service {} selects it", self.name()))
    }

    /// Evidence at one of its fields.
    pub(super) fn evidence_at(&self, path: &FieldPath, note: impl Into<String>) -> Evidence {
        Evidence::at(&self.resource.content_file, &self.resource.content, path, note)
    }
}

/// How routes and callers name a Service's port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PortRef<'a> {
    Number(u16),
    Name(&'a str),
}

impl<'a> PortRef<'a> {
    /// A port as Kubernetes' `IntOrString` writes it.
    pub(super) fn of(node: &'a Node) -> Option<Self> {
        match node.as_str() {
            Some(text) => Some(text.parse().map_or(Self::Name(text), Self::Number)),
            None => port_number(node).map(Self::Number),
        }
    }
}

impl<'a> ServicePort<'a> {
    fn of(node: &'a Node) -> Option<Self> {
        let name = node.text(&["name"]).filter(|name| !name.is_empty());
        Some(Self {
            port: port_number(node.get("port")?)?,
            name,
            protocol: protocol_of(node),
            application: node.text(&["appProtocol"]).or(name),
            target: node.get("targetPort"),
        })
    }

    /// The containers' ports that it leads to: a name may mean another number in each pod shape.
    pub(super) fn container_ports(&self, workload: &Workload<'_>) -> BTreeSet<u16> {
        match self.target.and_then(PortRef::of) {
            None => BTreeSet::from([self.port]),
            Some(PortRef::Number(number)) => BTreeSet::from([number]),
            Some(PortRef::Name(name)) => {
                let named = workload.shapes.iter().filter_map(|shape| shape.pod().port_named(name));
                named.map(|port| port.port).collect()
            }
        }
    }
}

/// `protocol` of a port of a Service, container or policy; TCP unless written otherwise.
pub(super) fn protocol_of(port: &Node) -> &'static str {
    match port.text(&["protocol"]) {
        Some("UDP") => "UDP",
        Some("SCTP") => "SCTP",
        _ => "TCP",
    }
}

impl<'a> Services<'a> {
    /// Finds all Services of a root and what is behind them.
    pub(super) fn of(resources: &'a Resources, names: &Names, workloads: &Workloads<'a>) -> Self {
        let endpoints = Endpoints::of(resources);
        let mut services = Self::default();
        for resource in resources.of_kind("Service").filter(|one| one.id.group.is_empty()) {
            let spec = resource.content.items(&["spec", "ports"]);
            let mut service = Service {
                resource,
                ports: spec.iter().filter_map(ServicePort::of).collect(),
                backends: backends(resource, workloads),
                foreign: BTreeSet::new(),
            };
            if !selects(resource) {
                let of_pod = |namespace: &str, pod: &str| workloads.of_pod(namespace, pod, resources, names);
                endpoints.fill(&mut service, of_pod);
            }
            services.insert(service);
        }
        services
    }

    /// All of them, by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Service<'a>> {
        self.list.iter()
    }

    /// One of them.
    pub(super) fn get(&self, namespace: &str, name: &str) -> Option<&Service<'a>> {
        self.list.get(*self.by_name.get(&(namespace, name))?)
    }

    /// The one that has this address.
    pub(super) fn at_address(&self, address: IpAddr) -> Option<&Service<'a>> {
        self.list.get(*self.by_address.get(&address)?)
    }

    fn insert(&mut self, service: Service<'a>) {
        let index = self.list.len();
        for address in addresses(&service.resource.content) {
            self.by_address.entry(address).or_insert(index);
        }
        self.by_name.insert((service.namespace(), service.name()), index);
        self.list.push(service);
    }
}

/// All addresses that lead to a Service.
fn addresses(service: &Node) -> impl Iterator<Item = IpAddr> {
    let one = [
        service.text(&["spec", "clusterIP"]),
        service.text(&["spec", "loadBalancerIP"]),
    ];
    let lists = [
        service.items(&["spec", "clusterIPs"]),
        service.items(&["spec", "externalIPs"]),
    ];
    let balancers = service.items(&["status", "loadBalancer", "ingress"]).iter();
    let texts = one.into_iter().flatten();
    let texts = texts.chain(lists.into_iter().flatten().filter_map(Node::as_str));
    texts
        .chain(balancers.filter_map(|balancer| balancer.text(&["ip"])))
        .filter_map(|text| text.parse().ok())
}

/// Whether a Service says itself what is behind it.
fn selects(service: &Resource) -> bool {
    !service.content.entries(&["spec", "selector"]).is_empty()
}

/// The workloads that a Service selects.
fn backends(service: &Resource, workloads: &Workloads<'_>) -> Vec<usize> {
    /// StatefulSets label each pod with its own name, so that a Service can select a single one.
    const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";
    let selector = Selector::of_map(service.content.at(&["spec", "selector"]));
    let Selector::All(mut requirements) = selector else {
        return Vec::new();
    };
    let mut pod_name = None;
    requirements.retain(|requirement| match requirement {
        Requirement::Equals(POD_NAME, name) => {
            pod_name = Some(*name);
            false
        }
        _ => true,
    });
    let rest = if requirements.is_empty() {
        Selector::Everything
    } else {
        Selector::All(requirements)
    };
    let mut found = workloads.select(&service.id.namespace, &rest);
    if let Some(pod_name) = pod_name {
        found.retain(|&index| workloads.get(index).is_some_and(|workload| workload.has_pod(pod_name)));
    }
    found
}

impl Workload<'_> {
    /// Whether a pod of this name is its own: StatefulSets number their pods.
    pub(super) fn has_pod(&self, pod: &str) -> bool {
        let ordinal = pod.strip_prefix(&*self.name).and_then(|rest| rest.strip_prefix('-'));
        let numbered =
            ordinal.is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit()));
        (&*self.kind == "StatefulSet" && numbered) || (&*self.kind == "Pod" && pod == &*self.name)
    }

    /// Whether its pods answer to this host name below a headless Service: by `hostname`, or by their own name.
    pub(super) fn answers_as(&self, hostname: &str) -> bool {
        let named = |pod: Pod<'_>| pod.node().text(&["spec", "hostname"]) == Some(hostname);
        self.has_pod(hostname) || self.shapes.iter().any(|shape| named(shape.pod()))
    }
}

/// Who says what is behind Services without selector: Endpoints and EndpointSlices.
struct Endpoints<'a> {
    by_service: BTreeMap<(&'a str, &'a str), Vec<&'a Node>>,
}

impl<'a> Endpoints<'a> {
    fn of(resources: &'a Resources) -> Self {
        let services = resources
            .of_kind("Service")
            .filter(|one| one.id.group.is_empty() && !selects(one));
        let keys = services.map(|service| (&*service.id.namespace, &*service.id.name));
        let mut by_service: BTreeMap<_, Vec<&Node>> = keys.map(|key| (key, Vec::new())).collect();
        if by_service.is_empty() {
            return Self { by_service };
        }
        for resource in resources.of_kind("Endpoints").filter(|one| one.id.group.is_empty()) {
            let Some(found) = by_service.get_mut(&(&*resource.id.namespace, &*resource.id.name)) else {
                continue;
            };
            let subsets = resource.content.items(&["subsets"]).iter();
            let addresses = subsets.flat_map(|subset| subset.items(&["addresses"]));
            found.extend(addresses);
        }
        for resource in resources.of_kind("EndpointSlice") {
            let labels = ["metadata", "labels", "kubernetes.io/service-name"];
            let Some(service) = resource.content.text(&labels) else {
                continue;
            };
            if let Some(found) = by_service.get_mut(&(&*resource.id.namespace, service)) {
                found.extend(resource.content.items(&["endpoints"]));
            }
        }
        Self { by_service }
    }

    fn fill(&self, service: &mut Service<'a>, of_pod: impl Fn(&str, &str) -> Option<usize>) {
        let key = (service.namespace(), service.name());
        for endpoint in self.by_service.get(&key).into_iter().flatten() {
            if endpoint.text(&["targetRef", "kind"]) == Some("Pod") {
                let pod = endpoint.text(&["targetRef", "name"]).unwrap_or_default();
                let namespace = endpoint.text(&["targetRef", "namespace"]).unwrap_or(key.0);
                service.backends.extend(of_pod(namespace, pod));
            } else {
                let one = [endpoint.text(&["ip"]), endpoint.text(&["hostname"])];
                let first = one.into_iter().flatten().next();
                let listed = endpoint.items(&["addresses"]).iter().filter_map(Node::as_str);
                let addresses = first.into_iter().chain(listed);
                service.foreign.extend(addresses.map(str::to_ascii_lowercase));
            }
        }
        service.backends.sort_unstable();
        service.backends.dedup();
    }
}
