//! `palisade catalogue`: what is known. One file a sub-verb.

mod eval;
mod list;
mod show;
mod stats;

use palisade_knowledge::KubernetesVersion;

use super::Done;
use crate::cli::catalogue::Catalogue;
use crate::console::Console;

pub(crate) fn run<'a>(args: &'a Catalogue, version: KubernetesVersion, console: &Console) -> anyhow::Result<Done<'a>> {
    match args {
        Catalogue::Eval(args) => eval::run(args, version, console),
        Catalogue::List(args) => list::run(args, console),
        Catalogue::Show(args) => show::run(args, console),
        Catalogue::Stats(args) => stats::run(args, console),
    }
}
