//! Changes as people make them to the example shop, each with what must be said of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use palisade_inventory::{Change, Coverage, Skipped};

use super::ChangeVerdict::{self, Better, Mixed, Neutral, Same, Worse};
use super::{Difference, Snapshot, SystemDifference, compare, mark_known};
use crate::assessment::{Assessment, Since};
use crate::testing::catalogue;
use crate::{Model, Settings};

/// Files by name.
type Files = BTreeMap<String, String>;

fn shop() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/online-shop");
    let mut files = Files::new();
    for folder in [folder.clone(), folder.join("payments")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if entry_is_manifest(&name) {
                files.insert(name, std::fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}

fn entry_is_manifest(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "yaml") && name != "palisade.yaml"
}

fn assess(files: &Files) -> Assessment {
    let whole: Vec<&str> = files.values().map(String::as_str).collect();
    let reading = palisade_sources::read_bytes("shop.yaml", whole.join("\n---\n").as_bytes());
    assert!(reading.coverage.skipped.is_empty(), "{:?}", reading.coverage.skipped);
    let mut model = Model::new(Arc::clone(catalogue()), Settings::default());
    let resources = reading.resources.into_iter();
    model.apply(resources.map(|resource| Change::Upsert(Box::new(resource))));
    model.assess(Coverage::default())
}

fn base() -> &'static Snapshot {
    static BASE: LazyLock<Snapshot> = LazyLock::new(|| Snapshot::from(&assess(&shop())));
    &BASE
}

/// What comes of replacing texts. Each must be there.
fn changed(file: &str, replaced: &[(&str, &str)]) -> Difference {
    let mut files = shop();
    let text = files.get_mut(file).unwrap();
    for (from, to) in replaced {
        assert!(text.contains(from), "{file} has no {from:?}");
        *text = text.replace(from, to);
    }
    compare(base(), &Snapshot::from(&assess(&files)), catalogue())
}

/// What comes of another file.
fn added(manifest: &str) -> Difference {
    let mut files = shop();
    files.insert("added.yaml".to_owned(), manifest.to_owned());
    compare(base(), &Snapshot::from(&assess(&files)), catalogue())
}

/// What a difference says, in short: `+PAL-W001 Deployment/shop/cart`, `-flow a → b`, `+path actor → asset` …
fn said(difference: &Difference) -> Vec<String> {
    let mut said = Vec::new();
    for system in &difference.systems {
        let of = system;
        said.extend(of.elements_added.iter().map(|element| format!("+{}", element.id)));
        said.extend(of.elements_gone.iter().map(|element| format!("-{}", element.id)));
        said.extend(
            of.renamed
                .iter()
                .map(|rename| format!("{} is {}", rename.from, rename.to)),
        );
        for (sign, flows) in [('+', &of.flows_added), ('-', &of.flows_gone)] {
            said.extend(flows.iter().map(|flow| format!("{sign}{} → {}", flow.from, flow.to)));
        }
        said.extend(
            of.flows_changed
                .iter()
                .map(|flow| format!("~{} → {}", flow.after.from, flow.after.to)),
        );
        for (sign, crossed) in [('+', &of.crossed), ('-', &of.no_longer_crossed)] {
            said.extend(
                crossed
                    .iter()
                    .map(|one| format!("{sign}{} by {}", one.boundary, one.from)),
            );
        }
        for (sign, paths) in [('+', &of.paths_opened), ('-', &of.paths_closed)] {
            said.extend(
                paths
                    .iter()
                    .map(|path| format!("{sign}path {} to {}", path.actor, path.asset)),
            );
        }
        for change in &of.paths_changed {
            let word = if change.is_easier() { "easier" } else { "harder" };
            said.push(format!("{word} {} to {}", change.path.actor, change.path.asset));
        }
        for (sign, findings) in [('+', &of.findings_new), ('-', &of.findings_fixed)] {
            said.extend(
                findings
                    .iter()
                    .map(|finding| format!("{sign}{} {}", finding.rule, finding.element)),
            );
        }
    }
    said
}

