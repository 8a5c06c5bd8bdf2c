//! What a file of intent may refer to that stands elsewhere.

use std::collections::{BTreeMap, BTreeSet};

/// The words that are known elsewhere: ids of the catalogue, and its check of conditions. This crate knows no catalogue:
/// whoever reads intent hands it over.
#[derive(Clone, Debug)]
pub struct Known {
    /// Ids of actors.
    pub actors: BTreeSet<String>,
    /// Ids of controls.
    pub controls: BTreeSet<String>,
    /// Ids of weaknesses and attack steps.
    pub rules: BTreeSet<String>,
    /// Ids of frameworks, each with its baselines.
    pub frameworks: BTreeMap<String, BTreeSet<String>>,
    /// Ids of technologies.
    pub technologies: BTreeSet<String>,
    /// The categories of STRIDE.
    pub categories: BTreeSet<String>,
    /// Views that a condition may be asked of.
    pub views: BTreeSet<String>,
    /// What is wrong with a condition over one of the views.
    pub condition: fn(view: &str, condition: &str) -> Result<(), String>,
    /// What is wrong with a claim about the whole model.
    pub claim: fn(claim: &str) -> Result<(), String>,
}
