//! What no compiler checks: tracked files keep to the house rules.

#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// None of them is longer without a reason.
const MOST_LINES: usize = 800;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Tracked text files, by path from the workspace's root. Empty outside a git checkout.
fn tracked() -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output();
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else {
        eprintln!("skipped: not a git checkout");
        return Vec::new();
    };
    String::from_utf8_lossy(&listed.stdout)
        .split('\0')
        .filter(|path| !path.is_empty())
        .filter_map(|path| Some((path.to_owned(), std::fs::read_to_string(root().join(path)).ok()?)))
        .collect()
}

fn extension(path: &str) -> &str {
    Path::new(path)
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
}

fn is_rust(path: &str) -> bool {
    extension(path) == "rs"
}

/// Complains about every line that `wrong` finds something in.
fn check(files: &[(String, String)], wrong: impl Fn(&str, &str) -> Option<String>) {
    let complaints: Vec<String> = files
        .iter()
        .flat_map(|(path, text)| {
            let lines = text.lines().enumerate();
            let wrong = &wrong;
            lines.filter_map(move |(number, line)| {
                let what = wrong(path, line)?;
                Some(format!("{path}:{}: {what}", number + 1))
            })
        })
        .collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn no_path_of_somebodys_machine() {
    let folders = ["tmp", "home", "root", "Users"].map(|name| format!("/{name}/"));
    check(&tracked(), |path, line| {
        // Code and catalogue speak of folders on nodes and in containers, which are not somebody's.
        if path.starts_with("knowledge/") || path.starts_with("crates/") {
            return None;
        }
        let folder = folders.iter().find(|folder| line.contains(folder.as_str()))?;
        Some(format!("`{folder}` is a folder of one machine"))
    });
}

#[test]
fn nothing_is_left_for_later() {
    let mark = ["TO", "DO"].concat();
    check(&tracked(), |path, line| {
        let code = matches!(extension(path), "rs" | "toml" | "yaml");
        (code && line.contains(&mark)).then(|| format!("`{mark}`: do it, or write down why not"))
    });
}

#[test]
fn files_stay_small() {
    for (path, text) in tracked().iter().filter(|(path, _)| is_rust(path)) {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{path} has {lines} lines: split it");
    }
}

#[test]
fn every_file_says_what_it_is_about() {
    // Unit tests beside their module speak for it.
    let files = tracked();
    for (path, text) in files
        .iter()
        .filter(|(path, _)| is_rust(path) && !path.ends_with("/tests.rs"))
    {
        let first = text.lines().find(|line| !line.starts_with("#!"));
        let documented = first.is_some_and(|line| line.starts_with("//!"));
        assert!(documented, "{path} does not begin with a `//!` comment");
    }
}

#[test]
fn every_crate_has_a_description_and_the_workspaces_lints() {
    for (path, text) in tracked() {
        if !path.ends_with("/Cargo.toml") || path.starts_with("fuzz/") {
            continue;
        }
        assert!(text.contains("\ndescription = \""), "{path} has no description");
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{path} does not take the workspace's lints"
        );
    }
}
