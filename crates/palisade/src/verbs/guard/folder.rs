//! The folder that guardrails are written to. Nothing outside of it is touched, and nothing in it that an earlier run did
//! not write.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;
use palisade_report::{GUARD_INDEX, GuardFile, sha256};
use serde::Deserialize;

use crate::failure::Failure;

/// A folder, and what an earlier run wrote there.
pub(crate) struct Folder {
    path: PathBuf,
    /// The digest of each file by its path below the folder.
    written: BTreeMap<String, String>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileState {
    /// It is as it was written.
    Unchanged,
    /// It says something else.
    Changed,
    /// It is not there.
    Gone,
    /// It can't be read, or leads out of the folder.
    Unreadable,
}

/// What is read of an earlier index.
#[derive(Deserialize)]
struct Index {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    path: String,
    sha256: String,
}

impl Folder {
    /// A folder that may be there or not.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        if path.exists() && !path.is_dir() {
            return Err(Failure::new(
                format!("`{}` is no folder", path.display()),
                "--out names the folder that guardrails are written to",
            )
            .into());
        }
        let index = path.join(GUARD_INDEX);
        let written = match fs::read(&index) {
            Ok(text) => {
                let index: Index = serde_json::from_slice(&text).map_err(|_| {
                    Failure::new(
                        format!("`{}` is not the index of an earlier run", index.display()),
                        "name another folder with --out",
                    )
                })?;
                index.files.into_iter().map(|file| (file.path, file.sha256)).collect()
            }
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", index.display())),
        };
        Ok(Self {
            path: path.to_owned(),
            written,
        })
    }

    /// Writes these files and removes what an earlier run wrote that is none of them. All is checked before anything is
    /// written. Gives how many there are.
    pub(crate) fn write(&self, files: &[GuardFile]) -> anyhow::Result<usize> {
        for file in files {
            self.is_ours(&file.path)?;
        }
        let is_kept = |path: &String| files.iter().any(|file| file.path == *path);
        let stale: Vec<&String> = self.written.keys().filter(|path| !is_kept(path)).collect();
        let stale: Vec<PathBuf> = stale
            .into_iter()
            .filter(|path| self.is_ours(path).is_ok())
            .filter_map(|path| self.below(path).ok())
            .collect();
        for file in files {
            let path = self.below(&file.path)?;
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
            }
            fs::write(&path, &file.text).with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        for path in stale {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove `{}`", path.display()));
                }
                _ => {}
            }
        }
        Ok(files.len())
    }

    /// Every file that an earlier run wrote, and what became of it.
    pub(crate) fn states(&self) -> Vec<(&str, FileState)> {
        let files = self.written.iter();
        let states = files.map(|(path, known)| {
            let there = self.below(path).ok().map(fs::read);
            let state = match there {
                Some(Ok(there)) if std::str::from_utf8(&there).is_ok_and(|there| sha256(there) == *known) => {
                    FileState::Unchanged
                }
                Some(Ok(_)) => FileState::Changed,
                Some(Err(error)) if error.kind() == ErrorKind::NotFound => FileState::Gone,
                None | Some(Err(_)) => FileState::Unreadable,
            };
            (path.as_str(), state)
        });
        states.collect()
    }

    /// Nothing is there, or what is there is as an earlier run wrote it.
    fn is_ours(&self, path: &str) -> anyhow::Result<()> {
        let full = self.below(path)?;
        let there = match fs::read(&full) {
            Ok(there) => there,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", full.display())),
        };
        // That the index could be read as one shows whose it is.
        if path == GUARD_INDEX {
            return Ok(());
        }
        let is_unchanged = |known: &String| std::str::from_utf8(&there).is_ok_and(|there| sha256(there) == *known);
        match self.written.get(path) {
            Some(known) if is_unchanged(known) => Ok(()),
            Some(_) => Err(Failure::new(
                format!("`{}` was changed since it was written", full.display()),
                "move it elsewhere to keep the change, or remove it to have it written again",
            )
            .into()),
            None => Err(Failure::new(
                format!("`{}` was not written by an earlier run", full.display()),
                "name another folder with --out, or move the file",
            )
            .into()),
        }
    }

    /// The path of a file below the folder. Never one that leads out of it, by its name or over a link.
    fn below(&self, path: &str) -> anyhow::Result<PathBuf> {
        let mut full = self.path.clone();
        for component in Path::new(path).components() {
            let Component::Normal(name) = component else {
                return Err(leads_out(&self.path.join(path)).into());
            };
            full.push(name);
            if fs::symlink_metadata(&full).is_ok_and(|there| there.file_type().is_symlink()) {
                return Err(leads_out(&full).into());
            }
        }
        Ok(full)
    }
}

fn leads_out(path: &Path) -> Failure {
    Failure::new(
        format!("`{}` leads out of the folder", path.display()),
        "guardrails are written below --out only, and never over a link",
    )
}
