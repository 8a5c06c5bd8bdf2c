//! `palisade can` and `palisade who-can` as people and scripts use them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{Run, palisade};

const RBAC: &str = "\
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
  - {apiGroups: [''], resources: [pods, pods/log], verbs: [get, list]}
  - {apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [web]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
  - {kind: ServiceAccount, name: web}
  - {kind: Group, name: devs}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: auditors}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: User, name: eve}]
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rbac.yaml"), RBAC).unwrap();
    folder
}

fn run(line: &str) -> Run {
    let words: Vec<&str> = line.split(' ').collect();
    palisade(folder().path(), &words, RBAC)
}

#[test]
fn yes_comes_with_the_grants_that_decide() {
    let run = run("can --as system:serviceaccount:shop:web get po -n shop rbac.yaml");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @r#"
    yes  ServiceAccount/shop/web: get pods, in namespace shop
      rbac.yaml:17:5  RoleBinding/shop/readers binds Role reader
      rbac.yaml:9:5  Role/shop/reader allows get, list pods, pods/log
    "#);
}

#[test]
fn what_may_be_mistyped_is_told_beside_the_answer() {
    for (line, expected) in [
        (
            "can --as eve gett secrets rbac.yaml",
            "`gett` is no verb that Kubernetes knows; the most like it: get, ",
        ),
        ("can --as eve get secrts rbac.yaml", "The most like it: secrets, "),
        ("who-can get secrts rbac.yaml", "The most like it: secrets, "),
        (
            "can --as web get pods -n shop rbac.yaml",
            "nothing in the input is about User/web; there is ServiceAccount/shop/web",
        ),
        (
            "can --as system:serviceaccount:sho:web get pods -n shop rbac.yaml",
            "nothing in the input is about ServiceAccount/sho/web; there is ServiceAccount/shop/web",
        ),
    ] {
        let run = run(line);
        assert_ne!(run.code, Some(2), "{line}: {}", run.stderr);
        assert!(run.stderr.contains(expected), "{line}: {}", run.stderr);
    }
    for line in [
        "can --as eve get secrets rbac.yaml",
        "can --as system:serviceaccount:shop:web get pods -n shop rbac.yaml",
        "can --as stranger use widgets.example.com rbac.yaml",
        "can --as stranger options /healthz rbac.yaml",
        "who-can '*' '*' rbac.yaml",
    ] {
        assert_eq!(run(&line.replace('\'', "")).stderr, "", "{line}");
    }
}

#[test]
fn no_says_why_where_the_api_server_would() {
    let run = run("can --as eve get secrets -n shop -");
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @r#"
    no  User/eve: get secrets, in namespace shop
      nothing grants it
    "#);
}

#[test]
fn questions_are_asked_as_kubectl_asks_them() {
    for (question, expected) in [
        ("--as ServiceAccount/shop/web get secrets web -n shop rbac.yaml", 0),
        ("--as ServiceAccount/shop/web get secrets -n shop rbac.yaml", 1),
        ("--as ServiceAccount/shop/web get pods/log -n shop rbac.yaml", 0),
        (
            "--as ServiceAccount/shop/web get pods --subresource=log -n shop rbac.yaml",
            0,
        ),
        ("--as ServiceAccount/shop/web get pods/exec -n shop rbac.yaml", 1),
        ("--as ServiceAccount/shop/web get pods rbac.yaml", 1),
        ("--as ServiceAccount/shop/web get pods -A rbac.yaml", 1),
        ("--as eve --as-group devs get secret web -n shop rbac.yaml", 0),
        ("--as eve list deploy -A rbac.yaml", 0),
        ("--as eve list deployments.apps -A", 0),
        ("--as eve get nodes rbac.yaml", 1),
        ("--as Group/devs list pod -n shop rbac.yaml", 0),
        ("--as eve get /healthz rbac.yaml", 0),
        ("--as system:anonymous get /healthz rbac.yaml", 0),
        ("--as system:anonymous get /metrics rbac.yaml", 1),
        ("--as eve --as-group system:masters * * rbac.yaml", 0),
        ("--as system:kube-scheduler create pods/binding -n shop rbac.yaml", 0),
        ("--as system:node:n1 update nodes/status n1 rbac.yaml", 0),
        ("--as eve get pods typo.yaml", 2),
        ("--as eve get", 2),
        ("get pods rbac.yaml", 2),
        ("--as eve get pods web nowhere", 2),
    ] {
        let run = run(&format!("can {question}"));
        assert_eq!(run.code, Some(expected), "{question}: {}{}", run.stdout, run.stderr);
    }
}

