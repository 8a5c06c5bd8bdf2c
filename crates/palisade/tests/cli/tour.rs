//! The README's tour, tried step by step as a new user would: files are written as they are shown, commands run in the order
//! they stand in, and what they say is what the README says they say. `UPDATE_DOCS=1` writes that anew.

#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::copy;
use crate::diff::git;

const BEGIN: &str = "<!-- tour -->\n";
const END: &str = "<!-- end of the tour -->";

/// The example shop as the one commit of a repository; gives the folder with the manifests.
fn repository() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let shop = folder.path().join("online-shop");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/online-shop"),
        &shop,
    );
    git(folder.path(), &["init", "--quiet", "--initial-branch=main", "."]);
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["commit", "--quiet", "--message=shop"]);
    (folder, shop)
}

/// Runs the commands of a block in one shell, and gives the block as it should read.
fn console(folder: &Path, block: &str) -> String {
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_palisade"));
    let path = format!(
        "{}:{}",
        ours.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let commands: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(!commands.is_empty(), "a block without a command: {block}");
    // The command is said after it has run, so that `$?` is still that of the one before.
    let run = commands
        .iter()
        .enumerate()
        .map(|(index, command)| format!("{command} > out.{index}\n"));
    let ended = Command::new("bash")
        .args(["--noprofile", "--norc", "-c", &run.collect::<String>()])
        .current_dir(folder)
        .env("PATH", path)
        .output()
        .unwrap();
    let mistakes = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!mistakes.contains("error"), "{mistakes}");
    let mut text = String::new();
    for (index, command) in commands.iter().enumerate() {
        let file = folder.join(format!("out.{index}"));
        let _ = write!(text, "$ {command}\n{}", fs::read_to_string(&file).unwrap());
        fs::remove_file(file).unwrap();
    }
    text
}

#[test]
fn the_tour_goes_as_the_readme_says() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let whole = fs::read_to_string(&readme).unwrap();
    let (before, rest) = whole.split_once(BEGIN).unwrap();
    let (tour, after) = rest.split_once(END).unwrap();
    let (_repository, folder) = repository();
    let mut walked = String::new();
    for (index, part) in tour.split("```").enumerate() {
        let is_block = index % 2 == 1;
        let said = match part.split_once('\n') {
            Some(("console", block)) if is_block => format!("console\n{}", console(&folder, block)),
            Some(("yaml", block)) if is_block => {
                let name = block.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap();
                fs::write(folder.join(name), block).unwrap();
                part.to_owned()
            }
            _ => part.to_owned(),
        };
        walked.push_str(if index > 0 { "```" } else { "" });
        walked.push_str(&said);
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&readme, format!("{before}{BEGIN}{walked}{END}{after}")).unwrap();
    }
    let published = fs::read_to_string(&readme).unwrap();
    assert!(
        published.contains(&walked),
        "README.md says otherwise; UPDATE_DOCS=1 writes it anew:\n{walked}"
    );
    // From a change that is stopped to one that passes.
    let codes: Vec<&str> = walked
        .split("$ echo $?\n")
        .skip(1)
        .filter_map(|rest| rest.lines().next())
        .collect();
    assert_eq!(codes, ["1", "0"]);
}
