//! What people declare, laid over what the artefacts show: the diagram corrected, threats disposed of, assets found. Each part
//! of it points at the line of intent that says so.

mod assets;
mod decisions;
mod diagram;
mod unmet;

#[cfg(test)]
mod tests;

use palisade_inventory::{FieldPath, Intent};

pub(crate) use assets::assets;
pub(crate) use decisions::decide;
pub(crate) use diagram::draw;
pub(crate) use unmet::unmet;

use crate::system::Evidence;

/// The line of intent at a path.
pub(crate) fn evidence(intent: &Intent, path: &str, note: impl Into<String>) -> Evidence {
    Evidence::at(&intent.file, &intent.document, &FieldPath::parse(path), note)
}