/// What is not as it must be, change by change.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn expect(&mut self, name: &str, difference: &Difference, verdict: ChangeVerdict, must_say: &[&str]) {
        let said = said(difference);
        let silent: Vec<_> = must_say
            .iter()
            .filter(|sentence| !said.iter().any(|one| one == *sentence))
            .collect();
        if difference.verdict != verdict || !silent.is_empty() {
            let is = difference.verdict;
            self.0.push(format!(
                "{name} is {is:?}, must be {verdict:?}, and does not say {silent:?}: {said:#?}"
            ));
        }
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        assert!(self.0.is_empty() || std::thread::panicking(), "{}", self.0.join("\n"));
    }
}

const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: queue-admin, namespace: shop}
spec:
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: queue, port: {number: 15672}}}}]}}]
";

const LOCKED_DOWN: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: search, namespace: payments, labels: {team: storefront}}
spec:
  selector: {matchLabels: {app: search}}
  template:
    metadata: {labels: {app: search}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: search
          image: registry.shop.example/search@sha256:6d1f2c0f4be14c5a6f0c8ce7a2cf4dbb1d5f7e09c3a84b62e1907d5cb8f3a4e2
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 100m, memory: 64Mi}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
";

#[test]
#[expect(clippy::too_many_lines, reason = "a table of changes")]
fn what_makes_it_worse_is_said_to() {
    let mut wrong = Wrong::default();
    for (name, difference, must_say) in [
        (
            "a new ingress",
            added(INGRESS),
            &[
                "+Ingress/shop/queue-admin",
                "+External/internet → StatefulSet/shop/queue",
                "+cluster by External/internet",
                "+PAL-W036 Ingress/shop/queue-admin",
            ][..],
        ),
        (
            "a wider role",
            changed(
                "access.yaml",
                &[("resources: [pods, pods/log, services, events]", "resources: ['*']")],
            ),
            &["+PAL-W041 Role/shop/support"],
        ),
        (
            "an image by a tag that moves",
            changed(
                "catalogue.yaml",
                &[(
                    "registry.shop.example/catalogue:2.14.0",
                    "registry.shop.example/catalogue:latest",
                )],
            ),
            &["+PAL-W013 Deployment/shop/catalogue"],
        ),
        (
            "a container that is privileged",
            changed(
                "catalogue.yaml",
                &[("allowPrivilegeEscalation: false", "privileged: true")],
            ),
            &["+PAL-W001 Deployment/shop/catalogue"],
        ),
        (
            "a mount of the node's root",
            changed(
                "storefront.yaml",
                &[
                    (
                        "      containers:\n",
                        "      volumes: [{name: node, hostPath: {path: /}}]\n      containers:\n",
                    ),
                    (
                        "          ports:\n",
                        "          volumeMounts: [{name: node, mountPath: /node}]\n          ports:\n",
                    ),
                ],
            ),
            &["+PAL-W022 Deployment/shop/storefront"],
        ),
        (
            "policies removed",
            changed(
                "network-policies.yaml",
                &[
                    ("kind: NetworkPolicy", "kind: Retired"),
                    ("networking.k8s.io/v1", "example.com/v1"),
                ],
            ),
            &["-NetworkPolicy/payments/default-deny"],
        ),
        (
            "a service for the whole internet",
            changed(
                "queue.yaml",
                &[(
                    "spec:\n  selector:\n    app.kubernetes.io/name: queue\n",
                    "spec:\n  type: LoadBalancer\n  selector:\n    app.kubernetes.io/name: queue\n",
                )],
            ),
            &[
                "+cluster by External/internet",
                "+External/internet → StatefulSet/shop/queue",
            ],
        ),
        (
            "hardening taken away",
            changed(
                "catalogue.yaml",
                &[
                    ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
                    ("runAsNonRoot: true", "runAsNonRoot: false"),
                    ("runAsUser: 10001", "runAsUser: 0"),
                ],
            ),
            &[
                "+PAL-W007 Deployment/shop/catalogue",
                "+PAL-W006 Deployment/shop/catalogue",
            ],
        ),
        (
            "enforcement switched off for a namespace",
            changed(
                "namespaces.yaml",
                &[(
                    "    pod-security.kubernetes.io/enforce: restricted\n    pod-security.kubernetes.io/enforce-version: v1.30\n",
                    "",
                )],
            ),
            &[],
        ),
    ] {
        wrong.expect(name, &difference, Worse, must_say);
    }
}

