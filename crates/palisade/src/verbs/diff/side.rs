//! One side of a comparison: what the user named, found and assessed.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use palisade_engine::Settings;
use palisade_engine::diff::Snapshot;
use palisade_inventory::{Coverage, Intent};
use palisade_knowledge::Catalogue;
use palisade_sources::{Input as Source, Reading};

use super::git::{Checkout, NoRepository, Repository};
use crate::cli::diff::Diff;
use crate::console::Console;
use crate::failure::Failure;
use crate::{intent, pipeline};

/// One side of a comparison.
pub(super) struct Side {
    /// What the user calls it.
    pub(super) name: String,
    pub(super) snapshot: Snapshot,
    /// What was read; none of what was saved.
    pub(super) coverage: Option<Coverage>,
}

/// What a name stands for.
pub(super) enum Named {
    /// An assessment that was saved.
    Saved(Snapshot),
    /// Manifests in memory, under the name of where they came from.
    Bytes(Vec<u8>),
    /// A file or folder.
    Path(PathBuf),
    /// A file or folder as it once was.
    Version {
        /// Keeps the files there.
        checkout: Checkout,
        /// Below the root of the repository.
        below: PathBuf,
        /// As the user would name it.
        shown: PathBuf,
    },
}

/// Both names of `BASE HEAD`, or of `BASE...HEAD` as git would take it: since they parted.
pub(super) fn names(args: &Diff) -> Result<(String, String), Failure> {
    if let Some(head) = &args.head {
        return Ok((args.base.clone(), head.clone()));
    }
    let parted = args.base.split_once("...").filter(|_| !Path::new(&args.base).exists());
    let Some((base, head)) = parted else {
        return Ok((args.base.clone(), ".".to_owned()));
    };
    let or_head = |name: &str| {
        if name.is_empty() {
            "HEAD".to_owned()
        } else {
            name.to_owned()
        }
    };
    let (base, head) = (or_head(base), or_head(head));
    let found = Repository::here()
        .ok()
        .and_then(|repository| repository.merge_base(&base, &head));
    match found {
        Some(since) => Ok((since, head)),
        None => Err(Failure::new(
            format!("`{base}` and `{head}` have no commit in common here"),
            SHALLOW,
        )),
    }
}

const SHALLOW: &str = "a shallow clone lacks other branches and earlier commits: `git fetch origin BRANCH`, or check out with \
                       fetch-depth: 0";

/// Finds out what a name stands for. Files come before revisions, as they do for git.
pub(super) fn find(name: &str) -> anyhow::Result<Named> {
    if name == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .context("cannot read standard input")?;
        return Ok(saved(name, &bytes)?.map_or(Named::Bytes(bytes), Named::Saved));
    }
    let path = Path::new(name);
    if path.is_file() && path.extension().is_some_and(|ending| ending == "json") {
        let bytes = fs::read(path).with_context(|| format!("cannot read `{name}`"))?;
        if let Some(snapshot) = saved(name, &bytes)? {
            return Ok(Named::Saved(snapshot));
        }
    }
    if path.exists() {
        return Ok(Named::Path(path.to_owned()));
    }
    version(name)
}

fn saved(name: &str, bytes: &[u8]) -> Result<Option<Snapshot>, Failure> {
    palisade_report::saved(bytes).map_err(|error| {
        Failure::new(
            format!("`{name}` can't be compared: {error}"),
            "write it again with `palisade assess --format json`",
        )
    })
}

