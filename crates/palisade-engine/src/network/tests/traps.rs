//! Where tools go wrong.

use super::super::Direction;
use super::*;

const ALL: &str = "All Connections";
const NONE: &str = "No Connections";

fn policy(namespace: &str, spec: &str) -> String {
    format!(
        "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: p, namespace: {namespace}}}, spec: {{{spec}}}}}\n"
    )
}

fn cluster_policy(kind: &str, name: &str, spec: &str) -> String {
    let version = if kind == "ClusterNetworkPolicy" {
        "v1alpha2"
    } else {
        "v1alpha1"
    };
    format!(
        "---\n{{apiVersion: policy.networking.k8s.io/{version}, kind: {kind}, metadata: {{name: {name}}}, spec: {{{spec}}}}}\n"
    )
}

#[test]
fn without_policies_everything_is_allowed() {
    assert_eq!(ports(PODS, "spy", "db"), ALL);
    assert_eq!(ports(PODS, "External/internet", "db"), ALL);
    assert_eq!(ports(PODS, "db", "8.8.8.8"), ALL);
}

#[test]
fn a_policy_of_another_namespace_protects_nothing_here() {
    let yaml = PODS.to_owned() + &policy("other", "podSelector: {}");
    assert_eq!(ports(&yaml, "web", "db"), ALL);
    assert_eq!(ports(&yaml, "web", "spy"), NONE);
}

#[test]
fn a_pod_selector_alone_means_pods_of_the_same_namespace() {
    let spec = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}]}]";
    let yaml = PODS.to_owned() + &policy("shop", spec);
    assert_eq!(ports(&yaml, "web", "db"), ALL);
    assert_eq!(ports(&yaml, "spy", "db"), NONE);
}

#[test]
fn selectors_in_one_peer_must_both_match_and_in_two_either() {
    let both = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: spy}}, namespaceSelector: {matchLabels: {team: shop}}}]}]";
    assert_eq!(ports(&(PODS.to_owned() + &policy("shop", both)), "spy", "db"), NONE);
    let either = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: x}}}, {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}]}]";
    assert_eq!(ports(&(PODS.to_owned() + &policy("shop", either)), "spy", "db"), ALL);
}

#[test]
fn expressions_count() {
    let spec = "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, x]}]}}]}]";
    let yaml = PODS.to_owned() + &policy("shop", spec);
    assert_eq!(ports(&yaml, "web", "db"), ALL);
    assert_eq!(ports(&yaml, "db", "web"), ALL, "web is not isolated");
    assert_eq!(ports(&yaml, "spy", "db"), NONE);
    let absent = "podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}";
    assert_eq!(ports(&(PODS.to_owned() + &policy("shop", absent)), "web", "db"), NONE);
}

#[test]
fn both_ends_must_agree() {
    let egress = policy("shop", "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]");
    assert_eq!(ports(&(PODS.to_owned() + &egress), "web", "db"), NONE);
    assert_eq!(
        ports(&(PODS.to_owned() + &egress), "spy", "web"),
        ALL,
        "nothing keeps it from being connected to"
    );
    let some = "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: 443}, {port: 53, protocol: UDP}]}]";
    let other = "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: q, namespace: shop}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 400, endPort: 500}]}]}}";
    assert_eq!(
        ports(&(PODS.to_owned() + &policy("shop", some) + other), "web", "db"),
        "TCP 443"
    );
}

#[test]
fn absent_and_empty_are_not_the_same() {
    let open = |spec: &str| ports(&(PODS.to_owned() + &policy("shop", spec)), "web", "db");
    assert_eq!(open("podSelector: {}"), NONE);
    assert_eq!(open("podSelector: {}, ingress: []"), NONE);
    assert_eq!(open("podSelector: {}, ingress: [{}]"), ALL);
    assert_eq!(open("podSelector: {}, ingress: [{from: [], ports: []}]"), ALL);
    assert_eq!(
        open("podSelector: {}, ingress: [{}], policyTypes: [Egress]"),
        NONE,
        "egress of web"
    );
    assert_eq!(
        open("podSelector: {}, ingress: [{}], egress: []"),
        ALL,
        "no egress rule, so not about egress"
    );
    assert_eq!(
        open("podSelector: {}, ingress: [{}], egress: [{to: [{podSelector: {matchLabels: {app: x}}}]}]"),
        NONE
    );
}