#[test]
fn what_makes_it_better_is_said_to() {
    let mut wrong = Wrong::default();
    for (name, difference, must_say) in [
        (
            "the runtime's socket taken away",
            changed(
                "order-worker.yaml",
                &[
                    (
                        "          volumeMounts:\n            - name: container-runtime\n              mountPath: /run/containerd/containerd.sock\n",
                        "",
                    ),
                    (
                        "      volumes:\n        - name: container-runtime\n          hostPath:\n            path: /run/containerd/containerd.sock\n            type: Socket\n",
                        "",
                    ),
                ],
            ),
            &["-PAL-W021 Deployment/shop/order-worker"][..],
        ),
        (
            "a digest for a tag",
            changed(
                "storefront.yaml",
                &[(
                    "storefront:latest",
                    "storefront@sha256:6d1f2c0f4be14c5a6f0c8ce7a2cf4dbb1d5f7e09c3a84b62e1907d5cb8f3a4e2",
                )],
            ),
            &["-PAL-W013 Deployment/shop/storefront"],
        ),
        (
            "a version for a tag that moves",
            changed("storefront.yaml", &[("storefront:latest", "storefront:4.1.0")]),
            &["-PAL-W013 Deployment/shop/storefront"],
        ),
        (
            "a narrower role",
            changed(
                "order-worker.yaml",
                &[(
                    "    resources: [secrets]\n    verbs: [get, list]",
                    "    resources: [secrets]\n    resourceNames: [supplier]\n    verbs: [get]",
                )],
            ),
            &["-PAL-W041 ClusterRole/order-worker"],
        ),
        (
            "no exec for support",
            changed(
                "access.yaml",
                &[(
                    "  - apiGroups: [\"\"]\n    resources: [pods/exec]\n    verbs: [create]\n",
                    "",
                )],
            ),
            &[],
        ),
    ] {
        wrong.expect(name, &difference, Better, must_say);
    }
}

#[test]
fn a_trade_is_said_to_be_one() {
    let mut wrong = Wrong::default();
    let traded = changed(
        "cache.yaml",
        &[
            (
                "image: redis:7",
                "image: redis@sha256:6d1f2c0f4be14c5a6f0c8ce7a2cf4dbb1d5f7e09c3a84b62e1907d5cb8f3a4e2",
            ),
            (
                "    spec:\n      containers",
                "    spec:\n      hostPID: true\n      containers",
            ),
        ],
    );
    wrong.expect(
        "a digest and the node's processes",
        &traded,
        Mixed,
        &["+PAL-W025 Deployment/shop/cache"],
    );
    let admin = changed(
        "order-worker.yaml",
        &[("name: order-worker\nsubjects", "name: cluster-admin\nsubjects")],
    );
    // The narrower role is bound no longer.
    wrong.expect(
        "a binding to cluster-admin",
        &admin,
        Mixed,
        &[
            "+PAL-W051 ClusterRoleBinding/order-worker",
            "easier outsider to Platform/cluster-admin",
            "-PAL-W041 ClusterRole/order-worker",
        ],
    );
    // Policies know pods in the node's network no longer: what let the cache in lets it in no more.
    let node = changed(
        "cache.yaml",
        &[(
            "    spec:\n      containers",
            "    spec:\n      hostNetwork: true\n      containers",
        )],
    );
    wrong.expect("the node's network", &node, Mixed, &["+PAL-W027 Deployment/shop/cache"]);
    let closed: Vec<_> = admin.systems.iter().flat_map(|system| &system.paths_closed).collect();
    assert!(
        closed.is_empty(),
        "whoever holds the cluster holds all of it: {closed:#?}"
    );
}

