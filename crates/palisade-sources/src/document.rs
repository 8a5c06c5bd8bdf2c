//! What the parsers hand over: documents and items of lists, one at a time.

use palisade_inventory::{Node, Position};

/// Containers nested deeper than this are refused; Kubernetes' own kinds stay below thirty.
pub(crate) const DEEPEST: usize = 100;

/// One document, or one item of a list, larger than this many bytes is refused. Kubernetes itself refuses objects above 3 MB.
pub(crate) const LARGEST: usize = 64 << 20;

/// A document, or an item of a list.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The content as written: nothing is redacted yet.
    pub(crate) node: Node,
    /// Its literal block scalars, in order.
    pub(crate) blocks: Vec<Block>,
}

/// A literal block scalar (`|`): the lines of its text are lines of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Where it stands.
    pub(crate) position: Position,
    /// The column at which its text begins, on the line below.
    pub(crate) column: u32,
}

/// Where the text of the block scalar that stands at a position begins, if one does.
pub(crate) fn text_of_block(blocks: &[Block], position: Position) -> Option<Position> {
    let index = blocks.binary_search_by_key(&position, |block| block.position).ok()?;
    let line = position.line.saturating_add(1);
    Some(Position::new(line, blocks.get(index)?.column))
}

/// What is known of a list when one of its items is met: empty where it has not been read yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListHead {
    /// The list's `apiVersion`.
    pub(crate) api_version: Option<Box<str>>,
    /// The list's `kind`.
    pub(crate) kind: Option<Box<str>>,
}

/// A document that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Where.
    pub(crate) position: Position,
    /// The stable code.
    pub(crate) code: &'static str,
    /// What is wrong; never quotes the text.
    pub(crate) reason: String,
    /// What to do about it.
    pub(crate) help: &'static str,
}

impl Failure {
    /// A failure with its help.
    pub(crate) fn new(position: Position, code: &'static str, reason: impl Into<String>, help: &'static str) -> Self {
        Self {
            position,
            code,
            reason: reason.into(),
            help,
        }
    }

    /// Nested deeper than [`DEEPEST`].
    pub(crate) fn too_deep(position: Position) -> Self {
        let reason = format!("nested more than {DEEPEST} levels deep");
        Self::new(position, "too-deep", reason, "flatten the document")
    }

    /// Larger than [`LARGEST`].
    pub(crate) fn too_large(position: Position) -> Self {
        let reason = format!("a single document or list item above {} MiB", LARGEST >> 20);
        Self::new(position, "too-large", reason, "split the document")
    }
}

/// Takes what the parsers read, in the order of the text.
pub(crate) trait Receiver {
    /// An item of a top-level `items` list.
    fn item(&mut self, item: Document, list: &ListHead);
    /// A document; `items` of its own items were handed over before.
    fn document(&mut self, document: Document, items: Option<u64>);
    /// A document that could not be read, in whole or from here on.
    fn failed(&mut self, failure: Failure);
    /// A key stands twice in one map; the last one counts.
    fn duplicate_key(&mut self, position: Position);
}
