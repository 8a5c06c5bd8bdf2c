//! `palisade catalogue lint`: everything that is wrong with own entries, at once.

use std::collections::BTreeMap;

use palisade_knowledge::{CatalogueError, Changes};
use palisade_report::Problem;

use super::own_of;
use crate::cli::catalogue::{CatalogueFormat, Proving};
use crate::console::{Console, Report};
use crate::failure::Outcome;
use crate::own::{self, Own};
use crate::verbs::Done;

/// What ids that come with Palisade begin with.
const OURS: &str = "PAL-";

pub(crate) fn run(args: &Proving, own: &Own, console: &Console) -> anyhow::Result<Done<'static>> {
    let folders = own_of(args, own).folders(&[])?;
    let files = own::read(&folders)?;
    let checked = files.len();
    let (problems, outcome) = match own::overlay(files) {
        Ok(loaded) => (reserved(&loaded.changes, &loaded.files), Outcome::Fine),
        Err(errors) => (errors.into_iter().map(problem).collect(), Outcome::Incomplete),
    };
    let report = match args.format {
        CatalogueFormat::Text => Report::Styled(palisade_report::problems(checked, &problems, console.text())),
        CatalogueFormat::Json => Report::Plain(palisade_report::problems_json(checked, &problems)?),
    };
    Ok(Done {
        outcome,
        ..Done::with(report)
    })
}

fn problem(error: CatalogueError) -> Problem {
    Problem {
        file: error.file,
        position: error.position,
        is_error: true,
        message: error.message,
        help: error.help,
    }
}

/// New entries under ids that a later version may use for something else.
fn reserved(changes: &Changes, files: &BTreeMap<String, String>) -> Vec<Problem> {
    let taken = changes.added.iter().filter(|change| change.id.starts_with(OURS));
    taken
        .map(|change| Problem {
            file: change.file.clone(),
            position: files
                .get(&change.file)
                .and_then(|text| palisade_knowledge::position_in(text, &palisade_inventory::FieldPath::parse("id"))),
            is_error: false,
            message: format!(
                "`{}` is of the ids that come with Palisade, and may one day be used there",
                change.id
            ),
            help: "begin own ids with a prefix of your own".to_owned(),
        })
        .collect()
}
