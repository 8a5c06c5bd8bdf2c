//! Controllers: what owns pods, and what owns that.

use serde_json::{Map, Value, json};

use super::cluster::{Kind, Workload};
use super::meta::{labelled, last_applied, owned_by};
use super::names;
use super::template;

const CONTROLLER: u64 = 10;
const OWNER: u64 = 20;

/// What owns a pod directly.
#[derive(Debug)]
pub(super) struct Owned {
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) uid: String,
    /// The hash of the template.
    pub(super) hash: String,
}

impl Owned {
    /// The owner of a workload's `number`th pod. Each Job of a `CronJob` has one pod.
    pub(super) fn of(seed: u64, workload: &Workload, number: usize) -> Self {
        let hash = names::template_hash(&mut workload.rng(seed, OWNER));
        let (api_version, kind, name, purpose) = match workload.kind {
            Kind::Deployment => ("apps/v1", "ReplicaSet", format!("{}-{hash}", workload.name), OWNER + 1),
            Kind::StatefulSet => ("apps/v1", "StatefulSet", workload.name.clone(), CONTROLLER),
            Kind::DaemonSet => ("apps/v1", "DaemonSet", workload.name.clone(), CONTROLLER),
            Kind::CronJob => {
                // Jobs are named after the minute they were due.
                let due = 29_540_160_usize.saturating_add(number.saturating_mul(1440));
                ("batch/v1", "Job", format!("{}-{due}", workload.name), OWNER + 2)
            }
            Kind::Pod => ("", "", workload.name.clone(), CONTROLLER),
        };
        let purpose = if workload.kind == Kind::CronJob {
            purpose + 100 * (number as u64)
        } else {
            purpose
        };
        Self {
            api_version,
            kind,
            name,
            uid: names::uid(&mut workload.rng(seed, purpose)),
            hash,
        }
    }
}

/// The controllers of a workload, outermost first.
pub(super) fn controllers(seed: u64, workload: &Workload) -> Vec<Value> {
    let pods = workload.pods;
    let applied = |kind: &str, api_version: &str, spec: &Value, status: Value| {
        let mut rng = workload.rng(seed, CONTROLLER + 1);
        let mut meta = labelled(
            &mut rng,
            &workload.namespace,
            &workload.name,
            template::labels(workload),
        );
        meta.insert("generation".to_owned(), 3.into());
        meta.insert("uid".to_owned(), names::uid(&mut workload.rng(seed, CONTROLLER)).into());
        let written = json!({
            "apiVersion": api_version, "kind": kind,
            "metadata": {"name": workload.name, "namespace": workload.namespace}, "spec": spec,
        });
        last_applied(&mut meta, &written);
        json!({"apiVersion": api_version, "kind": kind, "metadata": meta, "spec": spec, "status": status})
    };
    match workload.kind {
        Kind::Deployment => {
            let spec = json!({
                "progressDeadlineSeconds": 600,
                "replicas": pods,
                "revisionHistoryLimit": 10,
                "selector": {"matchLabels": template::selector(workload)},
                "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}, "type": "RollingUpdate"},
                "template": pod_template(workload, Map::new()),
            });
            let status = json!({
                "availableReplicas": pods, "observedGeneration": 3, "readyReplicas": pods, "replicas": pods,
                "updatedReplicas": pods,
            });
            let replica_sets = [pods, 0]
                .into_iter()
                .map(|replicas| replica_set(seed, workload, replicas));
            std::iter::once(applied("Deployment", "apps/v1", &spec, status))
                .chain(replica_sets)
                .collect()
        }
        Kind::StatefulSet => {
            let spec = json!({
                "podManagementPolicy": "OrderedReady",
                "replicas": pods,
                "revisionHistoryLimit": 10,
                "selector": {"matchLabels": template::selector(workload)},
                "serviceName": workload.name,
                "template": pod_template(workload, Map::new()),
                "updateStrategy": {"rollingUpdate": {"partition": 0}, "type": "RollingUpdate"},
                "volumeClaimTemplates": [{
                    "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                    "metadata": {"creationTimestamp": null, "name": "data"},
                    "spec": {
                        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "20Gi"}},
                        "volumeMode": "Filesystem",
                    },
                    "status": {"phase": "Pending"},
                }],
            });
            let claims = (0..pods).map(|number| claim(seed, workload, number));
            let status = json!({"currentReplicas": pods, "readyReplicas": pods, "replicas": pods});
            std::iter::once(applied("StatefulSet", "apps/v1", &spec, status))
                .chain(claims)
                .collect()
        }
        Kind::DaemonSet => {
            let spec = json!({
                "revisionHistoryLimit": 10,
                "selector": {"matchLabels": template::selector(workload)},
                "template": pod_template(workload, Map::new()),
                "updateStrategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}, "type": "RollingUpdate"},
            });
            let status = json!({"currentNumberScheduled": pods, "desiredNumberScheduled": pods, "numberReady": pods});
            vec![applied("DaemonSet", "apps/v1", &spec, status)]
        }
        Kind::CronJob => {
            let spec = json!({
                "concurrencyPolicy": "Forbid",
                "failedJobsHistoryLimit": 1,
                "jobTemplate": {"metadata": {"creationTimestamp": null}, "spec": {
                    "template": pod_template(workload, Map::new()),
                }},
                "schedule": "10 3 * * *",
                "successfulJobsHistoryLimit": 3,
                "suspend": false,
            });
            let jobs = (0..pods).map(|number| job(seed, workload, number));
            std::iter::once(applied("CronJob", "batch/v1", &spec, json!({})))
                .chain(jobs)
                .collect()
        }
        Kind::Pod => vec![],
    }
}

