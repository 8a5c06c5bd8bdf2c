//! The Node authoriser.

use super::super::{Authorizer, Decision, Identity, Request};
use crate::testing::resources;

const CLUSTER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: a}
spec:
  nodeName: n1
  serviceAccountName: web
  imagePullSecrets: [{name: pull}]
  volumes:
    - {name: s, secret: {secretName: mounted}}
    - {name: p, projected: {sources: [{secret: {name: projected}}, {configMap: {name: settings}}]}}
    - {name: d, persistentVolumeClaim: {claimName: data}}
    - {name: e, ephemeral: {volumeClaimTemplate: {}}}
    - {name: kube-api-access-x, projected: {sources: [{serviceAccountToken: {path: token}}, {configMap: {name: kube-root-ca.crt}}]}}
    - {name: c, csi: {driver: d, nodePublishSecretRef: {name: publish}}}
  containers:
    - name: web
      image: a
      env: [{name: A, valueFrom: {secretKeyRef: {name: env, key: k}}}]
      envFrom: [{configMapRef: {name: from}}]
      volumeMounts: [{name: kube-api-access-x, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: shop, uid: b}
spec: {nodeName: n2, serviceAccountName: other, containers: [{name: a, image: a, envFrom: [{secretRef: {name: far}}]}]}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata:
  name: static
  namespace: kube-system
  uid: c
  annotations: {kubernetes.io/config.mirror: hash}
spec: {nodeName: n1, containers: [{name: a, image: a, envFrom: [{secretRef: {name: of-mirror}}]}]}
status: {phase: Running}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv}
spec: {claimRef: {namespace: shop, name: data}, csi: {driver: d, volumeHandle: h, nodeStageSecretRef: {name: stage, namespace: storage}, controllerExpandSecretRef: {name: controller, namespace: storage}}}
---
apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
metadata: {name: va}
spec: {attacher: d, nodeName: n1, source: {persistentVolumeName: pv}}
";

/// What the API server says to the kubelet of `n1`: `yes`, or the reason.
fn asks(request: Request<'_>) -> String {
    let (_, resources) = resources(CLUSTER);
    let authorizer = Authorizer::of_cluster(&resources);
    let kubelet = Identity::User("system:node:n1".into());
    match authorizer.decide(kubelet.user().as_deref(), &kubelet.groups(), &request) {
        Decision::Node => "yes".to_owned(),
        decision => decision.to_string(),
    }
}

fn of<'a>(verb: &'a str, resource: &'a str, namespace: &'a str, name: &'a str) -> Request<'a> {
    let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    Request {
        verb,
        group,
        resource,
        subresource,
        namespace,
        name,
        ..Request::default()
    }
}

const UNRELATED: &str = "no relationship found between node 'n1' and this object";

#[test]
fn a_kubelet_reads_what_its_pods_refer_to() {
    for name in ["mounted", "projected", "pull", "env", "publish"] {
        assert_eq!(asks(of("get", "secrets", "shop", name)), "yes", "{name}");
    }
    assert_eq!(asks(of("get", "secrets", "storage", "stage")), "yes");
    assert_eq!(asks(of("get", "secrets", "storage", "controller")), UNRELATED);
    for name in ["settings", "from", "kube-root-ca.crt"] {
        assert_eq!(asks(of("watch", "configmaps", "shop", name)), "yes", "{name}");
    }
    assert_eq!(asks(of("get", "persistentvolumeclaims", "shop", "data")), "yes");
    assert_eq!(asks(of("get", "persistentvolumeclaims", "shop", "web-e")), "yes");
    assert_eq!(
        asks(of("patch", "persistentvolumeclaims/status", "shop", "data")),
        "yes"
    );
    assert_eq!(asks(of("get", "persistentvolumes", "", "pv")), "yes");
    assert_eq!(asks(of("get", "volumeattachments.storage.k8s.io", "", "va")), "yes");
    assert_eq!(asks(of("create", "serviceaccounts/token", "shop", "web")), "yes");
}