#[test]
fn named_ports_are_those_of_the_target_by_protocol() {
    let to = |port: &str| {
        let spec = format!("podSelector: {{}}, policyTypes: [Egress], egress: [{{ports: [{port}]}}]");
        ports(&(PODS.to_owned() + &policy("shop", &spec)), "web", "db")
    };
    assert_eq!(to("{port: sql}"), "TCP 5432");
    assert_eq!(to("{port: sql, protocol: UDP}"), NONE);
    assert_eq!(to("{port: http}"), NONE);
    assert_eq!(to("{protocol: UDP}"), "UDP 1-65535");
    let sidecar = PODS.replace(
        "containers: [{name: a, image: a, ports",
        "containers: [{name: b, image: b}], initContainers: [{name: a, image: a, restartPolicy: Always, ports",
    );
    let spec = policy("shop", "podSelector: {}, ingress: [{ports: [{port: sql}]}]");
    assert_eq!(ports(&(sidecar.clone() + &spec), "web", "db"), "TCP 5432");
    let plain_init = sidecar.replace("restartPolicy: Always, ", "");
    assert_eq!(
        ports(&(plain_init + &spec), "web", "db"),
        NONE,
        "it has ended before anybody connects"
    );
}

#[test]
fn blocks_are_outside_and_have_exceptions() {
    let spec = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]";
    let yaml = PODS.to_owned() + &policy("shop", spec);
    assert_eq!(ports(&yaml, "10.0.0.1", "db"), ALL);
    assert_eq!(ports(&yaml, "10.1.2.3", "db"), NONE);
    assert_eq!(
        ports(&yaml, "10.0.0.0/8", "db"),
        "All Connections | No Connections | All Connections"
    );
    assert_eq!(ports(&yaml, "web", "db"), NONE);
    let six = "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 'fd00::/8'}}]}]";
    let yaml = PODS.to_owned() + &policy("shop", six);
    assert_eq!(ports(&yaml, "fd00::1", "db"), ALL);
    assert_eq!(ports(&yaml, "10.0.0.1", "db"), NONE);
}

#[test]
fn the_host_network_is_beyond_policies() {
    let agent = "---\n{apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: shop, labels: {app: agent}}, spec: {hostNetwork: true, nodeName: n1, containers: [{name: a, image: a}]}}\n";
    let pods = PODS.replace(
        "spec: {containers: [{name: a, image: a, ports",
        "spec: {nodeName: n2, containers: [{name: a, image: a, ports",
    );
    let deny = pods.clone() + agent + &policy("shop", "podSelector: {}, policyTypes: [Ingress, Egress]");
    assert_eq!(ports(&deny, "spy", "agent"), ALL, "no policy selects it");
    assert_eq!(ports(&deny, "agent", "spy"), ALL);
    assert_eq!(ports(&deny, "agent", "db"), NONE, "on another node");
    assert_eq!(ports(&deny, "agent", "web"), ALL, "maybe on the same node");
    let node = "---\n{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 10.0.0.1}]}}\n";
    let by_label = policy(
        "shop",
        "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: agent}}}]}]",
    );
    assert_eq!(
        ports(&(pods.clone() + agent + node + &by_label), "agent", "db"),
        NONE,
        "labels of it are not seen"
    );
    let by_address = policy(
        "shop",
        "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24}}]}]",
    );
    assert_eq!(ports(&(pods + agent + node + &by_address), "agent", "db"), ALL);
    let as_pods = Network::new(&resources(&deny).1, HostNetwork::Pods);
    let agent = as_pods.end("agent", &resources(&deny).1).expect("it is there");
    let spy = as_pods.end("spy", &resources(&deny).1).expect("it is there");
    assert!(
        as_pods
            .between(&spy, &agent)
            .iter()
            .all(|answer| answer.ports.is_empty())
    );
}

