//! `cilium.io/v2` `CiliumNetworkPolicy`: what a NetworkPolicy says, and hosts outside by their names.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use palisade_inventory::Node;

use super::WrittenPolicy;
use super::needs::{self, Needs, Peer};
use crate::guard::{Application, Guardrail, Input, Target};
use crate::network::{Direction, Protocol};
use crate::system::{Element, ElementId, Flow};
use crate::views::nodes::{list, map, text};

/// The label by which Cilium knows a pod's namespace.
const NAMESPACE: &str = "k8s:io.kubernetes.pod.namespace";

type Ports = BTreeSet<(Protocol, Option<u16>)>;

/// The same guardrail for Cilium.
pub(super) fn guardrail(input: &Input<'_>, written: &WrittenPolicy<'_>) -> Guardrail {
    let plain = &written.guardrail;
    let file = plain.file.replacen("network/", "cilium/", 1);
    let name = file.rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml");
    let namespace = written.element.namespace.as_deref().unwrap_or("default");
    let mut proofs = plain.proofs.clone();
    for proof in &mut proofs {
        proof.why = format!("as the NetworkPolicy of the same peers and ports: {}", proof.why);
    }
    Guardrail {
        target: Target::Cilium,
        documents: vec![policy(input, name, written.element, &written.needs)],
        application: Application::Outside,
        rollout: vec![
            "Cilium can be told to let through what a policy would refuse and only report it: `policyAuditMode` of one endpoint \
             (cilium-dbg endpoint config ID PolicyAuditMode=Enabled); begin with it"
                .to_owned(),
            format!("kubectl apply --dry-run=server -f {file}"),
            format!("kubectl apply -f {file}, and watch `hubble observe --verdict DROPPED,AUDIT` for a day"),
        ],
        undo: format!("kubectl -n {namespace} delete ciliumnetworkpolicy {name}"),
        file,
        proofs,
        ..plain.clone()
    }
}

fn policy(input: &Input<'_>, name: &str, element: &Element, needs: &Needs<'_>) -> Node {
    let rules: Vec<Node> = match needs.direction {
        Direction::Ingress => needs
            .peers
            .iter()
            .map(|(peer, ports)| ingress(input, *peer, ports))
            .collect(),
        Direction::Egress => {
            let inside = needs.peers.iter().filter(|(peer, _)| **peer != Peer::Outside);
            let inside = inside.map(|(peer, ports)| egress(input, *peer, ports));
            inside.chain(outside(&needs.flows)).chain([names()]).collect()
        }
    };
    // A rule that allows nothing is what switches refusing on.
    let rules = if rules.is_empty() { vec![map([])] } else { rules };
    let direction = super::word(needs.direction);
    let labels = needs::labels(input, element).unwrap_or_default();
    let metadata = [("name", text(name))];
    let namespace = element
        .namespace
        .as_deref()
        .map(|namespace| ("namespace", text(namespace)));
    map([
        ("apiVersion", text("cilium.io/v2")),
        ("kind", text("CiliumNetworkPolicy")),
        ("metadata", map(metadata.into_iter().chain(namespace))),
        (
            "spec",
            map([
                ("endpointSelector", selector(&labels, None)),
                (direction, list(rules.into_iter())),
            ]),
        ),
    ])
}

fn ingress(input: &Input<'_>, peer: Peer<'_>, ports: &Ports) -> Node {
    let from = match peer {
        Peer::Pods(id) => ("fromEndpoints", list([endpoint(input, id)].into_iter())),
        Peer::Anybody | Peer::Outside | Peer::ApiServer => ("fromEntities", entities(&["all"])),
    };
    map([from].into_iter().chain(to_ports(ports)))
}

fn egress(input: &Input<'_>, peer: Peer<'_>, ports: &Ports) -> Node {
    match peer {
        Peer::Pods(id) => map([("toEndpoints", list([endpoint(input, id)].into_iter()))]
            .into_iter()
            .chain(to_ports(ports))),
        // It is known by what it is, whatever its address.
        Peer::ApiServer => map([("toEntities", entities(&["kube-apiserver"]))]),
        Peer::Anybody => map([("toEntities", entities(&["all"]))].into_iter().chain(to_ports(ports))),
        Peer::Outside => map([("toEntities", entities(&["world"]))]
            .into_iter()
            .chain(to_ports(ports))),
    }
}

/// Hosts outside, each by its name or address.
fn outside(flows: &[&Flow]) -> Vec<Node> {
    let mut hosts: BTreeMap<&str, Ports> = BTreeMap::new();
    for flow in flows {
        let (Some(host), Some(protocol)) = (
            flow.to.as_str().strip_prefix("External/"),
            Protocol::named(&flow.protocol),
        ) else {
            continue;
        };
        let ports = hosts.entry(host).or_default();
        if flow.ports.is_empty() {
            ports.insert((protocol, None));
        }
        ports.extend(flow.ports.iter().map(|port| (protocol, Some(*port))));
    }
    let rules = hosts.into_iter().map(|(host, ports)| {
        let to = match host.parse::<IpAddr>() {
            Ok(address) => {
                let bits = if address.is_ipv4() { 32 } else { 128 };
                ("toCIDR", list([text(&format!("{host}/{bits}"))].into_iter()))
            }
            Err(_) if host.contains('.') => {
                let key = if host.contains('*') {
                    "matchPattern"
                } else {
                    "matchName"
                };
                ("toFQDNs", list([map([(key, text(host))])].into_iter()))
            }
            Err(_) => ("toEntities", entities(&["world"])),
        };
        map([to].into_iter().chain(to_ports(&ports)))
    });
    rules.collect()
}

/// Cluster DNS, through Cilium's proxy: from its answers Cilium learns the addresses of names.
fn names() -> Node {
    let dns = BTreeMap::from([("k8s:k8s-app".to_owned(), "kube-dns".to_owned())]);
    let port = map([("port", text("53")), ("protocol", text("ANY"))]);
    let any = map([("dns", list([map([("matchPattern", text("*"))])].into_iter()))]);
    map([
        ("toEndpoints", list([selector(&dns, Some("kube-system"))].into_iter())),
        (
            "toPorts",
            list([map([("ports", list([port].into_iter())), ("rules", any)])].into_iter()),
        ),
    ])
}

fn endpoint(input: &Input<'_>, id: &ElementId) -> Node {
    let other = input.system().element(id.as_str());
    let labels = other.and_then(|other| needs::labels(input, other)).unwrap_or_default();
    selector(&labels, other.and_then(|other| other.namespace.as_deref()))
}

fn selector(labels: &BTreeMap<String, String>, namespace: Option<&str>) -> Node {
    let labels = labels.iter().map(|(key, value)| (&**key, text(value)));
    let namespace = namespace.map(|namespace| (NAMESPACE, text(namespace)));
    map([("matchLabels", map(labels.chain(namespace)))])
}

fn entities(entities: &[&str]) -> Node {
    list(entities.iter().map(|entity| text(entity)))
}

/// None where a protocol is open at every port: Cilium names ports, or none at all.
fn to_ports(ports: &Ports) -> Option<(&'static str, Node)> {
    if ports.iter().any(|(_, port)| port.is_none()) {
        return None;
    }
    let ports = ports.iter().filter_map(|(protocol, port)| {
        let port = (*port)?.to_string();
        Some(map([("port", text(&port)), ("protocol", text(protocol.as_str()))]))
    });
    Some(("toPorts", list([map([("ports", list(ports))])].into_iter())))
}
