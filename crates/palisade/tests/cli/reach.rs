//! `palisade reach` as scripts use it.

use serde_json::Value;

use crate::common::{Run, palisade};

const SHOP: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: a, ports: [{containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: a, ports: [{name: sql, containerPort: 5432}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: spy, namespace: other}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: web}}}]
      ports: [{port: sql}]
    - from: [{ipBlock: {cidr: 10.0.0.0/8}}]
";

fn run(args: &[&str], stdin: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let args: Vec<_> = ["reach"].iter().chain(args).copied().collect();
    palisade(folder.path(), &args, stdin)
}

#[test]
fn yes_and_no_say_which_policies_decide() {
    let yes = run(&["Deployment/shop/web", "shop/db", "-"], SHOP);
    assert_eq!(yes.code, Some(0), "{}", yes.stderr);
    insta::assert_snapshot!(yes.stdout, @r"
    yes: Deployment/shop/web → StatefulSet/shop/db : TCP 5432
      egress   no policy decides about TCP 5432 of Deployment/shop/web
      ingress  -:30:7: NetworkPolicy shop/db allows TCP 5432
    ");
    let no = run(&["spy", "db", "-"], SHOP);
    assert_eq!(no.code, Some(1), "{}", no.stderr);
    insta::assert_snapshot!(no.stdout, @r"
    no: Pod/other/spy → StatefulSet/shop/db : No Connections
      egress   no policy decides about All Connections of Pod/other/spy
      ingress  -:28:3: NetworkPolicy shop/db isolates it, and no rule allows All Connections
    ");
}

#[test]
fn a_port_narrows_the_question() {
    assert_eq!(run(&["web", "db", "--port", "5432", "-"], SHOP).code, Some(0));
    assert_eq!(run(&["web", "db", "--port", "5432/udp", "-"], SHOP).code, Some(1));
    assert_eq!(run(&["web", "db", "--port", "22", "-"], SHOP).code, Some(1));
    assert_eq!(run(&["web", "db", "--port", "0", "-"], SHOP).code, Some(2));
    assert_eq!(run(&["web", "db", "--port", "80/ICMP", "-"], SHOP).code, Some(2));
}

#[test]
fn ranges_are_answered_piece_by_piece() {
    let run = run(&["External/internet", "db", "--format", "json", "-"], SHOP);
    assert_eq!(run.code, Some(0), "some of it gets in");
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    let answers = told["answers"].as_array().unwrap();
    let reachable: Vec<_> = answers
        .iter()
        .map(|answer| (&answer["from"], &answer["reachable"]))
        .collect();
    assert_eq!(reachable.len(), 3);
    assert_eq!(reachable[1].0, "External/10.0.0.0-10.255.255.255");
    assert_eq!(reachable[1].1, true);
    assert_eq!(reachable[2].1, false);
    assert_eq!(answers[1]["ingress"][0]["evidence"]["line"], 32);
}

#[test]
fn from_outside_the_way_in_is_told() {
    let none = run(&["External/internet", "web", "-"], SHOP);
    assert!(none.stdout.contains("way in: none is known"), "{}", none.stdout);
    let door = "---\n{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer, selector: {app: web}}}\n";
    let some = run(&["External/internet", "web", "-"], &format!("{SHOP}{door}"));
    let line = "way in: -:34:80: Service shop/web leads to it: LoadBalancer";
    assert!(some.stdout.contains(line), "{}", some.stdout);
    assert!(!run(&["spy", "web", "-"], SHOP).stdout.contains("way in"));
}

#[test]
fn all_connections_are_listed() {
    let text = run(&["--all", "-"], SHOP);
    assert_eq!(text.code, Some(0), "{}", text.stderr);
    insta::assert_snapshot!(text.stdout);
    let csv = run(&["--all", "--format", "csv", "-"], SHOP);
    assert_eq!(csv.stdout.lines().next(), Some("src,dst,conn"));
    assert_eq!(csv.stdout.lines().count(), text.stdout.lines().count() + 1);
    let json = run(&["--all", "--format", "json", "-"], SHOP);
    let rows: Vec<Value> = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(rows.len(), text.stdout.lines().count());
    assert!(
        rows.iter()
            .any(|row| row["src"] == "shop/web[Deployment]" && row["conn"] == "TCP 5432")
    );
}

#[test]
fn the_host_network_is_taken_either_way() {
    let input = SHOP.replace(
        "metadata: {labels: {app: db}}\n    spec: {",
        "metadata: {labels: {app: db}}\n    spec: {hostNetwork: true, ",
    );
    assert_eq!(run(&["spy", "db", "-"], &input).code, Some(0));
    assert_eq!(run(&["spy", "db", "--host-network", "pods", "-"], &input).code, Some(1));
    let line = "other/spy[Pod] => shop/db[StatefulSet] : All Connections";
    assert!(!run(&["--all", "-"], &input).stdout.contains(line));
    assert!(
        run(&["--all", "--host-network", "nodes", "-"], &input)
            .stdout
            .contains(line)
    );
}

#[test]
fn what_cannot_be_used_is_told_with_its_place() {
    let wrong = SHOP.replace("cidr: 10.0.0.0/8", "cidr: A");
    let run_wrong = run(&["spy", "db", "-"], &wrong);
    assert_eq!(run_wrong.code, Some(2));
    assert!(
        run_wrong.stderr.contains("-:32:25: NetworkPolicy/shop/db"),
        "{}",
        run_wrong.stderr
    );
    assert!(
        run_wrong.stdout.starts_with("yes"),
        "it protects nothing: {}",
        run_wrong.stdout
    );
    let twice = format!(
        "{SHOP}---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: db, namespace: shop}}, spec: {{podSelector: {{}}}}}}\n"
    );
    let run_twice = run(&["--all", "-"], &twice);
    assert_eq!(run_twice.code, Some(2));
    assert!(
        run_twice.stderr.contains("-:34:1: defined before"),
        "{}",
        run_twice.stderr
    );
    let misspelt = run(&["--all", "-"], "{apiVersion: v1, kind: Podd, metadata: {name: a}}");
    assert_eq!(misspelt.code, Some(2));
    assert!(
        misspelt.stderr.contains("-:1:24: `Podd` is no kind"),
        "{}",
        misspelt.stderr
    );
}

#[test]
fn what_is_mistyped_is_told_with_what_may_be_meant() {
    let typo = run(&["web", "Deployment/shop/wbe", "-"], SHOP);
    assert_eq!(typo.code, Some(2));
    assert!(
        typo.stderr.contains("help: the most like it: Deployment/shop/web, "),
        "{}",
        typo.stderr
    );
}

#[test]
fn the_internet_needs_no_id() {
    let short = run(&["internet", "db", "-"], SHOP);
    let long = run(&["External/internet", "db", "-"], SHOP);
    assert_eq!((short.code, short.stdout), (long.code, long.stdout));
}

#[test]
fn wrong_usage_is_told() {
    for args in [
        &["web", "-"][..],
        &["web", "nobody", "-"],
        &["1.1.1.1", "8.8.8.8", "-"],
        &["web", "db", "--format", "csv", "-"],
    ] {
        let run = run(args, SHOP);
        assert_eq!(run.code, Some(2), "{args:?}");
        assert!(run.stderr.starts_with("error: "), "{args:?}: {}", run.stderr);
    }
    let both = format!(
        "{SHOP}---\n{{apiVersion: v1, kind: Pod, metadata: {{name: web, namespace: other}}, spec: {{containers: [{{name: a, image: a}}]}}}}\n"
    );
    let run = run(&["web", "db", "-"], &both);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr
            .contains("`web` may be any of Deployment/shop/web, Pod/other/web"),
        "{}",
        run.stderr
    );
}
