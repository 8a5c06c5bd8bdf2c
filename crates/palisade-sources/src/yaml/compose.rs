//! Events to nodes: anchors, aliases, merge keys, tags and duplicate keys as Kubernetes' YAML package treats them.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::sync::Arc;

use libyaml_safer::{EventData, ScalarStyle};
use palisade_inventory::{Entry, Map, Node, Position, Value};

use super::events::Events;
use super::indents::Indents;
use super::split::Budget;
use crate::document::{Block, DEEPEST, Document, Failure, ListHead, Receiver};
use crate::duplicates;
use crate::intern::Interner;
use crate::scalar::{Scalar, ScalarError};

/// Composes the documents of one stretch of text.
pub(super) struct Composer<'i, R> {
    events: Events<R>,
    interner: &'i mut Interner,
    anchors: HashMap<String, Anchor>,
    anchors_met: u64,
    expansion: Expansion,
    blocks: Vec<Block>,
    duplicates: Vec<Position>,
}

/// What an anchor names.
enum Anchor {
    /// The node it stands at is still being read; which one, as anchors can be redefined within it.
    Open(u64),
    /// A whole node and its size.
    Closed(Arc<Node>, Size),
}

/// The size of a node: nodes, and bytes of text.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: u64,
    bytes: u64,
}

/// Keeps aliases from blowing up a small text, by the rule of Go's YAML package.
#[derive(Default)]
struct Expansion {
    composed: u64,
    from_aliases: u64,
    copied: Size,
}

impl<'i, R: BufRead> Composer<'i, R> {
    pub(super) fn new(
        source: R,
        first_line: u32,
        budget: Budget,
        indents: Indents,
        interner: &'i mut Interner,
    ) -> Self {
        Self {
            events: Events::new(source, first_line, budget, indents),
            interner,
            anchors: HashMap::new(),
            anchors_met: 0,
            expansion: Expansion::default(),
            blocks: Vec::new(),
            duplicates: Vec::new(),
        }
    }

    /// Hands over every document; stops at the first failure.
    pub(super) fn documents(mut self, receiver: &mut dyn Receiver) -> Result<(), Failure> {
        self.events.renew_budget();
        loop {
            match self.events.next()? {
                (EventData::StreamEnd, _) => return Ok(()),
                (EventData::DocumentStart { .. }, _) => self.document(receiver)?,
                _ => {}
            }
        }
    }

    fn document(&mut self, receiver: &mut dyn Receiver) -> Result<(), Failure> {
        self.anchors.clear();
        self.expansion = Expansion::default();
        let mut streamed = None;
        let (event, position) = self.events.next()?;
        let node = match event {
            EventData::MappingStart { anchor: None, .. } => self.top_level(position, receiver, &mut streamed)?,
            event => self.node(event, position, 1)?,
        };
        let document = self.finish(node, receiver);
        receiver.document(document, streamed);
        Ok(())
    }

    /// The map of a document. The items of a list are handed over one by one, so that no list is ever held whole.
    fn top_level(
        &mut self,
        position: Position,
        receiver: &mut dyn Receiver,
        streamed: &mut Option<u64>,
    ) -> Result<Node, Failure> {
        let mut entries = Entries::default();
        let mut head = ListHead::default();
        loop {
            let (event, key_position) = self.events.next()?;
            if matches!(event, EventData::MappingEnd) {
                break;
            }
            let Some(key) = self.key(event, key_position, &mut entries, 1)? else {
                continue;
            };
            let (event, value_position) = self.events.next()?;
            let is_items = &*key == "items" && matches!(event, EventData::SequenceStart { anchor: None, .. });
            if is_items {
                let count = self.items(&head, receiver)?;
                *streamed = Some(streamed.unwrap_or(0) + count);
                continue;
            }
            let value = self.node(event, value_position, 2)?;
            match &*key {
                "apiVersion" => head.api_version = value.as_str().map(Into::into),
                "kind" => head.kind = value.as_str().map(Into::into),
                _ => {}
            }
            entries.push(key, key_position, value);
        }
        Ok(self.map(entries, position))
    }

