//! The ledger is complete, and its words have evidence.

use std::collections::{BTreeMap, BTreeSet};

use palisade_knowledge::Stride;

use super::{ledger, table};
use crate::assessment::{Threat, ThreatState};
use crate::system::{Basis, BoundaryKind, ElementId, ElementKind, System};
use crate::testing::{catalogue, system};
use crate::threats::{Memory, find};

const SHOP: &str = include_str!("../../../tests/data/shop.yaml");

fn rows(system: &System) -> Vec<Threat> {
    let found = find(system, catalogue(), &mut Memory::default());
    ledger(system, &found.findings, catalogue())
}

#[test]
fn every_drawn_element_and_flow_has_one_row_for_each_category() {
    let system = system(SHOP);
    let mut counts: BTreeMap<(String, Option<String>, Stride), usize> = BTreeMap::new();
    for row in rows(&system) {
        let to = row.to.map(|to| to.to_string());
        *counts.entry((row.element.to_string(), to, row.category)).or_default() += 1;
    }
    let mut expected = BTreeMap::new();
    for element in system.elements.iter().filter(|element| element.kind.is_drawn()) {
        for category in table::of_element(element.kind) {
            expected.insert((element.id.to_string(), None, *category), 1);
        }
    }
    let kind = |id: &String| {
        system
            .boundaries
            .iter()
            .find(|boundary| boundary.id == *id)
            .map(|it| it.kind)
    };
    let mut crossed: BTreeMap<(String, String), (BTreeSet<BoundaryKind>, bool)> = BTreeMap::new();
    for flow in system.flows.iter().filter(|flow| flow.basis != Basis::Platform) {
        let pair = crossed
            .entry((flow.from.to_string(), flow.to.to_string()))
            .or_insert((BTreeSet::new(), true));
        pair.0.extend(flow.crosses.iter().filter_map(kind));
        pair.1 &= matches!(&*flow.protocol, "mount" | "env");
    }
    for ((from, to), (crosses, on_node)) in crossed {
        for category in table::of_flow(&crosses, on_node, to == ElementId::NODE_FILES) {
            expected.insert((from.clone(), Some(to.clone()), category), 1);
        }
    }
    assert_eq!(counts, expected);
    assert!(counts.len() > 20, "the example has grown thin");
}

#[test]
fn only_the_unknown_may_be_without_evidence() {
    for row in rows(&system(SHOP)) {
        assert!(row.state == ThreatState::Unknown || !row.evidence.is_empty(), "{row:?}");
        assert!(row.state != ThreatState::Mitigated || row.rules.is_empty(), "{row:?}");
    }
}

#[test]
fn words_follow_from_what_is_written() {
    use Stride::{DenialOfService, ElevationOfPrivilege, InformationDisclosure, Spoofing, Tampering};
    use ThreatState::{Exposed, Mitigated};
    let rows = rows(&system(SHOP));
    let state = |element: &str, to: Option<&str>, category| {
        let row = rows.iter().find(|row| {
            row.element.as_str() == element && row.to.as_ref().map(ElementId::as_str) == to && row.category == category
        });
        row.map(|row| row.state)
    };
    assert_eq!(state("Deployment/shop/cart", None, Tampering), Some(Mitigated));
    assert_eq!(
        state("Deployment/shop/worker", None, ElevationOfPrivilege),
        Some(Exposed)
    );
    assert_eq!(
        state("Deployment/shop/cart", Some("StatefulSet/shop/db"), DenialOfService),
        Some(Mitigated)
    );
    assert_eq!(state("StatefulSet/shop/db", None, Spoofing), None);
    assert_eq!(
        state("Secret/shop/db-password", None, InformationDisclosure),
        Some(Exposed)
    );
}

/// The word of a row of these manifests.
fn word(manifests: &str, element: &str, category: Stride) -> (ThreatState, String) {
    let rows = rows(&system(manifests));
    let row = rows
        .into_iter()
        .find(|row| row.element.as_str() == element && row.to.is_none() && row.category == category);
    row.map(|row| (row.state, row.statement)).expect("there is such a row")
}

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: app, image: 'registry.example.com/web:1'}]
";

const COLLECTOR: &str = "
---
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
          image: 'cr.fluentbit.io/fluent/fluent-bit:4.1'
          volumeMounts: [{name: logs, mountPath: /var/log, readOnly: true}]
      volumes:
        - name: logs
          hostPath: {path: /var/log}
";

/// Two workloads that run as `runner`, which may change ConfigMaps.
const SHARED: &str = "
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: ci}
spec:
  serviceAccountName: runner
  containers: [{name: app, image: 'registry.example.com/a:1'}]
---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: ci}
spec:
  serviceAccountName: runner
  containers: [{name: app, image: 'registry.example.com/b:1'}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: ci}
data: {mode: debug}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: writer, namespace: ci}
rules: [{apiGroups: [''], resources: [configmaps], verbs: [update]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: writer, namespace: ci}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: writer}
subjects: [{kind: ServiceAccount, name: runner}]
";

/// An API server; `@` stands for its further arguments.
const API_SERVER: &str = "
---
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
    - name: kube-apiserver
      image: 'registry.k8s.io/kube-apiserver:v1.34.1'
      command: [kube-apiserver, '--authorization-mode=Node,RBAC'@]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {mode: debug}
