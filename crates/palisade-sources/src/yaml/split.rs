//! Cuts a stream of bytes into YAML documents as `kubectl` does: at lines that hold `---` and nothing else.
//!
//! Cutting before parsing is what keeps one bad document from taking the others of its file along.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use super::indents::Indents;

/// A stream of documents. Holds one buffer, never a whole document.
pub(crate) struct Stream<R> {
    source: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    ended: bool,
    /// Zero-based line that the next byte stands on.
    line: u32,
    /// The next byte is the first of its line.
    at_line_start: bool,
    /// The document met so far holds `{{`.
    template: bool,
    /// Bytes that the parser may still take before the document counts as too large.
    budget: Budget,
    indents: Indents,
}

/// How many bytes the parser may still take, shared with whoever drives the parser.
#[derive(Clone, Default)]
pub(crate) struct Budget(Rc<Cell<usize>>);

impl Budget {
    /// Allows this many bytes from here on.
    pub(crate) fn set(&self, bytes: usize) {
        self.0.set(bytes);
    }

    /// Whether it is used up.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.0.get() == 0
    }
}

const BUFFER: usize = 64 << 10;
/// The parser copies all it is given into a queue of characters: give it little at a time.
const CHUNK: usize = 4 << 10;

impl<R: Read> Stream<R> {
    /// A stream whose first byte stands on the (zero-based) line `line`.
    pub(crate) fn new(source: R, line: u32) -> Self {
        Self {
            source,
            buffer: vec![0; BUFFER].into(),
            start: 0,
            end: 0,
            ended: false,
            line,
            at_line_start: true,
            template: false,
            budget: Budget::default(),
            indents: Indents::default(),
        }
    }

    /// Steps over separators to the next document; `None` at the end of the stream.
    pub(crate) fn next_document(&mut self) -> io::Result<Option<DocumentBytes<'_, R>>> {
        while let Some(length) = self.separator()? {
            self.take(length);
        }
        if self.available().is_empty() {
            return Ok(None);
        }
        self.template = false;
        self.indents.begin(self.line);
        Ok(Some(DocumentBytes {
            first_line: self.line,
            last_byte: b'\n',
            newline_due: false,
            stream: self,
        }))
    }

    fn available(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads until `length` bytes are there, or the buffer is full, or the stream ends.
    fn fill(&mut self, length: usize) -> io::Result<()> {
        while self.end - self.start < length && !self.ended {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            let Some(free) = self.buffer.get_mut(self.end..).filter(|free| !free.is_empty()) else {
                break;
            };
            match self.source.read(free) {
                Ok(0) => self.ended = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The length of the separator line that stands here, if one does.
    fn separator(&mut self) -> io::Result<Option<usize>> {
        self.fill(1)?;
        if !self.at_line_start || self.available().first().is_some_and(|&byte| byte != b'-') {
            return Ok(None);
        }
        self.fill(3)?;
        if !self.available().starts_with(b"---") {
            return Ok(None);
        }
        let mut wanted = 256;
        loop {
            self.fill(wanted)?;
            let available = self.available();
            let line = memchr::memchr(b'\n', available);
            let rest = available.get(3..line.unwrap_or(available.len())).unwrap_or_default();
            match rest.iter().find(|byte| !byte.is_ascii_whitespace()) {
                Some(b'#') | None => {}
                Some(_) => return Ok(None),
            }
            match line {
                Some(end) => return Ok(Some(end + 1)),
                None if self.ended || available.len() >= BUFFER => return Ok(Some(available.len())),
                None => wanted = available.len() + 256,
            }
        }
    }

    /// Counts and drops `length` bytes.
    fn take(&mut self, length: usize) {
        let taken = self.buffer.get(self.start..self.start + length).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', taken).count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        if let Some(&last) = taken.last() {
            self.at_line_start = last == b'\n';
        }
        self.template = self.template || memchr::memmem::find(taken, b"{{").is_some();
        self.start += length;
    }
}

/// The bytes of one document. A missing last newline is added, as the parser expects one.
pub(crate) struct DocumentBytes<'a, R> {
    stream: &'a mut Stream<R>,
    first_line: u32,
    last_byte: u8,
    newline_due: bool,
}

impl<R: Read> DocumentBytes<'_, R> {
    /// Zero-based line of the document's first byte.
    pub(crate) fn first_line(&self) -> u32 {
        self.first_line
    }

    /// The handle on how much the parser may take.
    pub(crate) fn budget(&self) -> Budget {
        self.stream.budget.clone()
    }

    /// How far its lines are indented.
    pub(super) fn indents(&self) -> Indents {
        self.stream.indents.clone()
    }

    /// Drops what is left of the document; says whether the document held `{{`.
    pub(crate) fn finish(mut self) -> io::Result<bool> {
        loop {
            self.stream.budget.set(usize::MAX);
            let length = self.fill_buf()?.len();
            if length == 0 {
                return Ok(self.stream.template);
            }
            self.consume(length);
        }
    }
}

impl<R: Read> Read for DocumentBytes<'_, R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(target.len());
        if let (Some(target), Some(source)) = (target.get_mut(..length), available.get(..length)) {
            target.copy_from_slice(source);
        }
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for DocumentBytes<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.newline_due {
            return Ok(b"\n");
        }
        if self.stream.budget.is_exhausted() {
            return Err(io::Error::other("document too large"));
        }
        if self.stream.separator()?.is_some() || self.stream.available().is_empty() {
            self.newline_due = self.last_byte != b'\n';
            return Ok(if self.newline_due { b"\n" } else { b"" });
        }
        let available = self.stream.available();
        let chunk = available
            .get(..available.len().min(CHUNK).min(self.stream.budget.0.get()))
            .unwrap_or_default();
        // Up to the next line that could be a separator; its turn comes with the next call.
        let end = memchr::memmem::find(chunk, b"\n-").map_or(chunk.len(), |newline| newline + 1);
        Ok(chunk.get(..end).unwrap_or_default())
    }

    fn consume(&mut self, length: usize) {
        if length == 0 {
            return;
        }
        if self.newline_due {
            self.newline_due = false;
            self.last_byte = b'\n';
            return;
        }
        let last = self.stream.start + length - 1;
        self.last_byte = self.stream.buffer.get(last).copied().unwrap_or(b'\n');
        let budget = self.stream.budget.0.get();
        self.stream.budget.set(budget.saturating_sub(length));
        let taken = self.stream.buffer.get(self.stream.start..=last).unwrap_or_default();
        self.stream.indents.feed(taken);
        self.stream.take(length);
    }
}
