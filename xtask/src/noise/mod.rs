//! How much is said about systems, and findings drawn at random to be checked by hand.

mod draw;
mod measure;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use palisade_engine::{Assessment, Model, Settings};
use palisade_inventory::Change;
use palisade_knowledge::Catalogue;
use palisade_sources::{Input, Options};

pub use draw::Draw;
use measure::Figures;

/// A table of what is said about each folder, and the findings drawn from each.
///
/// # Errors
///
/// When a folder can't be read.
pub fn report(folders: &[PathBuf], draw: Draw) -> anyhow::Result<String> {
    let catalogue = Arc::new(Catalogue::builtin()?);
    let mut table = String::from(measure::HEAD);
    let mut total = Figures::default();
    let mut drawn = String::new();
    let mut number = 0;
    for folder in folders {
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
        let assessment = assess(folder, &catalogue)?;
        let figures = Figures::of(&assessment);
        writeln!(table, "{}", figures.row(&name))?;
        total.add(&figures);
        for finding in draw.of(&name, &assessment) {
            number += 1;
            writeln!(drawn, "{number}. {}", draw::shown(finding))?;
        }
    }
    writeln!(table, "{}", total.row("all"))?;
    Ok(if drawn.is_empty() {
        table
    } else {
        format!("{table}\n{drawn}")
    })
}

fn assess(folder: &Path, catalogue: &Arc<Catalogue>) -> anyhow::Result<Assessment> {
    let reading = palisade_sources::read(&[Input::Path(folder.to_owned())], &Options::default())
        .with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut model = Model::new(Arc::clone(catalogue), Settings::default());
    let upserts = reading.resources.into_iter();
    model.apply(upserts.map(|resource| Change::Upsert(Box::new(resource))));
    Ok(model.assess(reading.coverage))
}
