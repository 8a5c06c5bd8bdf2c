//! `palisade init`: a first file of what people declare, from what is seen.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use palisade_engine::Settings;
use palisade_knowledge::Catalogue;
use palisade_report::ReckonedActor;
use palisade_sources::INTENT_FILE;

use super::Done;
use crate::cli::Init;
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run(args: &Init, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'static>> {
    let output = args.input.output.clone().unwrap_or_else(|| beside(&args.input.paths));
    let is_stdout = output.as_os_str() == "-";
    if !is_stdout && !args.force && output.exists() {
        return Err(there_is(&output).into());
    }
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    // What is seen, not what an earlier file declares.
    let assessed = pipeline::assess_as(&args.input, &catalogue, settings, console, |_| ())?;
    let draft = palisade_report::draft_intent(&assessed.assessment.systems, &actors(&catalogue));
    if is_stdout {
        return Ok(Done::with(Report::Plain(draft)));
    }
    write(&output, &draft, args.force)?;
    console.note(format_args!("wrote {}", output.display()));
    Ok(Done {
        outcome: Outcome::Fine,
        ..Done::with(Report::Plain(String::new()))
    })
}

/// Where the next run finds it: in the folder that was named, or else in this one.
fn beside(inputs: &[PathBuf]) -> PathBuf {
    match inputs {
        [folder, ..] if folder.is_dir() => folder.join(INTENT_FILE),
        _ => PathBuf::from(INTENT_FILE),
    }
}

/// Never over another file unless that is wanted, not even over one that came while we were reading.
fn write(output: &Path, text: &str, force: bool) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    let options = options.write(true).truncate(true);
    let options = if force {
        options.create(true)
    } else {
        options.create_new(true)
    };
    let written = options
        .open(output)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(there_is(output).into()),
        written => written.with_context(|| format!("cannot write `{}`", output.display())),
    }
}

fn there_is(output: &Path) -> Failure {
    Failure::new(
        format!("`{}` is there already", output.display()),
        "--output names another file, --force overwrites this one",
    )
}

/// The actors that try where nobody says otherwise.
fn actors(catalogue: &Catalogue) -> Vec<ReckonedActor> {
    let attempts = palisade_engine::risk::attempts(catalogue);
    let reckoned = attempts.into_iter().filter(|(_, (_, high))| *high > 0.0);
    reckoned
        .filter_map(|(id, attempts)| {
            Some(ReckonedActor {
                id: id.to_owned(),
                name: catalogue.actors.get(id)?.name.clone(),
                attempts,
            })
        })
        .collect()
}