#[test]
fn json_tells_every_grant_with_its_place() {
    let run = run("can --as eve --as-group devs list pods -n shop --format json rbac.yaml");
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["allowed"], true);
    let system = &answer["systems"][0];
    assert_eq!(
        system["reason"],
        "RBAC: allowed by ClusterRoleBinding \"auditors\" of ClusterRole \"view\" to User \"eve\""
    );
    let grants = system["grants"].as_array().unwrap();
    let bindings: Vec<&str> = grants.iter().map(|grant| grant["binding"].as_str().unwrap()).collect();
    assert_eq!(bindings, ["ClusterRoleBinding/auditors", "RoleBinding/shop/readers"]);
    assert_eq!(grants[1]["evidence"][1]["line"], 9);
    assert_eq!(grants[1]["rule"]["resources"][0], "pods");
}

#[test]
fn making_bindings_says_what_can_be_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: binder}
rules:
  - {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}
  - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [edit]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: binders}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: binder}
subjects: [{kind: User, name: bob}]
";
    std::fs::write(folder.path().join("rbac.yaml"), yaml).unwrap();
    let words = [
        "can",
        "--as",
        "bob",
        "create",
        "rolebindings",
        "-n",
        "shop",
        "rbac.yaml",
    ];
    let run = palisade(folder.path(), &words, "");
    assert!(run.stdout.contains("it may bind ClusterRole/edit;"), "{}", run.stdout);
}

#[test]
fn who_can_tells_every_subject() {
    let run = run("who-can get secrets rbac.yaml");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @r#"
    Group/devs
      in namespace shop, only web
        rbac.yaml:18:5  RoleBinding/shop/readers binds Role reader
        rbac.yaml:10:5  Role/shop/reader allows get secrets
    ServiceAccount/shop/web
      in namespace shop, only web
        rbac.yaml:17:5  RoleBinding/shop/readers binds Role reader
        rbac.yaml:10:5  Role/shop/reader allows get secrets
    Group/system:masters
      in the whole cluster
        ClusterRoleBinding/cluster-admin of ClusterRole/cluster-admin comes with Kubernetes
    ServiceAccount/kube-system/bootstrap-signer
      in namespace kube-system
        RoleBinding/kube-system/system:controller:bootstrap-signer of Role/kube-system/system:controller:bootstrap-signer comes with Kubernetes
    ServiceAccount/kube-system/generic-garbage-collector
      in the whole cluster
        ClusterRoleBinding/system:controller:generic-garbage-collector of ClusterRole/system:controller:generic-garbage-collector comes with Kubernetes
    ServiceAccount/kube-system/namespace-controller
      in the whole cluster
        ClusterRoleBinding/system:controller:namespace-controller of ClusterRole/system:controller:namespace-controller comes with Kubernetes
    ServiceAccount/kube-system/token-cleaner
      in namespace kube-system
        RoleBinding/kube-system/system:controller:token-cleaner of Role/kube-system/system:controller:token-cleaner comes with Kubernetes
    User/system:kube-controller-manager
      in the whole cluster
        ClusterRoleBinding/system:kube-controller-manager of ClusterRole/system:kube-controller-manager comes with Kubernetes
    "#);
}

