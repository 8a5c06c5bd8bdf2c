//! Attack paths that are known to be there, so that what an assessment finds can be checked.

use serde::Serialize;
use serde_json::{Value, json};

use super::cluster::{App, Cluster, Exposure, Kind, Namespace, Pool, Privilege, Workload};
use super::meta::meta;
use crate::rng::Rng;

/// A way in that was put there on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlantedPath {
    /// A short name.
    pub name: &'static str,
    /// Where the attacker starts: an element id.
    pub entry: &'static str,
    /// What they must be found to reach: an element id.
    pub asset: String,
    /// Elements on the way, in order.
    pub through: Vec<&'static str>,
    /// The element to change so that it works no more: without that of each path, nothing reaches any of the assets.
    pub closed_at: &'static str,
    /// Why it works.
    pub why: &'static str,
}

/// The namespaces of the planted workloads, and the system's own. No Pod Security level holds there, and
/// policies only where other workloads would reach what is planted.
pub(super) fn namespaces() -> Vec<Namespace> {
    [
        "default",
        "kube-system",
        "build",
        "contractors",
        "edge",
        "portal",
        "reporting",
    ]
    .into_iter()
    .map(|name| Namespace {
        name: name.to_owned(),
        enforce: None,
        isolated: matches!(name, "build" | "contractors"),
        team: "platform",
    })
    .collect()
}

/// The planted workloads: twelve pods.
pub(super) fn workloads() -> Vec<Workload> {
    let plain = |namespace: &str, name: &str, pods: usize, exposure: Exposure| Workload {
        index: 0,
        kind: Kind::Deployment,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        pods,
        first_pod: 0,
        app: App::Service,
        service_account: name.to_owned(),
        calls: Vec::new(),
        exposure,
        privilege: Privilege::None,
        pool: Pool::Workers,
        hardened: false,
    };
    vec![
        plain("portal", "portal", 2, Exposure::LoadBalancer),
        Workload {
            privilege: Privilege::RuntimeSocket,
            pool: Pool::Build,
            ..plain("build", "webhook", 2, Exposure::Ingress)
        },
        Workload {
            app: App::Batch,
            pool: Pool::Build,
            ..plain("build", "signer", 1, Exposure::Silent)
        },
        plain("reporting", "reports", 3, Exposure::NodePort),
        Workload {
            pool: Pool::Contractors,
            ..plain("contractors", "orders-tool", 2, Exposure::Inside)
        },
        Workload {
            kind: Kind::StatefulSet,
            app: App::Postgres,
            pool: Pool::Contractors,
            ..plain("contractors", "orders-db", 1, Exposure::Inside)
        },
        Workload {
            kind: Kind::Pod,
            privilege: Privilege::HostDisk,
            pool: Pool::ControlPlane,
            ..plain("edge", "relay", 1, Exposure::HostPort)
        },
    ]
}

/// Roles and bindings of the planted paths, and the Secret that one of them leads to.
pub(super) fn objects(seed: u64) -> Vec<Value> {
    let mut rng = Rng::of(seed, &[1]);
    let group = "rbac.authorization.k8s.io";
    let api_version = "rbac.authorization.k8s.io/v1";
    let role_ref = |kind: &str, name: &str| json!({"apiGroup": group, "kind": kind, "name": name});
    vec![
        json!({
            "apiVersion": api_version, "kind": "ClusterRoleBinding", "metadata": meta(&mut rng, "", "portal-admin"),
            "roleRef": role_ref("ClusterRole", "cluster-admin"),
            "subjects": [{"kind": "ServiceAccount", "name": "portal", "namespace": "portal"}],
        }),
        json!({
            "apiVersion": api_version, "kind": "Role", "metadata": meta(&mut rng, "reporting", "reports"),
            "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}],
        }),
        json!({
            "apiVersion": api_version, "kind": "RoleBinding", "metadata": meta(&mut rng, "reporting", "reports"),
            "roleRef": role_ref("Role", "reports"),
            "subjects": [{"kind": "ServiceAccount", "name": "reports", "namespace": "reporting"}],
        }),
        json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": meta(&mut rng, "reporting", "warehouse"),
            "data": {"password": "c3ludGhldGljLXBsYW50ZWQtc2VjcmV0"}, "type": "Opaque",
        }),
        json!({
            "apiVersion": api_version, "kind": "Role", "metadata": meta(&mut rng, "contractors", "debugger"),
            "rules": [
                {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list", "watch"]},
                {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]},
            ],
        }),
        json!({
            "apiVersion": api_version, "kind": "RoleBinding", "metadata": meta(&mut rng, "contractors", "debugger"),
            "roleRef": role_ref("Role", "debugger"),
            "subjects": [{"apiGroup": group, "kind": "Group", "name": "contractors"}],
        }),
    ]
}

/// What must be found.
pub(super) fn paths(cluster: &Cluster) -> Vec<PlantedPath> {
    let node_of = |name: &str| {
        let workload = cluster.workloads.iter().find(|workload| workload.name == name);
        let node = workload.and_then(|workload| cluster.node_of(workload, 0));
        node.map(|node| format!("Node/{}", node.name)).unwrap_or_default()
    };
    vec![
        PlantedPath {
            name: "cluster-admin behind a load balancer",
            entry: "External/internet",
            asset: "Platform/cluster-admin".to_owned(),
            through: vec!["Deployment/portal/portal", "ServiceAccount/portal/portal"],
            closed_at: "ClusterRoleBinding/portal-admin",
            why: "the portal answers the internet and its token is bound to cluster-admin",
        },
        PlantedPath {
            name: "runtime socket behind an ingress",
            entry: "External/internet",
            asset: node_of("webhook"),
            through: vec!["Deployment/build/webhook"],
            closed_at: "Deployment/build/webhook",
            why: "the build webhook answers the internet and mounts the container runtime's socket",
        },
        PlantedPath {
            name: "a neighbour on the build node",
            entry: "External/internet",
            asset: "Secret/build/signer".to_owned(),
            through: vec!["Deployment/build/webhook"],
            closed_at: "Deployment/build/webhook",
            why: "the signer, which nothing reaches, runs on the node that the build webhook gives away",
        },
        PlantedPath {
            name: "secrets behind a node port",
            entry: "External/internet",
            asset: "Secret/reporting/warehouse".to_owned(),
            through: vec!["Deployment/reporting/reports", "ServiceAccount/reporting/reports"],
            closed_at: "RoleBinding/reporting/reports",
            why: "the reports answer on every node and their token may list the namespace's Secrets",
        },
        PlantedPath {
            name: "contractors in the database",
            entry: "Group/contractors",
            asset: "StatefulSet/contractors/orders-db".to_owned(),
            through: vec![],
            closed_at: "RoleBinding/contractors/debugger",
            why: "the group may run commands in any pod of the namespace, its database included",
        },
        PlantedPath {
            name: "host disk on the control plane",
            entry: "External/internet",
            asset: node_of("relay"),
            through: vec!["Pod/edge/relay"],
            closed_at: "Pod/edge/relay",
            why: "the relay answers on its host's port, runs on a control-plane node and mounts its whole disk, writable",
        },
    ]
}
