//! `palisade diff`: what a change did, between folders, revisions and saved assessments.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::{Run, SHOP, palisade, shop};

const DOOR: &str = "\
apiVersion: v1
kind: Service
metadata: {name: back-door, namespace: core}
spec:
  type: LoadBalancer
  selector: {app: back}
  ports: [{port: 443, targetPort: 9000}]
";

/// Runs git in a folder as somebody.
pub(crate) fn git(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=somebody",
            "-c",
            "user.email=somebody@example.com",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The shop as the one commit of a repository, below `deploy/`.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deploy")).unwrap();
    fs::write(folder.path().join("deploy/shop.yaml"), SHOP).unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch=main", "."]);
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["commit", "--quiet", "--message=shop"]);
    folder
}

fn diff(folder: &Path, args: &[&str]) -> Run {
    palisade(folder, &[&["diff", "--quiet"], args].concat(), "")
}

fn verdict(run: &Run) -> String {
    let all: Value = serde_json::from_str(&run.stdout).unwrap();
    all.get("verdict").and_then(Value::as_str).unwrap().to_owned()
}

#[test]
fn a_new_door_reads_well() {
    let folder = repository();
    fs::write(folder.path().join("deploy/door.yaml"), DOOR).unwrap();
    let run = diff(folder.path(), &["main"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
    insta::assert_snapshot!("markdown", diff(folder.path(), &["main", "-f", "markdown"]).stdout);
}

#[test]
fn revisions_stand_for_the_folder_one_is_in() {
    let folder = repository();
    let at = folder.path();
    git(at, &["switch", "--quiet", "--create=door"]);
    fs::write(at.join("deploy/door.yaml"), DOOR).unwrap();
    git(at, &["add", "--all"]);
    git(at, &["commit", "--quiet", "--message=door"]);
    git(at, &["switch", "--quiet", "main"]);
    for args in [
        &["main", "door"][..],
        &["main...door"],
        &["door~1", "door"],
        &["main:deploy", "door:deploy"],
        &["deploy", "door:deploy"],
    ] {
        let run = diff(at, &[args, &["-f", "json"]].concat());
        assert_eq!(
            (run.code, &*verdict(&run)),
            (Some(0), "worse"),
            "{args:?} {}",
            run.stdout
        );
        // Places are those of the repository, wherever the files were laid out.
        assert!(run.stdout.contains("\"deploy/door.yaml\""), "{args:?}: {}", run.stdout);
        assert!(
            !run.stdout.contains(std::env::temp_dir().to_str().unwrap()),
            "{args:?}: {}",
            run.stdout
        );
    }
    let below = diff(&at.join("deploy"), &["main", "door", "-f", "json"]);
    assert!(below.stdout.contains("\"door.yaml\""), "{}", below.stdout);
    let status = Command::new("git")
        .args(["status", "--porcelain"])
        .current_dir(at)
        .output()
        .unwrap();
    assert!(status.stdout.is_empty(), "nothing of the repository is changed");
}

#[test]
fn each_side_goes_by_what_was_declared_then() {
    let folder = repository();
    let waiver = "waivers: [{rule: '*', reason: r, owner: o, until: 2027-03-31}]\n";
    fs::write(folder.path().join("palisade.yaml"), waiver).unwrap();
    fs::write(folder.path().join("deploy/door.yaml"), DOOR).unwrap();
    let code = |day: &str| {
        let args = ["main:deploy", "deploy", "--as-of", day, "--fail-on", "low"];
        diff(folder.path(), &args).code
    };
    assert_eq!(code("2027-03-31"), Some(0));
    assert_eq!(code("2027-04-01"), Some(1));
}

#[test]
fn saved_assessments_are_compared() {
    let (old, new) = (shop(), shop());
    fs::write(new.path().join("door.yaml"), DOOR).unwrap();
    let save = |folder: &Path| {
        let run = palisade(folder, &["assess", "-q", "-f", "json", "-o", "saved.json"], "");
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        folder.join("saved.json").display().to_string()
    };
    let (old_saved, new_saved) = (save(old.path()), save(new.path()));
    let here = old.path();
    assert_eq!(verdict(&diff(here, &[&old_saved, &new_saved, "-f", "json"])), "worse");
    assert_eq!(verdict(&diff(here, &[&new_saved, &old_saved, "-f", "json"])), "better");
    assert_eq!(verdict(&diff(here, &[&old_saved, "shop.yaml", "-f", "json"])), "same");
    let piped = palisade(here, &["diff", "-q", &old_saved, "-", "-f", "json"], SHOP);
    assert_eq!(verdict(&piped), "same");
    fs::write(here.join("saved.json"), "{\"schema\": 1, \"systems\": [{}]}").unwrap();
    let damaged = diff(here, &["saved.json", "."]);
    assert_eq!((damaged.code, &*damaged.stdout), (Some(2), ""));
    assert!(damaged.stderr.contains("assess --format json"), "{}", damaged.stderr);
}

#[test]
fn changes_can_fail_a_run() {
    let folder = repository();
    let code = |args: &[&str]| diff(folder.path(), args).code;
    for unwanted in ["low", "medium", "high", "worse"] {
        assert_eq!(code(&["main", "--fail-on", unwanted]), Some(0), "{unwanted}");
    }
    fs::write(folder.path().join("deploy/door.yaml"), DOOR).unwrap();
    for unwanted in ["low", "medium", "high", "worse"] {
        assert_eq!(code(&["main", "--fail-on", unwanted]), Some(1), "{unwanted}");
    }
    assert_eq!(code(&[".", "main", "--fail-on", "worse"]), Some(0));
}

#[test]
fn what_can_not_be_found_is_told_with_what_to_do() {
    let folder = repository();
    let said = |folder: &Path, args: &[&str]| {
        let run = diff(folder, args);
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{args:?}");
        run.stderr
    };
    assert!(said(folder.path(), &["nope"]).contains("fetch-depth: 0"));
    assert!(said(folder.path(), &["main:nope"]).contains("`main` has no `nope`"));
    assert!(said(folder.path(), &["main:../nope"]).contains("`main` has no `../nope`"));
    assert!(said(folder.path(), &["main...nope"]).contains("no commit in common"));
    assert!(said(folder.path(), &["-", "-"]).contains("both sides"));
    let outside = tempfile::tempdir().unwrap();
    assert!(said(outside.path(), &["main"]).contains("no git repository"));
    fs::create_dir(outside.path().join("empty")).unwrap();
    assert!(said(outside.path(), &["empty", "empty"]).contains("nothing was compared"));
    fs::write(folder.path().join("broken.yaml"), "a: b: c\n").unwrap();
    assert!(said(folder.path(), &["main", "--strict"]).contains("broken.yaml"));
    let doubtful = diff(folder.path(), &["main"]);
    assert!(
        doubtful.stdout.contains("broken.yaml:1:5 is not understood"),
        "{}",
        doubtful.stdout
    );
    assert_eq!(diff(folder.path(), &["main", "--fail-on", "high"]).code, Some(1));
}
