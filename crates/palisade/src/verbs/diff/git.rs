//! Earlier versions of files, as git has them. Only git itself is asked, and nothing of the repository is changed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::Context;
use tempfile::TempDir;

/// The repository that encloses the current folder.
pub(super) struct Repository {
    git_dir: PathBuf,
    /// The current folder below the root of the repository, with `/` at its end; empty at the root.
    prefix: String,
}

/// A version of the files of a repository, laid out in a folder of its own that goes away with it.
pub(super) struct Checkout {
    _folder: TempDir,
    /// The root of the repository as it was.
    pub(super) root: PathBuf,
}

/// Why there is no repository to ask.
pub(super) enum NoRepository {
    /// The current folder is in none.
    Outside,
    /// Git can't be run, or says no.
    Refused(String),
}

impl Repository {
    /// The repository that encloses the current folder.
    pub(super) fn here() -> Result<Self, NoRepository> {
        let output = git(&["rev-parse", "--absolute-git-dir", "--show-prefix"], &[])
            .map_err(|error| NoRepository::Refused(format!("git can't be run: {error}")))?;
        if !output.status.success() {
            let said = said(&output);
            return Err(if said.contains("not a git repository") {
                NoRepository::Outside
            } else {
                NoRepository::Refused(said)
            });
        }
        let told = String::from_utf8_lossy(&output.stdout);
        let mut lines = told.lines();
        Ok(Self {
            git_dir: PathBuf::from(lines.next().unwrap_or_default()),
            prefix: lines.next().unwrap_or_default().to_owned(),
        })
    }

    /// The current folder below the root of the repository.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The tree of a revision, if there is such a revision.
    pub(super) fn tree(&self, revision: &str) -> Option<String> {
        self.word(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &format!("{revision}^{{tree}}"),
        ])
    }

    /// Where two revisions parted.
    pub(super) fn merge_base(&self, one: &str, other: &str) -> Option<String> {
        self.word(&["merge-base", "--end-of-options", one, other])
    }

    fn word(&self, args: &[&str]) -> Option<String> {
        let output = git(args, &[("GIT_DIR", self.git_dir.as_os_str())]).ok()?;
        let told = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Some(told).filter(|told| output.status.success() && !told.is_empty())
    }

    /// Lays out a tree.
    pub(super) fn checkout(&self, tree: &str) -> anyhow::Result<Checkout> {
        let folder = tempfile::tempdir().context("cannot make a folder for an earlier version")?;
        let (root, index) = (folder.path().join("tree"), folder.path().join("index"));
        // What is looked for above a folder is looked for up to the root of its repository.
        std::fs::create_dir_all(root.join(".git")).context("cannot make a folder for an earlier version")?;
        let environment = [
            ("GIT_DIR", self.git_dir.as_os_str()),
            ("GIT_WORK_TREE", root.as_os_str()),
            ("GIT_INDEX_FILE", index.as_os_str()),
        ];
        for args in [
            &[
                "-c",
                "core.sparseCheckout=false",
                "-c",
                "core.fsmonitor=false",
                "read-tree",
                tree,
            ][..],
            &[
                "-c",
                "core.fsmonitor=false",
                "checkout-index",
                "--all",
                "--force",
                "--quiet",
            ][..],
        ] {
            let output = in_folder(&root, args, &environment).context("cannot run git")?;
            anyhow::ensure!(output.status.success(), "git can't lay out `{tree}`: {}", said(&output));
        }
        Ok(Checkout { _folder: folder, root })
    }
}

fn git(args: &[&str], environment: &[(&str, &OsStr)]) -> std::io::Result<Output> {
    in_folder(Path::new("."), args, environment)
}

/// Runs git without questions, locks and network.
fn in_folder(folder: &Path, args: &[&str], environment: &[(&str, &OsStr)]) -> std::io::Result<Output> {
    Command::new("git")
        .args(args)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_LFS_SKIP_SMUDGE", "1")
        .envs(environment.iter().copied())
        .output()
}

/// The first thing that git complained about.
fn said(output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    let line = complaint
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("it says nothing");
    palisade_report::clean(line.trim_start_matches("fatal: "))
}
