//! Pod templates: what the team wrote, with the defaults that the server fills in.

use serde_json::{Value, json};

use super::cluster::{App, Exposure, Kind, Privilege, Workload};

/// An image by repository and tag.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) repository: String,
    pub(super) tag: &'static str,
}

/// The image that a workload's container runs.
pub(super) fn image(workload: &Workload) -> Image {
    let (repository, tag) = match workload.app {
        App::Postgres => ("docker.io/library/postgres".to_owned(), "16.4"),
        App::Redis => ("docker.io/library/redis".to_owned(), "7.4.1"),
        App::Agent => (
            format!("registry.synthetic.example/platform/{}", workload.name),
            "v1.8.2",
        ),
        App::Service | App::Batch => (
            format!("registry.synthetic.example/{}/{}", workload.namespace, workload.name),
            if workload.hardened { "2026.3.1" } else { "latest" },
        ),
    };
    Image { repository, tag }
}

/// The name of a workload's container.
pub(super) fn container_name(workload: &Workload) -> &'static str {
    match workload.app {
        App::Service => "app",
        App::Postgres => "postgres",
        App::Redis => "redis",
        App::Agent => "agent",
        App::Batch => "job",
    }
}

/// The labels that a workload selects its pods by.
pub(super) fn selector(workload: &Workload) -> Value {
    json!({"app.kubernetes.io/instance": workload.name, "app.kubernetes.io/name": workload.name})
}

/// The labels of a template.
pub(super) fn labels(workload: &Workload) -> Value {
    json!({
        "app.kubernetes.io/instance": workload.name,
        "app.kubernetes.io/name": workload.name,
        "app.kubernetes.io/version": image(workload).tag,
    })
}

/// Whether the pods hold an API token.
pub(super) fn mounts_token(workload: &Workload) -> bool {
    !workload.hardened || workload.app == App::Agent
}

/// The spec of a template, defaults filled in.
pub(super) fn spec(workload: &Workload) -> Value {
    let mut spec = json!({
        "containers": [container(workload)],
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": if workload.kind == Kind::CronJob { "OnFailure" } else { "Always" },
        "schedulerName": "default-scheduler",
        "securityContext": if workload.hardened && workload.app != App::Agent {
            json!({"fsGroup": 10001, "runAsNonRoot": true, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}})
        } else {
            json!({})
        },
        "serviceAccount": workload.service_account,
        "serviceAccountName": workload.service_account,
        "terminationGracePeriodSeconds": 30,
    });
    if let Some(spec) = spec.as_object_mut() {
        if !mounts_token(workload) {
            spec.insert("automountServiceAccountToken".to_owned(), false.into());
        }
        let volumes = volumes(workload);
        if !volumes.is_empty() {
            spec.insert(
                "volumes".to_owned(),
                Value::Array(volumes.into_iter().map(|(volume, _)| volume).collect()),
            );
        }
        if let Some(mark) = workload.pool.mark() {
            let tolerations = json!([{"effect": "NoSchedule", "key": mark, "operator": "Exists"}]);
            spec.insert("tolerations".to_owned(), tolerations);
            spec.insert("nodeSelector".to_owned(), json!({mark: ""}));
        }
        if workload.privilege == Privilege::HostLogs {
            spec.insert("tolerations".to_owned(), json!([{"operator": "Exists"}]));
        }
    }
    spec
}

fn container(workload: &Workload) -> Value {
    let Image { repository, tag } = image(workload);
    let mut container = json!({
        "env": environment(workload),
        "image": format!("{repository}:{tag}"),
        "imagePullPolicy": "IfNotPresent",
        "name": container_name(workload),
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    });
    let Some(fields) = container.as_object_mut() else {
        return container;
    };
    if workload.app.port() > 0 {
        let mut port = json!({"containerPort": workload.app.port(), "name": "main", "protocol": "TCP"});
        if let (Exposure::HostPort, Some(port)) = (workload.exposure, port.as_object_mut()) {
            port.insert("hostPort".to_owned(), 443.into());
        }
        fields.insert("ports".to_owned(), json!([port]));
    }
    if workload.app == App::Service {
        let probes = [("readinessProbe", "/ready"), ("livenessProbe", "/live")];
        for (probe, path) in probes.into_iter().take(if workload.hardened { 2 } else { 1 }) {
            fields.insert(
                probe.to_owned(),
                json!({
                    "failureThreshold": 3,
                    "httpGet": {"path": path, "port": "main", "scheme": "HTTP"},
                    "periodSeconds": 10,
                    "successThreshold": 1,
                    "timeoutSeconds": 1,
                }),
            );
        }
    }
    if workload.hardened {
        fields.insert(
            "resources".to_owned(),
            json!({
                "limits": {"cpu": "1", "memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"},
            }),
        );
        if workload.app != App::Agent {
            fields.insert("securityContext".to_owned(), json!({
                "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": true,
            }));
        }
    }
    let mounts: Vec<Value> = volumes(workload).into_iter().map(|(_, mount)| mount).collect();
    if !mounts.is_empty() || workload.kind == Kind::StatefulSet {
        let data = (workload.kind == Kind::StatefulSet).then(|| json!({"mountPath": "/var/lib/data", "name": "data"}));
        fields.insert("volumeMounts".to_owned(), data.into_iter().chain(mounts).collect());
    }
    container
}

fn environment(workload: &Workload) -> Value {
    let from_secret = |name: &str, key: &str| json!({"name": name, "valueFrom": {"secretKeyRef": {"key": key, "name": workload.name}}});
    let mut variables = match workload.app {
        App::Postgres => vec![
            json!({"name": "POSTGRES_DB", "value": "main"}),
            from_secret("POSTGRES_PASSWORD", "password"),
        ],
        App::Service | App::Batch => vec![
            json!({"name": "LOG_LEVEL", "value": "info"}),
            from_secret("API_KEY", "password"),
        ],
        App::Redis | App::Agent => vec![json!({
            "name": "NODE_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}},
        })],
    };
    let calls = workload.calls.iter().enumerate();
    variables.extend(calls.map(|(number, url)| json!({"name": format!("UPSTREAM_{number}_URL"), "value": url})));
    Value::Array(variables)
}

/// Volumes with their mounts.
fn volumes(workload: &Workload) -> Vec<(Value, Value)> {
    let host = |name: &str, path: &str, kind: &str, read_only: bool| {
        let mut mount = json!({"mountPath": format!("/host{path}"), "name": name});
        if let (true, Some(mount)) = (read_only, mount.as_object_mut()) {
            mount.insert("readOnly".to_owned(), true.into());
        }
        (json!({"hostPath": {"path": path, "type": kind}, "name": name}), mount)
    };
    let mut volumes = match workload.privilege {
        Privilege::None => vec![],
        Privilege::RuntimeSocket => vec![host("runtime", "/run/containerd/containerd.sock", "Socket", false)],
        Privilege::HostDisk => vec![host("disk", "/", "Directory", false)],
        Privilege::HostLogs => vec![host("logs", "/var/log/pods", "Directory", true)],
    };
    if workload.app == App::Service && workload.index.is_multiple_of(2) {
        volumes.push((
            json!({"configMap": {"defaultMode": 420, "name": workload.name}, "name": "config"}),
            json!({"mountPath": "/etc/app", "name": "config", "readOnly": true}),
        ));
    }
    volumes
}
