//! How far lines are indented: a parser's events don't tell where the text of a block scalar begins in its lines.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// The leading spaces of the lines that the parser has taken and that may still be asked for; shared between whoever
/// feeds the parser and whoever drives it.
#[derive(Clone, Debug, Default)]
pub(super) struct Indents(Rc<RefCell<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    /// Zero-based number of the first line that is kept.
    first: u32,
    spaces: VecDeque<u32>,
    /// Nothing but spaces of the last line has been met yet.
    open: bool,
}

impl Indents {
    /// Begins a document at a (zero-based) line.
    pub(super) fn begin(&self, line: u32) {
        *self.0.borrow_mut() = Lines {
            first: line,
            spaces: VecDeque::from([0]),
            open: true,
        };
    }

    /// The parser takes more of the document.
    pub(super) fn feed(&self, mut bytes: &[u8]) {
        let mut lines = self.0.borrow_mut();
        loop {
            if lines.open {
                let spaces = bytes.iter().take_while(|&&byte| byte == b' ').count();
                if let Some(last) = lines.spaces.back_mut() {
                    *last = last.saturating_add(u32::try_from(spaces).unwrap_or(u32::MAX));
                }
                bytes = bytes.get(spaces..).unwrap_or_default();
                lines.open = bytes.is_empty();
            }
            let Some(end) = memchr::memchr(b'\n', bytes) else {
                return;
            };
            lines.spaces.push_back(0);
            lines.open = true;
            bytes = bytes.get(end + 1..).unwrap_or_default();
        }
    }

    /// Nobody will ask for the lines before this one.
    pub(super) fn forget_before(&self, line: u32) {
        let mut lines = self.0.borrow_mut();
        while lines.first < line && lines.spaces.pop_front().is_some() {
            lines.first += 1;
        }
    }

    /// The column at which the text of a literal block scalar begins, whose header stands on this line.
    pub(super) fn of_block(&self, header: u32, text: &str) -> u32 {
        let lines = self.0.borrow();
        let filled = text
            .lines()
            .enumerate()
            .find(|(_, line)| line.chars().any(|letter| letter != ' '));
        let Some((number, line)) = filled else { return 0 };
        let own = line.len() - line.trim_start_matches(' ').len();
        let below = u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
        let line = header.saturating_add(below).saturating_sub(lines.first);
        let spaces = lines.spaces.get(line as usize).copied().unwrap_or_default();
        spaces.saturating_sub(u32::try_from(own).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_measured_whatever_pieces_they_come_in() {
        let text = "a: |\n\n    one\n      two\nb:\n- |2\n     three\n";
        for size in 1..text.len() {
            let indents = Indents::default();
            indents.begin(7);
            text.as_bytes().chunks(size).for_each(|piece| indents.feed(piece));
            assert_eq!(indents.of_block(7, "\none\n  two\n"), 4);
            indents.forget_before(12);
            assert_eq!(indents.of_block(12, "   three\n"), 2);
            assert_eq!(indents.of_block(12, ""), 0);
        }
    }
}
