//! Nodes: their labels and their addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_inventory::{Node, Resource};

use super::address::{Addresses, parse};
use super::policy::Peer;
use crate::kube::{Labels, Selector};
use crate::system::Resources;

/// The nodes of the input.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    by_name: BTreeMap<Arc<str>, (Arc<Resource>, Addresses)>,
}

impl Nodes {
    pub(super) fn of(resources: &Resources) -> Self {
        let nodes = resources.of_kind("Node").filter(|node| node.id.group.is_empty());
        let known = |node: &Arc<Resource>| (Arc::clone(&node.id.name), (Arc::clone(node), addresses(&node.content)));
        Self {
            by_name: nodes.map(known).collect(),
        }
    }

    /// The nodes that a selector selects, as peers of a rule.
    pub(super) fn selected<P>(&self, selector: &Selector<'_>) -> Peer<P> {
        let selected = self
            .by_name
            .iter()
            .filter(|(_, (node, _))| selector.matches(&Labels::of(&node.content)));
        let (mut names, mut addresses) = (Vec::new(), Addresses::default());
        for (name, (_, of_node)) in selected {
            names.push(Arc::clone(name));
            addresses = addresses.union(of_node);
        }
        match selector {
            Selector::Everything => Peer::EveryNode(addresses),
            _ => Peer::Nodes(names, addresses),
        }
    }

    /// The addresses of a node, as far as they are known. Some clusters name nodes by their address.
    pub(super) fn addresses(&self, name: &str) -> Addresses {
        match self.by_name.get(name) {
            Some((_, addresses)) if !addresses.is_empty() => addresses.clone(),
            _ => name
                .parse()
                .ok()
                .and_then(|address: std::net::IpAddr| parse(&address.to_string()))
                .unwrap_or_default(),
        }
    }
}

fn addresses(node: &Node) -> Addresses {
    let written = node.items(&["status", "addresses"]).iter();
    let addresses = written.filter_map(|address| parse(address.text(&["address"])?));
    addresses.fold(Addresses::default(), |all, one| all.union(&one))
}
