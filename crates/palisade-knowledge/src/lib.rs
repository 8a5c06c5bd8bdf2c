//! What is known: the catalogue (one YAML file an entry under `knowledge/`) and [`Condition`], the only user of CEL.
//!
//! Knows documents ([`palisade_inventory::Node`]) but no system and no assessment: the engine asks, this crate answers.

mod catalogue;
mod condition;
mod entry;
mod lift;
mod permission;
mod step;
#[cfg(test)]
mod testing;
mod view;

pub use catalogue::{Catalogue, CatalogueError};
pub use condition::{Binding, Condition, ConditionError, Verdict};
pub use entry::{Example, Examples, Layer, Level, Severity, Stage, StoreKind, Stride, Technique, Technology, Weakness};
pub use lift::{ContainerRole, Subject, containers, pod_template};
pub use permission::{Need, Permission, PermissionError};
pub use step::{AttackStep, Difficulty, Holding, Relation, Side};
pub use view::View;
