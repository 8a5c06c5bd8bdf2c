//! `palisade catalogue eval` as people who write conditions use it.

use serde_json::Value;

use crate::common::{Run, palisade};

const LINES: &str = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"app":"web"}},"spec":{"hostNetwork":true}}
{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"},"spec":{"hostNetwork":false}}
{"apiVersion":"v1","kind":"Secret","metadata":{"name":"c"},"stringData":{"password":"hunter2hunter2"}}
"#;

fn eval(expression: &str, args: &[&str], stdin: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let args: Vec<_> = ["catalogue", "eval", expression, "-"]
        .iter()
        .chain(args)
        .copied()
        .collect();
    palisade(folder.path(), &args, stdin)
}

#[test]
fn each_object_has_a_line() {
    let run = eval("object.spec.hostNetwork", &[], LINES);
    assert_eq!(run.code, Some(2), "a condition must be known to be a boolean");
    let run = eval("object.spec.hostNetwork == true", &[], LINES);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @r"
    Pod/default/a     true
    Pod/default/b     false
    Secret/default/c  error  the field `spec` is absent
    ");
}

#[test]
fn plain_lists_of_objects_will_do() {
    let yaml =
        "- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n";
    let json = r#"[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}},{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}]"#;
    for list in [yaml, json] {
        let run = eval("object.metadata.name == 'a'", &[], list);
        assert_eq!(
            run.stdout, "Pod/default/a  true\nPod/default/b  false\n",
            "{}",
            run.stderr
        );
    }
}

#[test]
fn what_is_no_object_is_told() {
    let run = eval("true", &[], &format!("{LINES}{{\"a\":1}}\n"));
    assert_eq!((run.code, run.stdout.lines().count()), (Some(0), 3));
    assert!(run.stderr.contains("-:4:1 is no Kubernetes object"), "{}", run.stderr);
}

#[test]
fn values_are_evaluated_as_written_and_never_shown() {
    let run = eval("object.stringData.password == 'hunter2hunter2'", &[], LINES);
    assert!(run.stdout.contains("Secret/default/c  true"), "{}", run.stdout);
    let run = eval(
        "object.stringData[object.stringData.password] == 'x'",
        &["--format", "json"],
        LINES,
    );
    assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn json_tells_value_and_place() {
    let run = eval("has(object.metadata.labels)", &["--format", "json"], LINES);
    assert_eq!(run.code, Some(0));
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["objects"][0]["value"], true);
    assert_eq!(report["objects"][1]["value"], false);
    assert_eq!(report["objects"][1]["line"], 2);
    assert_eq!(report["objects"][2]["id"], "Secret/default/c");
}

#[test]
fn what_the_api_server_refuses_is_refused_with_its_place() {
    for (expression, place) in [
        ("object.spec.", "1:13"),
        ("nosuch(1)", "1:7"),
        ("1 == 'a'", "1:3"),
        ("request.name == 'a'", "1:1"),
    ] {
        let run = eval(expression, &[], LINES);
        assert_eq!(run.code, Some(2), "{expression}");
        assert_eq!(run.stdout, "");
        assert!(run.stderr.contains(place), "{expression}: {}", run.stderr);
    }
    let newer = "[1, 1].distinct().size() == 1";
    assert_eq!(eval(newer, &[], LINES).code, Some(0));
    assert_eq!(eval(newer, &["--kubernetes-version", "1.33"], LINES).code, Some(2));
}

#[test]
fn nothing_to_evaluate_is_a_failure() {
    for input in ["", "{", "a: 1\n"] {
        assert_eq!(eval("true", &[], input).code, Some(2), "{input}");
    }
}
