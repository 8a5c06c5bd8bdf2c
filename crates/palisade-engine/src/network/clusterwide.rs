//! `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy` and `ClusterNetworkPolicy` of `policy.networking.k8s.io`.

use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};

use super::address::Addresses;
use super::fault::Fault;
use super::namespaced::Reader;
use super::nodes::Nodes;
use super::policy::{Action, Direction, NamespaceSet, Peer, PodSet, PortMatch, Rule, Tier, Written};
use super::ports::{Ports, Protocol};
use crate::kube::Selector;
use crate::kube::container::port_number;

/// The API group of these kinds.
pub(super) const GROUP: &str = "policy.networking.k8s.io";
/// The kinds.
pub(super) const KINDS: [&str; 3] = [
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "ClusterNetworkPolicy",
];

/// Reads a policy.
pub(super) fn read<'a>(resource: &'a Arc<Resource>, nodes: &Nodes) -> Result<Written<'a>, Fault> {
    let reader = Cluster {
        reader: Reader { resource },
        nodes,
    };
    let spec = FieldPath::root().child("spec");
    reader.reader.check_shape(&resource.content, &spec)?;
    let tier = reader.tier()?;
    let is_singleton = &*resource.id.kind == "BaselineAdminNetworkPolicy";
    if is_singleton && &*resource.id.name != "default" {
        let path = FieldPath::root().child("metadata").child("name");
        return Err(reader.fault(
            &path,
            "the one BaselineAdminNetworkPolicy of a cluster is called `default`",
        ));
    }
    let direction = |direction| reader.rules(direction, tier);
    Ok(Written {
        resource,
        tier,
        priority: if is_singleton { 0 } else { reader.priority()? },
        subject: reader.subject(&spec.child("subject"))?,
        ingress: direction(Direction::Ingress)?,
        egress: direction(Direction::Egress)?,
    })
}

struct Cluster<'a, 'n> {
    reader: Reader<'a>,
    nodes: &'n Nodes,
}

