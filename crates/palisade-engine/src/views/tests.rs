//! Joined views over small systems, told in lines.

use palisade_inventory::{Node, Value};
use palisade_knowledge::View;

use super::Joins;
use crate::assessment::Finding;
use crate::rbac::Authorizer;
use crate::testing::system;
use crate::threats;

/// The things of a view, each with these fields.
fn joined(view: View, manifests: &str, fields: &[&str]) -> String {
    let system = system(manifests);
    let authorizer = Authorizer::new(&system.resources);
    let things = Joins::new(&system, &authorizer, crate::testing::catalogue()).of(view);
    let lines: Vec<String> = things
        .iter()
        .map(|thing| {
            let shown = fields.iter().map(|field| {
                let path: Vec<&str> = field.split('/').collect();
                format!(" {field}={}", thing.node.at(&path).map_or("-".to_owned(), show))
            });
            format!("{}{}", thing.element, shown.collect::<String>())
        })
        .collect();
    lines.join("\n")
}

/// What is found in these manifests.
fn found(manifests: &str) -> Vec<Finding> {
    let memory = &mut threats::Memory::default();
    threats::find(&system(manifests), crate::testing::catalogue(), memory).findings
}

fn show(node: &Node) -> String {
    match &node.value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Text(text) => text.to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" ")),
        Value::Map(map) => {
            let entries = map.entries().iter();
            let shown = entries.map(|entry| format!("{}:{}", entry.key, show(&entry.value)));
            format!("{{{}}}", shown.collect::<Vec<_>>().join(" "))
        }
        _ => "?".to_owned(),
    }
}

fn deployment(namespace: &str, name: &str, more: &str) -> String {
    format!(
        "---\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, namespace: {namespace}}}, spec: {{replicas: 2, \
         selector: {{matchLabels: {{app: {name}}}}}, template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{{more} \
         containers: [{{name: main, image: 'example.com/{name}:1'}}]}}}}}}}}\n"
    )
}

const API_SERVER: &str = "
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-n1, namespace: kube-system}
spec:
  hostNetwork: true
  containers:
    - name: kube-apiserver
      image: registry.k8s.io/kube-apiserver:v1.36.0
      command:
        - kube-apiserver
        - --anonymous-auth=false
        - --authorization-mode=Node,RBAC
        - --token-auth-file=/etc/kubernetes/tokens.csv
        - --etcd-servers=https://127.0.0.1:2379
        - --service-account-issuer
        - https://kubernetes.default.svc.cluster.local
        - --allow-privileged
";

#[test]
fn command_lines_of_components_are_read() {
    let shown = joined(View::ControlPlane, API_SERVER, &["name", "namespace", "flags"]);
    insta::assert_snapshot!(shown, @"Pod/kube-system/kube-apiserver-n1 name=kube-apiserver namespace=kube-system flags={allow-privileged:true anonymous-auth:false authorization-mode:Node,RBAC etcd-servers:(hidden) service-account-issuer:(hidden) token-auth-file:/etc/kubernetes/tokens.csv}");
    let wrapped = API_SERVER.replace("        - kube-apiserver\n", "        - /bin/sh\n");
    assert_eq!(joined(View::ControlPlane, &wrapped, &[]), "");
}

#[test]
fn findings_about_components_point_at_the_flag() {
    let findings = found(API_SERVER);
    let tokens = findings.iter().find(|finding| finding.rule == "PAL-W153");
    let tokens = tokens.expect("tokens are read from a file");
    assert_eq!(tokens.element.as_str(), "Pod/kube-system/kube-apiserver-n1");
    assert_eq!(tokens.path, "spec.containers[0].command[3]");
    assert_eq!(tokens.position.line, 14);
    let unlogged = findings.iter().find(|finding| finding.rule == "PAL-W155");
    assert_eq!(
        unlogged.expect("no audit log is kept").path,
        "spec.containers[0].command"
    );
    assert!(!findings.iter().any(|finding| finding.rule == "PAL-W150"));
}