fn pod_template(workload: &Workload, more_labels: Map<String, Value>) -> Value {
    let mut labels = template::labels(workload);
    if let Some(labels) = labels.as_object_mut() {
        labels.extend(more_labels);
    }
    json!({"metadata": {"creationTimestamp": null, "labels": labels}, "spec": template::spec(workload)})
}

/// The current `ReplicaSet`, or with no replicas the one before it.
fn replica_set(seed: u64, workload: &Workload, replicas: usize) -> Value {
    let mut owned = Owned::of(seed, workload, 0);
    if replicas == 0 {
        let mut rng = workload.rng(seed, OWNER + 50);
        owned.hash = names::template_hash(&mut rng);
        owned.name = format!("{}-{}", workload.name, owned.hash);
        owned.uid = names::uid(&mut rng);
    }
    let hash = Map::from_iter([("pod-template-hash".to_owned(), Value::from(owned.hash.clone()))]);
    let with_hash = |mut labels: Value| {
        if let Some(labels) = labels.as_object_mut() {
            labels.extend(hash.clone());
        }
        labels
    };
    let mut rng = workload.rng(seed, OWNER + 3 + replicas as u64);
    let labels = with_hash(template::labels(workload));
    let mut meta = labelled(&mut rng, &workload.namespace, &owned.name, labels);
    let controller = names::uid(&mut workload.rng(seed, CONTROLLER));
    meta.insert("generation".to_owned(), 1.into());
    meta.insert(
        "ownerReferences".to_owned(),
        owned_by("apps/v1", "Deployment", &workload.name, &controller),
    );
    meta.insert("uid".to_owned(), owned.uid.into());
    json!({
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": meta,
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": with_hash(template::selector(workload))},
            "template": pod_template(workload, hash.clone()),
        },
        "status": {"observedGeneration": 1, "replicas": replicas},
    })
}

fn job(seed: u64, workload: &Workload, number: usize) -> Value {
    let owned = Owned::of(seed, workload, number);
    let mut rng = workload.rng(seed, OWNER + 70 + number as u64);
    let mut meta = labelled(&mut rng, &workload.namespace, &owned.name, template::labels(workload));
    let controller = names::uid(&mut workload.rng(seed, CONTROLLER));
    meta.insert(
        "ownerReferences".to_owned(),
        owned_by("batch/v1", "CronJob", &workload.name, &controller),
    );
    meta.insert("uid".to_owned(), owned.uid.clone().into());
    let by_controller = Map::from_iter([
        (
            "batch.kubernetes.io/controller-uid".to_owned(),
            Value::from(owned.uid.clone()),
        ),
        (
            "batch.kubernetes.io/job-name".to_owned(),
            Value::from(owned.name.clone()),
        ),
    ]);
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": meta,
        "spec": {
            "backoffLimit": 6,
            "completions": 1,
            "parallelism": 1,
            "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": owned.uid}},
            "template": pod_template(workload, by_controller),
        },
        "status": {"succeeded": 1},
    })
}

fn claim(seed: u64, workload: &Workload, number: usize) -> Value {
    let mut rng = workload.rng(seed, OWNER + 90 + number as u64);
    let name = format!("data-{}-{number}", workload.name);
    let volume = format!("pvc-{}", names::uid(&mut rng));
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": labelled(&mut rng, &workload.namespace, &name, template::selector(workload)),
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "20Gi"}},
            "storageClassName": "standard",
            "volumeMode": "Filesystem",
            "volumeName": volume,
        },
        "status": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "20Gi"}, "phase": "Bound"},
    })
}
