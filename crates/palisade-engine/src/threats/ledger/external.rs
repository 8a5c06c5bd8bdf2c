//! What is known about the threats to those outside.

use palisade_knowledge::Stride;

use super::Ledger;
use super::process::place;
use super::standing::Standing;
use crate::system::{Element, ElementId, Evidence};

impl Ledger<'_> {
    /// What is known about a category of threat to somebody outside.
    pub(super) fn external(&self, element: &Element, category: Stride) -> Standing {
        let at_the_edge: Vec<Evidence> = self
            .flows
            .iter()
            .filter(|((from, to), _)| **from == element.id || **to == element.id)
            .filter_map(|(_, flows)| flows.first()?.evidence.first())
            .take(1)
            .cloned()
            .collect();
        let evidence = if at_the_edge.is_empty() {
            place(element)
        } else {
            at_the_edge
        };
        match category {
            Stride::Spoofing if element.id.as_str() == ElementId::INTERNET && !self.accounts.anonymous.is_empty() => {
                Standing::exposed(
                    "requests without a login are granted rights",
                    self.accounts.anonymous.clone(),
                )
            }
            Stride::Spoofing => Standing::unknown("nothing here says how it proves who it is", evidence),
            _ => self.external_record(element, evidence),
        }
    }
}
