//! How a run ends: well, with something found, or with an error and what to do about it.

use std::process::ExitCode;

use thiserror::Error;

/// How a run ends when nothing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Fine: findings alone do not fail.
    Fine,
    /// Something is at or above `--fail-on`, or forbidden.
    Found,
    /// The report stands, but part of the input could not be judged or used; the report says why.
    Incomplete,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => ExitCode::SUCCESS,
            Outcome::Found => ExitCode::from(1),
            Outcome::Incomplete => ExitCode::from(FAILED),
        }
    }
}

/// The exit code for wrong usage, unreadable input, and when nothing was evaluated.
pub(crate) const FAILED: u8 = 2;

/// Something that ends the run.
#[derive(Debug, Error)]
#[error("{message}")]
pub(crate) struct Failure {
    message: String,
    /// What to do about it; may be empty.
    pub(crate) help: String,
}

impl Failure {
    /// A failure and what to do about it.
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}
