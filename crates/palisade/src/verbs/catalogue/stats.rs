//! `palisade catalogue stats`: the catalogue in numbers.

use crate::cli::catalogue::{CatalogueFormat, Stats};
use crate::console::{Console, Report};
use crate::own::Own;
use crate::verbs::Done;

pub(crate) fn run(args: &Stats, own: &Own, console: &Console) -> anyhow::Result<Done<'static>> {
    let catalogue = own.load(&[], console)?.catalogue;
    Ok(Done::with(match args.format {
        CatalogueFormat::Text => Report::Styled(palisade_report::stats(&catalogue, console.text())),
        CatalogueFormat::Json => Report::Plain(palisade_report::stats_json(&catalogue.statistics())?),
    }))
}
