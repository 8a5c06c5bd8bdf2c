//! Random clusters: the answer by classes is the answer pod by pod and port by port.

use std::net::Ipv4Addr;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::super::{HostNetwork, Network, Protocol};
use super::manifest::manifest;
use super::reference::{End, Labels, Peer, Pod, Policy, Port, Rule, Selector, World, is_allowed};
use crate::system::Resources;

const NAMESPACES: usize = 3;
const NODES: usize = 2;
const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
/// Ports next to where ranges begin and end, and those that have names.
const PORTS: [u16; 7] = [1, 53, 79, 80, 90, 91, 65535];
const RANGES: [&str; 4] = ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.2/32", "8.0.0.0/6"];
const EXCEPTIONS: [&[&str]; 3] = [&[], &["10.0.0.0/30"], &["10.9.0.0/16"]];
const ADDRESSES: [Ipv4Addr; 5] = [
    Ipv4Addr::new(8, 8, 8, 8),
    Ipv4Addr::new(10, 0, 0, 1),
    Ipv4Addr::new(10, 0, 0, 2),
    Ipv4Addr::new(10, 9, 9, 9),
    Ipv4Addr::new(192, 168, 1, 1),
];

fn labels() -> impl Strategy<Value = Labels> {
    btree_map(select(&["app", "tier"][..]), select(&["a", "b", "c"][..]), 0..3)
}

fn selector() -> impl Strategy<Value = Selector> {
    let expression = (
        select(&["app", "tier", "kubernetes.io/metadata.name"][..]),
        select(&["In", "NotIn", "Exists", "DoesNotExist"][..]),
        vec(select(&["a", "b", "n0", "n1"][..]), 1..3),
    );
    let expression = expression.prop_map(|(key, operator, values)| {
        let values = if matches!(operator, "In" | "NotIn") {
            values
        } else {
            Vec::new()
        };
        (key, operator, values)
    });
    let own = btree_map(select(&["app", "tier"][..]), select(&["a", "b"][..]), 0..2);
    let written = (own, vec(expression, 0..2));
    let written = written.prop_map(|(labels, expressions)| Selector { labels, expressions });
    let everything = Just(Selector {
        labels: Labels::new(),
        expressions: Vec::new(),
    });
    prop_oneof![1 => everything, 3 => written]
}

fn pod() -> impl Strategy<Value = Pod> {
    let ports = vec(
        (select(&["http", "dns"][..]), select(&PROTOCOLS[..]), select(&PORTS[..])),
        0..3,
    );
    let node = proptest::option::of(0..NODES);
    (0..NAMESPACES, labels(), ports, proptest::bool::weighted(0.15), node).prop_map(
        |(namespace, labels, ports, host_network, node)| Pod {
            namespace,
            labels,
            ports,
            host_network,
            node,
        },
    )
}

fn port() -> impl Strategy<Value = Port> {
    let range = (select(&PROTOCOLS[..]), select(&PORTS[..]), select(&PORTS[..]));
    prop_oneof![
        select(&PROTOCOLS[..]).prop_map(Port::All),
        range.prop_map(|(protocol, a, b)| Port::Range(protocol, a.min(b), a.max(b))),
        (select(&PROTOCOLS[..]), select(&["http", "dns"][..])).prop_map(|(protocol, name)| Port::Named(protocol, name)),
    ]
}

fn namespaced() -> impl Strategy<Value = Policy> {
    let block = (select(&RANGES[..2]), select(&EXCEPTIONS[..]));
    let peer = prop_oneof![
        3 => (proptest::option::of(selector()), proptest::option::of(selector()))
            .prop_filter("a peer says something", |(a, b)| a.is_some() || b.is_some())
            .prop_map(|(namespaces, pods)| Peer::Pods(namespaces, pods)),
        1 => block.prop_map(|(range, except)| Peer::Block(range, except.to_vec())),
    ];
    let rule = (vec(peer, 0..3), vec(port(), 0..3)).prop_map(|(peers, ports)| Rule {
        action: "Allow",
        peers,
        ports,
    });
    let rule = rule.boxed();
    let types = proptest::option::of(proptest::sample::subsequence(vec!["Ingress", "Egress"], 0..=2));
    let rules = || proptest::option::of(vec(rule.clone(), 0..3));
    (0..NAMESPACES, selector(), types, rules(), rules()).prop_map(|(namespace, pods, types, ingress, egress)| {
        Policy::Namespaced {
            namespace,
            pods,
            types,
            ingress,
            egress,
        }
    })
}

