//! `palisade catalogue`: what is known. One file a sub-verb.

mod eval;
mod lint;
mod list;
mod show;
mod stats;
mod test;
mod update;

use palisade_knowledge::KubernetesVersion;

use super::Done;
use crate::cli::catalogue::{Catalogue, Proving};
use crate::console::Console;
use crate::own::Own;

pub(crate) fn run<'a>(
    args: &'a Catalogue,
    own: &Own,
    version: KubernetesVersion,
    console: &Console,
) -> anyhow::Result<Done<'a>> {
    match args {
        Catalogue::Eval(args) => eval::run(args, version, console),
        Catalogue::List(args) => list::run(args, own, console),
        Catalogue::Show(args) => show::run(args, own, console),
        Catalogue::Stats(args) => stats::run(args, own, console),
        Catalogue::Test(args) => test::run(args, own, console),
        Catalogue::Lint(args) => lint::run(args, own, console),
        Catalogue::Update(args) => update::run(args, own, console),
    }
}

/// Where the own entries are that are to be proved: in the folder that was named, or where any verb would find them.
fn own_of(args: &Proving, own: &Own) -> Own {
    Own {
        catalogue: args.path.clone().or_else(|| own.catalogue.clone()),
    }
}
