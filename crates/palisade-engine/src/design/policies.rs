//! NetworkPolicies: which workloads they isolate, and the flows that they allow where they name both ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};

use crate::design::cluster::Cluster;
use crate::design::drawing::{Claim, Drawing};
use crate::design::externals;
use crate::design::services::{PortRef, protocol_of};
use crate::design::workloads::Workload;
use crate::kube::Selector;
use crate::system::{Basis, Confidence, ElementId, Evidence, Unknown};

/// Flows that one policy may add. A policy that allows more names groups, not ends.
const MOST_PAIRS: usize = 10_000;

/// Adds what policies isolate and allow.
pub(super) fn add(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    for resource in cluster.resources.of_kind("NetworkPolicy") {
        if &*resource.id.group == "networking.k8s.io" {
            Policy::of(cluster, resource).add(drawing);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    /// Type, list of rules, list of peers.
    const fn fields(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Ingress => ("Ingress", "ingress", "from"),
            Self::Egress => ("Egress", "egress", "to"),
        }
    }
}

struct Policy<'c, 'a> {
    cluster: &'c Cluster<'a>,
    resource: &'a Arc<Resource>,
    id: ElementId,
    /// The workloads that it selects. Those in a node's own network are beyond it.
    selected: Vec<usize>,
    /// It selects by labels, not simply everything of its namespace.
    names_selected: bool,
}

/// Who a rule lets through.
enum Peer {
    /// Workloads, and whether they are named rather than simply everything.
    Workloads(Vec<usize>, bool),
    /// A range of addresses.
    Range(String),
}

impl<'c, 'a> Policy<'c, 'a> {
    fn of(cluster: &'c Cluster<'a>, resource: &'a Arc<Resource>) -> Self {
        let empty = Selector::Everything;
        let pods = resource.content.at(&["spec", "podSelector"]);
        let selector = pods.map_or(empty, Selector::label_selector);
        let mut selected = cluster.workloads.select(&resource.id.namespace, &selector);
        selected.retain(|&index| {
            cluster
                .workloads
                .get(index)
                .is_some_and(|workload| !uses_host_network(workload))
        });
        Self {
            cluster,
            resource,
            id: cluster.names.id(&resource.id),
            selected,
            names_selected: selector != Selector::Everything,
        }
    }

    fn add(&self, drawing: &mut Drawing) {
        if self.selected.is_empty() {
            let path = FieldPath::root().child("spec").child("podSelector");
            let question = "It selects nothing that is here. What was it meant to protect?";
            self.ask("subject", question, &path, drawing);
        }
        let mut pairs = 0;
        for direction in [Direction::Ingress, Direction::Egress] {
            if self.has_type(direction) {
                self.isolate(direction, drawing);
                self.add_rules(direction, &mut pairs, drawing);
            }
        }
    }

    /// `policyTypes`, and what it means where it is absent.
    fn has_type(&self, direction: Direction) -> bool {
        let (name, rules, _) = direction.fields();
        let types = self.resource.content.items(&["spec", "policyTypes"]);
        if types.is_empty() {
            return direction == Direction::Ingress || !self.resource.content.items(&["spec", rules]).is_empty();
        }
        types.iter().any(|written| written.as_str() == Some(name))
    }

    fn isolate(&self, direction: Direction, drawing: &mut Drawing) {
        for workload in self
            .selected
            .iter()
            .filter_map(|&index| self.cluster.workloads.get(index))
        {
            let Some(element) = drawing.element_mut(&workload.id) else {
                continue;
            };
            match direction {
                Direction::Ingress => element.isolation.ingress.push(self.id.clone()),
                Direction::Egress => element.isolation.egress.push(self.id.clone()),
            }
        }
    }

    fn add_rules(&self, direction: Direction, pairs: &mut usize, drawing: &mut Drawing) {
        let (_, rules, peers) = direction.fields();
        let rules_path = FieldPath::root().child("spec").child(rules);
        for (index, rule) in self.resource.content.items(&["spec", rules]).iter().enumerate() {
            let ports = rule.items(&["ports"]);
            for (number, node) in rule.items(&[peers]).iter().enumerate() {
                let path = rules_path.child(index).child(peers).child(number);
                match self.peer(node) {
                    Peer::Workloads(found, _) if found.is_empty() => {
                        let question = "It names a peer that matches nothing here. Who is that?";
                        self.ask("peer", question, &path, drawing);
                    }
                    Peer::Workloads(found, named) if named && self.names_selected => {
                        *pairs += found.len() * self.selected.len();
                        if *pairs > MOST_PAIRS {
                            let question = "It allows so many flows that they are not drawn one by one. Is that meant?";
                            return self.ask("breadth", question, &path, drawing);
                        }
                        for workload in found.iter().filter_map(|&index| self.cluster.workloads.get(index)) {
                            self.allow(direction, &workload.id, Some(workload), ports, &path, drawing);
                        }
                    }
                    Peer::Range(range) if self.names_selected && !self.selected.is_empty() => {
                        let id = self.range(&range, &path, drawing);
                        self.allow(direction, &id, None, ports, &path, drawing);
                    }
                    Peer::Workloads(..) | Peer::Range(_) => {}
                }
            }
        }
    }

    fn peer(&self, peer: &Node) -> Peer {
        if let Some(range) = peer.text(&["ipBlock", "cidr"]) {
            return Peer::Range(range.to_owned());
        }
        let pods = peer.get("podSelector").map(Selector::label_selector);
        let namespaces = peer.get("namespaceSelector").map(Selector::label_selector);
        let named = [&pods, &namespaces]
            .into_iter()
            .flatten()
            .any(|selector| *selector != Selector::Everything);
        let within = match &namespaces {
            Some(selector) => self.cluster.namespaces.select(selector),
            None => vec![&*self.resource.id.namespace],
        };
        let pods = pods.unwrap_or(Selector::Everything);
        let found = within
            .into_iter()
            .flat_map(|namespace| self.cluster.workloads.select(namespace, &pods));
        Peer::Workloads(found.collect(), named)
    }

    /// The element of a range of addresses; all addresses are the internet.
    fn range(&self, range: &str, path: &FieldPath, drawing: &mut Drawing) -> ElementId {
        let evidence = self.evidence(path);
        if range.ends_with("/0") {
            externals::add_outside(ElementId::INTERNET, evidence, drawing)
        } else {
            externals::add_host(range, &[evidence], Confidence::High, drawing)
        }
    }

    fn allow(
        &self,
        direction: Direction,
        peer: &ElementId,
        peer_workload: Option<&Workload<'_>>,
        ports: &[Node],
        path: &FieldPath,
        drawing: &mut Drawing,
    ) {
        for selected in self
            .selected
            .iter()
            .filter_map(|&index| self.cluster.workloads.get(index))
        {
            let (from, to, receiver) = match direction {
                Direction::Ingress => (peer, &selected.id, Some(selected)),
                Direction::Egress => (&selected.id, peer, peer_workload),
            };
            for (protocol, ports) in by_protocol(ports, receiver) {
                drawing.claim(Claim {
                    from: from.clone(),
                    to: to.clone(),
                    basis: Basis::Allowed,
                    protocol,
                    application: None,
                    ports: ports.into_iter().collect(),
                    encrypted: None,
                    confidence: Confidence::High,
                    word: vec![self.evidence(path)],
                    way: Vec::new(),
                });
            }
        }
    }

    fn evidence(&self, path: &FieldPath) -> Evidence {
        let note = format!("NetworkPolicy {} allows it", self.resource.id.name);
        Evidence::at(&self.resource.content_file, &self.resource.content, path, note)
    }

    fn ask(&self, code: &str, question: &str, path: &FieldPath, drawing: &mut Drawing) {
        let note = format!("NetworkPolicy {}", self.resource.id.name);
        drawing.unknown(Unknown {
            element: self.id.clone(),
            code: code.to_owned(),
            question: question.to_owned(),
            evidence: vec![Evidence::at(
                &self.resource.content_file,
                &self.resource.content,
                path,
                note,
            )],
        });
    }
}

fn uses_host_network(workload: &Workload<'_>) -> bool {
    workload.shapes.iter().all(|shape| shape.pod().host_network())
}

/// The ports that a rule allows at the receiver, by protocol. No ports means all, of every protocol: shown as `unknown`.
fn by_protocol(ports: &[Node], receiver: Option<&Workload<'_>>) -> BTreeMap<&'static str, BTreeSet<u16>> {
    /// A longer range is as good as all.
    const LONGEST_RANGE: u16 = 64;
    if ports.is_empty() {
        return BTreeMap::from([("unknown", BTreeSet::new())]);
    }
    let mut found: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    let mut all: BTreeSet<&str> = BTreeSet::new();
    for port in ports {
        let protocol = protocol_of(port);
        let of_protocol = found.entry(protocol).or_default();
        match port.get("port").and_then(PortRef::of) {
            None => {
                all.insert(protocol);
            }
            Some(PortRef::Number(first)) => {
                let last = port.get("endPort").and_then(Node::as_int);
                let last = last
                    .and_then(|last| u16::try_from(last).ok())
                    .unwrap_or(first)
                    .max(first);
                if last - first > LONGEST_RANGE {
                    all.insert(protocol);
                } else {
                    of_protocol.extend(first..=last);
                }
            }
            Some(PortRef::Name(name)) => {
                let shapes = receiver.into_iter().flat_map(|workload| &workload.shapes);
                of_protocol.extend(shapes.filter_map(|shape| Some(shape.pod().port_named(name)?.port)));
            }
        }
    }
    for protocol in all {
        found.insert(protocol, BTreeSet::new());
    }
    found
}
