//! `NetworkPolicy`: read as the API server defaults it, refused as the API server refuses it.

use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};

use super::address::{Addresses, parse_cidr};
use super::fault::Fault;
use super::labels::fault_of_selector;
use super::policy::{Action, Direction, NamespaceSet, Peer, PodSet, PortMatch, Rule, Tier, Written};
use super::ports::{Ports, Protocol};
use crate::kube::Selector;
use crate::kube::container::port_number;

/// Reads a policy.
pub(super) fn read(resource: &Arc<Resource>) -> Result<Written<'_>, Fault> {
    let reader = Reader { resource };
    let spec = FieldPath::root().child("spec");
    reader.check_shape(&resource.content, &spec)?;
    let pods = match resource.content.at(&["spec", "podSelector"]) {
        Some(node) => reader.selector(node, &spec.child("podSelector"))?,
        None => Selector::Everything,
    };
    Ok(Written {
        resource,
        tier: Tier::Namespace,
        priority: 0,
        subject: PodSet {
            namespaces: NamespaceSet::This(&resource.id.namespace),
            pods,
        },
        ingress: reader.direction(Direction::Ingress)?,
        egress: reader.direction(Direction::Egress)?,
    })
}

/// What reading a policy of any kind needs.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) resource: &'a Arc<Resource>,
}

impl<'a> Reader<'a> {
    pub(super) fn fault(self, path: &FieldPath, reason: impl Into<String>) -> Fault {
        Fault::new(self.resource, path, reason)
    }

    /// `spec` is a map, and what must be lists are lists.
    pub(super) fn check_shape(self, content: &Node, spec: &FieldPath) -> Result<(), Fault> {
        let Some(node) = content.get("spec") else { return Ok(()) };
        if node.as_map().is_none() {
            return Err(self.fault(spec, "not a map"));
        }
        for field in ["ingress", "egress", "policyTypes"] {
            if node.get(field).is_some_and(|list| list.as_list().is_none()) {
                return Err(self.fault(&spec.child(field), "not a list"));
            }
        }
        Ok(())
    }

