//! Users' own entries: where they are found, read, and laid over the catalogue that comes with Palisade.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use palisade_knowledge::{Catalogue, CatalogueError, Changes, EntryKind};

use crate::console::Console;
use crate::failure::Failure;

/// The folder that is looked for beside the input and above it.
const FOLDER: &str = ".palisade";
/// Larger entries are refused: the largest that comes with Palisade has an eighth of it.
const LARGEST: u64 = 1 << 20;
/// Faults shown before "and n more".
const FEW: usize = 10;

/// Where own entries are.
#[derive(Debug, Default, Args)]
pub(crate) struct Own {
    /// Take own entries from this folder rather than from a .palisade beside or above PATH
    #[arg(long, global = true, value_name = "DIR", help_heading = "Reading")]
    pub(crate) catalogue: Option<PathBuf>,
}

/// A catalogue with own entries over it.
pub(crate) struct Loaded {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) changes: Changes,
    /// The texts of own entries by file.
    pub(crate) files: BTreeMap<String, String>,
}

impl Own {
    /// The catalogue for these inputs; none: for the current folder. What own entries change is told.
    pub(crate) fn load(&self, inputs: &[PathBuf], console: &Console) -> anyhow::Result<Loaded> {
        let folders = self.folders(inputs)?;
        let files = read(&folders)?;
        let loaded = overlay(files).map_err(|errors| unusable(&errors))?;
        if !loaded.changes.is_empty() {
            let folders: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
            console.note(format_args!(
                "own entries of {}: {}",
                folders.join(", "),
                told(&loaded.changes)
            ));
        }
        Ok(loaded)
    }

    /// The folders with own entries for these inputs.
    pub(crate) fn folders(&self, inputs: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
        if let Some(folder) = &self.catalogue {
            if !folder.is_dir() {
                return Err(Failure::new(
                    format!("`{}` is not a folder", folder.display()),
                    "name a folder that holds weaknesses/, steps/, controls/ …",
                ));
            }
            return Ok(vec![folder.clone()]);
        }
        let here = [PathBuf::from(".")];
        let inputs = if inputs.is_empty() { &here[..] } else { inputs };
        let mut folders: Vec<PathBuf> = Vec::new();
        for folder in inputs.iter().filter_map(|input| beside(input)) {
            let is_known = |known: &PathBuf| known.canonicalize().ok() == folder.canonicalize().ok();
            if !folders.iter().any(is_known) {
                folders.push(folder);
            }
        }
        Ok(folders)
    }
}

/// The folder with own entries beside an input, or above it.
fn beside(input: &Path) -> Option<PathBuf> {
    palisade_sources::beside(input, |folder| Some(folder.join(FOLDER)).filter(|own| own.is_dir()))
}

/// The texts of all entries below these folders, by the name of their file.
pub(crate) fn read(folders: &[PathBuf]) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for folder in folders {
        for entry in sorted(folder)? {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if entry.is_dir() {
                if EntryKind::of_folder(&name).is_some() {
                    kind(&entry, &mut files)?;
                } else if !name.starts_with('.') {
                    return Err(not_a_kind(&entry).into());
                }
            } else if is_yaml(&entry) {
                return Err(not_a_kind(&entry).into());
            }
        }
    }
    Ok(files)
}

/// The entries of one kind.
fn kind(folder: &Path, files: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
    for file in sorted(folder)?.into_iter().filter(|file| is_yaml(file)) {
        let shown = file.display().to_string().replace('\\', "/");
        let length = fs::metadata(&file)
            .with_context(|| format!("cannot read `{shown}`"))?
            .len();
        if length > LARGEST {
            let message = format!("`{shown}` is larger than an entry can be ({LARGEST} bytes)");
            return Err(Failure::new(message, "one entry a file; shorten its examples").into());
        }
        let bytes = fs::read(&file).with_context(|| format!("cannot read `{shown}`"))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Failure::new(
                format!("`{shown}` is no text: byte {at} is not UTF-8"),
                "save it as UTF-8",
            )
        })?;
        files.insert(shown, text);
    }
    Ok(())
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let reading = || format!("cannot read the folder `{}`", folder.display());
    let mut entries = fs::read_dir(folder)
        .with_context(reading)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .with_context(reading)?;
    entries.sort();
    Ok(entries)
}

fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    extension == "yaml" || extension == "yml"
}

fn not_a_kind(path: &Path) -> Failure {
    let kinds = EntryKind::ALL.map(EntryKind::folder).join("/, ");
    Failure::new(
        format!("`{}` is not where entries stand", path.display()),
        format!("entries stand in folders named after their kind: {kinds}/"),
    )
}

/// Lays own entries over the catalogue that comes with Palisade.
pub(crate) fn overlay(files: BTreeMap<String, String>) -> Result<Loaded, Vec<CatalogueError>> {
    let builtin = Catalogue::builtin().map_err(|error| vec![error])?;
    if files.is_empty() {
        return Ok(Loaded {
            catalogue: Arc::new(builtin),
            changes: Changes::default(),
            files,
        });
    }
    let texts = files.iter().map(|(name, text)| (&**name, &**text));
    let (catalogue, changes) = builtin.overlaid(texts)?;
    Ok(Loaded {
        catalogue: Arc::new(catalogue),
        changes,
        files,
    })
}

fn unusable(errors: &[CatalogueError]) -> Failure {
    let mut message = match errors.len() {
        1 => "an own entry can't be used".to_owned(),
        several => format!("own entries can't be used, for {several} reasons"),
    };
    for error in errors.iter().take(FEW) {
        message = format!("{message}\n  {error}");
        if !error.help.is_empty() {
            message = format!("{message} ({})", error.help);
        }
    }
    if errors.len() > FEW {
        message = format!("{message}\n  and {} more", errors.len() - FEW);
    }
    Failure::new(message, "`palisade catalogue lint` shows them all")
}

/// `2 added, 1 overridden, 1 disabled (PAL-W011)`.
pub(crate) fn told(changes: &Changes) -> String {
    let mut words = Vec::new();
    if !changes.added.is_empty() {
        words.push(format!("{} added", changes.added.len()));
    }
    for (what, list) in [("overridden", &changes.overridden), ("disabled", &changes.disabled)] {
        if !list.is_empty() {
            let ids: Vec<&str> = list.iter().map(|change| &*change.id).collect();
            words.push(format!("{} {what} ({})", list.len(), ids.join(", ")));
        }
    }
    words.join(", ")
}
