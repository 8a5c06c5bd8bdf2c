//! The catalogue itself as text: what there is, and what it covers.

mod entry;
mod list;
mod proofs;
mod rows;
mod stats;
mod update;

pub use entry::{entries, requirement};
pub use list::{list, list_json};
pub use proofs::{Problem, Proofs, problems, problems_json, proofs, proofs_json};
pub use stats::{stats, stats_json};
pub use update::{update, update_json};

#[cfg(test)]
mod tests;
