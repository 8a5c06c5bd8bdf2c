//! What was read: [`Resource`]s with positions, the [`Coverage`] of the reading, and the [`Intent`] that people declare.
//!
//! The leaf of the house: it parses no documents, decides nothing and knows no threat. Sources fill it, the engine reads it.

mod audit;
mod coverage;
mod edit;
mod intent;
mod near;
mod node;
mod path;
mod pattern;
mod resource;

pub use audit::{AuditLog, AuditedRequest};
pub use coverage::{Coverage, Notice, Skipped, Tool};
pub use edit::TextEdit;
pub use intent::{
    Acceptance, ActorIntent, Amount, AmountError, Appetite, Asset, Assumption, Attempts, BoundaryIntent,
    Classification, ControlCost, Date, DateError, Declared, DiagramChange, Disposition, DispositionState,
    ElementIntent, ElementRole, FlowIntent, FrameworkInForce, Intent, Loss, LossRange, SecurityRequirement, Service,
    UnseenControl, Waiver,
};
pub use near::{ALIKE, likeness, offer};
pub use node::{Endpoint, Entry, Map, Node, Redacted, Value};
pub use path::{FieldPath, Position, Segment};
pub use pattern::Pattern;
pub use resource::{Change, Origin, Owner, PodInstance, Resource, ResourceId, Root, RootKind};
