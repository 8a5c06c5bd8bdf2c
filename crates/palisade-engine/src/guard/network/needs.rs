//! What a workload needs of the network: the flows of the diagram that end or begin at it, and what is not known of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::guard::Input;
use crate::kube::{Mesh, Pod};
use crate::network::{Direction, Protocol};
use crate::rbac::{Authorizer, Identity};
use crate::system::{Basis, Element, ElementId, Flow};

/// Whom a workload must be able to talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Peer<'a> {
    /// The pods of a workload.
    Pods(&'a ElementId),
    /// Anybody: whoever is outside, which policies can't name.
    Anybody,
    /// Addresses outside the cluster.
    Outside,
    /// The API server, whose address is not known.
    ApiServer,
}

/// What a workload needs in one direction.
#[derive(Clone, Debug)]
pub(super) struct Needs<'a> {
    pub(super) direction: Direction,
    /// By peer the ports of the receiving end; none: all ports.
    pub(super) peers: BTreeMap<Peer<'a>, BTreeSet<(Protocol, Option<u16>)>>,
    /// The flows behind them.
    pub(super) flows: Vec<&'a Flow>,
    /// What is not known, so that the policy can only be proposed.
    pub(super) unknowns: Vec<String>,
}

/// Whether policies can be about an element: it runs pods with addresses of their own.
pub(super) fn has_pods(element: &Element) -> bool {
    element.resource.is_some()
        && !element.templates.is_empty()
        && !element
            .templates
            .iter()
            .any(|template| Pod::new(template.node()).host_network())
}

/// The labels that name the pods of a workload: those of its own selector, or else of its pods.
pub(super) fn labels(input: &Input<'_>, element: &Element) -> Option<BTreeMap<String, String>> {
    let resource = input.system().resources.get(element.resource.as_ref()?)?;
    let selector = resource.content.at(&["spec", "selector"]);
    let has_expressions = selector.is_some_and(|selector| selector.get("matchExpressions").is_some());
    let selected = selector
        .and_then(|selector| selector.get("matchLabels").or(Some(selector)))
        .filter(|_| !has_expressions);
    let selected = selected.and_then(|labels| labels.as_map()).map(|labels| {
        let labels = labels.entries().iter();
        let labels = labels.filter_map(|entry| Some((entry.key.to_string(), entry.value.as_str()?.to_owned())));
        labels.collect::<BTreeMap<_, _>>()
    });
    let of_pods = || {
        let pod = Pod::new(element.templates.first()?.node());
        Some(
            pod.labels()
                .iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
        )
    };
    let labels = selected.filter(|labels| !labels.is_empty()).or_else(of_pods)?;
    (!labels.is_empty()).then_some(labels)
}

impl<'a> Needs<'a> {
    /// None where no policy can name the pods of the workload.
    pub(super) fn of(input: &Input<'a>, element: &'a Element, direction: Direction) -> Option<Self> {
        labels(input, element)?;
        let mut needs = Self {
            direction,
            peers: BTreeMap::new(),
            flows: Vec::new(),
            unknowns: Vec::new(),
        };
        for flow in &input.system().flows {
            let (end, peer) = match direction {
                Direction::Ingress => (&flow.to, &flow.from),
                Direction::Egress => (&flow.from, &flow.to),
            };
            if *end == element.id
                && flow.basis != Basis::Allowed
                && let Some(protocol) = Protocol::named(&flow.protocol)
            {
                needs.add(input, element, peer, flow, protocol);
            }
        }
        needs.ask(input, element);
        needs.unknowns.sort();
        needs.unknowns.dedup();
        Some(needs)
    }

