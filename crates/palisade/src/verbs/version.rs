//! `palisade version`.

use super::Done;
use crate::console::Report;
use crate::failure::Outcome;

pub(crate) fn run() -> Done<'static> {
    Done {
        report: Report::Plain(format!("palisade {}\n", env!("CARGO_PKG_VERSION"))),
        output: None,
        outcome: Outcome::Fine,
    }
}
