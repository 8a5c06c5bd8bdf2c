//! Whole small files as nodes, for build instructions that this crate itself follows.

use std::io::Cursor;

use palisade_inventory::{Node, Position};

use crate::document::{Document, Failure, ListHead, Receiver};
use crate::intern::Interner;

#[derive(Default)]
struct Nodes {
    nodes: Vec<Node>,
    failure: Option<Failure>,
}

impl Receiver for Nodes {
    fn item(&mut self, _: Document, _: &ListHead) {}

    fn document(&mut self, document: Document, _: Option<u64>) {
        self.nodes.push(document.node);
    }

    fn failed(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    fn duplicate_key(&mut self, _: Position) {}
}

/// The first document of a text.
pub(crate) fn first(text: &[u8]) -> Result<Node, Failure> {
    let text = text.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(text);
    let mut nodes = Nodes::default();
    // Reading from memory does not fail.
    let _ = super::read(Cursor::new(text), 0, &mut Interner::default(), &mut nodes);
    match nodes.failure {
        Some(failure) => Err(failure),
        None => Ok(nodes.nodes.into_iter().find(|node| !node.is_null()).unwrap_or_default()),
    }
}
