//! What was made of documents, kept from one assessment to the next.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use foldhash::fast::RandomState;
use palisade_inventory::Node;

/// What was made of documents: it holds as long as they are the same.
#[derive(Debug)]
pub(crate) struct Documents<K, T> {
    kept: HashMap<(usize, K), Kept<T>, RandomState>,
    round: u64,
}

#[derive(Debug)]
struct Kept<T> {
    /// Keeps the address from being used again.
    document: Arc<Node>,
    file: Arc<str>,
    round: u64,
    made: Arc<T>,
}

impl<K: Eq + Hash, T> Documents<K, T> {
    /// Begins an assessment.
    pub(crate) fn begin(&mut self) {
        self.round += 1;
    }

    /// Ends it: what was made of documents that it did not look at is forgotten.
    pub(crate) fn end(&mut self) {
        let round = self.round;
        self.kept.retain(|_, kept| kept.round == round);
    }

    /// What is known of a document, whose positions are those of the file; or what `make` makes of it, which must follow
    /// from both and the key alone.
    pub(crate) fn of(&mut self, document: &Arc<Node>, file: &Arc<str>, key: K, make: impl FnOnce() -> T) -> Arc<T> {
        let key = (Arc::as_ptr(document).addr(), key);
        let round = self.round;
        if let Some(kept) = self.kept.get_mut(&key)
            && Arc::ptr_eq(&kept.document, document)
            && kept.file == *file
        {
            kept.round = round;
            return Arc::clone(&kept.made);
        }
        let fresh = Arc::new(make());
        let kept = Kept {
            document: Arc::clone(document),
            file: Arc::clone(file),
            round,
            made: Arc::clone(&fresh),
        };
        self.kept.insert(key, kept);
        fresh
    }
}

impl<K, T> Default for Documents<K, T> {
    fn default() -> Self {
        Self {
            kept: HashMap::default(),
            round: 0,
        }
    }
}
