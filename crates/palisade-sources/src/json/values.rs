//! Walks the top level of JSON values: finds where each field and each list item ends before anything is built.

use std::io::{self, Read};

use palisade_inventory::{Entry, Map, Node, Value};

use super::compose::{self, Shape};
use super::window::Window;
use crate::document::{DEEPEST, Document, Failure, ListHead, Receiver};
use crate::intern::Interner;

/// Why reading stopped.
pub(super) enum Stop {
    /// A YAML separator on this line.
    Separator(u32),
    /// Not JSON.
    Failure(Box<Failure>),
    /// The stream broke.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(Box::new(failure))
    }
}

/// The values of a stream.
pub(super) struct Values<'a, R> {
    window: &'a mut Window<R>,
    interner: &'a mut Interner,
    receiver: &'a mut dyn Receiver,
}

/// The end of a value, and how deep it nests.
struct Extent {
    length: usize,
    depth: usize,
}

impl<'a, R: Read> Values<'a, R> {
    pub(super) fn new(window: &'a mut Window<R>, interner: &'a mut Interner, receiver: &'a mut dyn Receiver) -> Self {
        Self {
            window,
            interner,
            receiver,
        }
    }

    /// Reads the next value of the stream; false at its end.
    pub(super) fn next_value(&mut self) -> Result<bool, Stop> {
        match self.next_byte()? {
            None => Ok(false),
            Some(b'{') => {
                self.object()?;
                Ok(true)
            }
            Some(b'-') => {
                self.window.fill(3)?;
                if self.window.held().starts_with(b"---") && self.window.position().column == 0 {
                    return Err(Stop::Separator(self.window.position().line));
                }
                Err(self.unexpected())
            }
            Some(_) => Err(self.unexpected()),
        }
    }

    fn object(&mut self) -> Result<(), Stop> {
        let position = self.window.position();
        self.window.skip(1);
        let mut entries: Vec<Entry> = Vec::new();
        let mut head = ListHead::default();
        let mut streamed = None;
        let mut first = true;
        let mut shape = Shape::default();
        loop {
            match self.next_byte()? {
                Some(b'}') => break,
                Some(b',') if !first => self.window.skip(1),
                Some(_) if first => {}
                _ => return Err(self.unexpected()),
            }
            first = false;
            if self.next_byte()? != Some(b'"') {
                return Err(self.unexpected());
            }
            let key_position = self.window.position();
            let Value::Text(key) = self.value(&Shape::Other)??.value else {
                return Err(self.unexpected());
            };
            if self.next_byte()? != Some(b':') {
                return Err(self.unexpected());
            }
            self.window.skip(1);
            let byte = self.next_byte()?;
            if &*key == "items" && byte == Some(b'[') {
                let count = self.items(&head)?;
                streamed = Some(streamed.unwrap_or(0) + count);
                continue;
            }
            let value = self.value(&shape.below(&key))??;
            match (&*key, &value.value) {
                ("apiVersion", Value::Text(text)) => head.api_version = Some(text.clone()),
                ("kind", Value::Text(text)) => {
                    head.kind = Some(text.clone());
                    shape.set_kind(text);
                }
                _ => {}
            }
            let key = self.interner.intern(&key);
            if let Some(earlier) = entries.iter().position(|entry| entry.key == key) {
                let earlier = entries.remove(earlier);
                self.receiver.duplicate_key(earlier.key_position);
            }
            entries.push(Entry {
                key,
                key_position,
                value,
            });
        }
        self.window.skip(1);
        let node = Node::new(Value::Map(Map::new(entries)), position);
        self.receiver.document(document(node), streamed);
        Ok(())
    }

    fn items(&mut self, head: &ListHead) -> Result<u64, Stop> {
        self.window.skip(1);
        let mut count = 0;
        loop {
            match self.next_byte()? {
                Some(b']') => break,
                Some(b',') if count > 0 => self.window.skip(1),
                Some(_) if count == 0 => {}
                _ => return Err(self.unexpected()),
            }
            if self.next_byte()?.is_none() {
                return Err(self.unexpected());
            }
            // A bad item does not take its list along: where it ends is known.
            match self.value(&Shape::default())? {
                Ok(node) => self.receiver.item(document(node), head),
                Err(failure) => self.receiver.failed(failure),
            }
            count += 1;
        }
        self.window.skip(1);
        Ok(count)
    }

