//! What other pipelines take from here: the action, the hooks of pre-commit, the template of GitLab. Their commands are run
//! as they are written, in a repository with a change that must pass and one that must not.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::common::SHOP;
use crate::diff::git;

const DOOR: &str = "\
apiVersion: v1
kind: Service
metadata: {name: back-door, namespace: core}
spec: {type: LoadBalancer, selector: {app: back}, ports: [{port: 443, targetPort: 9000}]}
";

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

fn text<'v>(value: &'v Value, at: &str) -> &'v str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

/// A repository with the shop as its one commit, and the shop in a folder of it; `with_door` opens a new way in.
fn repository(with_door: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deploy")).unwrap();
    fs::write(folder.path().join("deploy/shop.yaml"), SHOP).unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch=main", "."]);
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["commit", "--quiet", "--message=shop"]);
    if with_door {
        fs::write(folder.path().join("deploy/door.yaml"), DOOR).unwrap();
    } else {
        let more = SHOP.replace("example.com/web:1", "example.com/web:2");
        fs::write(folder.path().join("deploy/shop.yaml"), more).unwrap();
    }
    folder
}

/// Runs a script as a runner does, with `palisade` on the path.
fn bash(folder: &Path, script: &str, env: &BTreeMap<String, String>) -> Output {
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_palisade"));
    let path = format!(
        "{}:{}",
        ours.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    Command::new("bash")
        .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script])
        .current_dir(folder)
        .env("PATH", path)
        .envs(env)
        .output()
        .unwrap()
}

/// Runs the steps of the action with these inputs, and gives how each named step ended and what the summary says.
fn act(folder: &Path, given: &[(&str, &str)]) -> (BTreeMap<String, Option<i32>>, String, String) {
    let action = yaml(&file("action.yml"));
    let runner = tempfile::tempdir().unwrap();
    let at = |name: &str| runner.path().join(name).display().to_string();
    let inputs = action.get("inputs").and_then(Value::as_object).unwrap();
    let mut codes = BTreeMap::new();
    for step in action.pointer("/runs/steps").and_then(Value::as_array).unwrap() {
        let script = text(step, "/run");
        assert!(
            !script.is_empty() && !script.contains("${{"),
            "inputs are never part of a script: {script}"
        );
        assert_eq!(text(step, "/shell"), "bash");
        let mut env: BTreeMap<String, String> = BTreeMap::new();
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
            env.insert(name.to_owned(), at(name));
        }
        env.insert("RUNNER_TEMP".to_owned(), runner.path().display().to_string());
        for (name, value) in step.get("env").and_then(Value::as_object).into_iter().flatten() {
            let value = value.as_str().unwrap();
            let input = value
                .strip_prefix("${{ inputs.")
                .and_then(|rest| rest.strip_suffix(" }}"))
                .unwrap();
            let default = text(inputs.get(input).unwrap(), "/default");
            let given = given.iter().find(|(name, _)| *name == input).map(|(_, value)| *value);
            env.insert(name.clone(), given.unwrap_or(default).to_owned());
        }
        codes.insert(text(step, "/name").to_owned(), bash(folder, script, &env).status.code());
    }
    let read = |name: &str| fs::read_to_string(runner.path().join(name)).unwrap_or_default();
    (codes, read("GITHUB_STEP_SUMMARY"), read("palisade.sarif"))
}

#[test]
fn the_action_lets_a_harmless_change_pass_and_stops_a_new_way_in() {
    let given = [("folder", "deploy"), ("base", "main")];
    let (codes, summary, sarif) = act(repository(false).path(), &given);
    assert!(codes.values().all(|code| *code == Some(0)), "{codes:?}");
    assert!(summary.contains("Threat model: "), "{summary}");
    assert!(sarif.contains("\"version\": \"2.1.0\""));
    let (codes, summary, _) = act(repository(true).path(), &given);
    assert_eq!((codes["Assess"], codes["Compare"]), (Some(0), Some(1)));
    assert!(summary.contains("Threat model: worse"), "{summary}");
    let strict = [("folder", "deploy"), ("base", "main"), ("assess-fail-on", "low")];
    let (codes, _, _) = act(repository(false).path(), &strict);
    assert_eq!((codes["Assess"], codes["Compare"]), (Some(1), Some(0)));
}

#[test]
fn what_a_pull_request_writes_is_never_run() {
    let folder = repository(false);
    let hostile = [
        ("folder", "$(touch pwned)"),
        ("base", "main; touch pwned"),
        ("fail-on", "`touch pwned`"),
    ];
    let (codes, _, _) = act(folder.path(), &hostile);
    assert_ne!(codes["Compare"], Some(0));
    assert!(!folder.path().join("pwned").exists());
}

#[test]
fn the_hooks_of_pre_commit_hold_a_commit_back() {
    let hooks = yaml(&file(".pre-commit-hooks.yaml"));
    for (id, harmless, door) in [("palisade-diff", 0, 1), ("palisade-assess", 1, 1)] {
        let hook = hooks
            .as_array()
            .unwrap()
            .iter()
            .find(|hook| text(hook, "/id") == id)
            .unwrap();
        assert_eq!(hook.get("pass_filenames"), Some(&Value::Bool(false)));
        let args = hook
            .get("args")
            .and_then(Value::as_array)
            .unwrap()
            .iter()
            .filter_map(Value::as_str);
        let words: Vec<&str> = text(hook, "/entry").split(' ').chain(args).collect();
        for (with_door, code) in [(false, harmless), (true, door)] {
            let ended = bash(repository(with_door).path(), &words.join(" "), &BTreeMap::new());
            assert_eq!(ended.status.code(), Some(code), "{id} {with_door}");
        }
    }
}

#[test]
fn the_template_of_gitlab_writes_its_reports_and_stops_a_new_way_in() {
    let whole = file("templates/gitlab.yml");
    let (spec, jobs) = whole.split_once("\n---\n").unwrap();
    let (spec, jobs) = (yaml(spec), yaml(jobs));
    let inputs = spec.pointer("/spec/inputs").and_then(Value::as_object).unwrap();
    for used in whole.split("$[[ inputs.").skip(1) {
        let name = used.split(' ').next().unwrap();
        assert!(inputs.contains_key(name), "{name} is no input");
    }
    let script = jobs.pointer("/palisade/script").and_then(Value::as_array).unwrap();
    let script: Vec<&str> = script.iter().filter_map(Value::as_str).collect();
    let mut env: BTreeMap<String, String> = BTreeMap::new();
    env.insert("PALISADE_FOLDER".to_owned(), "deploy".to_owned());
    env.insert(
        "PALISADE_FAIL_ON".to_owned(),
        text(&spec, "/spec/inputs/fail-on/default").to_owned(),
    );
    for (with_door, is_merge_request, code) in [(true, false, 0), (false, true, 0), (true, true, 1)] {
        let folder = repository(with_door);
        if is_merge_request {
            env.insert("CI_MERGE_REQUEST_DIFF_BASE_SHA".to_owned(), "main".to_owned());
        }
        let ended = bash(folder.path(), &script.join("\n"), &env);
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(
            ended.status.code(),
            Some(code),
            "{with_door} {is_merge_request}: {said}"
        );
        let reports = jobs.pointer("/palisade/artifacts/reports").unwrap();
        let quality = fs::read_to_string(folder.path().join(text(reports, "/codequality"))).unwrap();
        assert!(serde_json::from_str::<Value>(&quality).unwrap().is_array());
        let junit = fs::read_to_string(folder.path().join(text(reports, "/junit"))).unwrap();
        assert!(junit.starts_with("<?xml"), "{junit}");
    }
}
