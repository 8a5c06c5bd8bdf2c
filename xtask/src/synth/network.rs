//! Services, their endpoints, ingresses and network policies.

use serde_json::{Value, json};

use super::cluster::{Cluster, Exposure, Kind, Namespace, Workload};
use super::meta::{labelled, meta, owned_by};
use super::names;
use super::pod::Instance;
use super::template;

const SERVICE: u64 = 200;

/// What makes a workload reachable.
pub(super) fn objects(cluster: &Cluster, workload: &Workload) -> Vec<Value> {
    if matches!(workload.exposure, Exposure::Silent | Exposure::HostPort) {
        return vec![];
    }
    let mut objects = vec![service(cluster, workload)];
    objects.extend(endpoint_slices(cluster, workload));
    if workload.exposure == Exposure::Ingress {
        objects.push(ingress(cluster, workload));
    }
    objects
}

fn service(cluster: &Cluster, workload: &Workload) -> Value {
    let mut rng = workload.rng(cluster.seed, SERVICE);
    let mut meta = labelled(
        &mut rng,
        &workload.namespace,
        &workload.name,
        template::labels(workload),
    );
    meta.insert(
        "uid".to_owned(),
        names::uid(&mut workload.rng(cluster.seed, SERVICE + 1)).into(),
    );
    let address = if workload.kind == Kind::StatefulSet {
        "None".to_owned()
    } else {
        names::service_address(workload.index)
    };
    let mut port = json!({"name": "main", "port": workload.app.port(), "protocol": "TCP", "targetPort": "main"});
    let (kind, status) = match workload.exposure {
        Exposure::LoadBalancer => (
            "LoadBalancer",
            json!({"ingress": [{"ip": "203.0.113.7", "ipMode": "VIP"}]}),
        ),
        Exposure::NodePort => ("NodePort", json!({})),
        _ => ("ClusterIP", json!({})),
    };
    if let (true, Some(port)) = (kind != "ClusterIP", port.as_object_mut()) {
        port.insert("nodePort".to_owned(), (rng.below(2767).saturating_add(30_000)).into());
    }
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta,
        "spec": {
            "clusterIP": address,
            "clusterIPs": [address],
            "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "ports": [port],
            "selector": template::selector(workload),
            "sessionAffinity": "None",
            "type": kind,
        },
        "status": {"loadBalancer": status},
    })
}

/// A hundred endpoints a slice, as the controller does.
fn endpoint_slices(cluster: &Cluster, workload: &Workload) -> Vec<Value> {
    let numbers: Vec<usize> = (0..workload.pods).collect();
    let slices = numbers.chunks(100).enumerate();
    slices
        .map(|(slice, pods)| endpoint_slice(cluster, workload, slice, pods))
        .collect()
}

fn endpoint_slice(cluster: &Cluster, workload: &Workload, slice: usize, pods: &[usize]) -> Value {
    let mut rng = workload.rng(cluster.seed, SERVICE + 10 + slice as u64);
    let name = format!("{}-{}", workload.name, names::suffix(&mut rng));
    let labels = json!({
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": workload.name,
    });
    let service = names::uid(&mut workload.rng(cluster.seed, SERVICE + 1));
    let mut meta = labelled(&mut rng, &workload.namespace, &name, labels);
    meta.insert("generateName".to_owned(), format!("{}-", workload.name).into());
    meta.insert(
        "ownerReferences".to_owned(),
        owned_by("v1", "Service", &workload.name, &service),
    );
    let endpoints: Vec<Value> = pods.iter().map(|number| endpoint(cluster, workload, *number)).collect();
    json!({
        "addressType": "IPv4",
        "apiVersion": "discovery.k8s.io/v1",
        "endpoints": endpoints,
        "kind": "EndpointSlice",
        "metadata": meta,
        "ports": [{"name": "main", "port": workload.app.port(), "protocol": "TCP"}],
    })
}

fn endpoint(cluster: &Cluster, workload: &Workload, number: usize) -> Value {
    let instance = Instance::of(cluster, workload, number);
    json!({
        "addresses": [instance.address],
        "conditions": {"ready": true, "serving": true, "terminating": false},
        "nodeName": instance.node,
        "targetRef": {
            "kind": "Pod", "name": instance.name, "namespace": workload.namespace, "uid": instance.uid,
        },
    })
}

fn ingress(cluster: &Cluster, workload: &Workload) -> Value {
    let mut rng = workload.rng(cluster.seed, SERVICE + 2);
    let host = format!("{}.{}.synthetic.example", workload.name, workload.namespace);
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": meta(&mut rng, &workload.namespace, &workload.name),
        "spec": {
            "ingressClassName": "nginx",
            "rules": [{"host": host, "http": {"paths": [{
                "backend": {"service": {"name": workload.name, "port": {"name": "main"}}},
                "path": "/",
                "pathType": "Prefix",
            }]}}],
            "tls": [{"hosts": [host], "secretName": format!("{}-tls", workload.name)}],
        },
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}},
    })
}

/// The policies of a namespace that is isolated: nothing in, but from inside and from the ingress controller.
pub(super) fn policies(cluster: &Cluster, number: usize, namespace: &Namespace) -> Vec<Value> {
    if !namespace.isolated {
        return vec![];
    }
    let mut rng = crate::rng::Rng::of(cluster.seed, &[3, number as u64]);
    let mut policy = |name: &str, from: Option<Value>| {
        let ingress = from.map_or(json!({}), |from| json!({"ingress": [{"from": [from]}]}));
        let mut spec = json!({"podSelector": {}, "policyTypes": ["Ingress"]});
        if let (Some(spec), Value::Object(ingress)) = (spec.as_object_mut(), ingress) {
            spec.extend(ingress);
        }
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": meta(&mut rng, &namespace.name, name), "spec": spec,
        })
    };
    vec![
        policy("default-deny", None),
        policy("same-namespace", Some(json!({"podSelector": {}}))),
        policy(
            "from-ingress",
            Some(json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}})),
        ),
    ]
}
