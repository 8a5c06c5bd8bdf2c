//! What conditions said, kept from one assessment to the next.

use std::sync::Arc;

use palisade_inventory::Node;
use palisade_knowledge::View;

use crate::paths::StepMemory;
use crate::system::Evidence;
use crate::views::{Documents, Verdicts};

/// What conditions said: the verdicts, and what they came to for each document as long as it is the same. Whatever is
/// remembered here would come out the same if it were worked out anew.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) verdicts: Verdicts,
    /// Of weaknesses, by view and whether the document is the element's own.
    judged: Documents<(View, bool), Judged>,
    /// Of attack steps.
    pub(crate) steps: StepMemory,
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

impl Memory {
    /// Begins an assessment.
    pub(crate) fn begin(&mut self) {
        self.judged.begin();
        self.steps.begin();
    }

    /// Ends it: documents that it did not look at are forgotten.
    pub(crate) fn end(&mut self) {
        self.judged.end();
        self.steps.end();
    }

    /// What is known of a document, or what `judge` makes of it.
    pub(super) fn of(&mut self, source: Source<'_>, judge: impl FnOnce(&mut Verdicts) -> Judged) -> Arc<Judged> {
        let verdicts = &mut self.verdicts;
        let key = (source.view, source.is_own);
        self.judged.of(source.document, source.file, key, || judge(verdicts))
    }
}
