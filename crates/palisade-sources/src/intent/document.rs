//! The one document of a file of intent.

use std::io::Cursor;

use palisade_inventory::{Node, Position};

use super::fault::{Fault, Spot};
use crate::document::{Document, Failure, ListHead, Receiver};
use crate::intern::Interner;
use crate::yaml;

/// Larger files are refused: nobody writes as much by hand.
const LARGEST: usize = 1 << 20;

/// The document, and what is wrong with the file around it.
pub(super) fn document(text: &[u8]) -> Result<(Node, Vec<Fault>), Failure> {
    if text.len() > LARGEST {
        let reason = format!("the file is larger than intent can be ({LARGEST} bytes)");
        return Err(Failure::new(Position::default(), "too-large", reason, "shorten it"));
    }
    let text = text.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(text);
    let mut one = One::default();
    // Reading from memory does not fail.
    let _ = yaml::read(Cursor::new(text), 0, &mut Interner::default(), &mut one);
    match one.failure {
        Some(failure) => Err(failure),
        None => Ok((one.document.unwrap_or_default(), one.faults)),
    }
}

#[derive(Default)]
struct One {
    document: Option<Node>,
    failure: Option<Failure>,
    faults: Vec<Fault>,
}

impl One {
    fn wrong(&mut self, position: Position, message: &str, help: &str) {
        self.faults.push(Fault {
            at: Spot::Text(position),
            message: message.to_owned(),
            help: help.to_owned(),
        });
    }
}

impl Receiver for One {
    fn item(&mut self, item: Document, _: &ListHead) {
        self.wrong(item.node.position, "`items` is not a key that is known here", "");
    }

    fn document(&mut self, document: Document, _: Option<u64>) {
        if document.node.is_null() {
            return;
        }
        if self.document.is_some() {
            let position = document.node.position;
            self.wrong(
                position,
                "a second document begins here",
                "take the `---` away: intent is one document",
            );
        } else {
            self.document = Some(document.node);
        }
    }

    fn failed(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    fn duplicate_key(&mut self, position: Position) {
        self.wrong(position, "this key stands twice in one map", "keep one of the two");
    }
}
