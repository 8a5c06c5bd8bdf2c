//! `palisade completion`.

use clap::CommandFactory;

use super::Done;
use crate::cli::{Cli, Completion};
use crate::console::Report;
use crate::failure::Outcome;

pub(crate) fn run(args: &Completion) -> Done<'static> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "palisade", &mut script);
    Done {
        report: Report::Plain(String::from_utf8_lossy(&script).into_owned()),
        output: None,
        outcome: Outcome::Fine,
    }
}
