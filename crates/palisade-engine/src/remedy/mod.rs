//! Changes to documents, as structured values: what repairs a weakness, and what a guardrail lays over an object.

mod merge;

pub use self::merge::merge;