#[test]
fn a_kubelet_reads_nothing_of_other_nodes() {
    assert_eq!(asks(of("get", "secrets", "shop", "far")), UNRELATED);
    assert_eq!(asks(of("get", "secrets", "default", "mounted")), UNRELATED);
    assert_eq!(asks(of("get", "secrets", "kube-system", "of-mirror")), UNRELATED);
    assert_eq!(asks(of("create", "serviceaccounts/token", "shop", "other")), UNRELATED);
    assert_eq!(asks(of("list", "secrets", "shop", "")), "No Object name found");
    assert_eq!(
        asks(of("list", "secrets", "", "")),
        "can only read namespaced object of this type"
    );
    assert_eq!(
        asks(of("delete", "secrets", "shop", "mounted")),
        "can only read resources of this type"
    );
    assert_eq!(asks(of("get", "pods", "shop", "other")), UNRELATED);
}

#[test]
fn nodes_pods_and_leases_are_its_own() {
    assert_eq!(asks(of("get", "nodes", "", "n1")), "yes");
    assert_eq!(
        asks(of("get", "nodes", "", "n2")),
        "node 'n1' cannot read 'n2', only its own Node object"
    );
    assert_eq!(asks(of("patch", "nodes/status", "", "n1")), "yes");
    assert_eq!(asks(of("delete", "nodes", "", "n1")), "");
    assert_eq!(asks(of("get", "pods", "shop", "web")), "yes");
    assert_eq!(
        asks(of("list", "pods", "", "")),
        "can only list/watch pods with spec.nodeName field selector"
    );
    let own = Request {
        on_node: Some("n1"),
        ..of("list", "pods", "", "")
    };
    assert_eq!(asks(own), "yes");
    let others = Request {
        on_node: Some("n2"),
        ..own
    };
    assert_ne!(asks(others), "yes");
    assert_eq!(asks(of("create", "pods/eviction", "shop", "web")), "yes");
    assert_eq!(asks(of("create", "pods/exec", "shop", "web")), "");
    assert_eq!(
        asks(of("update", "leases.coordination.k8s.io", "kube-node-lease", "n1")),
        "yes"
    );
    assert_eq!(
        asks(of("update", "leases.coordination.k8s.io", "kube-node-lease", "n2")),
        "can only access node lease with the same name as the requesting node"
    );
    assert_eq!(
        asks(of("get", "leases.coordination.k8s.io", "shop", "n1")),
        "can only access leases in the \"kube-node-lease\" system namespace"
    );
    assert_eq!(asks(of("patch", "csinodes.storage.k8s.io", "", "n1")), "yes");
}

#[test]
fn the_rest_goes_by_the_rules_of_system_node() {
    assert_eq!(asks(of("list", "services", "", "")), "yes");
    assert_eq!(asks(of("create", "events", "shop", "")), "yes");
    assert_eq!(
        asks(of("create", "subjectaccessreviews.authorization.k8s.io", "", "")),
        "yes"
    );
    assert_eq!(asks(of("create", "deployments.apps", "shop", "")), "");
}

#[test]
fn who_only_calls_itself_a_node_is_none() {
    let (_, resources) = resources(CLUSTER);
    let authorizer = Authorizer::of_cluster(&resources);
    let groups = ["system:authenticated".to_owned()];
    let request = of("get", "secrets", "shop", "mounted");
    let by_name = authorizer.decide(Some("system:node:n1"), &groups, &request);
    assert!(!by_name.is_allowed());
    let groups = ["system:nodes".to_owned()];
    assert!(!authorizer.decide(Some("eve"), &groups, &request).is_allowed());
    let nameless = authorizer.decide(Some("system:node:"), &groups, &request);
    assert_eq!(nameless.to_string(), "unknown node for user \"system:node:\"");
}
