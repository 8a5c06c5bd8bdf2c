//! What people declare, `palisade.yaml`: where it is found, and what it may refer to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use palisade_inventory::{Date, Intent};
use palisade_knowledge::{Catalogue, Claim, Condition, EntryKind, Stride, View};
use palisade_sources::{IntentError, Known};
use serde::Serialize;
use serde::de::{DeserializeOwned, IntoDeserializer, value};

use crate::cli::Input;
use crate::console::Console;
use crate::failure::Failure;

/// Mistakes shown before "and n more".
const FEW: usize = 20;
const SECONDS_A_DAY: u64 = 24 * 60 * 60;

/// The intent for these inputs; empty where there is none.
pub(crate) fn load(input: &Input, catalogue: &Catalogue, console: &Console) -> anyhow::Result<Intent> {
    match &input.intent {
        Some(file) => of_file(file, catalogue),
        None => beside(&input.paths, catalogue, console),
    }
}

/// The intent of a file that the user named.
pub(crate) fn of_file(file: &Path, catalogue: &Catalogue) -> anyhow::Result<Intent> {
    let shown = file.display().to_string().replace('\\', "/");
    parsed(&shown, &text(file, &shown)?, catalogue)
}

/// The intent beside or above these inputs; empty where there is none.
pub(crate) fn beside(inputs: &[PathBuf], catalogue: &Catalogue, console: &Console) -> anyhow::Result<Intent> {
    match found(inputs)? {
        Some(file) => found_at(
            &file,
            &file.display().to_string().replace('\\', "/"),
            catalogue,
            console,
        ),
        None => Ok(Intent::default()),
    }
}

/// The intent of a file that was found, if it is one; `shown` is what the user calls it.
pub(crate) fn found_at(file: &Path, shown: &str, catalogue: &Catalogue, console: &Console) -> anyhow::Result<Intent> {
    let text = text(file, shown)?;
    if !palisade_sources::is_intent(&text) {
        console.note(format_args!(
            "`{shown}` is a manifest, not what you declare; --intent names another file"
        ));
        return Ok(Intent::default());
    }
    let intent = parsed(shown, &text, catalogue)?;
    console.note(format_args!("what you declare is read from {shown}"));
    Ok(intent)
}

fn text(file: &Path, shown: &str) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read `{shown}`"))
}

fn parsed(shown: &str, text: &[u8], catalogue: &Catalogue) -> anyhow::Result<Intent> {
    let intent = palisade_sources::read_intent(shown, text, &known(catalogue));
    Ok(intent.map_err(|errors| wrong(shown, &errors))?)
}

/// The day of today.
pub(crate) fn today() -> Date {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Date::from_unix_days(u32::try_from(since.as_secs() / SECONDS_A_DAY).unwrap_or(u32::MAX))
}

/// The one file of intent beside or above the inputs.
fn found(inputs: &[PathBuf]) -> Result<Option<PathBuf>, Failure> {
    let here = [PathBuf::from(".")];
    let inputs = if inputs.is_empty() { &here[..] } else { inputs };
    let mut files = inputs.iter().filter_map(|input| palisade_sources::intent_beside(input));
    let Some(first) = files.next() else { return Ok(None) };
    let is_other = |file: &PathBuf| file.canonicalize().ok() != first.canonicalize().ok();
    match files.find(is_other) {
        None => Ok(Some(first)),
        Some(other) => Err(Failure::new(
            format!("`{}` and `{}` both declare something", first.display(), other.display()),
            "name the one that counts with --intent",
        )),
    }
}

/// What a file of intent may refer to.
pub(crate) fn known(catalogue: &Catalogue) -> Known {
    let ids = |kind| -> BTreeSet<String> {
        let titles = catalogue.titles(kind).into_iter();
        titles.map(|(id, _)| id.to_owned()).collect()
    };
    let baselines = |framework: &palisade_knowledge::Framework| {
        let requirements = framework.requirements.iter();
        requirements
            .flat_map(|requirement| &requirement.baselines)
            .map(word)
            .collect()
    };
    Known {
        actors: ids(EntryKind::Actors),
        controls: ids(EntryKind::Controls),
        technologies: ids(EntryKind::Technologies),
        rules: &ids(EntryKind::Weaknesses) | &ids(EntryKind::Steps),
        frameworks: catalogue
            .frameworks
            .iter()
            .map(|(id, framework)| (id.clone(), baselines(framework)))
            .collect(),
        categories: Stride::ALL.iter().map(word).collect(),
        views: View::ALL.iter().map(word).collect(),
        condition,
        claim: |claim| Claim::compile(claim).map(drop).map_err(|error| error.to_string()),
    }
}

/// What is wrong with a condition over a view.
fn condition(view: &str, condition: &str) -> Result<(), String> {
    let view: View = named(view).ok_or_else(|| format!("there is no view `{view}`"))?;
    let condition: Condition = named(condition).ok_or_else(|| "this is not a condition".to_owned())?;
    condition.check(view.variables()).map_err(|error| error.to_string())
}

/// A value of the catalogue from how it is written.
fn named<T: DeserializeOwned>(text: &str) -> Option<T> {
    let text: value::StrDeserializer<'_, value::Error> = text.into_deserializer();
    T::deserialize(text).ok()
}

/// How a value of the catalogue is written.
fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn wrong(file: &str, errors: &[IntentError]) -> Failure {
    let mut message = match errors.len() {
        1 => format!("what `{file}` declares can't be used"),
        several => format!("what `{file}` declares can't be used, for {several} reasons"),
    };
    for error in errors.iter().take(FEW) {
        message = format!("{message}\n  {error}");
        if !error.help.is_empty() {
            message = format!("{message} ({})", error.help);
        }
    }
    if errors.len() > FEW {
        message = format!("{message}\n  and {} more", errors.len() - FEW);
    }
    Failure::new(message, "docs/schema/intent.json lets an editor check it as you write")
}
