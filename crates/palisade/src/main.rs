//! The command line. Thin: parse, run the verb, hand its report out, exit.

mod cli;
mod console;
mod failure;
mod gate;
mod intent;
mod own;
mod panics;
mod pipeline;
mod verbs;

use std::process::ExitCode;

use clap::Parser;
use palisade_engine::Settings;

use crate::cli::{Cli, Verb};
use crate::console::Console;
use crate::failure::{FAILED, Outcome};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let ended = panics::explain(|| run(&Cli::parse())).and_then(|ended| ended);
    match ended {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            console::show(&error);
            ExitCode::from(FAILED)
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<Outcome> {
    let console = Console::new(&cli.screen);
    let own = &cli.own;
    let settings = Settings {
        kubernetes_version: cli.kubernetes_version,
        ..Settings::default()
    };
    let done = match &cli.verb {
        Verb::Assess(args) => verbs::assess::run(args, own, &settings, &console),
        Verb::Model(args) => verbs::model::run(args, own, &settings, &console),
        Verb::Threats(args) => verbs::threats::run(args, own, &settings, &console),
        Verb::Paths(args) => verbs::paths::run(args, own, &settings, &console),
        Verb::BlastRadius(args) => verbs::blast_radius::run(args, own, &settings, &console),
        Verb::Plan(args) => verbs::plan::run(args, own, &settings, &console),
        Verb::Guard(args) => verbs::guard::run(args, own, &settings, &console),
        Verb::Verify(args) => verbs::verify::run(args, own, &settings, &console),
        Verb::Diff(args) => verbs::diff::run(args, own, &settings, &console),
        Verb::Questions(args) => verbs::questions::run(args, own, &settings, &console),
        Verb::Compliance(args) => verbs::compliance::run(args, own, &settings, &console),
        Verb::Report(args) => verbs::report::run(args, own, &settings, &console),
        Verb::Tree(args) => verbs::tree::run(args, own, &settings, &console),
        Verb::Graph(args) => verbs::graph::run(args, own, &settings, &console),
        Verb::Explain(args) => verbs::explain::run(args, own, &settings, &console),
        Verb::Can(args) => verbs::can::run(args, &console),
        Verb::WhoCan(args) => verbs::who_can::run(args, &console),
        Verb::Init(args) => verbs::init::run(args, own, &settings, &console),
        Verb::Catalogue(args) => verbs::catalogue::run(args, own, cli.kubernetes_version, &console),
        Verb::PodSecurity(args) => verbs::pod_security::run(args, cli.kubernetes_version, &console),
        Verb::Reach(args) => verbs::reach::run(args, &console),
        Verb::Completion(args) => Ok(verbs::completion::run(args)),
        Verb::Version => Ok(verbs::version::run()),
    }?;
    console.hand_out(done.report, done.output)?;
    Ok(done.outcome)
}
