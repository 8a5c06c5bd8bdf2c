//! Records that are really kept meet repudiation: audit log, collectors, access logs, verified signatures.

use std::fs;

use crate::common::palisade;
use serde_json::Value;

const SHOP: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      automountServiceAccountToken: false
      containers:
        - name: web
          image: registry.example.com/web:1
          securityContext: {readOnlyRootFilesystem: true}
          envFrom: [{configMapRef: {name: settings}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {mode: fast}
";

const API_SERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-n1, namespace: kube-system}
spec:
  containers:
    - name: kube-apiserver
      image: registry.k8s.io/kube-apiserver:v1.36.0
      command:
        - kube-apiserver
        - --authorization-mode=Node,RBAC
        - --audit-policy-file=/etc/kubernetes/audit.yaml
        - --audit-log-path=/var/log/kubernetes/audit.log
";

const KUBEADM: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: kubeadm-config, namespace: kube-system}
data:
  ClusterConfiguration: |
    apiVersion: kubeadm.k8s.io/v1beta4
    kind: ClusterConfiguration
    apiServer:
      extraArgs:
        - {name: audit-policy-file, value: /etc/kubernetes/audit.yaml}
        - {name: audit-log-path, value: /var/log/kubernetes/audit.log}
";

const COLLECTOR: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fluent-bit, namespace: logging}
spec:
  selector: {matchLabels: {app: fluent-bit}}
  template:
    metadata: {labels: {app: fluent-bit}}
    spec:
      containers:
        - name: fluent-bit
          image: cr.fluentbit.io/fluent/fluent-bit:4.1
          volumeMounts: [{name: logs, mountPath: /var/log, readOnly: true}]
      volumes: [{name: logs, hostPath: {path: /var/log}}]
";

const ACCESS_LOG: &str = "\
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: all, namespace: istio-system}
spec: {accessLogging: [{providers: [{name: envoy}]}]}
";

const SIGNATURES: &str = "\
apiVersion: policy.sigstore.dev/v1beta1
kind: ClusterImagePolicy
metadata: {name: signed}
spec:
  images: [{glob: 'registry.example.com/**'}]
  authorities: [{keyless: {url: 'https://fulcio.sigstore.dev', identities: [{issuer: 'https://example.com', subject: ci}]}}]
";

/// The state of a category for an element, and the file and line that say so, with these files beside the shop.
fn state(element: &str, category: &str, files: &[(&str, &str)]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("shop.yaml"), SHOP).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let run = palisade(folder.path(), &["threats", "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let all: Value = serde_json::from_str(&run.stdout).unwrap();
    let threats = all.pointer("/systems/0/threats").and_then(Value::as_array).unwrap();
    let is_it = |threat: &&Value| {
        let text = |key| threat.get(key).and_then(Value::as_str);
        text("element") == Some(element) && text("category") == Some(category) && text("to").is_none()
    };
    let threat = threats
        .iter()
        .find(|threat| is_it(threat) && threat.get("source").is_none())
        .unwrap();
    let text = |pointer| threat.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let line = threat.pointer("/evidence/0/line").unwrap();
    (text("/state"), format!("{}:{line}", text("/evidence/0/file")))
}

#[test]
fn the_audit_log_tells_who_changed_an_object() {
    let of_settings = |files: &[(&str, &str)]| state("ConfigMap/shop/settings", "repudiation", files);
    assert_eq!(of_settings(&[]).0, "unknown");
    let (found, place) = of_settings(&[("apiserver.yaml", API_SERVER)]);
    assert_eq!((&*found, &*place), ("mitigated", "apiserver.yaml:11"));
    let (found, place) = of_settings(&[("kubeadm.yaml", KUBEADM)]);
    assert_eq!((&*found, &*place), ("mitigated", "kubeadm.yaml:10"));
    let silent = API_SERVER.replace("audit-policy-file", "profiling");
    assert_eq!(of_settings(&[("apiserver.yaml", &silent)]).0, "exposed");
    let policy = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n";
    let (found, place) = of_settings(&[("apiserver.yaml", API_SERVER), ("policy.yaml", policy)]);
    assert_eq!((&*found, &*place), ("exposed", "policy.yaml:3"));
}

#[test]
fn collectors_and_access_logs_are_records() {
    let of_web = |files: &[(&str, &str)]| state("Deployment/shop/web", "repudiation", files);
    assert_eq!(of_web(&[]).0, "unknown");
    let (found, place) = of_web(&[("logging.yaml", COLLECTOR)]);
    assert_eq!((&*found, &*place), ("mitigated", "logging.yaml:13"));
    let own_build = COLLECTOR.replace("cr.fluentbit.io/fluent/fluent-bit:4.1", "registry.example.com/logs:1");
    assert_eq!(of_web(&[("logging.yaml", &own_build)]).0, "mitigated");
    let elsewhere = COLLECTOR.replace("path: /var/log}", "path: /srv}");
    assert_eq!(of_web(&[("logging.yaml", &elsewhere)]).0, "unknown");
    let (found, place) = of_web(&[("telemetry.yaml", ACCESS_LOG)]);
    assert_eq!((&*found, &*place), ("mitigated", "telemetry.yaml:4"));
}

#[test]
fn verified_signatures_tell_who_built_what_runs() {
    let of_web = |files: &[(&str, &str)]| state("Deployment/shop/web", "tampering", files);
    assert_eq!(of_web(&[("signatures.yaml", SIGNATURES)]).0, "mitigated");
    let others = SIGNATURES.replace("registry.example.com", "ghcr.io");
    assert_ne!(of_web(&[("signatures.yaml", &others)]).0, "mitigated");
}
