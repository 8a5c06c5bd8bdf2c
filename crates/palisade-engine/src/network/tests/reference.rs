//! The API reference, word by word, for one pod, one other end and one port at a time.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

pub(crate) type Labels = BTreeMap<&'static str, &'static str>;

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) namespaces: Vec<Labels>,
    pub(crate) nodes: Vec<Labels>,
    pub(crate) pods: Vec<Pod>,
    pub(crate) policies: Vec<Policy>,
}

#[derive(Clone, Debug)]
pub(crate) struct Pod {
    pub(crate) namespace: usize,
    pub(crate) labels: Labels,
    /// Name, protocol, number.
    pub(crate) ports: Vec<(&'static str, &'static str, u16)>,
    pub(crate) host_network: bool,
    pub(crate) node: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Selector {
    pub(crate) labels: Labels,
    pub(crate) expressions: Vec<(&'static str, &'static str, Vec<&'static str>)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Policy {
    Namespaced {
        namespace: usize,
        pods: Selector,
        types: Option<Vec<&'static str>>,
        ingress: Option<Vec<Rule>>,
        egress: Option<Vec<Rule>>,
    },
    Cluster {
        /// `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy`, or a tier of `ClusterNetworkPolicy`.
        kind: &'static str,
        subject: (Selector, Option<Selector>),
        ingress: Vec<Rule>,
        egress: Vec<Rule>,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) action: &'static str,
    pub(crate) peers: Vec<Peer>,
    pub(crate) ports: Vec<Port>,
}

#[derive(Clone, Debug)]
pub(crate) enum Peer {
    /// Namespaces and pods; none: not written.
    Pods(Option<Selector>, Option<Selector>),
    /// Range and exceptions.
    Block(&'static str, Vec<&'static str>),
    Nodes(Selector),
}

#[derive(Clone, Debug)]
pub(crate) enum Port {
    All(&'static str),
    Range(&'static str, u16, u16),
    Named(&'static str, &'static str),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Pod(usize),
    Address(Ipv4Addr),
}

pub(crate) fn address_of_node(node: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, u8::try_from(node).expect("few nodes") + 1)
}

/// Whether a port is reached: both ends must let it through.
pub(crate) fn is_allowed(world: &World, from: End, to: End, protocol: &str, port: u16) -> bool {
    let own_node = match (from, to) {
        (End::Pod(from), End::Pod(to)) => is_own_node(&world.pods[from], &world.pods[to]),
        _ => false,
    };
    let one = |direction, subject, other| lets(world, direction, subject, other, to, own_node, protocol, port);
    let out = match from {
        End::Pod(pod) => one("Egress", pod, to),
        End::Address(_) => true,
    };
    let into = match to {
        End::Pod(pod) => one("Ingress", pod, from),
        End::Address(_) => true,
    };
    out && into
}

fn is_own_node(from: &Pod, to: &Pod) -> bool {
    let same = from.node.is_none() || to.node.is_none() || from.node == to.node;
    (from.host_network || to.host_network) && same
}

#[expect(clippy::too_many_arguments, reason = "everything that a decision depends on")]
fn lets(
    world: &World,
    direction: &str,
    subject: usize,
    other: End,
    receiver: End,
    own_node: bool,
    protocol: &str,
    port: u16,
) -> bool {
    let pod = &world.pods[subject];
    if pod.host_network {
        return true;
    }
    let matches = |rule: &Rule, own: usize| {
        let of_peer = |peer: &Peer| is_peer(world, peer, own, other);
        let of_port = |one: &Port| is_port(world, one, receiver, protocol, port);
        (rule.peers.is_empty() || rule.peers.iter().any(of_peer))
            && (rule.ports.is_empty() || rule.ports.iter().any(of_port))
    };
    let first = |kinds: [&str; 2]| {
        let cluster = world.policies.iter().filter_map(|policy| match policy {
            Policy::Cluster {
                kind,
                subject,
                ingress,
                egress,
            } if kinds.contains(kind) => {
                let (namespaces, pods) = subject;
                let is_subject = is_selected(namespaces, &namespace_labels(world, pod.namespace))
                    && pods.as_ref().is_none_or(|pods| is_selected(pods, &pod.labels));
                is_subject.then_some(if direction == "Ingress" { ingress } else { egress })
            }
            _ => None,
        });
        cluster
            .flatten()
            .find(|rule| matches(rule, usize::MAX))
            .map(|rule| rule.action)
    };
    match first(["AdminNetworkPolicy", "Admin"]) {
        Some("Allow") => return true,
        Some("Deny") => return false,
        _ => {}
    }
    let mut isolated = false;
    for policy in &world.policies {
        let Policy::Namespaced {
            namespace,
            pods,
            types,
            ingress,
            egress,
        } = policy
        else {
            continue;
        };
        if *namespace != pod.namespace || !is_selected(pods, &pod.labels) {
            continue;
        }
        let is_about = match types.as_deref() {
            None | Some([]) => direction == "Ingress" || egress.as_ref().is_some_and(|rules| !rules.is_empty()),
            Some(types) => types.contains(&direction),
        };
        if !is_about {
            continue;
        }
        isolated = true;
        let rules = if direction == "Ingress" { ingress } else { egress };
        if rules.iter().flatten().any(|rule| matches(rule, *namespace)) {
            return true;
        }
    }
    if isolated {
        return own_node;
    }
    first(["BaselineAdminNetworkPolicy", "Baseline"]) != Some("Deny")
}

fn namespace_labels(world: &World, namespace: usize) -> Labels {
    const NAMES: [&str; 3] = ["n0", "n1", "n2"];
    let mut labels = world.namespaces[namespace].clone();
    labels.insert("kubernetes.io/metadata.name", NAMES[namespace]);
    labels
}

fn is_selected(selector: &Selector, labels: &Labels) -> bool {
    selector
        .labels
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
        && selector.expressions.iter().all(|(key, operator, values)| {
            let value = labels.get(key);
            match *operator {
                "In" => value.is_some_and(|value| values.contains(value)),
                "NotIn" => !value.is_some_and(|value| values.contains(value)),
                "Exists" => value.is_some(),
                _ => value.is_none(),
            }
        })
}

fn is_peer(world: &World, peer: &Peer, own: usize, other: End) -> bool {
    let everything = |range: &str| range == "0.0.0.0/0";
    match (peer, other) {
        (Peer::Pods(namespaces, pods), End::Pod(other)) => {
            let other = &world.pods[other];
            let of_namespace = match namespaces {
                Some(selector) => is_selected(selector, &namespace_labels(world, other.namespace)),
                None => other.namespace == own,
            };
            !other.host_network && of_namespace && pods.as_ref().is_none_or(|pods| is_selected(pods, &other.labels))
        }
        (Peer::Pods(..), End::Address(_)) => false,
        (Peer::Block(range, except), End::Address(address)) => is_within(address, range, except),
        (Peer::Block(range, except), End::Pod(other)) => match &world.pods[other] {
            pod if pod.host_network => match pod.node {
                Some(node) => is_within(address_of_node(node), range, except),
                None => everything(range) && except.is_empty(),
            },
            // `networks` means pods too, but their addresses are not known; `ipBlock` does not.
            _ => own == usize::MAX && everything(range) && except.is_empty(),
        },
        (Peer::Nodes(selector), End::Pod(other)) => {
            let other = &world.pods[other];
            let is_all = selector.labels.is_empty() && selector.expressions.is_empty();
            other.host_network
                && other
                    .node
                    .map_or(is_all, |node| is_selected(selector, &world.nodes[node]))
        }
        (Peer::Nodes(selector), End::Address(address)) => {
            let mut nodes = world.nodes.iter().enumerate();
            nodes.any(|(node, labels)| address_of_node(node) == address && is_selected(selector, labels))
        }
    }
}

fn is_within(address: Ipv4Addr, range: &str, except: &[&str]) -> bool {
    let within = |range: &str| {
        let (base, bits) = range.split_once('/').expect("a range");
        let (base, bits): (Ipv4Addr, u32) = (base.parse().expect("an address"), bits.parse().expect("bits"));
        (0..bits).all(|bit| (u32::from(base) ^ u32::from(address)) >> (31 - bit) & 1 == 0)
    };
    within(range) && !except.iter().any(|range| within(range))
}

fn is_port(world: &World, written: &Port, receiver: End, protocol: &str, port: u16) -> bool {
    match written {
        Port::All(of) => *of == protocol,
        Port::Range(of, first, last) => *of == protocol && (*first..=*last).contains(&port),
        Port::Named(of, name) => match receiver {
            End::Pod(pod) => world.pods[pod].ports.iter().any(|(named, has, number)| {
                named == name && *has == protocol && (of.is_empty() || *of == protocol) && *number == port
            }),
            End::Address(_) => false,
        },
    }
}
