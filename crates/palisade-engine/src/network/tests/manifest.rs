//! Random clusters as the API server lists them.

use serde_json::{Value, json};

use super::reference::{Peer, Policy, Port, Rule, Selector, World, address_of_node};

/// A List of everything in a world.
pub(crate) fn manifest(world: &World) -> String {
    let namespaces = world.namespaces.iter().enumerate().map(|(index, labels)| {
        let metadata = json!({"name": format!("n{index}"), "labels": labels});
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    });
    let nodes = world.nodes.iter().enumerate().map(|(index, labels)| {
        let metadata = json!({"name": format!("node{index}"), "labels": labels});
        let address = json!({"type": "InternalIP", "address": address_of_node(index).to_string()});
        json!({"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": {"addresses": [address]}})
    });
    let pods = world.pods.iter().enumerate().map(|(index, pod)| {
        let port = |(name, protocol, number): &(&str, &str, u16)| {
            json!({"name": name, "protocol": protocol, "containerPort": number})
        };
        let ports: Vec<Value> = pod.ports.iter().map(port).collect();
        let mut spec =
            json!({"containers": [{"name": "a", "image": "a", "ports": ports}], "hostNetwork": pod.host_network});
        if let Some(node) = pod.node {
            spec["nodeName"] = json!(format!("node{node}"));
        }
        let metadata =
            json!({"name": format!("p{index}"), "namespace": format!("n{}", pod.namespace), "labels": pod.labels});
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    });
    let policies = world
        .policies
        .iter()
        .enumerate()
        .map(|(index, policy)| policy_of(index, policy));
    let items: Vec<Value> = namespaces.chain(nodes).chain(pods).chain(policies).collect();
    json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

fn policy_of(index: usize, policy: &Policy) -> Value {
    match policy {
        Policy::Namespaced {
            namespace,
            pods,
            types,
            ingress,
            egress,
        } => {
            let mut spec = json!({"podSelector": selector(pods)});
            if let Some(types) = types {
                spec["policyTypes"] = json!(types);
            }
            for (field, peers, rules) in [("ingress", "from", ingress), ("egress", "to", egress)] {
                if let Some(rules) = rules {
                    spec[field] = rules.iter().map(|rule| namespaced_rule(peers, rule)).collect();
                }
            }
            let metadata = json!({"name": format!("np{index}"), "namespace": format!("n{namespace}")});
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec})
        }
        Policy::Cluster {
            kind,
            subject,
            ingress,
            egress,
        } => {
            let is_new = matches!(*kind, "Admin" | "Baseline");
            let is_singleton = *kind == "BaselineAdminNetworkPolicy";
            let mut spec = json!({"subject": pods_of(&subject.0, subject.1.as_ref())});
            if !is_singleton {
                // The order of the policies is that of their priorities.
                spec["priority"] = json!(index);
            }
            if is_new {
                spec["tier"] = json!(kind);
            }
            for (field, peers, rules) in [("ingress", "from", ingress), ("egress", "to", egress)] {
                spec[field] = rules.iter().map(|rule| cluster_rule(peers, rule, is_new)).collect();
            }
            let name = if is_singleton {
                "default".to_owned()
            } else {
                format!("cp{index}")
            };
            let (version, kind) = if is_new {
                ("v1alpha2", "ClusterNetworkPolicy")
            } else {
                ("v1alpha1", *kind)
            };
            let version = format!("policy.networking.k8s.io/{version}");
            json!({"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec})
        }
    }
}

fn namespaced_rule(peers: &str, rule: &Rule) -> Value {
    let peer = |peer: &Peer| match peer {
        Peer::Block(range, except) => json!({"ipBlock": {"cidr": range, "except": except}}),
        Peer::Pods(namespaces, pods) => {
            let mut peer = json!({});
            for (field, one) in [("namespaceSelector", namespaces), ("podSelector", pods)] {
                if let Some(one) = one {
                    peer[field] = selector(one);
                }
            }
            peer
        }
        Peer::Nodes(_) => unreachable!("not in a NetworkPolicy"),
    };
    let port = |port: &Port| match port {
        Port::All(protocol) => json!({"protocol": protocol}),
        Port::Range(protocol, first, last) => json!({"protocol": protocol, "port": first, "endPort": last}),
        Port::Named(protocol, name) => json!({"protocol": protocol, "port": name}),
    };
    let of: Vec<Value> = rule.peers.iter().map(peer).collect();
    let ports: Vec<Value> = rule.ports.iter().map(port).collect();
    json!({peers: of, "ports": ports})
}

fn cluster_rule(peers: &str, rule: &Rule, is_new: bool) -> Value {
    let peer = |peer: &Peer| match peer {
        Peer::Pods(Some(namespaces), pods) => pods_of(namespaces, pods.as_ref()),
        Peer::Pods(None, _) => unreachable!("a cluster's policy names namespaces"),
        Peer::Block(range, _) => json!({"networks": [range]}),
        Peer::Nodes(one) => json!({"nodes": selector(one)}),
    };
    let of: Vec<Value> = rule.peers.iter().map(peer).collect();
    let action = if is_new && rule.action == "Allow" {
        "Accept"
    } else {
        rule.action
    };
    let mut written = json!({"action": action, peers: of});
    if !rule.ports.is_empty() {
        let (field, port): (_, fn(&Port) -> Value) = if is_new {
            ("protocols", protocol_of)
        } else {
            ("ports", port_of)
        };
        written[field] = rule.ports.iter().map(port).collect();
    }
    written
}

fn pods_of(namespaces: &Selector, pods: Option<&Selector>) -> Value {
    match pods {
        None => json!({"namespaces": selector(namespaces)}),
        Some(pods) => json!({"pods": {"namespaceSelector": selector(namespaces), "podSelector": selector(pods)}}),
    }
}

fn port_of(port: &Port) -> Value {
    match port {
        Port::All(protocol) => json!({"portRange": {"protocol": protocol, "start": 1, "end": 65535}}),
        Port::Range(protocol, first, last) if first == last => {
            json!({"portNumber": {"protocol": protocol, "port": first}})
        }
        Port::Range(protocol, first, last) => json!({"portRange": {"protocol": protocol, "start": first, "end": last}}),
        Port::Named(_, name) => json!({"namedPort": name}),
    }
}

fn protocol_of(port: &Port) -> Value {
    match port {
        Port::All(protocol) => json!({protocol.to_lowercase(): {}}),
        Port::Range(protocol, first, last) if first == last => {
            json!({protocol.to_lowercase(): {"destinationPort": {"number": first}}})
        }
        Port::Range(protocol, first, last) => {
            json!({protocol.to_lowercase(): {"destinationPort": {"range": {"start": first, "end": last}}}})
        }
        Port::Named(_, name) => json!({"destinationNamedPort": name}),
    }
}

fn selector(selector: &Selector) -> Value {
    let expression =
        |(key, operator, values): &(&str, &str, Vec<&str>)| json!({"key": key, "operator": operator, "values": values});
    let expressions: Vec<Value> = selector.expressions.iter().map(expression).collect();
    json!({"matchLabels": selector.labels, "matchExpressions": expressions})
}
