//! Verdicts, remembered by what the condition read.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use palisade_knowledge::{Binding, Condition, Verdict};

/// More verdicts than this are not kept: a cluster that changes all the time must not fill the memory.
const MOST: usize = 1_000_000;

/// Evaluates each condition once for each distinct projection of what it reads.
///
/// The key is the projection itself, never a hash of it alone: a collision would hide a finding. A verdict follows from
/// condition and projection alone, so that it holds in every system and after every change.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    /// By the address of the condition, which the catalogue keeps where it is: this must not outlive the catalogue.
    by_condition: HashMap<usize, HashMap<Vec<u8>, Verdict, RandomState>, RandomState>,
    count: usize,
}

impl Verdicts {
    /// What a condition of the catalogue says of these variables.
    pub(crate) fn of(&mut self, condition: &Condition, bindings: &[Binding<'_>]) -> &Verdict {
        if self.count > MOST {
            *self = Self::default();
        }
        let of_condition = self
            .by_condition
            .entry(std::ptr::from_ref(condition).addr())
            .or_default();
        of_condition.entry(condition.projection(bindings)).or_insert_with(|| {
            self.count += 1;
            condition.evaluate(bindings)
        })
    }
}