const KUBEADM: &str = "
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
    - {name: anonymous-auth, value: \"false\"}
    - {name: authorization-mode, value: AlwaysAllow}
    - {name: audit-policy-file, value: /etc/kubernetes/audit.yaml}
    - {name: audit-log-path, value: /var/log/audit.log}
etcd:
  local: {}
";

#[test]
fn what_kubeadm_is_told_is_added_to_what_it_does_by_itself() {
    let shown = joined(
        View::ControlPlane,
        KUBEADM,
        &[
            "name",
            "flags/anonymous-auth",
            "flags/authorization-mode",
            "flags/client-cert-auth",
        ],
    );
    insta::assert_snapshot!(shown, @"
    ClusterConfiguration/test name=kube-apiserver flags/anonymous-auth=false flags/authorization-mode=AlwaysAllow flags/client-cert-auth=-
    ClusterConfiguration/test name=kube-controller-manager flags/anonymous-auth=- flags/authorization-mode=- flags/client-cert-auth=-
    ClusterConfiguration/test name=kube-scheduler flags/anonymous-auth=- flags/authorization-mode=- flags/client-cert-auth=-
    ClusterConfiguration/test name=etcd flags/anonymous-auth=- flags/authorization-mode=- flags/client-cert-auth=true
    ");
    let as_map = KUBEADM
        .replace("- {name: ", "")
        .replace(", value:", ":")
        .replace("}\n", "\n");
    let as_map = as_map.replace("local: {", "local: {}");
    for manifest in [KUBEADM, &as_map] {
        let findings = found(manifest);
        let rules: Vec<(&str, u32)> = findings
            .iter()
            .filter(|finding| {
                matches!(
                    &*finding.rule,
                    "PAL-W150" | "PAL-W151" | "PAL-W152" | "PAL-W155" | "PAL-W168"
                )
            })
            .map(|finding| (&*finding.rule, finding.position.line))
            .collect();
        assert_eq!(rules, [("PAL-W151", 7)]);
    }
}

#[test]
fn each_component_has_findings_of_its_own() {
    let manifest = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n    \
                    enable-admission-plugins: AlwaysAdmit\ncontrollerManager:\n  extraArgs:\n    profiling: 'true'\n";
    let findings = found(manifest);
    let of = |rule: &str| -> Vec<(Option<&str>, u32)> {
        let of_rule = findings.iter().filter(|finding| finding.rule == rule);
        of_rule
            .map(|finding| (finding.container.as_deref(), finding.position.line))
            .collect()
    };
    assert_eq!(of("PAL-W159"), [(Some("kube-apiserver"), 5)]);
    assert_eq!(
        of("PAL-W160"),
        [
            (Some("kube-apiserver"), 4),
            (Some("kube-controller-manager"), 8),
            (Some("kube-scheduler"), 1)
        ]
    );
}

#[test]
fn identities_are_joined_with_what_they_may_do_and_who_uses_them() {
    let manifests = [
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}\n",
        "---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: idle, namespace: shop}, automountServiceAccountToken: false}\n",
        "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, \
         subjects: [{kind: ServiceAccount, name: web, namespace: shop}, {kind: User, name: jane}]}\n",
        "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: shop}, rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]}\n",
        "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: shop}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}, \
         subjects: [{kind: ServiceAccount, name: idle}]}\n",
        &deployment("shop", "web", "serviceAccountName: web,"),
    ]
    .concat();
    let fields = ["defined", "mounted", "clusterAdmin", "workloads", "rules"];
    insta::assert_snapshot!(joined(View::Identity, &manifests, &fields), @"
    ServiceAccount/shop/idle defined=true mounted=false clusterAdmin=false workloads=[] rules=[{verbs:[get] groups:[] resources:[secrets] names:[] namespace:shop}]
    ServiceAccount/shop/web defined=true mounted=true clusterAdmin=true workloads=[Deployment/shop/web] rules=[{verbs:[*] groups:[*] resources:[*] names:[] namespace:}]
    User/jane defined=false mounted=false clusterAdmin=true workloads=[] rules=[{verbs:[*] groups:[*] resources:[*] names:[] namespace:}]
    ");
}

#[test]
fn stores_tell_where_they_keep_data_and_what_they_ask() {
    let store = |volumes: &str| {
        format!(
            "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: db, namespace: shop}}, spec: {{selector: {{matchLabels: {{app: db}}}}, template: {{metadata: {{labels: {{app: db}}}}, \
             spec: {{{volumes} containers: [{{name: db, image: 'postgres:17', env: [{{name: POSTGRES_HOST_AUTH_METHOD, value: trust}}, {{name: POSTGRES_DB, value: shop}}]}}]}}}}}}}}\n"
        )
    };
    let fields = ["technology", "storeKind", "persistent", "login", "loginSwitchedOff"];
    insta::assert_snapshot!(joined(View::Store, &store(""), &fields), @"Deployment/shop/db technology=postgresql storeKind=database persistent=false login=not-asked loginSwitchedOff=true");
    let kept = store("volumes: [{name: data, persistentVolumeClaim: {claimName: db}}],");
    assert_eq!(
        joined(View::Store, &kept, &["persistent"]),
        "Deployment/shop/db persistent=true"
    );
}

#[test]
fn budgets_and_scalers_find_their_workload() {
    let budget = |spec: &str| {
        format!(
            "---\n{{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {{name: p, namespace: shop}}, spec: {{selector: {{matchLabels: {{app: web}}}}, {spec}}}}}\n"
        )
    };
    let scaler = "---\n{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: shop}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 5}}\n";
    let fields = ["replicas", "budgets", "autoscaled"];
    let shown = |spec: &str| {
        let manifests = deployment("shop", "web", "") + &budget(spec) + scaler;
        joined(View::Availability, &manifests, &fields)
    };
    for (spec, allows_none) in [
        ("minAvailable: 1", false),
        ("minAvailable: 2", true),
        ("minAvailable: 100%", true),
        ("maxUnavailable: 0", true),
        ("maxUnavailable: 1", false),
    ] {
        let expected =
            format!("Deployment/shop/web replicas=2 budgets=[{{name:p allowsNone:{allows_none}}}] autoscaled=true");
        assert_eq!(shown(spec), expected, "{spec}");
    }
}

#[test]
fn namespaces_tell_what_protects_them() {
    let policy = |namespace: &str, spec: &str| {
        format!(
            "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: p, namespace: {namespace}}}, spec: {{podSelector: {{}}, {spec}}}}}\n"
        )
    };
    let manifests = [
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled, pod-security.kubernetes.io/enforce: baseline}}}\n",
        "---\n{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: default, namespace: istio-system}, spec: {mtls: {mode: STRICT}}}\n",
        "---\n{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: shop}, spec: {hard: {pods: 5}}}\n",
        &policy("shop", "policyTypes: [Ingress, Egress], egress: [{to: [{podSelector: {}}]}]"),
        &policy("open", "ingress: [{}]"),
        &deployment("shop", "web", ""),
        &deployment("open", "web", ""),
    ]
    .concat();
    let fields = [
        "defined",
        "enforce",
        "workloads",
        "defaultDenyIngress",
        "defaultDenyEgress",
        "policies",
        "quota",
        "mesh",
        "mtls",
    ];
    insta::assert_snapshot!(joined(View::Protection, &manifests, &fields), @"
    Namespace/open defined=false enforce= workloads=1 defaultDenyIngress=false defaultDenyEgress=false policies=1 quota=false mesh= mtls=strict
    Namespace/shop defined=true enforce=baseline workloads=1 defaultDenyIngress=true defaultDenyEgress=true policies=1 quota=true mesh=istio mtls=strict
    ");
}

#[test]
fn members_of_a_mesh_are_told_from_those_left_out() {
    let out = deployment("shop", "out", "").replace(
        "labels: {app: out}",
        "labels: {app: out, sidecar.istio.io/inject: 'false'}",
    );
    let manifests = [
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled}}}\n",
        "---\n{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: web, namespace: shop}, spec: {selector: {matchLabels: {app: web}}, mtls: {mode: PERMISSIVE}}}\n",
        "---\n{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: default, namespace: shop}, spec: {mtls: {mode: STRICT}}}\n",
        &deployment("shop", "web", ""),
        &deployment("shop", "cart", ""),
        &out,
        &deployment("plain", "web", ""),
    ]
    .concat();
    let fields = ["mesh", "optedOut", "mtls"];
    insta::assert_snapshot!(joined(View::MeshMember, &manifests, &fields), @"
    Deployment/shop/cart mesh=istio optedOut=false mtls=strict
    Deployment/shop/out mesh= optedOut=true mtls=strict
    Deployment/shop/web mesh=istio optedOut=false mtls=permissive
    ");
}
