//! Projects in small systems, told in lines.

use crate::assessment::{Threat, ThreatState};
use crate::rbac::Authorizer;
use crate::signs::Signs;
use crate::testing::{catalogue, system};
use crate::views::Verdicts;

const ETCD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: etcd-n1, namespace: kube-system}
spec:
  hostNetwork: true
  containers:
    - name: etcd
      image: registry.k8s.io/etcd:3.6.4-0
      command: [etcd, --data-dir=/var/lib/etcd, --client-cert-auth=true, --peer-client-cert-auth=true]
";

const CERT_MANAGER: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: cert-manager, namespace: cert-manager}
spec:
  selector: {matchLabels: {app: cert-manager}}
  template:
    metadata: {labels: {app: cert-manager}}
    spec:
      serviceAccountName: cert-manager
      containers: [{name: cert-manager-controller, image: 'quay.io/jetstack/cert-manager-controller:v1.19.0'}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cert-manager}
rules:
  - {apiGroups: [''], resources: [secrets], verbs: [get, list, update]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: cert-manager}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cert-manager}
subjects: [{kind: ServiceAccount, name: cert-manager, namespace: cert-manager}]
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop, namespace: shop}
spec: {secretName: shop-tls, privateKey: {rotationPolicy: Never}}
";

fn found(manifests: &str) -> super::Found {
    let system = system(manifests);
    let authorizer = Authorizer::new(&system.resources);
    let mut verdicts = Verdicts::default();
    let mut signs = Signs::new(&system, &authorizer, catalogue(), &mut verdicts);
    super::find(&system, catalogue(), &authorizer, &mut signs)
}

fn told(manifests: &str) -> String {
    let mut lines = Vec::new();
    for project in found(manifests).projects {
        let runs = if project.runs { "runs" } else { "is used" };
        lines.push(format!("{} {runs}", project.id));
        for sign in &project.recognised_by {
            lines.push(format!("  {:?} {} at {}", sign.by, sign.sign, sign.evidence.line));
        }
        for part in &project.elements {
            lines.push(format!("  part {} is {}", part.part, part.element));
        }
        for privilege in &project.privileges {
            lines.push(format!(
                "  {} may {}: {:?}",
                privilege.holder, privilege.permission, privilege.state
            ));
        }
        for check in &project.hardening {
            lines.push(format!(
                "  {:?} {} of {}: {}",
                check.state, check.holds, check.of, check.title
            ));
        }
    }
    lines.join("\n")
}

#[test]
fn a_project_is_recognised_with_its_parts_privileges_and_settings() {
    insta::assert_snapshot!(told(CERT_MANAGER), @"
    cert-manager runs
      Image quay.io/jetstack/cert-manager-controller:v1.19.0 at 11
      Resource Certificate.cert-manager.io at 25
      part controller is Deployment/cert-manager/cert-manager
      controller may get secrets: Cluster
      controller may create secrets: NotGranted
      controller may update secrets: Cluster
      controller may create pods: NotGranted
      cainjector may patch mutatingwebhookconfigurations.admissionregistration.k8s.io: Unknown
      cainjector may patch apiservices.apiregistration.k8s.io: Unknown
      Unknown 0 of 0: An approver decides who may ask for which name
      Unknown 0 of 0: Issuers belong to namespaces unless all may use them
      Fails 0 of 1: Keys change at each renewal
    ");
}

#[test]
fn custom_resources_alone_tell_that_it_is_used() {
    let definition = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: certificates.cert-manager.io}}\n";
    let lines = told(definition);
    assert!(
        lines.starts_with("cert-manager is used\n  Resource certificates.cert-manager.io at 1\n"),
        "{lines}"
    );
    assert!(
        found(definition).threats.is_empty(),
        "there is nothing that it could happen to"
    );
}

#[test]
fn hardening_settles_known_threats() {
    let state_of = |manifests: &str, title: &str| {
        let threats = found(manifests).threats;
        let threat = threats
            .iter()
            .find(|threat: &&Threat| threat.statement.starts_with(title));
        let threat = threat.expect("it is known");
        assert_eq!(threat.element.as_str(), "Pod/kube-system/etcd-n1");
        assert!(!threat.evidence.is_empty());
        threat.state
    };
    let clients = "Clients without certificate are answered";
    assert_eq!(state_of(ETCD, clients), ThreatState::Mitigated);
    let open = ETCD.replace(" --client-cert-auth=true,", "");
    assert_eq!(state_of(&open, clients), ThreatState::Exposed);
    assert_eq!(
        state_of(ETCD, "The store is filled until it refuses writes"),
        ThreatState::Unknown
    );
}

#[test]
fn threats_keep_the_id_they_were_published_under() {
    let threats = found(ETCD).threats;
    let published: Vec<&str> = threats
        .iter()
        .filter_map(|threat| threat.source.as_ref()?.published_as.as_deref())
        .collect();
    assert_eq!(published, ["TOB-K8S-TM08", "TOB-K8S-TM10", "TOB-K8S-TM09"]);
}
