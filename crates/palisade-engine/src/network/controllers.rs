//! What ingress controllers lead to: the pods behind the Services that Ingresses and routes name.
//!
//! Where the controller runs is not asked here: it may be anywhere in the cluster. To policies it is a pod without labels in
//! a namespace of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Position, Resource};

use super::Network;
use super::pods::{PodGroup, Pods};
use super::ports::{Ports, Protocol};
use crate::kube::container::port_number;
use crate::kube::{LabelIndex, Selector};
use crate::system::{Evidence, PodTemplate, Resources};

/// How the stand-in for ingress controllers is shown.
pub(super) const STAND_IN: &str = "{ingress-controller}";
/// Its namespace, which no input has.
const NAMESPACE: &str = "ingress-controller-ns";

/// Pods that ingress controllers lead to.
#[derive(Clone, Debug)]
pub(super) struct Admitted {
    pub(super) group: usize,
    /// Where controllers would connect to, whatever policies say.
    wanted: Ports,
    /// What leads them there.
    pub(super) routes: Vec<Evidence>,
}

/// Adds the pod that stands for ingress controllers.
pub(super) fn add_stand_in(pods: &mut Pods) {
    pods.groups.push(PodGroup {
        element: "External/ingress-controller".into(),
        shown: STAND_IN.into(),
        namespace: NAMESPACE.into(),
        host_network: false,
        ended: false,
        nodes: BTreeSet::new(),
        class: 0,
        template: PodTemplate {
            kind: "Pod".into(),
            document: Arc::new(Node::new(palisade_inventory::Value::Null, Position::default())),
            file: "".into(),
            path: FieldPath::root(),
        },
    });
}

/// A Service that a route names, and the port of it.
struct Backend<'a> {
    route: &'a Arc<Resource>,
    namespace: &'a str,
    service: &'a str,
    port: Option<&'a Node>,
    /// The port is one of the pods, not of the Service: in routes of `OpenShift`.
    is_of_pods: bool,
}

/// The pods behind all routes.
pub(super) fn admitted(resources: &Resources, network: &Network) -> Vec<Admitted> {
    let backends: Vec<Backend<'_>> = backends(resources);
    if backends.is_empty() {
        return Vec::new();
    }
    let mut by_namespace: BTreeMap<&str, LabelIndex<'_>> = BTreeMap::new();
    for (index, group) in network.groups.iter().enumerate() {
        let labels = group.pod().labels();
        by_namespace.entry(&group.namespace).or_default().insert(labels, index);
    }
    let services = resources
        .of_kind("Service")
        .filter(|service| service.id.group.is_empty());
    let services: BTreeMap<(&str, &str), &Arc<Resource>> = services
        .map(|service| ((&*service.id.namespace, &*service.id.name), service))
        .collect();
    let mut admitted: BTreeMap<usize, Admitted> = BTreeMap::new();
    for backend in &backends {
        let Some(service) = services.get(&(backend.namespace, backend.service)) else {
            continue;
        };
        let selector = Selector::of_map(service.content.at(&["spec", "selector"]));
        let Some(index) = by_namespace.get(backend.namespace) else {
            continue;
        };
        for index in index.select(&selector) {
            let ports = network.groups.get(index).map(|group| backend.ports(service, group));
            let Some(ports) = ports.filter(|ports| !ports.is_empty()) else {
                continue;
            };
            let one = admitted.entry(index).or_insert_with(|| Admitted {
                group: index,
                wanted: Ports::None,
                routes: Vec::new(),
            });
            one.wanted = one.wanted.union(&ports);
            let evidence = backend.evidence();
            if !one.routes.contains(&evidence) {
                one.routes.push(evidence);
            }
        }
    }
    admitted.into_values().collect()
}

impl Network {
    /// The ports at which policies let ingress controllers in where routes lead, by how workloads are shown.
    pub(super) fn admitted_ports(&self) -> BTreeMap<String, Ports> {
        let mut admitted: BTreeMap<String, Ports> = BTreeMap::new();
        let stand_in = self.groups.iter().find(|group| &*group.shown == STAND_IN);
        for one in &self.admitted {
            let (Some(stand_in), Some(group)) = (stand_in, self.groups.get(one.group)) else {
                continue;
            };
            let ports = self
                .ports_between(stand_in.class, group.class)
                .intersection(&one.wanted);
            if !ports.is_empty() {
                let all = admitted.entry(group.shown.to_string()).or_default();
                *all = all.union(&ports);
            }
        }
        admitted
    }
}

