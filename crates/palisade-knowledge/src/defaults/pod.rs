//! Pods and pod templates.

use palisade_inventory::{Node, Value};

use super::edit::{boolean, child, fill as put, items, map, number, text};

/// The mode of projected files: `0644`.
const FILE_MODE: i64 = 0o644;
/// How long a projected token is valid, in seconds.
const TOKEN_LIFETIME: i64 = 3600;

pub(super) fn fill(pod: &mut Node) {
    let Some(spec) = child(pod, "spec") else {
        return;
    };
    text(spec, "restartPolicy", "Always");
    text(spec, "dnsPolicy", "ClusterFirst");
    text(spec, "schedulerName", "default-scheduler");
    number(spec, "terminationGracePeriodSeconds", 30);
    boolean(spec, "enableServiceLinks", true);
    map(spec, "securityContext");
    // Both names of the same field are always shown.
    if let Some(name) = spec.text(&["serviceAccountName"]).map(str::to_owned) {
        text(spec, "serviceAccount", &name);
    } else if let Some(name) = spec.text(&["serviceAccount"]).map(str::to_owned) {
        text(spec, "serviceAccountName", &name);
    }
    let on_host = spec.at(&["hostNetwork"]).and_then(Node::as_bool) == Some(true);
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        for item in items(spec, list) {
            container(item, on_host);
        }
    }
    for volume in items(spec, "volumes") {
        fill_volume(volume);
    }
}

fn container(container: &mut Node, on_host: bool) {
    text(container, "terminationMessagePath", "/dev/termination-log");
    text(container, "terminationMessagePolicy", "File");
    if let Some(image) = container.text(&["image"]) {
        let policy = if is_latest(image) { "Always" } else { "IfNotPresent" };
        text(container, "imagePullPolicy", policy);
    }
    resources(container);
    for port in items(container, "ports") {
        text(port, "protocol", "TCP");
        let number = port.at(&["containerPort"]).and_then(Node::as_int);
        if let Some(number) = number.filter(|_| on_host) {
            put(port, "hostPort", Value::Int(number));
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = child(container, probe) {
            number(probe, "timeoutSeconds", 1);
            number(probe, "periodSeconds", 10);
            number(probe, "successThreshold", 1);
            number(probe, "failureThreshold", 3);
            action(probe);
        }
    }
    if let Some(lifecycle) = child(container, "lifecycle") {
        for hook in ["postStart", "preStop"] {
            if let Some(hook) = child(lifecycle, hook) {
                action(hook);
            }
        }
    }
    for variable in items(container, "env") {
        let source = child(variable, "valueFrom");
        if let Some(field) = source.and_then(|source| child(source, "fieldRef")) {
            text(field, "apiVersion", "v1");
        }
    }
    if let Some(context) = child(container, "securityContext") {
        text(context, "procMount", "Default");
    }
}

/// What is limited is also requested.
fn resources(container: &mut Node) {
    let Some(resources) = map(container, "resources") else {
        return;
    };
    let limits = resources.entries(&["limits"]).to_vec();
    if limits.is_empty() {
        return;
    }
    if let Some(requests) = map(resources, "requests") {
        for limit in limits {
            put(requests, &limit.key, limit.value.value);
        }
    }
}

fn action(action: &mut Node) {
    if let Some(get) = child(action, "httpGet") {
        text(get, "path", "/");
        text(get, "scheme", "HTTP");
    }
    if let Some(call) = child(action, "grpc") {
        text(call, "service", "");
    }
}

fn fill_volume(volume: &mut Node) {
    let is_bare = volume.as_map().is_some_and(|map| {
        let sources = map.entries().iter().filter(|entry| &*entry.key != "name");
        sources.filter(|entry| !entry.value.is_null()).count() == 0
    });
    if is_bare {
        map(volume, "emptyDir");
    }
    if let Some(path) = child(volume, "hostPath") {
        text(path, "type", "");
    }
    for source in ["secret", "configMap", "downwardAPI", "projected"] {
        if let Some(source) = child(volume, source) {
            number(source, "defaultMode", FILE_MODE);
            for part in items(source, "sources") {
                if let Some(token) = child(part, "serviceAccountToken") {
                    number(token, "expirationSeconds", TOKEN_LIFETIME);
                }
            }
        }
    }
}

/// Whether an image's tag is `latest`, written or not. One with a digest and no tag counts as such, as it does there.
fn is_latest(image: &str) -> bool {
    let (name, has_digest) = match image.split_once('@') {
        Some((name, _)) => (name, true),
        None => (image, false),
    };
    let base = name.rsplit('/').next().unwrap_or(name);
    match base.rsplit_once(':') {
        Some((_, tag)) => tag == "latest",
        None => !has_digest,
    }
}
