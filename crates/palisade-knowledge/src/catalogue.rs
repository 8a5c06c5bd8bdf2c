//! The catalogue: all entries, loaded and cross-checked.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::entry::{Technique, Technology, Weakness};
use crate::step::AttackStep;

/// Everything that is known, by id.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// Weaknesses by id.
    pub weaknesses: BTreeMap<String, Weakness>,
    /// Attack steps by id.
    pub steps: BTreeMap<String, AttackStep>,
    /// Techniques by id.
    pub techniques: BTreeMap<String, Technique>,
    /// Technologies by id.
    pub technologies: BTreeMap<String, Technology>,
}

/// An entry that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {message}")]
pub struct CatalogueError {
    /// The entry's file.
    pub file: String,
    /// What is wrong, with line and column where known.
    pub message: String,
}

impl Catalogue {
    /// The catalogue that comes with Palisade.
    pub fn builtin() -> Result<Self, CatalogueError> {
        Ok(Self::default())
    }
}
