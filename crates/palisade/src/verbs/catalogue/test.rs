//! `palisade catalogue test`: the examples of every entry, as written and as the API server defaults them.

use std::collections::BTreeMap;

use palisade_inventory::{FieldPath, Resource};
use palisade_knowledge::{Change, Disproof, Examples};
use palisade_report::{Problem, Proofs};

use super::own_of;
use crate::cli::catalogue::{CatalogueFormat, Proving};
use crate::console::{Console, Report};
use crate::failure::Outcome;
use crate::own::{Loaded, Own};
use crate::verbs::Done;

pub(crate) fn run(args: &Proving, own: &Own, console: &Console) -> anyhow::Result<Done<'static>> {
    let loaded = own_of(args, own).load(&[], console)?;
    let proofs = {
        let _progress = console.progress("running examples");
        prove(&loaded)
    };
    let outcome = if proofs.problems.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Found
    };
    let report = match args.format {
        CatalogueFormat::Text => Report::Styled(palisade_report::proofs(&proofs, console.text())),
        CatalogueFormat::Json => Report::Plain(palisade_report::proofs_json(&proofs)?),
    };
    Ok(Done {
        outcome,
        ..Done::with(report)
    })
}

fn prove(loaded: &Loaded) -> Proofs {
    let catalogue = &loaded.catalogue;
    let count = |examples: &Examples| examples.must_match.len() + examples.must_not_match.len();
    let mut disproofs = Vec::new();
    let mut examples = 0;
    for weakness in catalogue.weaknesses.values() {
        examples += count(&weakness.examples);
        disproofs.extend(weakness.disproofs(&read));
    }
    for step in catalogue.steps.values() {
        examples += count(&step.examples);
        disproofs.extend(palisade_engine::disproofs_of_step(step, catalogue, &read));
    }
    Proofs {
        weaknesses: catalogue.weaknesses.len(),
        steps: catalogue.steps.len(),
        examples,
        problems: disproofs.iter().map(|it| problem(it, loaded)).collect(),
    }
}

/// The objects of an example, read as any file is.
fn read(manifest: &str) -> Result<Vec<Resource>, String> {
    let reading = palisade_sources::read_bytes("example", manifest.as_bytes());
    match reading.coverage.skipped.first() {
        Some(skipped) => Err(format!("line {}: {}", skipped.line, skipped.reason)),
        None => Ok(reading.resources),
    }
}

fn problem(disproof: &Disproof, loaded: &Loaded) -> Problem {
    let changes = loaded.changes.added.iter().chain(&loaded.changes.overridden);
    let file = changes
        .filter(|change| change.id == disproof.entry)
        .map(|change: &Change| change.file.clone())
        .next();
    Problem {
        position: file
            .as_ref()
            .and_then(|file| position(&loaded.files, file, &disproof.at)),
        file: file.unwrap_or_else(|| format!("{} (built in)", disproof.entry)),
        is_error: true,
        message: format!("the example `{}`: {}", disproof.example, disproof.message),
        help: String::new(),
    }
}

fn position(files: &BTreeMap<String, String>, file: &str, at: &str) -> Option<palisade_inventory::Position> {
    palisade_knowledge::position_in(files.get(file)?, &FieldPath::parse(at))
}
