//! `cargo xtask`: the commands of this workspace.

#![expect(clippy::print_stderr, reason = "commands tell what they do")]

mod check;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};
use xtask::{generate, noise, picture, synth};

/// Commands of this workspace.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make every check that a change must pass: formatting, lints, tests, documentation, dependencies
    Test,
    /// Write the files that are made from code
    Generate,
    /// Turn terminal output on standard input, with its colours, into an SVG picture
    Picture,
    /// Make up a cluster, as `kubectl get -A -o json` prints one
    Synth(Synth),
    /// Count what is said about systems, and draw findings at random to check by hand
    Noise(Noise),
}

#[derive(Debug, clap::Args)]
struct Noise {
    /// Folders, each a system
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// How many findings to draw from each
    #[arg(long, default_value_t = 0)]
    draw: usize,
    /// What the draw follows from
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, clap::Args)]
struct Synth {
    /// How many pods it has
    #[arg(long, value_parser = clap::value_parser!(u32).range(50..=2_000_000))]
    pods: u32,
    /// How the list is laid out
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// What all that looks random follows from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Add `metadata.managedFields`, as `kubectl get --show-managed-fields` does
    #[arg(long)]
    show_managed_fields: bool,
    /// Write to this file rather than to standard output
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Write the attack paths that are known to be in it to this file
    #[arg(long)]
    plan: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// No white space
    Json,
    /// Indented by four, as kubectl prints
    JsonPretty,
}

fn main() -> anyhow::Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match Arguments::parse().command {
        Command::Test => return check::run(&root),
        Command::Generate => generate::write(&root)?,
        Command::Picture => {
            let output = io::read_to_string(io::stdin())?;
            io::stdout().write_all(picture::svg(&output).as_bytes())?;
        }
        Command::Synth(arguments) => synthesise(&arguments)?,
        Command::Noise(Noise { folders, draw, seed }) => {
            let report = noise::report(&folders, noise::Draw { count: draw, seed })?;
            io::stdout().write_all(report.as_bytes())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn synthesise(arguments: &Synth) -> anyhow::Result<()> {
    let options = synth::Options {
        pods: usize::try_from(arguments.pods)?,
        seed: arguments.seed,
        layout: match arguments.format {
            Format::Json => synth::Layout::Compact,
            Format::JsonPretty => synth::Layout::Indented,
        },
        managed_fields: arguments.show_managed_fields,
    };
    let out: Box<dyn Write> = match &arguments.output {
        Some(path) => Box::new(File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?),
        None => Box::new(io::stdout().lock()),
    };
    let paths = synth::write(options, BufWriter::with_capacity(1 << 20, out))?;
    if let Some(path) = &arguments.plan {
        let text = serde_json::to_string_pretty(&paths)?;
        std::fs::write(path, format!("{text}\n")).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
