//! What is wrong with entries: all of it, each with the place where it is written.

use std::collections::BTreeMap;
use std::fmt;

use palisade_inventory::{FieldPath, Position, offer};
use thiserror::Error;

use super::place;
use crate::kind::EntryKind;

/// An entry that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct CatalogueError {
    /// The entry's file.
    pub file: String,
    /// Where in the file, where that is known.
    pub position: Option<Position>,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
}

impl CatalogueError {
    /// An error about a whole file.
    pub(super) fn new(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            position: None,
            message: message.into(),
            help: String::new(),
        }
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{}:{position}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// Something wrong with an entry.
#[derive(Debug)]
struct Fault {
    at: FieldPath,
    message: String,
    help: String,
    /// It names an entry that is not there.
    is_reference: bool,
}

/// Everything that is wrong with one entry.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// Something is wrong at a field, which is written as [`FieldPath::parse`] reads it.
    pub(super) fn add(&mut self, at: &str, message: impl Into<String>) {
        self.with_help(at, message, "");
    }

    /// The same, and what to do about it.
    pub(super) fn with_help(&mut self, at: &str, message: impl Into<String>, help: impl Into<String>) {
        self.0.push(Fault {
            at: FieldPath::parse(at),
            message: message.into(),
            help: help.into(),
            is_reference: false,
        });
    }

    /// A field names something that is not there; `help` is what may have been meant.
    pub(super) fn dangling(&mut self, at: &str, message: impl Into<String>, help: impl Into<String>) {
        self.with_help(at, message, help);
        if let Some(fault) = self.0.last_mut() {
            fault.is_reference = true;
        }
    }

    /// Each of the ids in a list must be one of an entry.
    pub(super) fn unknown<'a, T>(
        &mut self,
        field: &str,
        entries: &BTreeMap<String, T>,
        ids: impl IntoIterator<Item = &'a String>,
    ) {
        for (index, id) in ids.into_iter().enumerate() {
            if !entries.contains_key(id) {
                let help = offer(id, entries.keys().map(String::as_str));
                self.dangling(
                    &format!("{field}[{index}]"),
                    format!("`{field}`: there is no entry `{id}`"),
                    help,
                );
            }
        }
    }

    /// The faults of an entry as errors: with file and position where its text is at hand. Of the others, which were
    /// right before, only what no longer leads anywhere is told.
    pub(super) fn into_errors<'a>(
        self,
        kind: EntryKind,
        id: &'a str,
        written: Option<(&'a str, &'a str)>,
    ) -> impl Iterator<Item = CatalogueError> + 'a {
        let told = move |fault: &Fault| written.is_some() || fault.is_reference;
        self.0.into_iter().filter(told).map(move |fault| match written {
            Some((file, text)) => CatalogueError {
                file: file.to_owned(),
                position: place::of(text, &fault.at),
                message: fault.message,
                help: fault.help,
            },
            None => CatalogueError {
                file: format!("{kind}/{id} (built in)"),
                position: None,
                message: fault.message,
                help: fault.help,
            },
        })
    }
}