#[test]
fn a_rename_or_a_move_alone_is_no_new_threat() {
    let mut wrong = Wrong::default();
    for (name, difference, must_say) in [
        (
            "a deployment renamed",
            changed(
                "order-worker.yaml",
                &[(
                    "  name: order-worker\n  namespace: shop\n  labels",
                    "  name: fulfilment\n  namespace: shop\n  labels",
                )],
            ),
            &["Deployment/shop/order-worker is Deployment/shop/fulfilment"][..],
        ),
        (
            "everything of one name renamed",
            changed(
                "order-worker.yaml",
                &[
                    ("order-worker", "fulfilment"),
                    ("shop.example/fulfilment:", "shop.example/order-worker:"),
                ],
            ),
            &[
                "Deployment/shop/order-worker is Deployment/shop/fulfilment",
                "ServiceAccount/shop/order-worker is ServiceAccount/shop/fulfilment",
            ],
        ),
        (
            "a container renamed",
            changed(
                "cache.yaml",
                &[("- name: redis\n          image", "- name: cache\n          image")],
            ),
            &[],
        ),
        (
            "lines moved",
            changed(
                "cache.yaml",
                &[("# Sessions and baskets.", "#\n#\n#\n# Sessions and baskets.\n")],
            ),
            &[],
        ),
    ] {
        wrong.expect(name, &difference, Same, must_say);
        let systems: Vec<&SystemDifference> = difference.systems.iter().collect();
        assert!(
            systems
                .iter()
                .all(|system| system.findings_new.is_empty() && system.threats_exposed.is_empty()),
            "{name}"
        );
        assert!(
            systems
                .iter()
                .all(|system| system.paths_opened.is_empty() && system.paths_changed.is_empty()),
            "{name}"
        );
    }
}

#[test]
fn what_is_otherwise_and_no_worse_is_neutral() {
    let mut wrong = Wrong::default();
    for (name, difference, must_say) in [
        (
            "a port moved",
            changed(
                "cache.yaml",
                &[
                    ("containerPort: 6379", "containerPort: 6380"),
                    ("      port: 6379", "      port: 6379\n      targetPort: 6380"),
                ],
            ),
            &["~Deployment/shop/checkout → Deployment/shop/cache"][..],
        ),
        (
            "a config map",
            added("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: colours, namespace: shop}\ndata: {sky: blue}\n"),
            &["+ConfigMap/shop/colours"],
        ),
    ] {
        wrong.expect(name, &difference, Neutral, must_say);
    }
}

#[test]
fn what_is_added_locked_down_brings_no_finding_above_low() {
    let difference = added(LOCKED_DOWN);
    let findings = difference.systems.iter().flat_map(|system| &system.findings_new);
    let high: Vec<_> = findings
        .filter(|finding| finding.severity > palisade_knowledge::Severity::Low)
        .collect();
    assert!(high.is_empty(), "{high:?}");
}

#[test]
fn nothing_before_makes_everything_new() {
    let empty = Snapshot::default();
    let difference = compare(&empty, base(), catalogue());
    assert_eq!(difference.verdict, Worse);
    let back = compare(base(), &empty, catalogue());
    assert_eq!(back.verdict, Better);
    assert_eq!(
        difference.systems[0].elements_added.len(),
        back.systems[0].elements_gone.len()
    );
}

#[test]
fn what_is_not_understood_any_more_is_not_better() {
    let broken = Skipped {
        file: "shop/payments/api.yaml".to_owned(),
        line: 3,
        column: 1,
        code: "yaml-syntax".to_owned(),
        reason: "broken".to_owned(),
        help: String::new(),
    };
    let mut head = Snapshot {
        schema: 1,
        ..Snapshot::default()
    };
    head.coverage.skipped = vec![broken.clone()];
    let difference = compare(base(), &head, catalogue());
    assert_eq!(difference.verdict, ChangeVerdict::NotEvaluated);
    assert_eq!(difference.no_longer_understood, std::slice::from_ref(&broken));
    let mut before = base().clone();
    before.coverage.skipped = vec![Skipped {
        file: "elsewhere/api.yaml".to_owned(),
        line: 9,
        ..broken
    }];
    assert_eq!(compare(&before, &head, catalogue()).verdict, Better);
}

#[test]
fn a_baseline_knows_what_was_renamed() {
    let mut files = shop();
    let worker = files.get_mut("order-worker.yaml").unwrap();
    *worker = worker.replace(
        "  name: order-worker\n  namespace: shop\n  labels",
        "  name: fulfilment\n  namespace: shop\n  labels",
    );
    files.insert("added.yaml".to_owned(), INGRESS.to_owned());
    let mut assessment = assess(&files);
    mark_known(&mut assessment, base());
    let findings = || assessment.systems.iter().flat_map(|system| &system.findings);
    assert!(findings().all(|finding| finding.since.is_some()));
    let new: Vec<_> = findings().filter(|finding| finding.since == Some(Since::New)).collect();
    assert!(new.iter().any(|finding| finding.rule == "PAL-W036"));
    assert!(
        new.iter()
            .all(|finding| !finding.element.as_str().contains("fulfilment")),
        "{new:?}"
    );
}
