//! `palisade pod-security` as scripts use it.

use serde_json::Value;

use crate::common::palisade;

const PODS: &str = "\
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: tool, namespace: ops}
    spec:
      hostNetwork: true
      containers: [{name: tool, image: a}]
  - apiVersion: batch/v1
    kind: CronJob
    metadata: {name: nightly, namespace: ops}
    spec:
      jobTemplate:
        spec:
          template:
            spec:
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
                - name: job
                  image: a
                  securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/web: unconfined}}
    spec:
      containers: [{name: web, image: a, livenessProbe: {httpGet: {host: example.com, port: 80}}}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
";

fn run(args: &[&str], stdin: &str) -> crate::common::Run {
    let folder = tempfile::tempdir().unwrap();
    let args: Vec<_> = ["pod-security", "-"].iter().chain(args).copied().collect();
    palisade(folder.path(), &args, stdin)
}

#[test]
fn without_a_level_it_tells_the_strictest() {
    let run = run(&[], PODS);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn with_a_level_what_is_forbidden_fails() {
    let baseline = run(&["--level", "baseline"], PODS);
    assert_eq!(baseline.code, Some(1), "{}", baseline.stderr);
    insta::assert_snapshot!(baseline.stdout);
    let hardened = PODS.split("---").next().unwrap().replace("hostNetwork: true", "");
    assert_eq!(run(&["--level", "baseline"], &hardened).code, Some(0));
    assert_eq!(run(&["--level", "restricted"], &hardened).code, Some(1));
}

#[test]
fn the_version_counts() {
    let run = run(&["--level", "baseline", "--kubernetes-version", "1.33"], PODS);
    assert!(!run.stdout.contains("probe or lifecycle host"), "{}", run.stdout);
    assert_eq!(run.code, Some(1));
}

#[test]
fn json_tells_check_field_and_place() {
    let run = run(&["--level", "baseline", "--format", "json"], PODS);
    assert_eq!(run.code, Some(1));
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["kubernetes_version"], "1.37");
    let pod = &report["pods"][0];
    assert_eq!(pod["id"], "Pod/ops/tool");
    assert_eq!(pod["verdict"], "forbidden");
    assert_eq!(pod["violations"][0]["check"], "hostNamespaces");
    assert_eq!(pod["violations"][0]["fields"][0]["path"], "spec.hostNetwork");
    assert_eq!(pod["violations"][0]["fields"][0]["line"], 8);
    assert_eq!(report["pods"][1]["verdict"], "allowed");
}

#[test]
fn nothing_to_judge_is_a_failure() {
    let service = PODS.rsplit("---").next().unwrap();
    for input in ["", service, "{", "a: 1\n"] {
        let run = run(&[], input);
        assert_eq!(run.code, Some(2), "{input}");
        assert!(run.stderr.starts_with("error: nothing was evaluated"), "{}", run.stderr);
    }
}

#[test]
fn what_cannot_be_judged_is_no_success() {
    let refused = PODS.replace("hostNetwork: true", "hostNetwork: 'true'");
    let run_refused = run(&[], &refused);
    assert_eq!(run_refused.code, Some(2));
    assert!(run_refused.stdout.contains("not-evaluated"), "{}", run_refused.stdout);
    let broken = format!("{PODS}---\nkind: [\n");
    let run_broken = run(&[], &broken);
    assert_eq!(run_broken.code, Some(2), "{}", run_broken.stdout);
    assert!(
        run_broken.stdout.contains("Deployment/shop/web"),
        "{}",
        run_broken.stdout
    );
    assert!(run_broken.stderr.contains("not read"), "{}", run_broken.stderr);
}
