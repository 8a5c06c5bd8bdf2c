//! What is wrong with a file of intent: all of it, each with the place where it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use palisade_inventory::{FieldPath, Node, Position, Segment};
use thiserror::Error;

/// A mistake in a file of intent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct IntentError {
    /// The file.
    pub file: String,
    /// Where in the file.
    pub position: Position,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
}

impl fmt::Display for IntentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.position, self.message)
    }
}

/// Where something is wrong.
#[derive(Debug)]
pub(super) enum Spot {
    /// At a field.
    Field(FieldPath),
    /// At the key of a field.
    Key(FieldPath),
    /// At a place that belongs to no field.
    Text(Position),
}

/// Something wrong.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: Spot,
    pub(super) message: String,
    pub(super) help: String,
}

/// Collects what is wrong with what could be read.
pub(super) struct Faults<'a> {
    /// What was left out for being wrong: items of lists have moved up by as much.
    left_out: &'a BTreeSet<FieldPath>,
    found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    pub(super) fn new(left_out: &'a BTreeSet<FieldPath>) -> Self {
        Self {
            left_out,
            found: Vec::new(),
        }
    }

    /// Something is wrong at a field, which is written as [`FieldPath::parse`] reads it, and what to do about it.
    pub(super) fn add(&mut self, at: &str, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(Fault {
            at: Spot::Field(self.written(&FieldPath::parse(at))),
            message: message.into(),
            help: help.into(),
        });
    }

    /// A path in what could be read, as a path in the document.
    fn written(&self, read: &FieldPath) -> FieldPath {
        let mut path = FieldPath::root();
        for segment in read.segments() {
            path = match segment {
                Segment::Key(key) => path.child(&**key),
                Segment::Index(index) => {
                    let mut items = (0..).filter(|item| !self.left_out.contains(&path.child(*item)));
                    let item = items.nth(*index).unwrap_or(*index);
                    path.child(item)
                }
            };
        }
        path
    }

    pub(super) fn found(self) -> Vec<Fault> {
        self.found
    }

    /// A text that must say something and does not.
    pub(super) fn empty(&mut self, at: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(at, "this is empty", "say something here, or leave the key out");
        }
    }

    /// Names that must differ.
    pub(super) fn repeated<'n>(&mut self, list: &str, field: &str, names: impl Iterator<Item = &'n str>) {
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, name) in names.enumerate() {
            match first.get(name) {
                Some(_) => self.add(
                    &format!("{list}[{index}].{field}"),
                    format!("`{name}` stands twice under `{list}`"),
                    "put what is said of it into one item",
                ),
                None => {
                    first.insert(name, index);
                }
            }
        }
    }
}

/// The faults as errors, in the order of the file.
pub(super) fn errors(file: &str, document: &Node, faults: Vec<Fault>) -> Vec<IntentError> {
    let mut errors: Vec<IntentError> = faults
        .into_iter()
        .map(|fault| IntentError {
            file: file.to_owned(),
            position: match &fault.at {
                Spot::Field(path) => place(document, path),
                Spot::Key(path) => document.locate(path),
                Spot::Text(position) => *position,
            },
            message: fault.message,
            help: fault.help,
        })
        .collect();
    errors.sort_by(|a, b| (a.position, &a.message).cmp(&(b.position, &b.message)));
    errors
}

/// Where a value stands; the item for what is missing in an item.
fn place(document: &Node, path: &FieldPath) -> Position {
    match document.lookup(path) {
        Some(node) if node.as_map().is_none() && node.as_list().is_none() => node.position,
        _ => document.locate(path),
    }
}
