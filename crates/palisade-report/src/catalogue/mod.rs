//! The catalogue itself as text: what there is, and what it covers.

mod entry;
mod list;
mod rows;
mod stats;

pub use entry::{entries, requirement};
pub use list::{list, list_json};
pub use stats::{stats, stats_json};
