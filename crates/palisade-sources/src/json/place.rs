//! Line and column of ascending byte offsets.

use palisade_inventory::Position;

/// Tells positions in a stretch of text that begins at a known place.
#[derive(Debug)]
pub(super) struct Places<'t> {
    text: &'t [u8],
    /// Every byte is a character: then columns need no counting.
    is_ascii: bool,
    /// Offset and position reached.
    at: usize,
    position: Position,
    /// The next line break from `at` on, or the end of the text.
    line_break: usize,
}

impl<'t> Places<'t> {
    /// Positions in `text`, which begins at `position`.
    pub(super) fn new(text: &'t [u8], position: Position) -> Self {
        Self {
            text,
            is_ascii: text.is_ascii(),
            at: 0,
            position,
            line_break: next_line_break(text, 0),
        }
    }

    /// The position of `offset`; one that is behind gives where it stood last.
    pub(super) fn locate(&mut self, offset: usize) -> Position {
        while self.line_break < offset {
            self.at = self.line_break + 1;
            self.position = Position::new(self.position.line.saturating_add(1), 0);
            self.line_break = next_line_break(self.text, self.at);
        }
        if let Some(step) = self.text.get(self.at..offset) {
            let characters = if self.is_ascii { step.len() } else { characters(step) };
            let characters = u32::try_from(characters).unwrap_or(u32::MAX);
            self.position.column = self.position.column.saturating_add(characters);
            self.at = offset;
        }
        self.position
    }

    /// The position behind the last byte.
    pub(super) fn end(mut self) -> Position {
        self.locate(self.text.len())
    }
}

fn next_line_break(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |found| from + found)
}

/// Bytes that are no continuation bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_a_plain_count() {
        for text in [
            "{\"käse\": [1, 2],\n  \"b\": \"ø\u{1f389}\",\n\n   \"c\": 1}\n",
            "{\"a\": 1,\n\n \"b\": 2}",
            "",
        ] {
            let mut expected = Position::new(7, 3);
            let mut places = Places::new(text.as_bytes(), expected);
            for (offset, c) in text.char_indices() {
                assert_eq!(places.locate(offset), expected, "{text:?} {offset}");
                expected = match c {
                    '\n' => Position::new(expected.line + 1, 0),
                    _ => Position::new(expected.line, expected.column + 1),
                };
            }
            assert_eq!(Places::new(text.as_bytes(), Position::new(7, 3)).end(), expected);
        }
    }
}