    fn items(&mut self, head: &ListHead, receiver: &mut dyn Receiver) -> Result<u64, Failure> {
        let mut count = 0;
        loop {
            self.events.renew_budget();
            let (event, position) = self.events.next()?;
            if matches!(event, EventData::SequenceEnd) {
                return Ok(count);
            }
            let outer_blocks = std::mem::take(&mut self.blocks);
            let node = self.node(event, position, 1)?;
            let item = self.finish(node, receiver);
            receiver.item(item, head);
            self.blocks = outer_blocks;
            count += 1;
        }
    }

    fn finish(&mut self, node: Node, receiver: &mut dyn Receiver) -> Document {
        for position in self.duplicates.drain(..) {
            receiver.duplicate_key(position);
        }
        Document {
            node,
            blocks: std::mem::take(&mut self.blocks),
        }
    }

    fn node(&mut self, event: EventData, position: Position, depth: usize) -> Result<Node, Failure> {
        self.expansion.compose(position)?;
        match event {
            EventData::Alias { anchor } => self.alias(&anchor, position, depth),
            EventData::Scalar {
                anchor,
                tag,
                value,
                plain_implicit,
                style,
                ..
            } => {
                if style == ScalarStyle::Literal {
                    self.blocks.push(self.events.block(&value));
                }
                let scalar = Scalar {
                    text: &value,
                    tag: tag.as_deref(),
                    plain: plain_implicit,
                };
                let value = scalar.value().map_err(|error| scalar_failure(error, position))?;
                let node = Node::new(value, position);
                if let Some(anchor) = anchor {
                    self.close_anchor(anchor, None, &node, position)?;
                }
                Ok(node)
            }
            EventData::SequenceStart { anchor, .. } => {
                let open = self.open_anchor(anchor.as_deref());
                check_depth(position, depth)?;
                let mut items = Vec::new();
                loop {
                    let (event, position) = self.events.next()?;
                    if matches!(event, EventData::SequenceEnd) {
                        break;
                    }
                    items.push(self.node(event, position, depth + 1)?);
                }
                self.closed(Node::new(Value::List(items), position), anchor, open)
            }
            EventData::MappingStart { anchor, .. } => {
                let open = self.open_anchor(anchor.as_deref());
                check_depth(position, depth)?;
                let mut entries = Entries::default();
                loop {
                    let (event, key_position) = self.events.next()?;
                    if matches!(event, EventData::MappingEnd) {
                        break;
                    }
                    if let Some(key) = self.key(event, key_position, &mut entries, depth)? {
                        let (event, value_position) = self.events.next()?;
                        let value = self.node(event, value_position, depth + 1)?;
                        entries.push(key, key_position, value);
                    }
                }
                let node = self.map(entries, position);
                self.closed(node, anchor, open)
            }
            _ => Err(Failure::new(
                position,
                "yaml-syntax",
                "the document breaks off",
                "complete the document",
            )),
        }
    }

    /// Reads a key; a merge key is carried out at once and gives `None`.
    fn key(
        &mut self,
        event: EventData,
        position: Position,
        entries: &mut Entries,
        depth: usize,
    ) -> Result<Option<Arc<str>>, Failure> {
        let (text, tag, plain_implicit, anchor) = match event {
            EventData::Scalar {
                value,
                tag,
                plain_implicit,
                anchor,
                ..
            } => (value, tag, plain_implicit, anchor),
            EventData::Alias { anchor } => match self.alias(&anchor, position, depth)?.value {
                Value::Text(text) => (text.into_string(), Some(String::new()), false, None),
                Value::Int(number) => (number.to_string(), Some(String::new()), false, None),
                Value::Bool(value) => (value.to_string(), Some(String::new()), false, None),
                _ => return Err(key_failure(position)),
            },
            _ => return Err(key_failure(position)),
        };
        let scalar = Scalar {
            text: &text,
            tag: tag.as_deref(),
            plain: plain_implicit,
        };
        if scalar.is_merge() {
            let (event, value_position) = self.events.next()?;
            let merged = self.node(event, value_position, depth + 1)?;
            entries.merge(merged)?;
            return Ok(None);
        }
        let key = scalar.key().map_err(|error| scalar_failure(error, position))?;
        let key = self.interner.intern(&key);
        if let Some(anchor) = anchor {
            let value = scalar.value().map_err(|error| scalar_failure(error, position))?;
            self.close_anchor(anchor, None, &Node::new(value, position), position)?;
        }
        Ok(Some(key))
    }

