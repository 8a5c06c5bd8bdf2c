//! What surrounds pod templates, and every other built-in kind.

use palisade_inventory::{Map, Node, Value};

use super::edit::{boolean, child, fill as put, items, map, number, text};

/// Where user and group names are of.
const RBAC: &str = "rbac.authorization.k8s.io";
const REVISIONS: i64 = 10;

pub(super) fn fill(group: &str, kind: &str, object: &mut Node) {
    match (group, kind) {
        ("", "Namespace") => namespace(object),
        ("", "Secret") => text(object, "type", "Opaque"),
        ("storage.k8s.io", "StorageClass") => {
            text(object, "reclaimPolicy", "Delete");
            text(object, "volumeBindingMode", "Immediate");
        }
        (RBAC, "RoleBinding" | "ClusterRoleBinding") => binding(object),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration") => webhooks(object, false),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration") => webhooks(object, true),
        _ => {
            if let Some(spec) = child(object, "spec") {
                fill_spec(group, kind, spec);
            }
        }
    }
}

fn fill_spec(group: &str, kind: &str, spec: &mut Node) {
    match (group, kind) {
        ("apps", "Deployment") => {
            number(spec, "replicas", 1);
            number(spec, "revisionHistoryLimit", REVISIONS);
            number(spec, "progressDeadlineSeconds", 600);
            rolling(spec, "strategy", &[("maxUnavailable", "25%"), ("maxSurge", "25%")]);
        }
        ("apps", "StatefulSet") => {
            number(spec, "replicas", 1);
            number(spec, "revisionHistoryLimit", REVISIONS);
            text(spec, "podManagementPolicy", "OrderedReady");
            rolling(spec, "updateStrategy", &[]);
        }
        ("apps", "DaemonSet") => {
            number(spec, "revisionHistoryLimit", REVISIONS);
            rolling(spec, "updateStrategy", &[]);
        }
        ("apps", "ReplicaSet") | ("", "ReplicationController") => number(spec, "replicas", 1),
        ("batch", "Job") => job(spec),
        ("batch", "CronJob") => {
            text(spec, "concurrencyPolicy", "Allow");
            boolean(spec, "suspend", false);
            number(spec, "successfulJobsHistoryLimit", 3);
            number(spec, "failedJobsHistoryLimit", 1);
        }
        ("", "Service") => service(spec),
        ("networking.k8s.io", "NetworkPolicy") => network_policy(spec),
        ("", "PersistentVolume") => {
            text(spec, "persistentVolumeReclaimPolicy", "Retain");
            text(spec, "volumeMode", "Filesystem");
            if let Some(path) = child(spec, "hostPath") {
                text(path, "type", "");
            }
        }
        ("", "PersistentVolumeClaim") => text(spec, "volumeMode", "Filesystem"),
        ("apiregistration.k8s.io", "APIService") => {
            if let Some(service) = child(spec, "service") {
                number(service, "port", 443);
            }
        }
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy" | "MutatingAdmissionPolicy") => {
            text(spec, "failurePolicy", "Fail");
            if let Some(constraints) = child(spec, "matchConstraints") {
                matching(constraints);
            }
        }
        _ => {}
    }
}

fn rolling(spec: &mut Node, field: &str, settings: &[(&str, &str)]) {
    let Some(strategy) = map(spec, field) else {
        return;
    };
    text(strategy, "type", "RollingUpdate");
    if strategy.text(&["type"]) == Some("RollingUpdate")
        && let Some(rolling) = map(strategy, "rollingUpdate")
    {
        for (name, value) in settings {
            text(rolling, name, value);
        }
    }
}

fn job(spec: &mut Node) {
    let is_one = spec.get("completions").is_none() && spec.get("parallelism").is_none();
    if is_one {
        number(spec, "completions", 1);
    }
    number(spec, "parallelism", 1);
    number(spec, "backoffLimit", 6);
    text(spec, "completionMode", "NonIndexed");
    boolean(spec, "suspend", false);
}

fn service(spec: &mut Node) {
    text(spec, "type", "ClusterIP");
    text(spec, "sessionAffinity", "None");
    let kind = spec.text(&["type"]).unwrap_or_default().to_owned();
    if kind != "ExternalName" {
        text(spec, "internalTrafficPolicy", "Cluster");
    }
    if matches!(&*kind, "NodePort" | "LoadBalancer") {
        text(spec, "externalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        boolean(spec, "allocateLoadBalancerNodePorts", true);
    }
    for port in items(spec, "ports") {
        text(port, "protocol", "TCP");
        if let Some(number) = port.get("port").map(|number| number.value.clone()) {
            put(port, "targetPort", number);
        }
    }
}

fn network_policy(spec: &mut Node) {
    let mut types = vec!["Ingress"];
    if !spec.items(&["egress"]).is_empty() {
        types.push("Egress");
    }
    let position = spec.position;
    let types = types
        .into_iter()
        .map(|name| Node::new(Value::Text(name.into()), position));
    put(spec, "policyTypes", Value::List(types.collect()));
    for direction in ["ingress", "egress"] {
        for rule in items(spec, direction) {
            for port in items(rule, "ports") {
                text(port, "protocol", "TCP");
            }
        }
    }
}

fn namespace(object: &mut Node) {
    let Some(metadata) = child(object, "metadata") else {
        return;
    };
    let name = metadata.text(&["name"]).unwrap_or_default().to_owned();
    if let Some(labels) = map(metadata, "labels") {
        text(labels, "kubernetes.io/metadata.name", &name);
    }
}

fn binding(object: &mut Node) {
    if let Some(role) = child(object, "roleRef") {
        text(role, "apiGroup", RBAC);
    }
    for subject in items(object, "subjects") {
        if matches!(subject.text(&["kind"]), Some("User" | "Group")) {
            text(subject, "apiGroup", RBAC);
        }
    }
}

fn webhooks(object: &mut Node, mutating: bool) {
    for webhook in items(object, "webhooks") {
        text(webhook, "failurePolicy", "Fail");
        number(webhook, "timeoutSeconds", 10);
        matching(webhook);
        if mutating {
            text(webhook, "reinvocationPolicy", "Never");
        }
        for rule in items(webhook, "rules") {
            text(rule, "scope", "*");
        }
        let client = child(webhook, "clientConfig");
        if let Some(service) = client.and_then(|client| child(client, "service")) {
            number(service, "port", 443);
        }
    }
}

/// What a webhook or an admission policy matches, where it does not say.
fn matching(node: &mut Node) {
    text(node, "matchPolicy", "Equivalent");
    for selector in ["namespaceSelector", "objectSelector"] {
        put(node, selector, Value::Map(Map::default()));
    }
}
