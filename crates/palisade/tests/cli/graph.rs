//! The verbs that ask the attack graph.

use serde_json::Value;

use crate::common::{Run, palisade};

/// A worker whose token may read Secrets, and a group that may enter it.
const WORKER: &str = r"
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker, namespace: shop}
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      serviceAccountName: worker
      containers: [{name: app, image: registry.example.com/worker:1.4.2}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: worker, namespace: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: worker, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: debug, namespace: shop}
rules:
  - {apiGroups: [''], resources: [pods/exec], verbs: [create]}
  - {apiGroups: [apps], resources: [deployments], verbs: [delete]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: debug, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: debug}
subjects: [{kind: Group, name: developers}]
";

fn run(args: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    palisade(folder.path(), args, WORKER)
}

fn json(args: &[&str]) -> Value {
    let run = run(args);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn paths<'a>(all: &'a Value, from: &str, to: &str) -> Vec<&'a Value> {
    let paths = all
        .pointer("/systems/0/paths")
        .and_then(Value::as_array)
        .unwrap()
        .iter();
    paths
        .filter(|path| path["entry"] == from && path["asset"] == to)
        .collect()
}

#[test]
fn a_blast_radius_tells_what_follows_and_by_which_step() {
    let all = json(&["blast-radius", "Deployment/shop/worker", "-", "-f", "json"]);
    let system = &all["systems"][0];
    assert_eq!(system["holding"], "workload");
    let gains = system["gains"].as_array().unwrap();
    let secret = gains.iter().find(|gain| gain["element"] == "Secret/shop/db").unwrap();
    assert_eq!(secret["steps"], 2);
    assert_eq!(secret["last"]["from"], "ServiceAccount/shop/worker");
    assert!(secret["last"]["evidence"][0]["line"].as_u64().unwrap() > 0);

    let text = run(&["blast-radius", "Deployment/shop/worker", "-"]);
    assert!(text.stdout.contains("Secret/shop/db"), "{}", text.stdout);
}

#[test]
fn a_part_of_an_id_is_enough_if_only_one_has_it() {
    let one = json(&["blast-radius", "Deployment/", "-", "-f", "json"]);
    assert_eq!(one["systems"][0]["element"], "Deployment/shop/worker");

    let several = run(&["blast-radius", "worker", "-"]);
    assert_eq!(several.code, Some(2));
    assert!(
        several.stderr.contains("ServiceAccount/shop/worker"),
        "{}",
        several.stderr
    );

    let none = run(&["blast-radius", "Deployment/shop/wroker", "-"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(2), ""));
    assert!(none.stderr.contains("Deployment/shop/worker"), "{}", none.stderr);
}

#[test]
fn the_graph_is_whole_in_every_format() {
    let all = json(&["graph", "-"]);
    let graph = &all["systems"][0];
    let nodes: Vec<&str> = graph["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect();
    assert!(nodes.contains(&"secret:Secret/shop/db"), "{nodes:?}");
    let edges = graph["edges"].as_array().unwrap();
    for edge in edges {
        assert!(
            nodes.contains(&edge["from"].as_str().unwrap()) && nodes.contains(&edge["to"].as_str().unwrap()),
            "{edge}"
        );
    }
    let read = edges
        .iter()
        .find(|edge| edge["step"] == "PAL-S044" && edge["from"] == "identity:ServiceAccount/shop/worker");
    let read = read.unwrap();
    assert!(!read["techniques"].as_array().unwrap().is_empty() && !read["evidence"].as_array().unwrap().is_empty());

    let graphml = run(&["graph", "-", "-f", "graphml"]).stdout;
    assert_eq!(graphml.matches("<edge ").count(), edges.len());
    assert_eq!(graphml.matches("<node ").count(), nodes.len());
    assert!(run(&["graph", "-", "-f", "dot"]).stdout.starts_with("digraph"));
}

#[test]
fn paths_begin_wherever_somebody_asks() {
    let all = json(&["paths", "-", "--from", "ServiceAccount/shop/worker", "-f", "json"]);
    let found = paths(&all, "ServiceAccount/shop/worker", "Secret/shop/db");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["steps"][0]["choke_point"], true);
}

#[test]
fn what_is_taken_away_is_not_on_any_path() {
    let from_workload = ["paths", "-", "--from", "Deployment/shop/worker", "-f", "json"];
    let before = json(&from_workload);
    assert_eq!(paths(&before, "Deployment/shop/worker", "Secret/shop/db").len(), 1);
    for without in [
        "RoleBinding/shop/reader",
        "PAL-S044",
        "PAL-S044@RoleBinding/shop/reader",
    ] {
        let mut args = from_workload.to_vec();
        args.extend(["--without", without]);
        let after = json(&args);
        assert!(
            paths(&after, "Deployment/shop/worker", "Secret/shop/db").is_empty(),
            "{without}"
        );
    }
    let unknown = run(&["paths", "-", "--without", "PAL-S999"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("`PAL-S999`"), "{}", unknown.stderr);
}

#[test]
fn own_permissions_are_misused_by_mistake() {
    let all = json(&["paths", "-", "--from", "developers", "-f", "json"]);
    let mistakes = all["systems"][0]["paths"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|path| path["actor"] == "accident");
    let assets: Vec<&str> = mistakes.map(|path| path["asset"].as_str().unwrap()).collect();
    assert_eq!(assets, ["Deployment/shop/worker"]);
}
