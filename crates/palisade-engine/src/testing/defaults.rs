//! Manifests as the API server fills them in: what a dump of a cluster shows where a file says nothing.

use serde_json::{Map, Value, json};

/// Every document of a manifest with the fields that the API server adds.
pub(crate) fn defaulted(manifest: &str) -> String {
    let documents = manifest.split("\n---").filter_map(|text| {
        let text = text.trim_start_matches("---");
        let mut document: Value = serde_saphyr::from_str(text).expect("it is YAML");
        if document.is_null() {
            return None;
        }
        object(&mut document);
        Some(document.to_string())
    });
    documents.collect::<Vec<_>>().join("\n---\n")
}

fn object(object: &mut Value) {
    if let Some(items) = object.get_mut("items").and_then(Value::as_array_mut) {
        items.iter_mut().for_each(self::object);
        return;
    }
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    let name = object["metadata"]["name"].clone();
    set(object, "metadata", "uid", json!("7b1c7a53-0000-4000-8000-000000000000"));
    set(object, "metadata", "resourceVersion", json!("1"));
    match kind.as_str() {
        "Pod" => {
            pod_spec(&mut object["spec"]);
            admitted_pod(&mut object["spec"]);
        }
        "PodTemplate" => pod_spec(&mut object["template"]["spec"]),
        "Deployment" => {
            template(object);
            fill(
                &mut object["spec"],
                json!({"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
                    "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}}),
            );
        }
        "StatefulSet" => {
            template(object);
            fill(
                &mut object["spec"],
                json!({"replicas": 1, "revisionHistoryLimit": 10, "podManagementPolicy": "OrderedReady",
                    "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}}),
            );
        }
        "DaemonSet" => {
            template(object);
            fill(
                &mut object["spec"],
                json!({"revisionHistoryLimit": 10,
                    "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}}),
            );
        }
        "ReplicaSet" | "ReplicationController" => {
            template(object);
            fill(&mut object["spec"], json!({"replicas": 1}));
        }
        "Job" => {
            template(object);
            job(&mut object["spec"]);
        }
        "CronJob" => {
            let spec = &mut object["spec"];
            fill(
                spec,
                json!({"concurrencyPolicy": "Allow", "suspend": false, "successfulJobsHistoryLimit": 3,
                    "failedJobsHistoryLimit": 1}),
            );
            template(&mut spec["jobTemplate"]);
        }
        "Service" => service(&mut object["spec"]),
        "NetworkPolicy" => network_policy(&mut object["spec"]),
        "Namespace" => {
            set(object, "metadata", "labels", json!({}));
            fill(
                &mut object["metadata"]["labels"],
                json!({"kubernetes.io/metadata.name": name}),
            );
            set(object, "spec", "finalizers", json!(["kubernetes"]));
        }
        "RoleBinding" | "ClusterRoleBinding" => {
            set(object, "roleRef", "apiGroup", json!("rbac.authorization.k8s.io"));
            for subject in each(&mut object["subjects"]) {
                if subject["kind"] != "ServiceAccount" {
                    fill(subject, json!({"apiGroup": "rbac.authorization.k8s.io"}));
                }
            }
        }
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
            for webhook in each(&mut object["webhooks"]) {
                fill(
                    webhook,
                    json!({"failurePolicy": "Fail", "matchPolicy": "Equivalent", "namespaceSelector": {},
                        "objectSelector": {}, "timeoutSeconds": 10}),
                );
                for rule in each(&mut webhook["rules"]) {
                    fill(rule, json!({"scope": "*"}));
                }
                if let Some(service) = webhook.pointer_mut("/clientConfig/service") {
                    fill(service, json!({"port": 443}));
                }
            }
        }
        "PersistentVolume" => fill(
            &mut object["spec"],
            json!({"persistentVolumeReclaimPolicy": "Retain", "volumeMode": "Filesystem"}),
        ),
        "PersistentVolumeClaim" => fill(&mut object["spec"], json!({"volumeMode": "Filesystem"})),
        "Secret" => fill(object, json!({"type": "Opaque"})),
        _ => {}
    }
}

fn template(holder: &mut Value) {
    let template = &mut holder["spec"]["template"];
    set(template, "metadata", "creationTimestamp", Value::Null);
    pod_spec(&mut template["spec"]);
}

fn job(spec: &mut Value) {
    fill(
        spec,
        json!({"completions": 1, "parallelism": 1, "backoffLimit": 6, "completionMode": "NonIndexed", "suspend": false}),
    );
}

fn pod_spec(spec: &mut Value) {
    fill(
        spec,
        json!({"restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "terminationGracePeriodSeconds": 30,
            "securityContext": {}, "schedulerName": "default-scheduler"}),
    );
    // The old name of the field, and the new.
    for (from, to) in [
        ("serviceAccountName", "serviceAccount"),
        ("serviceAccount", "serviceAccountName"),
    ] {
        if let Some(name) = spec.get(from).cloned() {
            fill(spec, json!({to: name}));
        }
    }
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        each(&mut spec[list]).iter_mut().for_each(container);
    }
    each(&mut spec["volumes"]).iter_mut().for_each(volume);
    prune(spec);
}

/// What admission plugins that are always on add to a pod.
fn admitted_pod(spec: &mut Value) {
    fill(
        spec,
        json!({"enableServiceLinks": true, "serviceAccountName": "default", "serviceAccount": "default", "priority": 0,
            "preemptionPolicy": "PreemptLowerPriority", "tolerations": []}),
    );
    let tolerations = each(&mut spec["tolerations"]);
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        tolerations.push(json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}));
    }
    let on_host_network = spec["hostNetwork"] == true;
    for list in ["containers", "initContainers"] {
        for container in each(&mut spec[list]) {
            for port in each(&mut container["ports"]) {
                if on_host_network {
                    let number = port["containerPort"].clone();
                    fill(port, json!({"hostPort": number}));
                }
            }
            if let Some(limits) = container.pointer("/resources/limits").cloned() {
                set(container, "resources", "requests", json!({}));
                fill(&mut container["resources"]["requests"], limits);
            }
        }
    }
    prune(spec);
}

fn container(container: &mut Value) {
    let image = container["image"].as_str().unwrap_or_default();
    let tag = image
        .rsplit('/')
        .next()
        .and_then(|name| name.split_once(':'))
        .map(|(_, tag)| tag);
    let is_latest = !image.contains('@') && tag.is_none_or(|tag| tag == "latest");
    let policy = if is_latest { "Always" } else { "IfNotPresent" };
    fill(
        container,
        json!({"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            "imagePullPolicy": policy, "resources": {}}),
    );
    for port in each(&mut container["ports"]) {
        fill(port, json!({"protocol": "TCP"}));
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = container.get_mut(probe) else {
            continue;
        };
        fill(
            probe,
            json!({"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}),
        );
        if let Some(request) = probe.get_mut("httpGet") {
            fill(request, json!({"path": "/", "scheme": "HTTP"}));
        }
    }
    for variable in each(&mut container["env"]) {
        if let Some(field) = variable.pointer_mut("/valueFrom/fieldRef") {
            fill(field, json!({"apiVersion": "v1"}));
        }
    }
    prune(container);
}

fn volume(volume: &mut Value) {
    for kind in ["secret", "configMap", "projected", "downwardAPI"] {
        if let Some(source) = volume.get_mut(kind) {
            fill(source, json!({"defaultMode": 420}));
        }
    }
    if let Some(host_path) = volume.get_mut("hostPath") {
        fill(host_path, json!({"type": ""}));
    }
    if let Some(sources) = volume.pointer_mut("/projected/sources") {
        for token in each(sources)
            .iter_mut()
            .filter_map(|source| source.get_mut("serviceAccountToken"))
        {
            fill(token, json!({"expirationSeconds": 3600}));
        }
    }
    prune(volume);
    if volume.as_object().is_some_and(|volume| volume.len() == 1) {
        fill(volume, json!({"emptyDir": {}}));
    }
}

fn service(spec: &mut Value) {
    let kind = spec["type"].as_str().unwrap_or("ClusterIP").to_owned();
    fill(spec, json!({"type": kind, "sessionAffinity": "None"}));
    if kind != "ExternalName" {
        fill(
            spec,
            json!({"internalTrafficPolicy": "Cluster", "ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4"],
                "clusterIP": "10.96.7.9", "clusterIPs": ["10.96.7.9"]}),
        );
    }
    let has_node_ports = kind == "NodePort" || kind == "LoadBalancer";
    if has_node_ports {
        fill(spec, json!({"externalTrafficPolicy": "Cluster"}));
    }
    if kind == "LoadBalancer" {
        fill(spec, json!({"allocateLoadBalancerNodePorts": true}));
    }
    for (index, port) in each(&mut spec["ports"]).iter_mut().enumerate() {
        let target = port["port"].clone();
        fill(port, json!({"protocol": "TCP", "targetPort": target}));
        if has_node_ports {
            fill(port, json!({"nodePort": 30_000 + index}));
        }
    }
    prune(spec);
}

fn network_policy(spec: &mut Value) {
    let types = if spec["egress"].is_array() {
        json!(["Ingress", "Egress"])
    } else {
        json!(["Ingress"])
    };
    fill(spec, json!({"policyTypes": types}));
    for direction in ["ingress", "egress"] {
        for rule in each(&mut spec[direction]) {
            for port in each(&mut rule["ports"]) {
                fill(port, json!({"protocol": "TCP"}));
            }
            prune(rule);
        }
    }
    prune(spec);
}

/// The items of a list; none where there is no list.
fn each(list: &mut Value) -> &mut Vec<Value> {
    if !list.is_array() {
        *list = json!([]);
    }
    list.as_array_mut().expect("it is a list")
}

/// Adds the fields that are missing.
fn fill(object: &mut Value, defaults: Value) {
    let (Some(object), Value::Object(defaults)) = (object.as_object_mut(), defaults) else {
        return;
    };
    for (key, value) in defaults {
        if object.get(&key).is_none_or(Value::is_null) {
            object.insert(key, value);
        }
    }
}

/// Adds a field to an object of an object.
fn set(object: &mut Value, below: &str, key: &str, value: Value) {
    if object.get(below).is_none_or(Value::is_null) {
        object[below] = json!({});
    }
    fill(
        &mut object[below],
        Value::Object(Map::from_iter([(key.to_owned(), value)])),
    );
}

/// Drops the nulls and empty lists that looking for a field has left behind.
fn prune(object: &mut Value) {
    if let Some(object) = object.as_object_mut() {
        object.retain(|key, value| !value.is_null() && (key == "podSelector" || *value != json!([])));
        for value in object.values_mut() {
            if value.is_object() {
                prune(value);
            }
        }
    }
}