    fn map(&mut self, entries: Entries, position: Position) -> Node {
        Node::new(Value::Map(entries.finish(&mut self.duplicates)), position)
    }

    fn open_anchor(&mut self, anchor: Option<&str>) -> u64 {
        if let Some(anchor) = anchor {
            self.anchors_met += 1;
            self.anchors.insert(anchor.to_owned(), Anchor::Open(self.anchors_met));
        }
        self.anchors_met
    }

    fn closed(&mut self, node: Node, anchor: Option<String>, open: u64) -> Result<Node, Failure> {
        if let Some(anchor) = anchor {
            let position = node.position;
            self.close_anchor(anchor, Some(open), &node, position)?;
        }
        Ok(node)
    }

    /// Remembers what an anchor names, unless the anchor was given to another node meanwhile.
    fn close_anchor(
        &mut self,
        anchor: String,
        open: Option<u64>,
        node: &Node,
        position: Position,
    ) -> Result<(), Failure> {
        let redefined =
            open.is_some_and(|open| !matches!(self.anchors.get(&anchor), Some(Anchor::Open(id)) if *id == open));
        if redefined {
            return Ok(());
        }
        let size = Size::of(node);
        self.expansion.copy(size, position)?;
        self.anchors
            .insert(anchor, Anchor::Closed(Arc::new(node.clone()), size));
        Ok(())
    }

    fn alias(&mut self, anchor: &str, position: Position, depth: usize) -> Result<Node, Failure> {
        let help = "define the anchor before its alias, outside of itself";
        match self.anchors.get(anchor) {
            None => Err(Failure::new(
                position,
                "yaml-alias",
                "an alias of an anchor that is not defined",
                help,
            )),
            Some(Anchor::Open(_)) => Err(Failure::new(
                position,
                "yaml-alias",
                "an alias that contains itself",
                help,
            )),
            Some(Anchor::Closed(node, size)) => {
                self.expansion.alias(*size, position)?;
                if depth + depth_of(node) > DEEPEST + 1 {
                    return Err(Failure::too_deep(position));
                }
                Ok(Node::clone(node))
            }
        }
    }
}

/// The entries of a map while it is read.
#[derive(Default)]
struct Entries {
    entries: Vec<Entry>,
    /// Keys that came from a merge key: they may be overwritten without a word.
    merged: HashSet<Position>,
}

impl Entries {
    fn push(&mut self, key: Arc<str>, key_position: Position, value: Node) {
        self.entries.push(Entry {
            key,
            key_position,
            value,
        });
    }

    /// `<<`: the maps' entries are set here and now; of several maps the first counts.
    fn merge(&mut self, merged: Node) -> Result<(), Failure> {
        let maps = match merged.value {
            Value::Map(_) => vec![merged],
            Value::List(maps) => maps.into_iter().rev().collect(),
            _ => return Err(merge_failure(merged.position)),
        };
        for map in maps {
            let Value::Map(mut map_entries) = map.value else {
                return Err(merge_failure(map.position));
            };
            for entry in map_entries.entries_mut().drain(..) {
                self.merged.insert(entry.key_position);
                self.entries.push(entry);
            }
        }
        Ok(())
    }

    /// The map: of entries with one key the last counts.
    fn finish(self, duplicates: &mut Vec<Position>) -> Map {
        let Self { mut entries, merged } = self;
        duplicates::keep_last(&mut entries, |position| {
            if !merged.contains(&position) {
                duplicates.push(position);
            }
        });
        Map::new(entries)
    }
}