/// `REVISION` stands for the current folder as it was, `REVISION:PATH` for what was at that path of the repository.
fn version(name: &str) -> anyhow::Result<Named> {
    let repository = match Repository::here() {
        Ok(repository) => repository,
        Err(NoRepository::Outside) => {
            return Err(Failure::new(
                format!(
                    "there is no file or folder `{name}`, and no git repository here that could have it as a revision"
                ),
                "name a folder, a file, an assessment that was saved, or run it inside a repository",
            )
            .into());
        }
        Err(NoRepository::Refused(why)) => {
            return Err(Failure::new(
                format!("there is no file or folder `{name}`, and it can't be looked up as a revision: {why}"),
                "name a folder, a file or an assessment that was saved",
            )
            .into());
        }
    };
    let (revision, path) = match name.split_once(':') {
        Some((revision, path)) => (revision, Some(path)),
        None => (name, None),
    };
    let tree = repository.tree(revision).filter(|_| !revision.is_empty());
    let tree = tree.ok_or_else(|| {
        Failure::new(
            format!("`{revision}` is neither a file, nor a folder, nor a revision of this repository"),
            SHALLOW,
        )
    })?;
    let (below, shown) = match path {
        None => (PathBuf::from(repository.prefix()), PathBuf::from(".")),
        Some(path) if path.starts_with("./") => (Path::new(repository.prefix()).join(path), PathBuf::from(path)),
        Some("") => (PathBuf::new(), PathBuf::from(".")),
        Some(path) => (PathBuf::from(path), PathBuf::from(path)),
    };
    let is_inside = below
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    let checkout = repository.checkout(&tree)?;
    if !is_inside || (path.is_some() && !checkout.root.join(&below).exists()) {
        return Err(Failure::new(
            format!("`{revision}` has no `{}`", below.display()),
            "the path is one from the root of the repository; begin it with ./ for one from here",
        )
        .into());
    }
    Ok(Named::Version { checkout, below, shown })
}

impl Named {
    /// The inputs beside which own entries of the catalogue may stand. There are none beside what is not on disk: those
    /// of the current folder count.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::Path(path) => vec![path.clone()],
            Self::Saved(_) | Self::Bytes(_) | Self::Version { .. } => Vec::new(),
        }
    }

    /// Assesses it. What holds nothing is an empty system: everything was added, or is gone.
    pub(super) fn assess(
        self,
        name: String,
        args: &Diff,
        catalogue: &Arc<Catalogue>,
        settings: &Settings,
        console: &Console,
    ) -> anyhow::Result<Side> {
        let reading = match &self {
            Self::Saved(_) => Reading::default(),
            Self::Bytes(bytes) => palisade_sources::read_bytes("-", bytes),
            Self::Path(path) => pipeline::read_sources(&[Source::Path(path.clone())], args.render, console)?,
            Self::Version { checkout, below, shown } => {
                let path = checkout.root.join(below);
                let copy = Source::Copy {
                    path: path.clone(),
                    of: shown.clone(),
                };
                if path.exists() {
                    pipeline::read_sources(&[copy], args.render, console)?
                } else {
                    Reading::default()
                }
            }
        };
        let declared = self.declared(args, catalogue, console)?;
        if let Self::Saved(snapshot) = self {
            return Ok(Side {
                name,
                snapshot,
                coverage: None,
            });
        }
        if let Some(skipped) = reading.coverage.skipped.first().filter(|_| args.strict) {
            let message = format!(
                "`{name}` could not be understood in whole, the first: {}",
                pipeline::told(skipped)
            );
            return Err(Failure::new(message, "without --strict the rest is compared").into());
        }
        if reading.resources.is_empty() {
            console.note(format_args!("`{name}` holds nothing to assess"));
        }
        let settings = Settings {
            intent: Arc::new(declared),
            as_of: Some(args.as_of.unwrap_or_else(intent::today)),
            ..settings.clone()
        };
        let _progress = console.progress("looking for what can go wrong");
        let assessment = pipeline::model(reading.resources, catalogue, &settings).assess(reading.coverage);
        Ok(Side {
            name,
            snapshot: Snapshot::from(&assessment),
            coverage: Some(assessment.coverage),
        })
    }

    /// What is declared beside it.
    fn declared(&self, args: &Diff, catalogue: &Catalogue, console: &Console) -> anyhow::Result<Intent> {
        match (self, &args.intent) {
            (Self::Saved(_), _) => Ok(Intent::default()),
            (_, Some(file)) => intent::of_file(file, catalogue),
            (Self::Path(path), None) => intent::beside(std::slice::from_ref(path), catalogue, console),
            (Self::Bytes(_), None) => intent::beside(&[PathBuf::from("-")], catalogue, console),
            (Self::Version { checkout, below, .. }, None) => {
                let path = checkout.root.join(below);
                let root = checkout.root.canonicalize().unwrap_or_else(|_| checkout.root.clone());
                let Some(file) = palisade_sources::intent_beside(&path) else {
                    return Ok(Intent::default());
                };
                let whole = file.canonicalize().unwrap_or_else(|_| file.clone());
                let shown = whole.strip_prefix(&root).unwrap_or(&whole);
                intent::found_at(&file, &shown.display().to_string(), catalogue, console)
            }
        }
    }
}