#[test]
fn admin_policies_come_first_and_in_the_order_of_their_priorities() {
    let deny = cluster_policy(
        "AdminNetworkPolicy",
        "deny",
        "priority: 5, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]",
    );
    let allow = |priority: u8| {
        let spec = format!(
            "priority: {priority}, subject: {{pods: {{namespaceSelector: {{}}, podSelector: {{matchLabels: {{app: db}}}}}}}}, ingress: [{{action: Allow, from: [{{pods: {{namespaceSelector: {{}}, podSelector: {{matchLabels: {{app: web}}}}}}}}], ports: [{{portNumber: {{protocol: TCP, port: 5432}}}}]}}]"
        );
        cluster_policy("AdminNetworkPolicy", "allow", &spec)
    };
    let isolated = policy("shop", "podSelector: {}");
    let all = |priority| PODS.to_owned() + &deny + &allow(priority) + &isolated;
    assert_eq!(
        ports(&all(4), "web", "db"),
        "TCP 5432",
        "allowed before any NetworkPolicy is asked"
    );
    assert_eq!(ports(&all(6), "web", "db"), NONE);
    assert_eq!(ports(&all(4), "spy", "db"), NONE);
    assert_eq!(
        ports(&(PODS.to_owned() + &deny), "External/internet", "db"),
        ALL,
        "outside is no namespace"
    );
}

#[test]
fn passed_on_is_for_network_policies_and_then_for_the_baseline() {
    let pass = cluster_policy(
        "AdminNetworkPolicy",
        "pass",
        "priority: 1, subject: {namespaces: {}}, ingress: [{action: Pass, from: [{namespaces: {}}], ports: [{portRange: {protocol: TCP, start: 80, end: 90}}]}]",
    );
    let deny = cluster_policy(
        "AdminNetworkPolicy",
        "deny",
        "priority: 2, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]",
    );
    let baseline = cluster_policy(
        "BaselineAdminNetworkPolicy",
        "default",
        "subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {protocol: TCP, port: 85}}]}]",
    );
    let yaml = PODS.to_owned() + &pass + &deny + &baseline;
    assert_eq!(ports(&yaml, "web", "db"), "TCP 80-84,86-90");
    let open = policy("shop", "podSelector: {}, ingress: [{ports: [{port: 85}]}]");
    assert_eq!(
        ports(&(yaml + &open), "web", "db"),
        "TCP 85",
        "a NetworkPolicy decides before the baseline"
    );
}

#[test]
fn cluster_network_policies_have_tiers() {
    let baseline = cluster_policy(
        "ClusterNetworkPolicy",
        "base",
        "tier: Baseline, priority: 0, subject: {namespaces: {}}, egress: [{action: Accept, to: [{networks: [10.0.0.0/8]}], protocols: [{tcp: {destinationPort: {number: 443}}}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]",
    );
    let yaml = PODS.to_owned() + &baseline;
    assert_eq!(ports(&yaml, "web", "10.1.1.1"), "TCP 443");
    assert_eq!(ports(&yaml, "web", "8.8.8.8"), NONE);
    assert_eq!(
        ports(&yaml, "web", "db"),
        NONE,
        "all addresses are those of pods as well"
    );
    let admin = cluster_policy(
        "ClusterNetworkPolicy",
        "admin",
        "tier: Admin, priority: 9, subject: {namespaces: {}}, egress: [{action: Accept, to: [{pods: {podSelector: {matchLabels: {app: db}}}}], protocols: [{destinationNamedPort: sql}, {udp: {destinationPort: {range: {start: 1, end: 9}}}}]}]",
    );
    assert_eq!(ports(&(yaml + &admin), "web", "db"), "TCP 5432,UDP 1-9");
}

#[test]
fn what_a_newer_api_says_fails_closed() {
    let rule = |action: &str| {
        let spec = format!(
            "priority: 1, subject: {{namespaces: {{}}}}, ingress: [{{action: {action}, from: [{{planets: {{}}}}]}}]"
        );
        ports(
            &(PODS.to_owned() + &cluster_policy("AdminNetworkPolicy", "p", &spec)),
            "web",
            "db",
        )
    };
    assert_eq!(rule("Allow"), ALL, "it allows nobody, and the rest is as before");
    assert_eq!(rule("Deny"), NONE);
    assert_eq!(rule("Pass"), NONE);
}