";

#[test]
fn a_collector_of_logs_is_a_record() {
    use ThreatState::{Mitigated, Unknown};
    assert_eq!(word(WEB, "Deployment/shop/web", Stride::Repudiation).0, Unknown);
    let collected = format!("{WEB}{COLLECTOR}");
    assert_eq!(
        word(&collected, "Deployment/shop/web", Stride::Repudiation).0,
        Mitigated
    );
    let elsewhere = collected.replace("path: /var/log}", "path: /data}");
    assert_eq!(word(&elsewhere, "Deployment/shop/web", Stride::Repudiation).0, Unknown);
}

#[test]
fn an_access_log_of_the_mesh_is_a_record() {
    let mesh = "
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: all, namespace: istio-system}
spec: {accessLogging: [{providers: [{name: envoy}]}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
";
    let state = |manifests: &str| word(manifests, "Deployment/shop/web", Stride::Repudiation).0;
    assert_eq!(state(&format!("{WEB}{mesh}")), ThreatState::Mitigated);
    let outside = mesh.replace("enabled", "disabled");
    assert_eq!(state(&format!("{WEB}{outside}")), ThreatState::Unknown);
}

#[test]
fn a_shared_account_makes_the_record_worthless() {
    let manifests = format!("{WEB}{COLLECTOR}{SHARED}");
    let (state, statement) = word(&manifests, "Pod/ci/a", Stride::Repudiation);
    assert_eq!(state, ThreatState::Exposed);
    assert!(statement.contains("Pod/ci/b"), "{statement}");
    let (state, statement) = word(&manifests, "ConfigMap/ci/settings", Stride::Repudiation);
    assert_eq!(state, ThreatState::Exposed, "{statement}");
    let alone = manifests.replacen("serviceAccountName: runner", "automountServiceAccountToken: false", 1);
    assert_eq!(word(&alone, "Pod/ci/b", Stride::Repudiation).0, ThreatState::Mitigated);
}

#[test]
fn the_audit_log_of_the_api_server_counts() {
    use ThreatState::{Exposed, Mitigated, Unknown};
    let policy = |level: &str| {
        format!(
            "\n---\napiVersion: audit.k8s.io/v1\nkind: Policy\nmetadata: {{name: audit}}\nrules:\n  - {{level: None, users: \
             [system:kube-proxy]}}\n  - level: {level}\n    resources: [{{group: '', resources: [configmaps]}}]\n  - {{level: \
             Metadata}}\n"
        )
    };
    let state = |manifests: &str| word(manifests, "ConfigMap/shop/settings", Stride::Repudiation).0;
    let silent = API_SERVER.replace('@', "");
    let told = API_SERVER.replace('@', ", '--audit-policy-file=/etc/kubernetes/audit.yaml'");
    assert_eq!(state(&silent), Exposed);
    assert_eq!(state(&told), Mitigated);
    assert_eq!(state(&format!("{told}{}", policy("Metadata"))), Mitigated);
    assert_eq!(state(&format!("{told}{}", policy("None"))), Exposed);
    let settings = "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n";
    assert_eq!(state(settings), Unknown);
    assert_eq!(state(&format!("{settings}{}", policy("Metadata"))), Unknown);
}

#[test]
fn a_verified_signature_stands_for_a_digest() {
    let policy = "
---
apiVersion: policy.sigstore.dev/v1beta1
kind: ClusterImagePolicy
metadata: {name: signed}
spec:
  images: [{glob: 'registry.example.com/**'}]
  authorities: [{keyless: {url: 'https://fulcio.sigstore.dev'}}]
";
    let read_only = WEB.replace("web:1'}", "web:1', securityContext: {readOnlyRootFilesystem: true}}");
    let find = |manifests: &str| {
        let system = system(manifests);
        let element = system.element("Deployment/shop/web").expect("it is there").clone();
        super::signatures::Signatures::of(&system).verified(&element).is_some()
    };
    assert!(find(&format!("{read_only}{policy}")));
    assert!(!find(&format!(
        "{read_only}{}",
        policy.replace("registry.example.com", "ghcr.io")
    )));
}

#[test]
fn each_category_that_applies_has_its_words() {
    use table::Subject;
    let mut cells: BTreeSet<(Subject, Stride)> = BTreeSet::new();
    let elements = [
        (Subject::ExternalEntity, ElementKind::ExternalEntity),
        (Subject::Process, ElementKind::Process),
        (Subject::DataStore, ElementKind::DataStore),
    ];
    for (subject, kind) in elements {
        cells.extend(table::of_element(kind).iter().map(|category| (subject, *category)));
    }
    let everything = BTreeSet::from([BoundaryKind::Outside, BoundaryKind::Namespace]);
    let of_flow = table::of_flow(&everything, false, true);
    cells.extend(of_flow.into_iter().map(|category| (Subject::Flow, category)));
    let written: Vec<_> = table::CELLS.iter().map(|cell| (cell.subject, cell.category)).collect();
    assert_eq!(written, cells.into_iter().collect::<Vec<_>>());
}