fn cluster(kind: &'static str) -> impl Strategy<Value = Policy> {
    let pods = || (selector(), proptest::option::of(selector()));
    let of_pods = || pods().prop_map(|(namespaces, pods)| Peer::Pods(Some(namespaces), pods));
    let of_egress = prop_oneof![
        3 => of_pods(),
        1 => select(&RANGES[..]).prop_map(|range| Peer::Block(range, Vec::new())),
        1 => selector().prop_map(Peer::Nodes),
    ];
    let actions = if kind == "BaselineAdminNetworkPolicy" {
        &["Allow", "Deny"][..]
    } else {
        &["Allow", "Deny", "Pass"]
    };
    // A name means a port of any protocol here.
    let port = || {
        port().prop_map(|port| match port {
            Port::Named(_, name) => Port::Named("", name),
            other => other,
        })
    };
    let rule = |peer: BoxedStrategy<Peer>| {
        let parts = (select(actions), vec(peer, 1..3), vec(port(), 0..3));
        parts.prop_map(|(action, peers, ports)| Rule { action, peers, ports })
    };
    let ingress = vec(rule(of_pods().boxed()), 0..3);
    let egress = vec(rule(of_egress.boxed()), 0..3);
    (pods(), ingress, egress).prop_map(move |(subject, ingress, egress)| Policy::Cluster {
        kind,
        subject,
        ingress,
        egress,
    })
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let admin = || prop_oneof![cluster("AdminNetworkPolicy"), cluster("Admin")];
    let baseline = prop_oneof![
        vec(cluster("BaselineAdminNetworkPolicy"), 0..2),
        vec(cluster("Baseline"), 0..3)
    ];
    let policies = (vec(namespaced(), 0..4), vec(admin(), 0..3), baseline);
    let policies = policies.prop_map(|(namespaced, admin, baseline)| [namespaced, admin, baseline].concat());
    (
        vec(labels(), NAMESPACES),
        vec(labels(), NODES),
        vec(pod(), 1..5),
        policies,
    )
        .prop_map(|(namespaces, nodes, pods, policies)| World {
            namespaces,
            nodes,
            pods,
            policies,
        })
}

/// Random clusters: 2,000, or as many as `PALISADE_CASES` says.
pub(crate) fn cases() -> ProptestConfig {
    ProptestConfig::with_cases(crate::testing::cases(2000))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn classes_decide_as_each_pod_and_port_would(world in world()) {
        let text = manifest(&world);
        let reading = palisade_sources::read_bytes("world.json", text.as_bytes());
        prop_assert!(reading.coverage.skipped.is_empty(), "{:?}", reading.coverage.skipped);
        let mut resources = Resources::default();
        for resource in reading.resources {
            resources.upsert(Arc::new(resource));
        }
        let network = Network::new(&resources, HostNetwork::Nodes);
        prop_assert_eq!(network.faults(), []);
        let pods = (0..world.pods.len()).map(End::Pod);
        let ends: Vec<End> = pods.chain(ADDRESSES.map(End::Address)).collect();
        let named = |end: End| match end {
            End::Pod(pod) => format!("Pod/n{}/p{pod}", world.pods[pod].namespace),
            End::Address(address) => address.to_string(),
        };
        for (&from, &to) in ends.iter().flat_map(|from| ends.iter().map(move |to| (from, to))) {
            if matches!((from, to), (End::Address(_), End::Address(_))) {
                continue;
            }
            let end = |end| network.end(&named(end), &resources).expect("it is there");
            let answers = network.between(&end(from), &end(to));
            prop_assert_eq!(answers.len(), 1);
            for protocol in PROTOCOLS {
                let reached = answers[0].ports.of(Protocol::named(protocol).expect("a protocol"));
                for port in PORTS {
                    let expected = is_allowed(&world, from, to, protocol, port);
                    prop_assert_eq!(
                        reached.contains(port), expected,
                        "{} → {} {} {}: {:#?}\n{}", named(from), named(to), protocol, port, answers, text
                    );
                }
            }
        }
    }
}
