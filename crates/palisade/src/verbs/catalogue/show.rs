//! `palisade catalogue show`: one entry whole.

use palisade_knowledge::Lookup;

use crate::cli::catalogue::{CatalogueFormat, Show};
use crate::console::{Console, Report};
use crate::own::Own;
use crate::verbs::{Done, explain};

pub(crate) fn run(args: &Show, own: &Own, console: &Console) -> anyhow::Result<Done<'static>> {
    let catalogue = own.load(&[], console)?.catalogue;
    let text = console.text();
    let report = match (catalogue.lookup(&args.id, None), args.format) {
        (Lookup::Entries(wanted), CatalogueFormat::Json) => {
            Some(Report::Plain(palisade_report::entries_json(&catalogue, &wanted)?))
        }
        (Lookup::Requirement(framework, requirement), CatalogueFormat::Json) => Some(Report::Plain(
            palisade_report::requirement_json(&catalogue, framework, requirement)?,
        )),
        (found, _) => explain::page(&catalogue, &found, text).map(Report::Styled),
    };
    let report = report.ok_or_else(|| explain::not_found(&args.id, &catalogue.lookup(&args.id, None)))?;
    Ok(Done::with(report))
}