impl<'a> Cluster<'a, '_> {
    fn fault(&self, path: &FieldPath, reason: impl Into<String>) -> Fault {
        self.reader.fault(path, reason)
    }

    fn spec(&self, field: &str) -> Option<&'a Node> {
        self.reader.resource.content.at(&["spec", field])
    }

    fn tier(&self) -> Result<Tier, Fault> {
        match &*self.reader.resource.id.kind {
            "AdminNetworkPolicy" => Ok(Tier::Admin),
            "BaselineAdminNetworkPolicy" => Ok(Tier::Baseline),
            _ => match self.spec("tier").and_then(Node::as_str) {
                Some("Admin") => Ok(Tier::Admin),
                Some("Baseline") => Ok(Tier::Baseline),
                _ => Err(self.fault(&FieldPath::parse("spec.tier"), "the tier is Admin or Baseline")),
            },
        }
    }

    fn priority(&self) -> Result<i64, Fault> {
        const HIGHEST: i64 = 1000;
        let priority = self.spec("priority").and_then(Node::as_int);
        let wrong = || {
            self.fault(
                &FieldPath::parse("spec.priority"),
                "the priority is a number from 0 to 1000",
            )
        };
        priority
            .filter(|priority| (0..=HIGHEST).contains(priority))
            .ok_or_else(wrong)
    }

    fn subject(&self, path: &FieldPath) -> Result<PodSet<'a>, Fault> {
        let subject = self.spec("subject");
        let field = |name| subject.and_then(|subject| subject.get(name));
        match (field("namespaces"), field("pods")) {
            (Some(namespaces), None) => self.namespaces(namespaces, &path.child("namespaces")),
            (None, Some(pods)) => self.pods(pods, &path.child("pods")),
            _ => Err(self.fault(path, "a subject is either `namespaces` or `pods`")),
        }
    }

    fn namespaces(&self, node: &'a Node, path: &FieldPath) -> Result<PodSet<'a>, Fault> {
        Ok(PodSet {
            namespaces: NamespaceSet::With(self.reader.selector(node, path)?),
            pods: Selector::Everything,
        })
    }

    fn pods(&self, node: &'a Node, path: &FieldPath) -> Result<PodSet<'a>, Fault> {
        let selector = |field: &str| match node.get(field) {
            Some(selector) => self.reader.selector(selector, &path.child(field)),
            None => Ok(Selector::Everything),
        };
        Ok(PodSet {
            namespaces: NamespaceSet::With(selector("namespaceSelector")?),
            pods: selector("podSelector")?,
        })
    }

    /// Without rules a policy does not touch a direction.
    fn rules(&self, direction: Direction, tier: Tier) -> Result<Option<Vec<Rule<PodSet<'a>>>>, Fault> {
        let path = FieldPath::root().child("spec").child(direction.rules());
        let rules = self.reader.resource.content.items(&["spec", direction.rules()]);
        let rules = rules.iter().enumerate();
        let rules = rules.map(|(index, rule)| self.rule(direction, tier, rule, path.child(index)));
        let rules: Vec<_> = rules.collect::<Result<_, _>>()?;
        Ok((!rules.is_empty()).then_some(rules))
    }

    fn rule(
        &self,
        direction: Direction,
        tier: Tier,
        rule: &'a Node,
        path: FieldPath,
    ) -> Result<Rule<PodSet<'a>>, Fault> {
        let action = self.action(rule, tier, &path)?;
        let peers_path = path.child(direction.peers());
        let written = self.reader.list(rule, direction.peers(), &path)?;
        if written.is_empty() {
            return Err(self.fault(
                &path,
                format!("a rule needs at least one peer in `{}`", direction.peers()),
            ));
        }
        let mut peers = Vec::new();
        let mut is_understood = true;
        for (index, peer) in written.iter().enumerate() {
            is_understood &= self.add_peers(peer, &peers_path.child(index), &mut peers)?;
        }
        // A peer of a newer version of the API: what allows then allows nobody, what denies or passes denies everybody.
        let fails_closed = !is_understood && action != Action::Allow;
        Ok(Rule {
            action: if fails_closed { Action::Deny } else { action },
            peers: (!fails_closed).then_some(if is_understood { peers } else { Vec::new() }),
            ports: if fails_closed { None } else { self.ports(rule, &path)? },
            path,
        })
    }

    fn action(&self, rule: &Node, tier: Tier, path: &FieldPath) -> Result<Action, Fault> {
        let is_cluster = &*self.reader.resource.id.kind == "ClusterNetworkPolicy";
        match rule.text(&["action"]) {
            Some("Allow") if !is_cluster => Ok(Action::Allow),
            Some("Accept") if is_cluster => Ok(Action::Allow),
            Some("Deny") => Ok(Action::Deny),
            Some("Pass") if is_cluster || tier == Tier::Admin => Ok(Action::Pass),
            other => {
                let reason = format!("`{}` is no action here", other.unwrap_or_default());
                Err(self.fault(&path.child("action"), reason))
            }
        }
    }

    /// Adds whom a peer means; says whether it is one that is known.
    fn add_peers(&self, peer: &'a Node, path: &FieldPath, peers: &mut Vec<Peer<PodSet<'a>>>) -> Result<bool, Fault> {
        let fields = peer.entries(&[]);
        let [field] = fields else {
            return match fields {
                [] => Ok(false),
                _ => Err(self.fault(path, "a peer has one field only")),
            };
        };
        let path = path.child(&*field.key);
        let node = &field.value;
        peers.push(match &*field.key {
            "namespaces" => Peer::Pods(self.namespaces(node, &path)?),
            "pods" => Peer::Pods(self.pods(node, &path)?),
            "nodes" => self.nodes.selected(&self.reader.selector(node, &path)?),
            "networks" => Peer::Anywhere(self.networks(node, &path)?),
            // Names of hosts stand for addresses that nobody here knows.
            "domainNames" => return Ok(true),
            _ => return Ok(false),
        });
        Ok(true)
    }

    fn networks(&self, node: &Node, path: &FieldPath) -> Result<Addresses, Fault> {
        let mut all = Addresses::default();
        for (index, range) in node.items(&[]).iter().enumerate() {
            all = all.union(&self.reader.range(range, &path.child(index))?);
        }
        Ok(all)
    }

    fn ports(&self, rule: &'a Node, path: &FieldPath) -> Result<Option<Vec<PortMatch>>, Fault> {
        for (field, read) in [
            (
                "ports",
                Self::port as fn(&Self, &Node, &FieldPath) -> Result<PortMatch, Fault>,
            ),
            ("protocols", Self::protocol),
        ] {
            if rule.get(field).is_some() {
                let ports = self.reader.list(rule, field, path)?.iter().enumerate();
                let ports = ports.map(|(index, port)| read(self, port, &path.child(field).child(index)));
                return ports.collect::<Result<_, _>>().map(Some);
            }
        }
        Ok(None)
    }

    /// An item of `ports`.
    fn port(&self, port: &Node, path: &FieldPath) -> Result<PortMatch, Fault> {
        if let Some(name) = port.text(&["namedPort"]) {
            return Ok(PortMatch::Named(None, name.into()));
        }
        if let Some(number) = port.get("portNumber") {
            let path = path.child("portNumber");
            let protocol = self.reader.protocol(number, &path)?;
            let number = self.number(number, "port", &path)?;
            return Ok(PortMatch::Numbers(Ports::one(protocol, number)));
        }
        let Some(range) = port.get("portRange") else {
            return Err(self.fault(path, "a port needs `portNumber`, `portRange` or `namedPort`"));
        };
        let path = path.child("portRange");
        let protocol = self.reader.protocol(range, &path)?;
        self.range(protocol, range, &path)
    }

    /// An item of `protocols`.
    fn protocol(&self, node: &Node, path: &FieldPath) -> Result<PortMatch, Fault> {
        if let Some(name) = node.text(&["destinationNamedPort"]) {
            return Ok(PortMatch::Named(None, name.into()));
        }
        let fields = [("tcp", Protocol::Tcp), ("udp", Protocol::Udp), ("sctp", Protocol::Sctp)];
        let found = fields
            .into_iter()
            .find_map(|(field, protocol)| Some((field, protocol, node.get(field)?)));
        let Some((field, protocol, attributes)) = found else {
            return Err(self.fault(path, "a protocol is `tcp`, `udp`, `sctp` or `destinationNamedPort`"));
        };
        let Some(port) = attributes.get("destinationPort") else {
            return Ok(PortMatch::Numbers(Ports::every(protocol)));
        };
        let path = path.child(field).child("destinationPort");
        match port.get("range") {
            Some(range) => self.range(protocol, range, &path.child("range")),
            None => Ok(PortMatch::Numbers(Ports::one(
                protocol,
                self.number(port, "number", &path)?,
            ))),
        }
    }

    fn range(&self, protocol: Protocol, range: &Node, path: &FieldPath) -> Result<PortMatch, Fault> {
        let (first, last) = (self.number(range, "start", path)?, self.number(range, "end", path)?);
        if last < first {
            return Err(self.fault(&path.child("end"), "the range ends before it starts"));
        }
        Ok(PortMatch::Numbers(Ports::range(protocol, first, last)))
    }

    fn number(&self, node: &Node, field: &str, path: &FieldPath) -> Result<u16, Fault> {
        let wrong = || self.fault(&path.child(field), "a port is a number from 1 to 65535");
        node.get(field).and_then(port_number).ok_or_else(wrong)
    }
}
