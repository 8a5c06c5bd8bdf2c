//! One JSON value to a node with positions. What is dropped later anyway is skipped here without being built.

use jiter::{Jiter, JiterError, Peek};
use palisade_inventory::{Entry, Map, Node, Position, Value};

use super::place::Places;
use super::values::{SYNTAX, SYNTAX_HELP};
use crate::document::{Failure, Receiver};
use crate::duplicates;
use crate::intern::Interner;
use crate::kinds;
use crate::recognise::METADATA;

/// Which part of a Kubernetes object a map is, so far as that tells what need not be built.
#[derive(Clone, Debug, Default)]
pub(super) enum Shape {
    /// An object whose kind is not known yet.
    #[default]
    Object,
    /// An object of this kind.
    ObjectOf(&'static [&'static str]),
    /// `metadata`.
    Metadata,
    /// `status`, of which only these fields count.
    Status(&'static [&'static str]),
    /// Anything else.
    Other,
}

impl Shape {
    /// The kind became known.
    pub(super) fn set_kind(&mut self, kind: &str) {
        if let Self::Object | Self::ObjectOf(_) = self {
            *self = Self::ObjectOf(kinds::kept_status(kind));
        }
    }

    /// The shape of what stands under `key`.
    pub(super) fn below(&self, key: &str) -> Self {
        match (self, key) {
            (Self::Object | Self::ObjectOf(_), "metadata") => Self::Metadata,
            (Self::ObjectOf(kept), "status") => Self::Status(kept),
            _ => Self::Other,
        }
    }

    fn drops(&self, key: &str) -> bool {
        match self {
            Self::Metadata => !METADATA.contains(&key),
            Self::Status(kept) => !kept.contains(&key),
            _ => false,
        }
    }
}

/// Composes the value that `bytes` hold; they stand at `position`. Gives the position behind them as well.
pub(super) fn compose(
    bytes: &[u8],
    position: Position,
    shape: &Shape,
    interner: &mut Interner,
    receiver: &mut dyn Receiver,
) -> Result<(Node, Position), Failure> {
    Composer::new(bytes, position, interner, receiver)
        .whole(shape)
        .or_else(|failure| match repaired(bytes) {
            // Kubernetes replaces what is no Unicode instead of refusing it.
            Some(bytes) => Composer::new(&bytes, position, interner, receiver).whole(shape),
            None => Err(failure),
        })
}

struct Composer<'j, 'a> {
    json: Jiter<'j>,
    bytes: &'j [u8],
    places: Places<'j>,
    interner: &'a mut Interner,
    receiver: &'a mut dyn Receiver,
    /// Where a number stands that no 64-bit float holds.
    overflow: Option<Position>,
    /// Entries and items of everything that is still open, innermost last: each map and list is allocated once, at its size.
    entries: Vec<Entry>,
    items: Vec<Node>,
}

impl<'j, 'a> Composer<'j, 'a> {
    fn new(bytes: &'j [u8], position: Position, interner: &'a mut Interner, receiver: &'a mut dyn Receiver) -> Self {
        Self {
            json: Jiter::new(bytes),
            bytes,
            places: Places::new(bytes, position),
            interner,
            receiver,
            overflow: None,
            entries: Vec::new(),
            items: Vec::new(),
        }
    }

    fn whole(mut self, shape: &Shape) -> Result<(Node, Position), Failure> {
        let start = self.places.locate(0);
        let node = self.peek_and_compose(shape);
        match (node, self.overflow) {
            (Ok(node), None) if self.json.finish().is_ok() => Ok((node, self.places.end())),
            (Ok(_), Some(position)) => {
                let help = "correct the value; Kubernetes refuses it too";
                Err(Failure::new(
                    position,
                    "json-value",
                    "a number that Kubernetes can't hold",
                    help,
                ))
            }
            (Ok(_), None) => Err(Failure::new(start, SYNTAX, REASON, SYNTAX_HELP)),
            (Err(error), _) => {
                let position = self.places.locate(error.index);
                Err(Failure::new(position, SYNTAX, REASON, SYNTAX_HELP))
            }
        }
    }