    pub(super) fn selector(self, node: &'a Node, path: &FieldPath) -> Result<Selector<'a>, Fault> {
        match fault_of_selector(node) {
            Some((below, reason)) => Err(self.fault(&path.join(&below), reason)),
            None => Ok(Selector::label_selector(node)),
        }
    }

    /// A list below a rule.
    pub(super) fn list(self, rule: &'a Node, field: &str, path: &FieldPath) -> Result<&'a [Node], Fault> {
        match rule.get(field) {
            Some(list) => list
                .as_list()
                .ok_or_else(|| self.fault(&path.child(field), "not a list")),
            None => Ok(&[]),
        }
    }

    /// The addresses of a range.
    pub(super) fn range(self, node: &Node, path: &FieldPath) -> Result<Addresses, Fault> {
        let text = node.as_str().unwrap_or_default();
        parse_cidr(text)
            .ok_or_else(|| self.fault(path, format!("`{text}` is no range of addresses such as 10.0.0.0/8")))
    }

    fn direction(self, direction: Direction) -> Result<Option<Vec<Rule<PodSet<'a>>>>, Fault> {
        let path = FieldPath::root().child("spec").child(direction.rules());
        let rules = self.resource.content.items(&["spec", direction.rules()]);
        let read = rules
            .iter()
            .enumerate()
            .map(|(index, rule)| self.rule(direction, rule, path.child(index)));
        let read = read.collect::<Result<Vec<_>, _>>()?;
        Ok(self.is_about(direction, !rules.is_empty())?.then_some(read))
    }

    /// `policyTypes`, and what it means where it is absent.
    fn is_about(self, direction: Direction, has_rules: bool) -> Result<bool, Fault> {
        let types = self.resource.content.items(&["spec", "policyTypes"]);
        let path = FieldPath::root().child("spec").child("policyTypes");
        for (index, written) in types.iter().enumerate() {
            if !matches!(written.as_str(), Some("Ingress" | "Egress")) {
                let reason = format!(
                    "`{}` is neither Ingress nor Egress",
                    written.as_str().unwrap_or_default()
                );
                return Err(self.fault(&path.child(index), reason));
            }
        }
        Ok(match types {
            [] => direction == Direction::Ingress || has_rules,
            types => types.iter().any(|written| written.as_str() == Some(direction.as_str())),
        })
    }

    fn rule(self, direction: Direction, rule: &'a Node, path: FieldPath) -> Result<Rule<PodSet<'a>>, Fault> {
        if rule.as_map().is_none() {
            return Err(self.fault(&path, "not a map"));
        }
        let peers = self.list(rule, direction.peers(), &path)?.iter().enumerate();
        let peers = peers.map(|(index, peer)| self.peer(peer, &path.child(direction.peers()).child(index)));
        let peers: Vec<_> = peers.collect::<Result<_, _>>()?;
        let ports = self.list(rule, "ports", &path)?.iter().enumerate();
        let ports = ports.map(|(index, port)| self.port(port, &path.child("ports").child(index)));
        let ports: Vec<_> = ports.collect::<Result<_, _>>()?;
        Ok(Rule {
            action: Action::Allow,
            peers: (!peers.is_empty()).then_some(peers),
            ports: (!ports.is_empty()).then_some(ports),
            path,
        })
    }

    fn peer(self, peer: &'a Node, path: &FieldPath) -> Result<Peer<PodSet<'a>>, Fault> {
        let (block, pods, namespaces) = (
            peer.get("ipBlock"),
            peer.get("podSelector"),
            peer.get("namespaceSelector"),
        );
        if let Some(block) = block {
            if pods.is_some() || namespaces.is_some() {
                return Err(self.fault(path, "`ipBlock` stands alone: no selector beside it"));
            }
            return self.block(block, &path.child("ipBlock")).map(Peer::Outside);
        }
        if pods.is_none() && namespaces.is_none() {
            return Err(self.fault(path, "a peer needs `podSelector`, `namespaceSelector` or `ipBlock`"));
        }
        let selector = |node: Option<&'a Node>, field| match node {
            Some(node) => self.selector(node, &path.child(field)).map(Some),
            None => Ok(None),
        };
        let pods = selector(pods, "podSelector")?;
        let namespaces = selector(namespaces, "namespaceSelector")?;
        Ok(Peer::Pods(PodSet {
            namespaces: match namespaces {
                Some(selector) => NamespaceSet::With(selector),
                None => NamespaceSet::This(&self.resource.id.namespace),
            },
            pods: pods.unwrap_or(Selector::Everything),
        }))
    }

    fn block(self, block: &Node, path: &FieldPath) -> Result<Addresses, Fault> {
        let Some(range) = block.get("cidr") else {
            return Err(self.fault(path, "`cidr` is missing"));
        };
        let whole = self.range(range, &path.child("cidr"))?;
        let mut left = whole.clone();
        for (index, except) in block.items(&["except"]).iter().enumerate() {
            let at = path.child("except").child(index);
            let without = self.range(except, &at)?;
            if without == whole || !without.difference(&whole).is_empty() {
                return Err(self.fault(&at, "an exception must be a part of `cidr`, and not all of it"));
            }
            left = left.difference(&without);
        }
        Ok(left)
    }

    fn port(self, port: &Node, path: &FieldPath) -> Result<PortMatch, Fault> {
        let protocol = self.protocol(port, path)?;
        let last = port.get("endPort");
        let Some(first) = port.get("port") else {
            return match last {
                Some(_) => Err(self.fault(&path.child("endPort"), "`endPort` needs `port`")),
                None => Ok(PortMatch::Numbers(Ports::every(protocol))),
            };
        };
        if let Some(name) = first.as_str() {
            if last.is_some() {
                return Err(self.fault(&path.child("endPort"), "`endPort` needs a `port` that is a number"));
            }
            if !is_port_name(name) {
                return Err(self.fault(&path.child("port"), format!("`{name}` is no name of a port")));
            }
            return Ok(PortMatch::Named(Some(protocol), name.into()));
        }
        let number = |node: &Node, field: &str| {
            let wrong = || self.fault(&path.child(field), "a port is a number from 1 to 65535");
            port_number(node).ok_or_else(wrong)
        };
        let first = number(first, "port")?;
        let last = last.map_or(Ok(first), |last| number(last, "endPort"))?;
        if last < first {
            return Err(self.fault(&path.child("endPort"), "`endPort` is less than `port`"));
        }
        Ok(PortMatch::Numbers(Ports::range(protocol, first, last)))
    }

    pub(super) fn protocol(self, node: &Node, path: &FieldPath) -> Result<Protocol, Fault> {
        Protocol::of(node).ok_or_else(|| self.fault(&path.child("protocol"), "the protocol is TCP, UDP or SCTP"))
    }
}

/// As IANA names services: at most 15 lower-case letters, digits and single hyphens between, a letter among them.
pub(super) fn is_port_name(name: &str) -> bool {
    const LONGEST: usize = 15;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= LONGEST
        && name.bytes().all(|byte| plain(byte) || byte == b'-')
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}
