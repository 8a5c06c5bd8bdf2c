//! Pods as the API server returns them: the template, and what the server, the scheduler and the kubelet add.

use serde_json::{Map, Value, json};

use super::cluster::{Cluster, Kind, Privilege, Workload};
use super::meta::{labelled, owned_by};
use super::names;
use super::template::{self, Image};
use super::workload::Owned;

/// The name, address and node of one pod.
#[derive(Debug)]
pub(super) struct Instance {
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) address: String,
    pub(super) node: String,
    pub(super) node_address: String,
}

impl Instance {
    /// The `number`th pod of a workload: the same whenever it is asked for.
    pub(super) fn of(cluster: &Cluster, workload: &Workload, number: usize) -> Self {
        let mut rng = workload.rng(cluster.seed, instance_purpose(number));
        let owned = Owned::of(cluster.seed, workload, number);
        let name = match workload.kind {
            Kind::Deployment | Kind::CronJob | Kind::DaemonSet => {
                format!("{}-{}", owned.name, names::suffix(&mut rng))
            }
            Kind::StatefulSet => format!("{}-{number}", workload.name),
            Kind::Pod => workload.name.clone(),
        };
        let node = cluster.node_of(workload, number);
        Self {
            name,
            uid: names::uid(&mut rng),
            address: names::pod_address(workload.first_pod.saturating_add(number)),
            node: node.map(|node| node.name.clone()).unwrap_or_default(),
            node_address: node.map(|node| node.address.clone()).unwrap_or_default(),
        }
    }
}

/// Purposes above all others.
fn instance_purpose(number: usize) -> u64 {
    (number as u64).saturating_add(1000)
}

/// One pod.
pub(super) fn pod(cluster: &Cluster, workload: &Workload, template: &Value, number: usize) -> Value {
    let instance = Instance::of(cluster, workload, number);
    let mut rng = workload.rng(cluster.seed, instance_purpose(number).wrapping_mul(31));
    let owned = Owned::of(cluster.seed, workload, number);
    let mut labels = template::labels(workload);
    let mut meta = labelled(&mut rng, &workload.namespace, &instance.name, Value::Null);
    if let Some(labels) = labels.as_object_mut() {
        labels.extend(generated_labels(workload, &owned, &instance, number));
    }
    meta.insert("labels".to_owned(), labels);
    meta.insert("uid".to_owned(), instance.uid.clone().into());
    if workload.kind != Kind::Pod {
        meta.insert("generateName".to_owned(), format!("{}-", owned.name).into());
        let reference = owned_by(owned.api_version, owned.kind, &owned.name, &owned.uid);
        meta.insert("ownerReferences".to_owned(), reference);
    }

    let mut spec = template.clone();
    if let Some(spec) = spec.as_object_mut() {
        admit(spec, workload, &instance, &names::suffix(&mut rng));
    }
    let start = names::time(&mut rng);
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": spec,
        "status": status(workload, &instance, &start, &mut rng),
    })
}

fn generated_labels(workload: &Workload, owned: &Owned, instance: &Instance, number: usize) -> Map<String, Value> {
    let labels = match workload.kind {
        Kind::Deployment => json!({"pod-template-hash": owned.hash}),
        Kind::StatefulSet => json!({
            "apps.kubernetes.io/pod-index": number.to_string(),
            "controller-revision-hash": format!("{}-{}", workload.name, owned.hash),
            "statefulset.kubernetes.io/pod-name": instance.name,
        }),
        Kind::DaemonSet => json!({"controller-revision-hash": owned.hash, "pod-template-generation": "3"}),
        Kind::CronJob => json!({
            "batch.kubernetes.io/controller-uid": owned.uid,
            "batch.kubernetes.io/job-name": owned.name,
            "controller-uid": owned.uid,
            "job-name": owned.name,
        }),
        Kind::Pod => json!({}),
    };
    match labels {
        Value::Object(labels) => labels,
        _ => Map::new(),
    }
}

