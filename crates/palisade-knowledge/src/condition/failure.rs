//! Why an evaluation gives no value.

use std::fmt;

/// Why an evaluation gives no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// A field is absent.
    NoSuchKey(String),
    /// A list is too short.
    OutOfBounds,
    /// A function is not for values of these types.
    NoSuchOverload {
        /// The operator or function.
        function: String,
        /// The types it was called with.
        types: Vec<&'static str>,
    },
    /// A variable that nobody binds.
    Unbound(String),
    /// What a function says.
    Function(String),
    /// The evaluation takes too long. Unlike the others it is never absorbed by `||`, `&&` or a macro.
    Cost,
}

impl Failure {
    /// What a function says.
    pub(super) fn of(message: impl Into<String>) -> Self {
        Self::Function(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchKey(key) => write!(f, "the field `{key}` is absent"),
            Self::OutOfBounds => f.write_str("a list is too short"),
            Self::NoSuchOverload { function, types } => {
                write!(f, "`{function}` is not for {}", types.join(" and "))
            }
            Self::Unbound(name) => write!(f, "`{name}` is not known here"),
            Self::Function(message) => f.write_str(message),
            Self::Cost => f.write_str("cost: the evaluation takes more steps than are allowed"),
        }
    }
}