#[test]
fn systems_are_told_apart() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("overlay")).unwrap();
    let overlay = folder.path().join("overlay");
    std::fs::write(overlay.join("kustomization.yaml"), "resources: [more.yaml]\n").unwrap();
    std::fs::write(overlay.join("more.yaml"), RBAC.replace("eve", "mallory")).unwrap();
    let words = ["can", "--as", "mallory", "list", "pods", "-A", "."];
    let run = palisade(folder.path(), &words, "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let first: Vec<&str> = run.stdout.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        first,
        [
            "no  User/mallory: list pods, cluster-wide, in .",
            "yes  User/mallory: list pods, cluster-wide, in overlay"
        ]
    );
    let narrowed = palisade(folder.path(), &[&words[..], &["--system", "."]].concat(), "");
    assert_eq!(narrowed.code, Some(1), "{}", narrowed.stdout);
}

#[test]
fn a_batch_answers_each_line_and_loses_none() {
    let questions = "\
{\"user\": \"eve\", \"resourceAttributes\": {\"verb\": \"list\", \"resource\": \"pods\"}}
{\"spec\": {\"groups\": [\"devs\"], \"resourceAttributes\": {\"verb\": \"list\", \"resource\": \"pods\", \"namespace\": \"shop\"}}}

{\"apiVersion\": \"authorization.k8s.io/v1\", \"kind\": \"SubjectAccessReview\", \"spec\": {\"user\": \"x\", \"nonResourceAttributes\": {\"path\": \"/healthz\", \"verb\": \"get\"}}}
{\"user\": \"eve\"}
not json
{\"user\": \"u\", \"groups\": [\"system:nodes\"], \"resourceAttributes\": {\"verb\": \"list\", \"resource\": 3}}
";
    let run = palisade(folder().path(), &["can", "--batch", "-", "rbac.yaml"], questions);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @r#"
    {"line":1,"allowed":true,"reason":"RBAC: allowed by ClusterRoleBinding \"auditors\" of ClusterRole \"view\" to User \"eve\""}
    {"line":2,"allowed":true,"reason":"RBAC: allowed by RoleBinding \"readers/shop\" of Role \"reader\" to Group \"devs\""}
    {"line":4,"allowed":false,"reason":""}
    {"line":5,"error":"exactly one of resourceAttributes and nonResourceAttributes must be there"}
    {"line":6,"error":"it is no JSON: expected ident at line 1 column 2"}
    {"line":7,"error":"it is no SubjectAccessReview: invalid type: integer `3`, expected a string"}
    "#);
}

/// The corpus of recorded decisions, if it is here.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn recordings() -> Option<PathBuf> {
    let corpus = std::env::var_os("PALISADE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let folder = corpus.join("conformance/rbac");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: corpus not present");
    None
}

#[test]
fn a_batch_reproduces_every_recorded_decision() {
    let Some(folder) = recordings() else { return };
    let (mut decided, mut same_reason) = (0, 0);
    for universe in std::fs::read_dir(&folder).unwrap().flatten() {
        if !universe.path().is_dir() {
            continue;
        }
        let run = palisade(
            &universe.path(),
            &["can", "--batch", "decisions.jsonl", "objects.json"],
            "",
        );
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let recorded = std::fs::read_to_string(universe.path().join("decisions.jsonl")).unwrap();
        assert_eq!(run.stdout.lines().count(), recorded.lines().count());
        for (ours, theirs) in run.stdout.lines().zip(recorded.lines()) {
            let ours: Value = serde_json::from_str(ours).unwrap();
            let theirs: Value = serde_json::from_str(theirs).unwrap();
            assert_eq!(ours["allowed"], theirs["allowed"], "{theirs}");
            decided += 1;
            same_reason += u32::from(ours["reason"] == *theirs.get("reason").unwrap_or(&Value::from("")));
        }
    }
    eprintln!("{decided} decisions, {same_reason} of them with the very same reason");
    assert!(decided >= 1000, "only {decided} decisions");
    // Where several bindings allow something, the API server names any of them: it keeps them in no order.
    assert!(same_reason * 100 >= decided * 90, "{same_reason} of {decided}");
}
