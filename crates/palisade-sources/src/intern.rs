//! Map keys and names that occur again and again are held once.

use std::collections::HashMap;
use std::sync::Arc;

/// Texts held once each.
#[derive(Default)]
pub(crate) struct Interner {
    numbers: HashMap<Arc<str>, usize, foldhash::fast::RandomState>,
    texts: Vec<Text>,
    /// The text given out last.
    last: usize,
}

struct Text {
    text: Arc<str>,
    /// What was asked for next when this was given out before: the fields of objects follow each other in one order.
    next: usize,
}

impl Interner {
    /// Longer texts are hardly ever met twice.
    const LONGEST: usize = 128;
    /// Input made of ever new keys does not fill the memory.
    const MOST: usize = 1 << 16;

    /// The one copy of `text`.
    pub(crate) fn intern(&mut self, text: &str) -> Arc<str> {
        let guess = self.texts.get(self.last).map_or(0, |last| last.next);
        if let Some(guessed) = self.texts.get(guess).filter(|guessed| &*guessed.text == text) {
            self.last = guess;
            return Arc::clone(&guessed.text);
        }
        let number = match self.numbers.get(text) {
            Some(&number) => number,
            None if text.len() > Self::LONGEST || self.texts.len() >= Self::MOST => return text.into(),
            None => self.add(text),
        };
        if let Some(last) = self.texts.get_mut(self.last) {
            last.next = number;
        }
        self.last = number;
        self.texts
            .get(number)
            .map_or_else(|| text.into(), |known| Arc::clone(&known.text))
    }

    fn add(&mut self, text: &str) -> usize {
        let number = self.texts.len();
        let text: Arc<str> = text.into();
        self.numbers.insert(Arc::clone(&text), number);
        self.texts.push(Text { text, next: 0 });
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one() {
        let mut interner = Interner::default();
        let texts = ["kind", "spec", "kind", "spec", "name", "kind", "kind", "name"];
        for text in texts.iter().chain(&texts) {
            let (one, other) = (interner.intern(text), interner.intern(text));
            assert!(Arc::ptr_eq(&one, &other) && &*one == *text);
        }
    }
}
