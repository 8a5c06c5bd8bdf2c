//! What can go wrong, joined up: the attack graph and the most likely paths through it.

use palisade_knowledge::Catalogue;

use crate::assessment::{AttackPath, Fix, NotEvaluated};
use crate::system::System;

/// What the search found.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// The most likely path from each entry point to each asset, the most likely first.
    pub(crate) paths: Vec<AttackPath>,
    /// Step conditions that could not be evaluated.
    pub(crate) not_evaluated: Vec<NotEvaluated>,
    /// Limits that were hit.
    pub(crate) bounds_hit: Vec<String>,
}

/// Builds the attack graph and searches it.
pub(crate) fn search(_system: &System, _catalogue: &Catalogue) -> Search {
    Search::default()
}

/// The few fixes that close the most paths.
pub(crate) fn fixes(_paths: &[AttackPath]) -> Vec<Fix> {
    Vec::new()
}
