//! `palisade catalogue list`: an entry a line.

use palisade_knowledge::EntryKind;

use crate::cli::catalogue::{CatalogueFormat, List};
use crate::console::{Console, Report};
use crate::own::Own;
use crate::verbs::Done;

pub(crate) fn run(args: &List, own: &Own, console: &Console) -> anyhow::Result<Done<'static>> {
    let catalogue = own.load(&[], console)?.catalogue;
    let kinds = match args.kind {
        Some(kind) => vec![EntryKind::from(kind)],
        None => EntryKind::ALL.to_vec(),
    };
    Ok(Done::with(match args.format {
        CatalogueFormat::Text => Report::Styled(palisade_report::list(&catalogue, &kinds, console.text())),
        CatalogueFormat::Json => Report::Plain(palisade_report::list_json(&catalogue, &kinds)?),
    }))
}
