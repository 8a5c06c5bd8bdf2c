//! `palisade catalogue show`: one entry whole.

use crate::cli::catalogue::{CatalogueFormat, Show};
use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::pipeline;
use crate::verbs::Done;

pub(crate) fn run(args: &Show, console: &Console) -> anyhow::Result<Done<'static>> {
    let catalogue = pipeline::catalogue()?;
    let report = match args.format {
        CatalogueFormat::Text => palisade_report::entry(&catalogue, &args.id, console.text()).map(Report::Styled),
        CatalogueFormat::Json => palisade_report::entry_json(&catalogue, &args.id)?.map(Report::Plain),
    };
    let report = report.ok_or_else(|| {
        Failure::new(
            format!("`{}` is no entry of the catalogue", args.id),
            "`palisade catalogue list` shows what there is",
        )
    })?;
    Ok(Done::with(report))
}
