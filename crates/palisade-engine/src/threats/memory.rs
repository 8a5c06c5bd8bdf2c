//! What conditions said, kept from one assessment to the next.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use palisade_inventory::Node;
use palisade_knowledge::View;

use crate::system::Evidence;
use crate::views::Verdicts;

/// What conditions said: the verdicts, and what they came to for each document as long as it is the same. Whatever is
/// remembered here would come out the same if it were worked out anew.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) verdicts: Verdicts,
    judged: HashMap<(usize, View, bool), Kept, RandomState>,
    round: u64,
}

/// A document that holds the things of a view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) view: View,
    pub(super) document: &'a Arc<Node>,
    pub(super) file: &'a Arc<str>,
    /// It is the element's own rather than a pod's.
    pub(super) is_own: bool,
}

/// What the weaknesses of a view come to in one document.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) matched: Vec<Matched>,
    /// Weaknesses by their place among those of the view, and why they have no value.
    pub(super) not_evaluated: Vec<(usize, String)>,
}

/// A weakness that a document has.
#[derive(Debug)]
pub(super) struct Matched {
    /// Its place among those of the view.
    pub(super) weakness: usize,
    pub(super) container: Option<String>,
    pub(super) evidence: Evidence,
}

#[derive(Debug)]
struct Kept {
    /// Keeps the address from being used again.
    document: Arc<Node>,
    file: Arc<str>,
    round: u64,
    judged: Arc<Judged>,
}

impl Memory {
    /// Begins an assessment.
    pub(crate) fn begin(&mut self) {
        self.round += 1;
    }

    /// Ends it: documents that it did not look at are forgotten.
    pub(crate) fn end(&mut self) {
        let round = self.round;
        self.judged.retain(|_, kept| kept.round == round);
    }

    /// What is known of a document, or what `judge` makes of it.
    pub(super) fn of(&mut self, source: Source<'_>, judge: impl FnOnce(&mut Verdicts) -> Judged) -> Arc<Judged> {
        let key = (Arc::as_ptr(source.document).addr(), source.view, source.is_own);
        let round = self.round;
        if let Some(kept) = self.judged.get_mut(&key)
            && Arc::ptr_eq(&kept.document, source.document)
            && kept.file == *source.file
        {
            kept.round = round;
            return Arc::clone(&kept.judged);
        }
        let judged = Arc::new(judge(&mut self.verdicts));
        self.judged.insert(
            key,
            Kept {
                document: Arc::clone(source.document),
                file: Arc::clone(source.file),
                round,
                judged: Arc::clone(&judged),
            },
        );
        judged
    }
}