    fn add(&mut self, input: &Input<'a>, element: &Element, peer: &'a ElementId, flow: &'a Flow, protocol: Protocol) {
        let is_platform = peer.as_str().starts_with("Platform/");
        let peer = match (self.direction, input.system().element(peer.as_str())) {
            // Probes get through whatever policies say.
            (_, _) if peer.as_str() == ElementId::KUBELET => return,
            // Allowed for everybody: names are looked up by all.
            (Direction::Egress, _) if peer.as_str() == ElementId::DNS => return,
            (Direction::Egress, _) if peer.as_str() == ElementId::API_SERVER => {
                if !is_granted_anything(input, element) {
                    return;
                }
                Peer::ApiServer
            }
            (_, Some(other)) if has_pods(other) && labels(input, other).is_some() => Peer::Pods(&other.id),
            (_, Some(other)) if !other.templates.is_empty() => {
                self.unknowns.push(format!(
                    "{} shares its node's address or has no labels: a policy can't name it",
                    other.id
                ));
                Peer::Anybody
            }
            (Direction::Ingress, _) => Peer::Anybody,
            (Direction::Egress, _) if is_platform => return,
            (Direction::Egress, _) => Peer::Outside,
        };
        let ports = self.peers.entry(peer).or_default();
        if flow.ports.is_empty() {
            ports.insert((protocol, None));
        }
        ports.extend(flow.ports.iter().map(|port| (protocol, Some(*port))));
        self.flows.push(flow);
    }

    fn ask(&mut self, input: &Input<'_>, element: &Element) {
        let code = match self.direction {
            Direction::Ingress => "callers",
            Direction::Egress => "callees",
        };
        let system = input.system();
        let asked = system
            .unknowns
            .iter()
            .filter(|one| one.element == element.id && one.code == code);
        self.unknowns.extend(asked.map(|one| one.question.clone()));
        if self.direction == Direction::Egress {
            let dangling = system.dangling.iter().filter(|one| one.from == element.id);
            self.unknowns.extend(
                dangling.map(|one| format!("It calls {}, which nothing here answers. Where is that?", one.host)),
            );
        }
        if element.store.is_some() && element.instances > 1 && !self.peers.contains_key(&Peer::Pods(&element.id)) {
            self.unknowns.push(format!(
                "Its {} replicas may talk to each other. At which ports?",
                element.instances
            ));
        }
        let pods = || element.templates.iter().map(|template| Pod::new(template.node()));
        let scrape =
            |pod: Pod<'_>| pod.node().text(&["metadata", "annotations", "prometheus.io/scrape"]) == Some("true");
        if self.direction == Direction::Ingress && pods().any(scrape) {
            self.unknowns
                .push("It asks to be scraped for metrics. By whom?".to_owned());
        }
        let namespace = element.namespace.as_deref().unwrap_or_default();
        let namespace = system
            .resources
            .of_kind("Namespace")
            .find(|one| *one.id.name == *namespace);
        let namespace = namespace.map(|one| &*one.content);
        for mesh in pods().filter_map(|pod| Mesh::of_pod(pod, namespace)) {
            self.unknowns.push(format!(
                "Its {} proxy talks to the mesh's control plane. Where is that?",
                mesh.as_str()
            ));
        }
        let mine = labels(input, element).unwrap_or_default();
        let others = system
            .elements
            .iter()
            .filter(|one| one.id != element.id && one.namespace == element.namespace);
        for other in others {
            let has_mine = |template: &crate::system::PodTemplate| {
                let labels = Pod::new(template.node()).labels();
                mine.iter().all(|(key, value)| labels.get(key) == Some(value))
            };
            if other.templates.iter().any(has_mine) {
                self.unknowns.push(format!(
                    "Its labels are also those of {}: does that need the same?",
                    other.id
                ));
            }
        }
    }
}

/// Whether the account of a workload may do anything that is not granted to everybody.
fn is_granted_anything(input: &Input<'_>, element: &Element) -> bool {
    let Some(name) = element.identity.as_ref().and_then(|id| id.as_str().rsplit('/').next()) else {
        return false;
    };
    let namespace = element.namespace.clone().unwrap_or_else(|| "default".into());
    let authorizer = Authorizer::new(&input.system().resources);
    let holder = Identity::service_account(namespace, name);
    authorizer
        .grants_of(&holder)
        .any(|grant| grant.group().is_none_or(|group| !group.starts_with("system:")))
}
