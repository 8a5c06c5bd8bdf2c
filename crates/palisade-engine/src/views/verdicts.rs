//! Verdicts, remembered by what the condition read.

use std::collections::HashMap;

use palisade_knowledge::{Binding, Condition, Verdict};

/// Evaluates each condition once for each distinct projection of what it reads.
///
/// The key is the projection itself, never a hash of it alone: a collision would hide a finding.
#[derive(Debug, Default)]
pub(crate) struct Verdicts<'c> {
    by_rule: HashMap<&'c str, HashMap<Vec<u8>, Verdict>>,
}

impl<'c> Verdicts<'c> {
    /// What the condition of a catalogue entry says of these variables.
    pub(crate) fn of(&mut self, rule: &'c str, condition: &Condition, bindings: &[Binding<'_>]) -> &Verdict {
        self.by_rule
            .entry(rule)
            .or_default()
            .entry(condition.projection(bindings))
            .or_insert_with(|| condition.evaluate(bindings))
    }
}
