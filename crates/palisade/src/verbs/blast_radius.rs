//! `palisade blast-radius`: what the compromise of one element gives.

use std::collections::BTreeSet;

use palisade_engine::{AttackGraph, BlastRadius, Settings, System};
use palisade_report::Pattern;

use super::Done;
use crate::cli::ListFormat;
use crate::cli::graph::BlastRadius as Args;
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Args, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.source.paths, console)?.catalogue;
    let (systems, coverage) = pipeline::compile(&args.source, &catalogue, settings, console)?;
    let graphs: Vec<(&System, AttackGraph<'_>)> = systems
        .iter()
        .map(|system| (system, AttackGraph::new(system, &catalogue)))
        .collect();
    let element = wanted(&args.element, &graphs)?;
    let found: Vec<(&str, BlastRadius)> = graphs
        .iter()
        .filter_map(|(system, graph)| Some((&*system.root, graph.blast_radius(&element)?)))
        .collect();
    let report = match args.format {
        ListFormat::Text => Report::Styled(palisade_report::blast_radius(&found, console.text())),
        ListFormat::Json => Report::Plain(palisade_report::blast_radius_json(&coverage, &found)?),
    };
    Ok(Done {
        report,
        output: args.source.output.as_deref(),
        outcome: Outcome::Fine,
    })
}

/// The element that is meant: by its id, else by a part of an id that only one has.
pub(super) fn wanted(text: &str, graphs: &[(&System, AttackGraph<'_>)]) -> Result<String, Failure> {
    let all: BTreeSet<&str> = graphs.iter().flat_map(|(_, graph)| graph.holdable()).collect();
    if all.contains(text) {
        return Ok(text.to_owned());
    }
    let pattern = Pattern::new(text);
    let alike: Vec<&str> = all.iter().copied().filter(|id| pattern.finds(id)).collect();
    match alike.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(Failure::new(
            format!("no attack step is about `{text}`"),
            format!("the most like it: {}", palisade_report::most_like(all, text).join(", ")),
        )),
        several => Err(Failure::new(
            format!("`{text}` may be {} things", several.len()),
            format!(
                "say which: {}",
                several.iter().take(12).copied().collect::<Vec<_>>().join(", ")
            ),
        )),
    }
}
