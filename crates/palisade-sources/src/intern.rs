//! Map keys and names that occur again and again are held once.

use std::collections::HashSet;
use std::sync::Arc;

/// Texts held once each.
#[derive(Default)]
pub(crate) struct Interner {
    texts: HashSet<Arc<str>, foldhash::fast::RandomState>,
}

impl Interner {
    /// Longer texts are hardly ever met twice.
    const LONGEST: usize = 128;
    /// Input made of ever new keys does not fill the memory.
    const MOST: usize = 1 << 16;

    /// The one copy of `text`.
    pub(crate) fn intern(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        if text.len() <= Self::LONGEST && self.texts.len() < Self::MOST {
            self.texts.insert(Arc::clone(&new));
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one() {
        let mut interner = Interner::default();
        assert!(Arc::ptr_eq(&interner.intern("spec"), &interner.intern("spec")));
    }
}