    /// Cuts out the value that begins here and composes it. A value that is wrong inside is an inner failure: where it
    /// ends is known, so that reading can go on.
    fn value(&mut self, shape: &Shape) -> Result<Result<Node, Failure>, Stop> {
        let position = self.window.position();
        let Extent { length, depth } = self.extent()?;
        let bytes = self.window.held().get(..length).unwrap_or_default();
        let composed = if depth > DEEPEST {
            Err(Failure::too_deep(position))
        } else {
            compose::compose(bytes, position, shape, self.interner, self.receiver)
        };
        Ok(match composed {
            Ok((node, end)) => {
                self.window.skip_to(length, end);
                Ok(node)
            }
            Err(failure) => {
                self.window.skip(length);
                Err(failure)
            }
        })
    }

    /// Where the value that begins here ends.
    fn extent(&mut self) -> Result<Extent, Stop> {
        let mut at = 0;
        let mut depth = 0usize;
        let mut deepest = 0;
        let mut in_string = false;
        loop {
            let held = self.window.held();
            let rest = held.get(at..).unwrap_or_default();
            if in_string {
                match memchr::memchr2(b'"', b'\\', rest) {
                    Some(found) if rest.get(found) == Some(&b'"') => {
                        at += found + 1;
                        in_string = false;
                        if depth == 0 {
                            return Ok(Extent { length: at, depth: 0 });
                        }
                        continue;
                    }
                    Some(found) if found + 1 < rest.len() => {
                        at += found + 2;
                        continue;
                    }
                    Some(found) => at += found,
                    None => at = held.len(),
                }
            } else if let Some((found, byte)) = next_structural(rest, depth) {
                at += found;
                match byte {
                    b'"' => in_string = true,
                    b'{' | b'[' => {
                        depth += 1;
                        deepest = deepest.max(depth);
                    }
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        if depth == 0 {
                            return Ok(Extent {
                                length: at + 1,
                                depth: deepest,
                            });
                        }
                    }
                    // The end of a number or a word.
                    _ => return Ok(Extent { length: at, depth: 0 }),
                }
                at += 1;
                continue;
            } else {
                at = held.len();
            }
            if self.window.is_too_large() {
                return Err(Failure::too_large(self.window.position()).into());
            }
            if !self.window.grow()? {
                if depth == 0 && !in_string && at > 0 {
                    return Ok(Extent { length: at, depth: 0 });
                }
                let reason = "the text ends within a value";
                return Err(Failure::new(self.window.position(), SYNTAX, reason, SYNTAX_HELP).into());
            }
        }
    }

    /// The next byte that is not white space, left where it is.
    fn next_byte(&mut self) -> Result<Option<u8>, Stop> {
        loop {
            let held = self.window.held();
            let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            let blank = held.iter().take_while(|byte| is_blank(byte)).count();
            let byte = held.get(blank).copied();
            self.window.skip(blank);
            if byte.is_some() || !self.window.grow()? {
                return Ok(byte);
            }
        }
    }

    fn unexpected(&self) -> Stop {
        let reason = if self.window.held().is_empty() {
            "the text ends within a value"
        } else {
            "something else than JSON expects here"
        };
        Failure::new(self.window.position(), SYNTAX, reason, SYNTAX_HELP).into()
    }
}

pub(super) const SYNTAX: &str = "json-syntax";
pub(super) const SYNTAX_HELP: &str = "correct the syntax; a cut-off dump must be taken again";

/// JSON has no block scalars.
fn document(node: Node) -> Document {
    Document {
        node,
        blocks: Vec::new(),
    }
}

/// The next byte that opens or closes something; at the top level also what ends a number or a word.
fn next_structural(bytes: &[u8], depth: usize) -> Option<(usize, u8)> {
    bytes
        .iter()
        .enumerate()
        .find(|&(index, &byte)| match byte {
            b'"' | b'{' | b'}' | b'[' | b']' => true,
            b',' | b' ' | b'\t' | b'\r' | b'\n' => depth == 0 && index > 0,
            _ => false,
        })
        .map(|(index, &byte)| (index, byte))
}
