//! Changes to a text, as editors and code scanning understand them.

use crate::path::Position;

/// A stretch of a text that is replaced. Begin and end are the same where something is only inserted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextEdit {
    /// The first character that goes.
    pub from: Position,
    /// The first character after those that go.
    pub to: Position,
    /// What stands there instead.
    pub text: String,
}
