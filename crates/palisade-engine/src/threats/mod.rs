//! What can go wrong? Weaknesses found by the catalogue's conditions, and the STRIDE ledger.

use palisade_knowledge::Catalogue;

use crate::assessment::{Finding, NotEvaluated, Threat};
use crate::system::System;

/// What the catalogue's conditions said.
#[derive(Debug, Default)]
pub(crate) struct Weaknesses {
    /// Those that matched.
    pub(crate) findings: Vec<Finding>,
    /// Those that could not be evaluated.
    pub(crate) not_evaluated: Vec<NotEvaluated>,
}

/// Evaluates every weakness over every thing it applies to.
pub(crate) fn find(_system: &System, _catalogue: &Catalogue) -> Weaknesses {
    Weaknesses::default()
}

/// The STRIDE ledger.
pub(crate) fn ledger(_system: &System, _findings: &[Finding], _catalogue: &Catalogue) -> Vec<Threat> {
    Vec::new()
}
