//! What is known: the catalogue (one YAML file an entry under `knowledge/`) and [`Condition`], the only user of CEL.
//!
//! Knows documents ([`palisade_inventory::Node`]) but no system and no assessment: the engine asks, this crate answers.

mod catalogue;
mod condition;
mod entry;
mod view;

pub use catalogue::{Catalogue, CatalogueError};
pub use condition::{Binding, Condition, ConditionError, Verdict};
pub use entry::{
    AttackStep, Difficulty, Example, Examples, Layer, Level, Relation, Severity, Stage, StoreKind, Stride, Technique,
    Technology, Weakness,
};
pub use view::View;