impl Size {
    fn of(node: &Node) -> Self {
        let mut size = Self { nodes: 1, bytes: 0 };
        match &node.value {
            Value::Text(text) => size.bytes = text.len() as u64,
            Value::List(items) => items.iter().for_each(|item| size.add(Self::of(item))),
            Value::Map(map) => map.entries().iter().for_each(|entry| {
                size.add(Self::of(&entry.value));
                size.nodes += 1;
            }),
            _ => {}
        }
        size
    }

    fn add(&mut self, other: Self) {
        self.nodes += other.nodes;
        self.bytes += other.bytes;
    }
}

fn check_depth(position: Position, depth: usize) -> Result<(), Failure> {
    if depth > DEEPEST {
        return Err(Failure::too_deep(position));
    }
    Ok(())
}

fn depth_of(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Value::Map(map) => {
            1 + map
                .entries()
                .iter()
                .map(|entry| depth_of(&entry.value))
                .max()
                .unwrap_or(0)
        }
        _ => 0,
    }
}

impl Expansion {
    /// Bytes of text that aliases and anchors of one document may copy.
    const MOST_BYTES: u64 = 32 << 20;

    fn compose(&mut self, position: Position) -> Result<(), Failure> {
        self.composed += 1;
        self.check(position)
    }

    fn alias(&mut self, size: Size, position: Position) -> Result<(), Failure> {
        self.composed += size.nodes;
        self.from_aliases += size.nodes;
        self.copied.bytes += size.bytes;
        self.check(position)
    }

    fn copy(&mut self, size: Size, position: Position) -> Result<(), Failure> {
        self.copied.add(size);
        self.check(position)
    }

    fn check(&self, position: Position) -> Result<(), Failure> {
        let Self {
            composed,
            from_aliases,
            copied,
        } = self;
        #[expect(clippy::cast_precision_loss, reason = "a ratio")]
        let share = *from_aliases as f64 / *composed as f64;
        let excessive = *from_aliases > 100 && *composed > 1000 && share > allowed_share(*composed);
        // Nested anchors each keep a copy of what is below them.
        let nested = copied.nodes > 100_000 && copied.nodes > composed.saturating_mul(10);
        if excessive || nested || copied.bytes > Self::MOST_BYTES {
            let help = "write the repeated parts out";
            return Err(Failure::new(
                position,
                "yaml-aliases",
                "aliases that expand to far more than the text",
                help,
            ));
        }
        Ok(())
    }
}

/// The share of nodes that may come from aliases: 99 % in small documents, falling to 10 % at four million nodes.
fn allowed_share(composed: u64) -> f64 {
    const LOW: u64 = 400_000;
    const HIGH: u64 = 4_000_000;
    if composed <= LOW {
        0.99
    } else if composed >= HIGH {
        0.10
    } else {
        #[expect(clippy::cast_precision_loss, reason = "a ratio of small numbers")]
        let way = (composed - LOW) as f64 / (HIGH - LOW) as f64;
        0.99 - 0.89 * way
    }
}

fn scalar_failure(error: ScalarError, position: Position) -> Failure {
    let (code, reason) = match error {
        ScalarError::TagMismatch => ("yaml-tag", "a value that is not of the type its tag names"),
        ScalarError::NotInJson => (
            "yaml-value",
            "a number that Kubernetes can't hold (infinite or not a number)",
        ),
        ScalarError::UnsupportedKey => (
            "yaml-key",
            "a key that Kubernetes can't hold (null or too large a number)",
        ),
        ScalarError::InvalidBinary => ("yaml-tag", "a value tagged `!!binary` that is not base64"),
    };
    Failure::new(position, code, reason, "correct the value; Kubernetes refuses it too")
}

fn key_failure(position: Position) -> Failure {
    let help = "quote the key if braces are meant as text";
    Failure::new(position, "yaml-key", "a key that is a map or a list", help)
}

fn merge_failure(position: Position) -> Failure {
    let help = "merge maps only";
    Failure::new(
        position,
        "yaml-merge",
        "a merge key (`<<`) over something that is no map",
        help,
    )
}
