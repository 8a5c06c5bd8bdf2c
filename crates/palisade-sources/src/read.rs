//! The public face: inputs and options in, resources and coverage out.

use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;

use palisade_inventory::{Coverage, Resource};

use crate::inputs::Inputs;
use crate::paths::Place;
use crate::render::Renderers;
use crate::variants;

/// Where to read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input, `-` on the command line.
    Stdin,
    /// A file or a folder.
    Path(PathBuf),
    /// A file or a folder under another name than that of where it is: a copy of how it once was.
    Copy {
        /// Where it is.
        path: PathBuf,
        /// What it is a copy of.
        of: PathBuf,
    },
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("-"),
            Self::Path(path) | Self::Copy { of: path, .. } => path.display().fmt(f),
        }
    }
}

/// How to read.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Render every kustomization and chart that is found, not only those that are inputs themselves.
    pub render: bool,
    /// Keep everything as it is written: nothing is redacted, trimmed or shared, and what is defined twice stays twice.
    /// For verbs that compute on values and print none of them.
    pub as_written: bool,
    /// Told now and then how far the reading is.
    pub progress: Option<&'a dyn Fn(Progress)>,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("render", &self.render)
            .field("as_written", &self.as_written)
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

/// Reads all inputs, each as a root of its own.
///
/// # Errors
/// Only for an input that does not exist or can't be read; a file below a folder that can't be read is coverage.
pub fn read(inputs: &[Input], options: &Options<'_>) -> Result<Reading, SourceError> {
    let mut reader = Inputs::new(*options, Renderers::installed());
    for input in inputs {
        let result = match input {
            Input::Stdin => reader.stream("-", io::stdin().lock()),
            Input::Path(path) => reader.path(&Place::given(path)),
            Input::Copy { path, of } => reader.path(&Place::given(of).at(path)),
        };
        result.map_err(|source| SourceError::Unreadable {
            name: input.to_string(),
            source,
        })?;
    }
    Ok(finish(reader))
}

/// Reads one stream; `name` stands for the file in every position.
///
/// # Errors
/// Those of the stream.
pub fn read_from(name: &str, source: impl Read) -> Result<Reading, SourceError> {
    let mut reader = Inputs::new(Options::default(), Renderers::default());
    reader.stream(name, source).map_err(|source| SourceError::Unreadable {
        name: name.to_owned(),
        source,
    })?;
    Ok(finish(reader))
}

/// Reads bytes in memory; `name` stands for the file in every position.
pub fn read_bytes(name: &str, bytes: &[u8]) -> Reading {
    // Reading from memory does not fail.
    read_from(name, bytes).unwrap_or_default()
}

fn finish(reader: Inputs<'_>) -> Reading {
    let as_written = reader.loader.as_written;
    let (mut resources, mut coverage) = reader.loader.finish();
    if !as_written {
        resources = variants::settle(resources, &mut coverage);
    }
    resources.sort_by(|a, b| (&a.root, &a.origin).cmp(&(&b.root, &b.origin)));
    coverage.sort();
    Reading { resources, coverage }
}
