//! `palisade catalogue`: what is known. One file a sub-verb.

mod list;
mod show;
mod stats;

use super::Done;
use crate::cli::catalogue::Catalogue;
use crate::console::Console;

pub(crate) fn run<'a>(args: &'a Catalogue, console: &Console) -> anyhow::Result<Done<'a>> {
    match args {
        Catalogue::List(args) => list::run(args, console),
        Catalogue::Show(args) => show::run(args, console),
        Catalogue::Stats(args) => stats::run(args, console),
    }
}
