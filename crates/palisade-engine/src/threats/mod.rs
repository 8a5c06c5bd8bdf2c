//! What can go wrong? Weaknesses found by the catalogue's conditions, and the STRIDE ledger.

mod find;

pub(crate) use find::find;
use palisade_knowledge::Catalogue;

use crate::assessment::{Finding, Threat};
use crate::system::System;

/// The STRIDE ledger.
pub(crate) fn ledger(_system: &System, _findings: &[Finding], _catalogue: &Catalogue) -> Vec<Threat> {
    Vec::new()
}
