//! A window over a stream of bytes that grows to hold one value and forgets it afterwards.

use std::io::{self, Read};

use palisade_inventory::Position;

use super::place::Places;
use crate::document::LARGEST;

/// A stream, and the part of it that is held.
pub(crate) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    position: Position,
}

const STEP: usize = 256 << 10;

impl<R: Read> Window<R> {
    /// A window over `source`.
    pub(crate) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
            position: Position::default(),
        }
    }

    /// The bytes held from here on.
    pub(crate) fn held(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Where the first byte held stands.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// Everything has been read into the window.
    pub(crate) fn is_whole(&self) -> bool {
        self.ended
    }

    /// Reads more; false at the end of the stream.
    pub(crate) fn grow(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.start > 0 && self.buffer.len() - self.end < STEP {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < STEP / 2 {
            let larger = (self.buffer.len() * 2).max(STEP);
            self.buffer.resize(larger, 0);
        }
        loop {
            match self.source.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(read) => {
                    self.end += read;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads until the window holds `length` bytes or the stream ends.
    pub(crate) fn fill(&mut self, length: usize) -> io::Result<()> {
        while self.end - self.start < length && self.grow()? {}
        Ok(())
    }

    /// Forgets the first `length` bytes.
    pub(crate) fn skip(&mut self, length: usize) {
        let skipped = self.buffer.get(self.start..self.start + length).unwrap_or_default();
        self.position = Places::new(skipped, self.position).end();
        self.start += length;
    }

    /// Forgets the first `length` bytes; behind them stands `position`.
    pub(super) fn skip_to(&mut self, length: usize, position: Position) {
        self.start += length;
        self.position = position;
    }

    /// Forgets a byte order mark, which takes no room on its line.
    pub(crate) fn skip_mark(&mut self, length: usize) {
        self.start += length;
    }

    /// Whether the value being read has outgrown what is allowed.
    pub(super) fn is_too_large(&self) -> bool {
        self.end - self.start > LARGEST + STEP
    }

    /// The rest of the stream: what is held, then what is still to come.
    pub(crate) fn into_rest(self) -> impl Read {
        let mut held = self.buffer;
        held.truncate(self.end);
        held.drain(..self.start);
        io::Cursor::new(held).chain(self.source)
    }
}
