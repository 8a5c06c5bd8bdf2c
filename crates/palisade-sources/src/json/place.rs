//! Line and column of ascending byte offsets.

use palisade_inventory::Position;

/// Walks along a text and knows where it stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    position: Position,
}

impl Place {
    /// A place that begins at `position`.
    pub(super) fn new(position: Position) -> Self {
        Self { position }
    }

    /// Where it stands.
    pub(super) fn position(self) -> Position {
        self.position
    }

    /// Walks over `bytes`.
    pub(super) fn advance(&mut self, bytes: &[u8]) {
        /// Below this a plain loop is faster than setting up a vectorised search.
        const SHORT: usize = 32;
        let Position { mut line, mut column } = self.position;
        if bytes.len() <= SHORT {
            for &byte in bytes {
                if byte == b'\n' {
                    line = line.saturating_add(1);
                    column = 0;
                } else {
                    column = column.saturating_add(u32::from(begins_character(byte)));
                }
            }
        } else {
            let mut last_line = bytes;
            if let Some(newline) = memchr::memrchr(b'\n', bytes) {
                let lines = memchr::memchr_iter(b'\n', bytes).count();
                line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
                column = 0;
                last_line = bytes.get(newline + 1..).unwrap_or_default();
            }
            let characters = last_line.iter().filter(|&&byte| begins_character(byte)).count();
            column = column.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        }
        self.position = Position { line, column };
    }
}

/// Not a continuation byte of UTF-8.
fn begins_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_short_steps_agree() {
        let text =
            "{\"käse\": [1, 2],\n  \"b\": \"ø\u{1f389}\",\n\n   \"ccccccccccccccccccccccccccccccccccccccccccccc\": 1}";
        let mut whole = Place::default();
        whole.advance(text.as_bytes());
        let mut steps = Place::default();
        for byte in text.bytes() {
            steps.advance(&[byte]);
        }
        assert_eq!(whole.position(), steps.position());
        assert_eq!(whole.position(), Position::new(3, 54));
    }
}
