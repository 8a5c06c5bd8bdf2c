//! `palisade catalogue stats`: the catalogue in numbers.

use crate::cli::catalogue::{CatalogueFormat, Stats};
use crate::console::{Console, Report};
use crate::pipeline;
use crate::verbs::Done;

pub(crate) fn run(args: &Stats, console: &Console) -> anyhow::Result<Done<'static>> {
    let catalogue = pipeline::catalogue()?;
    Ok(Done::with(match args.format {
        CatalogueFormat::Text => Report::Styled(palisade_report::stats(&catalogue, console.text())),
        CatalogueFormat::Json => Report::Plain(palisade_report::stats_json(&catalogue.statistics())?),
    }))
}
