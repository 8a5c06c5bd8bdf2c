//! Changes to documents, as structured values: what repairs a weakness, and what a guardrail lays over an object.
//!
//! A repair is always a patch, never the whole document: what the patch does not name stays as it is written, with its
//! comments and with what was never read.

mod carry_out;
mod mended;
mod merge;
mod narrow;
mod repair;

#[cfg(test)]
mod tests;

pub use self::carry_out::{CarriedOut, carry_out};
pub(crate) use self::carry_out::{role_of, under};
pub use self::mended::mended;
pub use self::merge::{combine, merge};
pub(crate) use self::narrow::spelled_out;
pub use self::narrow::{narrowed, without};
pub use self::repair::repair;
