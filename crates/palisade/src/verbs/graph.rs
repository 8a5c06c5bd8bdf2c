//! `palisade graph`: the whole attack graph for other tools.

use palisade_engine::{AttackGraph, Settings};

use super::Done;
use crate::cli::graph::{Graph, GraphFormat};
use crate::console::{Console, Report};
use crate::failure::Outcome;
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Graph, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.source.paths, console)?.catalogue;
    let (systems, coverage) = pipeline::compile(&args.source, &catalogue, settings, console)?;
    let graphs: Vec<_> = systems
        .iter()
        .map(|system| (&*system.root, AttackGraph::new(system, &catalogue).export()))
        .collect();
    let report = match args.format {
        GraphFormat::Json => palisade_report::graphs_json(&coverage, &graphs)?,
        GraphFormat::Graphml => palisade_report::graphml(&graphs),
        GraphFormat::Dot => palisade_report::attack_dot(&graphs),
    };
    Ok(Done {
        report: Report::Plain(report),
        output: args.source.output.as_deref(),
        outcome: Outcome::Fine,
    })
}