/// What admission and the scheduler add to a template's spec.
fn admit(spec: &mut Map<String, Value>, workload: &Workload, instance: &Instance, token: &str) {
    spec.insert("enableServiceLinks".to_owned(), true.into());
    spec.insert("nodeName".to_owned(), instance.node.clone().into());
    spec.insert("preemptionPolicy".to_owned(), "PreemptLowerPriority".into());
    spec.insert("priority".to_owned(), 0.into());
    spec.insert("serviceAccount".to_owned(), workload.service_account.clone().into());
    spec.insert("serviceAccountName".to_owned(), workload.service_account.clone().into());
    if workload.kind == Kind::StatefulSet {
        spec.insert("hostname".to_owned(), instance.name.clone().into());
        spec.insert("subdomain".to_owned(), workload.name.clone().into());
        push(
            spec,
            "volumes",
            json!({"name": "data", "persistentVolumeClaim": {"claimName": format!("data-{}", instance.name)}}),
        );
    }
    if workload.kind == Kind::DaemonSet {
        spec.insert(
            "affinity".to_owned(),
            json!({"nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                    {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [instance.node]}]}
                ]}
            }}),
        );
    }
    for key in ["not-ready", "unreachable"] {
        push(
            spec,
            "tolerations",
            json!({
                "effect": "NoExecute",
                "key": format!("node.kubernetes.io/{key}"),
                "operator": "Exists",
                "tolerationSeconds": 300,
            }),
        );
    }
    if template::mounts_token(workload) {
        let name = format!("kube-api-access-{token}");
        for container in spec
            .get_mut("containers")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(container) = container.as_object_mut() {
                push(
                    container,
                    "volumeMounts",
                    json!({
                        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
                        "name": name,
                        "readOnly": true,
                    }),
                );
            }
        }
        push(spec, "volumes", api_access(&name));
    }
}

fn api_access(name: &str) -> Value {
    json!({
        "name": name,
        "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
            {"downwardAPI": {"items": [
                {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}, "path": "namespace"}
            ]}},
        ]},
    })
}

fn push(map: &mut Map<String, Value>, key: &str, item: Value) {
    let list = map.entry(key).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.push(item);
    }
}

fn status(workload: &Workload, instance: &Instance, start: &str, rng: &mut crate::rng::Rng) -> Value {
    let ended = workload.kind == Kind::CronJob;
    let condition = |kind: &str| {
        let ready = !(ended && matches!(kind, "Ready" | "ContainersReady" | "PodReadyToStartContainers"));
        json!({
            "lastProbeTime": null,
            "lastTransitionTime": start,
            "status": if ready { "True" } else { "False" },
            "type": kind,
        })
    };
    let Image { repository, tag } = template::image(workload);
    let id = format!("containerd://{}", names::digest(rng));
    let state = if ended {
        json!({"terminated": {
            "containerID": id, "exitCode": 0, "finishedAt": start, "reason": "Completed", "startedAt": start,
        }})
    } else {
        json!({"running": {"startedAt": start}})
    };
    let conditions: Vec<Value> = [
        "PodReadyToStartContainers",
        "Initialized",
        "Ready",
        "ContainersReady",
        "PodScheduled",
    ]
    .into_iter()
    .map(condition)
    .collect();
    json!({
        "conditions": conditions,
        "containerStatuses": [{
            "containerID": id,
            "image": format!("{repository}:{tag}"),
            "imageID": format!("{repository}@sha256:{}", names::digest(&mut workload.rng(0, 7))),
            "lastState": {},
            "name": template::container_name(workload),
            "ready": !ended,
            "restartCount": rng.below(3),
            "started": !ended,
            "state": state,
        }],
        "hostIP": instance.node_address,
        "hostIPs": [{"ip": instance.node_address}],
        "phase": if ended { "Succeeded" } else { "Running" },
        "podIP": instance.address,
        "podIPs": [{"ip": instance.address}],
        "qosClass": if workload.privilege == Privilege::None { "Burstable" } else { "BestEffort" },
        "startTime": start,
    })
}