impl Backend<'_> {
    fn evidence(&self) -> Evidence {
        let route = self.route;
        let note = format!("{} {}/{} leads to it", route.id.kind, route.id.namespace, route.id.name);
        Evidence::at_position(&route.origin.file, route.origin.position, &FieldPath::root(), note)
    }

    /// The ports of these pods that the backend means. Routes carry TCP.
    fn ports(&self, service: &Resource, group: &PodGroup) -> Ports {
        let ports = service.content.items(&["spec", "ports"]).iter();
        let tcp = ports.filter(|port| Protocol::of(port) == Some(Protocol::Tcp));
        let meant = tcp.filter(|port| self.port.is_none_or(|wanted| self.means(wanted, port)));
        let each = meant.map(|port| {
            let target = port
                .get("targetPort")
                .filter(|target| target.as_int() != Some(0))
                .or_else(|| port.get("port"));
            target.map(|target| at_pod(target, group)).unwrap_or_default()
        });
        each.fold(Ports::None, |all, one| all.union(&one))
    }

    fn means(&self, wanted: &Node, port: &Node) -> bool {
        let is = |field: &str| {
            let written = port.get(field);
            written.is_some_and(|written| written.value == wanted.value)
        };
        is("name")
            || if self.is_of_pods {
                is("targetPort") || is("port")
            } else {
                is("port")
            }
    }
}

/// A target port as these pods have it.
fn at_pod(target: &Node, group: &PodGroup) -> Ports {
    if let Some(number) = port_number(target) {
        return Ports::one(Protocol::Tcp, number);
    }
    let name = target.as_str().unwrap_or_default();
    let named = group
        .pod()
        .serving_ports()
        .filter(|port| port.name == Some(name) && port.protocol == "TCP");
    named.fold(Ports::None, |all, port| {
        all.union(&Ports::one(Protocol::Tcp, port.port))
    })
}

fn backends(resources: &Resources) -> Vec<Backend<'_>> {
    let of_group = |kind, group: &'static str| {
        let of_kind = resources.of_kind(kind);
        of_kind.filter(move |resource| &*resource.id.group == group)
    };
    let ingresses = of_group("Ingress", "networking.k8s.io").flat_map(of_ingress);
    let routes = of_group("Route", "route.openshift.io").flat_map(of_openshift);
    let gateways = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"]
        .into_iter()
        .flat_map(|kind| of_group(kind, "gateway.networking.k8s.io"))
        .flat_map(of_gateway);
    ingresses.chain(routes).chain(gateways).collect()
}

fn of_ingress(ingress: &Arc<Resource>) -> Vec<Backend<'_>> {
    let spec = ["defaultBackend", "backend"]
        .into_iter()
        .filter_map(|field| ingress.content.at(&["spec", field]));
    let rules = ingress.content.items(&["spec", "rules"]).iter();
    let paths = rules
        .flat_map(|rule| rule.items(&["http", "paths"]))
        .filter_map(|path| path.get("backend"));
    let backend = |backend| of_ingress_backend(ingress, backend);
    spec.chain(paths).filter_map(backend).collect()
}

/// Today's form and the older one.
fn of_ingress_backend<'a>(ingress: &'a Arc<Resource>, backend: &'a Node) -> Option<Backend<'a>> {
    let (service, port) = match backend.get("service") {
        Some(service) => {
            let port = service.get("port");
            let port = port.and_then(|port| port.get("name").or_else(|| port.get("number")));
            (service.text(&["name"])?, port)
        }
        None => (backend.text(&["serviceName"])?, backend.get("servicePort")),
    };
    Some(Backend {
        route: ingress,
        namespace: &ingress.id.namespace,
        service,
        port,
        is_of_pods: false,
    })
}

fn of_openshift(route: &Arc<Resource>) -> Vec<Backend<'_>> {
    let main = route.content.at(&["spec", "to"]).into_iter();
    let targets = main.chain(route.content.items(&["spec", "alternateBackends"]));
    let targets = targets.filter(|target| matches!(target.text(&["kind"]), None | Some("" | "Service")));
    let named = targets.filter_map(|target| target.text(&["name"]));
    let backends = named.map(|service| Backend {
        route,
        namespace: &route.id.namespace,
        service,
        port: route.content.at(&["spec", "port", "targetPort"]),
        is_of_pods: true,
    });
    backends.collect()
}

fn of_gateway(route: &Arc<Resource>) -> Vec<Backend<'_>> {
    let rules = route.content.items(&["spec", "rules"]).iter();
    let references = rules.flat_map(|rule| rule.items(&["backendRefs"]));
    let services = references.filter(|reference| {
        matches!(reference.text(&["kind"]), None | Some("Service"))
            && matches!(reference.text(&["group"]), None | Some(""))
    });
    let named = services.filter_map(|reference| Some((reference, reference.text(&["name"])?)));
    let backends = named.map(|(reference, service)| Backend {
        route,
        namespace: reference.text(&["namespace"]).unwrap_or(&route.id.namespace),
        service,
        port: reference.get("port"),
        is_of_pods: false,
    });
    backends.collect()
}
