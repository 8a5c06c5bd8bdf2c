//! What was read: [`Resource`]s with positions, and the [`Coverage`] of the reading.
//!
//! The leaf of the house: it parses nothing, decides nothing and knows no threat. Sources fill it, the engine reads it.

mod coverage;
mod node;
mod path;
mod resource;

pub use coverage::{Coverage, Notice, Skipped, Tool};
pub use node::{Endpoint, Entry, Map, Node, Redacted, Value};
pub use path::{FieldPath, Position, Segment};
pub use resource::{Change, Origin, Owner, PodInstance, Resource, ResourceId, Root, RootKind};