#[test]
fn what_kubernetes_would_refuse_protects_nothing_and_is_told() {
    let wrong = [
        (
            "podSelector: {matchLabels: {app@b: x}}",
            "spec.podSelector.matchLabels.app@b",
        ),
        ("podSelector: {}, ingress: [{from: [{}]}]", "spec.ingress[0].from[0]"),
        (
            "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: A}}]}]",
            "spec.ingress[0].from[0].ipBlock.cidr",
        ),
        (
            "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}}]}]",
            "spec.ingress[0].from[0].ipBlock.except[0]",
        ),
        (
            "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]",
            "spec.ingress[0].from[0]",
        ),
        (
            "podSelector: {}, ingress: [{ports: [{port: http, endPort: 9}]}]",
            "spec.ingress[0].ports[0].endPort",
        ),
        (
            "podSelector: {}, ingress: [{ports: [{port: 9, endPort: 8}]}]",
            "spec.ingress[0].ports[0].endPort",
        ),
        (
            "podSelector: {}, ingress: [{ports: [{port: 70000}]}]",
            "spec.ingress[0].ports[0].port",
        ),
        (
            "podSelector: {}, ingress: [{ports: [{port: 80, protocol: ICMP}]}]",
            "spec.ingress[0].ports[0].protocol",
        ),
        ("podSelector: {}, policyTypes: [Outgress]", "spec.policyTypes[0]"),
        ("podSelector: {}, ingress: {}", "spec.ingress"),
    ];
    for (spec, path) in wrong {
        let network = network(&(PODS.to_owned() + &policy("shop", spec)));
        let paths: Vec<&str> = network.faults().iter().map(|fault| &*fault.at.path).collect();
        assert_eq!(paths, [path], "{spec}");
        assert!(
            network.isolating(&"Pod/shop/db".into(), Direction::Ingress).is_empty(),
            "{spec}"
        );
    }
}

#[test]
fn pods_that_policies_do_not_tell_apart_are_one_class() {
    let pod = |number: usize| {
        let (namespace, app) = (number % 7, number);
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p{number}, namespace: n{namespace}, labels: {{app: a{app}}}}}, spec: {{containers: [{{name: a, image: a}}]}}}}\n"
        )
    };
    let many: Vec<String> = (0..50).map(pod).collect();
    let many = many.concat();
    let classes = |yaml: &str| network(yaml).class_count();
    assert_eq!(classes(&many), 1);
    let isolated = many.clone() + &policy("n1", "podSelector: {matchLabels: {app: a1}}");
    // The rest with and without the label, n1, and a1 in it.
    assert_eq!(classes(&isolated), 4);
}

#[test]
fn ingress_controllers_reach_what_routes_name() {
    let routed = "---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {selector: {app: db}, ports: [{name: q, port: 80, targetPort: sql}, {name: r, port: 81, targetPort: 9000}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: shop}, spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: db, port: {name: q}}}}]}}]}}
---
{apiVersion: route.openshift.io/v1, kind: Route, metadata: {name: r, namespace: shop}, spec: {to: {kind: Service, name: db}, port: {targetPort: 9000}}}
";
    let lines = |yaml: &str| {
        let network = network(yaml);
        let all: Vec<String> = network.connections().iter().map(|one| one.to_string()).collect();
        all.into_iter().filter(|line| line.starts_with('{')).collect::<Vec<_>>()
    };
    let yaml = PODS.to_owned() + routed;
    assert_eq!(lines(&yaml), ["{ingress-controller} => shop/db[Pod] : TCP 5432,9000"]);
    let from_namespaces = policy(
        "shop",
        "podSelector: {}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 9000}]}]",
    );
    assert_eq!(
        lines(&(yaml.clone() + &from_namespaces)),
        ["{ingress-controller} => shop/db[Pod] : TCP 9000"]
    );
    assert_eq!(
        lines(&(yaml + &policy("shop", "podSelector: {}"))),
        Vec::<String>::new()
    );
}
