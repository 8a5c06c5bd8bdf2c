//! `networking.k8s.io/v1` `NetworkPolicy` as it is written.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Node;

use super::needs::{self, Needs, Peer};
use super::word;
use crate::guard::Input;
use crate::network::{Direction, Protocol};
use crate::system::Element;
use crate::views::nodes::{int, list, map, text};

/// The policy of a namespace that denies what no other allows.
pub(super) const DENY_ALL: &str = "palisade-default-deny";
/// Where cluster DNS is in nearly every cluster, and where `NodeLocal DNSCache` listens.
const DNS_NAMESPACE: &str = "kube-system";
const DNS_LABEL: (&str, &str) = ("k8s-app", "kube-dns");
const DNS_ON_NODE: &str = "169.254.20.10/32";
/// Ports at which API servers listen, behind their Service and before it.
const API_SERVER: [u16; 2] = [443, 6443];
/// Everything outside.
const OUTSIDE: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// What the policy of a workload is called: `palisade-checkout-ingress`.
pub(super) fn name(input: &Input<'_>, element: &Element, direction: Direction) -> String {
    let called = |one: &Element| one.resource.as_ref().map(|id| id.name.to_string());
    let own = called(element).unwrap_or_default();
    let is_shared = input.system().elements.iter().any(|one| {
        one.id != element.id
            && one.namespace == element.namespace
            && needs::has_pods(one)
            && called(one).as_deref() == Some(&own)
    });
    let kind = element.id.as_str().split('/').next().unwrap_or_default().to_lowercase();
    let kind = if is_shared { format!("{kind}-") } else { String::new() };
    format!("palisade-{kind}{own}-{}", word(direction))
}

/// The policy that lets through what a workload needs in one direction.
pub(super) fn write(input: &Input<'_>, name: &str, element: &Element, needs: &Needs<'_>) -> Node {
    let (rules, direction, peers) = match needs.direction {
        Direction::Ingress => ("ingress", "Ingress", "from"),
        Direction::Egress => ("egress", "Egress", "to"),
    };
    let mut all: Vec<Node> = needs
        .peers
        .iter()
        .map(|(peer, ports)| rule(peers, &of_peer(input, element, *peer), &ports_of(*peer, ports)))
        .collect();
    if needs.direction == Direction::Egress {
        let dns = BTreeSet::from([(Protocol::Tcp, Some(53)), (Protocol::Udp, Some(53))]);
        all.push(rule(
            peers,
            &[in_namespace(DNS_NAMESPACE, [DNS_LABEL]), block(DNS_ON_NODE)],
            &dns,
        ));
    }
    let labels = needs::labels(input, element).unwrap_or_default();
    policy(
        element.namespace.as_deref(),
        name,
        &labels,
        &[direction],
        Some((rules, all)),
    )
}

/// The policy that denies a namespace what no other allows.
pub(super) fn deny_all(namespace: &str, directions: &[&str]) -> Node {
    policy(Some(namespace), DENY_ALL, &BTreeMap::new(), directions, None)
}

fn policy(
    namespace: Option<&str>,
    name: &str,
    labels: &BTreeMap<String, String>,
    directions: &[&str],
    rules: Option<(&str, Vec<Node>)>,
) -> Node {
    let metadata = [("name", text(name))]
        .into_iter()
        .chain(namespace.map(|namespace| ("namespace", text(namespace))));
    let selector = if labels.is_empty() { map([]) } else { selected(labels) };
    let rules = rules.map(|(word, rules)| (word, list(rules.into_iter())));
    let spec = [
        ("podSelector", selector),
        ("policyTypes", list(directions.iter().map(|one| text(one)))),
    ];
    map([
        ("apiVersion", text("networking.k8s.io/v1")),
        ("kind", text("NetworkPolicy")),
        ("metadata", map(metadata)),
        ("spec", map(spec.into_iter().chain(rules))),
    ])
}

/// One rule: these peers (none: anybody) at these ports (none: any).
fn rule(word: &str, peers: &[Node], ports: &BTreeSet<(Protocol, Option<u16>)>) -> Node {
    let ports = ports.iter().map(|(protocol, port)| {
        let port = port.map(|port| ("port", int(port)));
        map([("protocol", text(protocol.as_str()))].into_iter().chain(port))
    });
    let peers = (!peers.is_empty()).then(|| (word, list(peers.iter().cloned())));
    map(peers.into_iter().chain([("ports", list(ports))]))
}

fn ports_of(peer: Peer<'_>, ports: &BTreeSet<(Protocol, Option<u16>)>) -> BTreeSet<(Protocol, Option<u16>)> {
    match peer {
        Peer::ApiServer => API_SERVER.into_iter().map(|port| (Protocol::Tcp, Some(port))).collect(),
        _ => ports.clone(),
    }
}

fn of_peer(input: &Input<'_>, element: &Element, peer: Peer<'_>) -> Vec<Node> {
    match peer {
        Peer::Anybody => Vec::new(),
        Peer::Outside | Peer::ApiServer => OUTSIDE.into_iter().map(block).collect(),
        Peer::Pods(id) => {
            let other = input.system().element(id.as_str());
            let labels = other.and_then(|other| needs::labels(input, other)).unwrap_or_default();
            let labels = labels.iter().map(|(key, value)| (&**key, &**value));
            let namespace = other.and_then(|other| other.namespace.as_deref());
            match namespace {
                Some(namespace) if element.namespace.as_deref() != Some(namespace) => {
                    vec![in_namespace(namespace, labels)]
                }
                _ => vec![map([("podSelector", with_labels(labels))])],
            }
        }
    }
}

fn in_namespace<'l>(namespace: &str, labels: impl IntoIterator<Item = (&'l str, &'l str)>) -> Node {
    map([
        (
            "namespaceSelector",
            with_labels([("kubernetes.io/metadata.name", namespace)]),
        ),
        ("podSelector", with_labels(labels)),
    ])
}

fn selected(labels: &BTreeMap<String, String>) -> Node {
    with_labels(labels.iter().map(|(key, value)| (&**key, &**value)))
}

fn with_labels<'l>(labels: impl IntoIterator<Item = (&'l str, &'l str)>) -> Node {
    let labels = labels.into_iter().map(|(key, value)| (key, text(value)));
    map([("matchLabels", map(labels))])
}

fn block(cidr: &str) -> Node {
    map([("ipBlock", map([("cidr", text(cidr))]))])
}
