//! Nodes, namespaces, service accounts, Secrets and `ConfigMap`s.

use serde_json::{Value, json};

use super::cluster::{App, Cluster, Kind, Namespace, Node, Workload};
use super::meta::{labelled, last_applied, meta};
use super::template;
use crate::rng::Rng;

/// A node, as the kubelet and the cloud provider fill it in.
pub(super) fn node(cluster: &Cluster, number: usize, node: &Node) -> Value {
    let mut rng = Rng::of(cluster.seed, &[4, number as u64]);
    let zone = format!("eu-north-1{}", rng.pick(&["a", "b", "c"]));
    let mut labels = json!({
        "beta.kubernetes.io/arch": "amd64",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": "m7i.8xlarge",
        "topology.kubernetes.io/region": "eu-north-1",
        "topology.kubernetes.io/zone": zone,
    });
    let mut spec = json!({
        "podCIDR": format!("10.{}.{}.0/24", 64 + number / 256, number % 256),
        "providerID": format!("synthetic:///{zone}/i-{}", rng.text("0123456789abcdef", 17)),
    });
    if let (Some(mark), Some(labels), Some(spec)) = (node.pool.mark(), labels.as_object_mut(), spec.as_object_mut()) {
        labels.insert(mark.to_owned(), "".into());
        spec.insert("taints".to_owned(), json!([{"effect": "NoSchedule", "key": mark}]));
    }
    let capacity = json!({
        "cpu": "32", "ephemeral-storage": "103746Mi", "memory": "131072000Ki", "pods": "110",
    });
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": labelled(&mut rng, "", &node.name, labels),
        "spec": spec,
        "status": {
            "addresses": [
                {"address": node.address, "type": "InternalIP"}, {"address": node.name, "type": "Hostname"},
            ],
            "allocatable": capacity,
            "capacity": capacity,
            "conditions": [{"reason": "KubeletReady", "status": "True", "type": "Ready"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "architecture": "amd64",
                "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "6.12.34",
                "kubeProxyVersion": "v1.34.2",
                "kubeletVersion": "v1.34.2",
                "machineID": rng.text("0123456789abcdef", 32),
                "operatingSystem": "linux",
                "osImage": "Synthetic Linux 12",
            },
        },
    })
}

/// A namespace.
pub(super) fn namespace(cluster: &Cluster, number: usize, namespace: &Namespace) -> Value {
    let mut rng = Rng::of(cluster.seed, &[5, number as u64]);
    let mut labels = json!({"kubernetes.io/metadata.name": namespace.name, "team": namespace.team});
    if let (Some(level), Some(labels)) = (namespace.enforce, labels.as_object_mut()) {
        for mode in ["audit", "enforce", "warn"] {
            labels.insert(format!("pod-security.kubernetes.io/{mode}"), level.into());
        }
    }
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": labelled(&mut rng, "", &namespace.name, labels),
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    })
}

/// What every namespace is born with.
pub(super) fn born_with(cluster: &Cluster, number: usize, namespace: &Namespace) -> Vec<Value> {
    let mut rng = Rng::of(cluster.seed, &[6, number as u64]);
    vec![
        json!({
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta(&mut rng, &namespace.name, "default"),
        }),
        json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(&mut rng, &namespace.name, "kube-root-ca.crt"),
            "data": {"ca.crt": "-----BEGIN CERTIFICATE-----\nc3ludGhldGlj\n-----END CERTIFICATE-----\n"},
        }),
    ]
}

/// A workload's service account, with the modest permissions that most have.
pub(super) fn account(cluster: &Cluster, workload: &Workload) -> Vec<Value> {
    if workload.service_account == "default" {
        return vec![];
    }
    let mut rng = workload.rng(cluster.seed, 300);
    let (namespace, name) = (workload.namespace.as_str(), workload.service_account.as_str());
    let mut objects = vec![json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta(&mut rng, namespace, name),
    })];
    if workload.kind == Kind::Deployment && rng.chance(30) {
        objects.push(json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": meta(&mut rng, namespace, name),
            "rules": [
                {"apiGroups": [""], "resources": ["configmaps", "endpoints"], "verbs": ["get", "list", "watch"]},
                {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "create", "update"]},
            ],
        }));
        objects.push(json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": meta(&mut rng, namespace, name),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
        }));
    }
    objects
}

/// A workload's Secrets and `ConfigMap`, values and all: a reader must drop them.
pub(super) fn configuration(cluster: &Cluster, workload: &Workload) -> Vec<Value> {
    let mut rng = workload.rng(cluster.seed, 400);
    let (namespace, name) = (workload.namespace.as_str(), workload.name.as_str());
    let mut objects = vec![];
    if matches!(workload.app, App::Service | App::Batch | App::Postgres) {
        let data = json!({"password": rng.text(BASE64, 32), "username": "YXBw"});
        let mut meta = meta(&mut rng, namespace, name);
        if rng.chance(30) {
            last_applied(
                &mut meta,
                &json!({
                    "apiVersion": "v1", "data": data, "kind": "Secret",
                    "metadata": {"name": name, "namespace": namespace}, "type": "Opaque",
                }),
            );
        }
        objects.push(json!({
            "apiVersion": "v1", "data": data, "kind": "Secret", "metadata": meta, "type": "Opaque",
        }));
    }
    if workload.app == App::Service {
        objects.push(json!({
            "apiVersion": "v1",
            "data": {
                "app.toml": format!("level = \"info\"\n[cache]\naddress = \"{name}-cache:6379\"\nsize = 4096\n"),
                "features.json": "{\"beta\": false, \"limit\": 250}",
            },
            "kind": "ConfigMap",
            "metadata": labelled(&mut rng, namespace, name, template::labels(workload)),
        }));
    }
    if rng.chance(20) {
        let label = json!({"name": name, "owner": "helm", "status": "deployed", "version": "4"});
        let release = format!("sh.helm.release.v1.{name}.v4");
        objects.push(json!({
            "apiVersion": "v1",
            "data": {"release": rng.text(BASE64, 2048)},
            "kind": "Secret",
            "metadata": labelled(&mut rng, namespace, &release, label),
            "type": "helm.sh/release.v1",
        }));
    }
    objects
}

const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