    fn peek_and_compose(&mut self, shape: &Shape) -> Result<Node, JiterError> {
        let peek = self.json.peek()?;
        let position = self.places.locate(self.json.current_index());
        self.node(peek, position, shape)
    }

    fn node(&mut self, peek: Peek, position: Position, shape: &Shape) -> Result<Node, JiterError> {
        let value = match peek {
            Peek::Null => {
                self.json.known_null()?;
                Value::Null
            }
            Peek::True | Peek::False => Value::Bool(self.json.known_bool(peek)?),
            Peek::String => Value::Text(self.json.known_str()?.into()),
            Peek::Array => Value::List(self.list()?),
            Peek::Object => Value::Map(self.map(shape.clone())?),
            _ => self.number(peek, position)?,
        };
        Ok(Node::new(value, position))
    }

    fn number(&mut self, peek: Peek, position: Position) -> Result<Value, JiterError> {
        let digits = str::from_utf8(self.json.known_number_bytes(peek)?).unwrap_or_default();
        if let Ok(value) = digits.parse::<i64>() {
            return Ok(Value::Int(value));
        }
        let value = digits.parse::<f64>().unwrap_or(f64::INFINITY);
        if !value.is_finite() {
            self.overflow = self.overflow.or(Some(position));
        }
        Ok(Value::Float(value))
    }

    fn list(&mut self) -> Result<Vec<Node>, JiterError> {
        let start = self.items.len();
        let mut next = self.json.known_array()?;
        while let Some(peek) = next {
            let position = self.places.locate(self.json.current_index());
            let item = self.node(peek, position, &Shape::Other)?;
            self.items.push(item);
            next = self.json.array_step()?;
        }
        Ok(self.items.drain(start..).collect())
    }

    fn map(&mut self, mut shape: Shape) -> Result<Map, JiterError> {
        let start = self.entries.len();
        let mut key_position = self.key_position(1);
        let mut next = self.json.known_object()?.map(|key| self.interner.intern(key));
        while let Some(key) = next {
            if shape.drops(&key) {
                self.json.next_skip()?;
            } else {
                let value = self.peek_and_compose(&shape.below(&key))?;
                if let (Shape::Object, "kind", Some(kind)) = (&shape, &*key, value.as_str()) {
                    shape.set_kind(kind);
                }
                self.entries.push(Entry {
                    key,
                    key_position,
                    value,
                });
            }
            key_position = self.key_position(0);
            next = self.json.next_key()?.map(|key| self.interner.intern(key));
        }
        let mut entries = self.entries.drain(start..).collect();
        duplicates::keep_last(&mut entries, |position| self.receiver.duplicate_key(position));
        Ok(Map::new(entries))
    }

    /// Where the next key's quote stands, `ahead` bytes or more from here.
    fn key_position(&mut self, ahead: usize) -> Position {
        let from = self.json.current_index() + ahead;
        let rest = self.bytes.get(from..).unwrap_or_default();
        let blank = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','))
            .count();
        self.places.locate(from + blank)
    }
}

const REASON: &str = "something else than JSON expects here";

/// The text with everything that is no Unicode replaced, if there is anything to replace.
fn repaired(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let mut repaired = text.clone().into_owned().into_bytes();
    let mut is_changed = matches!(text, std::borrow::Cow::Owned(_));
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', repaired.get(at..)?) {
        let escape = at + found;
        match code_unit(&repaired, escape) {
            Some(0xd800..=0xdbff) if matches!(code_unit(&repaired, escape + 6), Some(0xdc00..=0xdfff)) => {
                at = escape + 12;
            }
            Some(0xd800..=0xdfff) => {
                repaired.get_mut(escape + 2..escape + 6)?.copy_from_slice(b"fffd");
                is_changed = true;
                at = escape + 6;
            }
            _ => at = (escape + 2).min(repaired.len()),
        }
    }
    is_changed.then_some(repaired)
}

/// The code unit that the escape `\uXXXX` at `at` names.
fn code_unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}
