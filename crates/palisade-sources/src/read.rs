//! The public face: inputs and options in, resources and coverage out.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use palisade_inventory::{Coverage, Resource, Root, RootKind};

use crate::load::Loader;

/// Where to read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input, `-` on the command line.
    Stdin,
    /// A file or a folder.
    Path(PathBuf),
}

/// How to read.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Render every kustomization and chart that is found, not only those that are inputs themselves.
    pub render: bool,
    /// Told now and then how far the reading is.
    pub progress: Option<&'a dyn Fn(Progress)>,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("render", &self.render)
            .finish_non_exhaustive()
    }
}

/// How far a reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files read to their end.
    pub files_read: u64,
    /// Files there are, so far as is known.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The resources, ordered by root, file and position.
    pub resources: Vec<Resource>,
    /// How much was understood and what was not.
    pub coverage: Coverage,
}

/// Input that can't be read at all. Everything less is coverage.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// An input can't be opened or read.
    #[error("cannot read `{name}`")]
    Unreadable {
        /// The input as the user named it.
        name: String,
        /// Why.
        source: io::Error,
    },
}

/// Reads all inputs.
///
/// # Errors
/// Only for an input that does not exist or can't be read; a file below a folder that can't be read is coverage.
pub fn read(inputs: &[Input], _options: &Options<'_>) -> Result<Reading, SourceError> {
    let mut loader = Loader::default();
    for input in inputs {
        match input {
            Input::Stdin => read_into(&mut loader, "-", io::stdin().lock())?,
            Input::Path(path) => {
                let name = path.display().to_string();
                let file = File::open(path).map_err(|source| SourceError::Unreadable {
                    name: name.clone(),
                    source,
                })?;
                read_into(&mut loader, &name, file)?;
            }
        }
    }
    Ok(finish(loader))
}

/// Reads one stream; `name` stands for the file in every position.
///
/// # Errors
/// Those of the stream.
pub fn read_from(name: &str, source: impl Read) -> Result<Reading, SourceError> {
    let mut loader = Loader::default();
    read_into(&mut loader, name, source)?;
    Ok(finish(loader))
}

/// Reads bytes in memory; `name` stands for the file in every position.
pub fn read_bytes(name: &str, bytes: &[u8]) -> Reading {
    // Reading from memory does not fail.
    read_from(name, bytes).unwrap_or_default()
}

fn read_into(loader: &mut Loader, name: &str, source: impl Read) -> Result<(), SourceError> {
    let root = Root {
        name: name.into(),
        kind: RootKind::Given,
    };
    loader
        .read(&name.into(), &Arc::new(root), source)
        .map_err(|source| SourceError::Unreadable {
            name: name.to_owned(),
            source,
        })
}

fn finish(loader: Loader) -> Reading {
    let (resources, mut coverage) = loader.finish();
    coverage.sort();
    Reading { resources, coverage }
}
