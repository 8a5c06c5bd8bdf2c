//! `palisade tree`: every way to an asset.

use palisade_engine::{AttackGraph, AttackTree, Settings, System};

use super::Done;
use super::blast_radius::wanted;
use crate::cli::report::{Tree, TreeFormat};
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Tree, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.source.paths, console)?.catalogue;
    let (systems, coverage) = pipeline::compile(&args.source, &catalogue, settings, console)?;
    let graphs: Vec<(&System, AttackGraph<'_>)> = systems
        .iter()
        .map(|system| (system, AttackGraph::new(system, &catalogue)))
        .collect();
    let element = wanted(&args.element, &graphs)?;
    let trees: Vec<(&str, AttackTree)> = graphs
        .iter()
        .filter_map(|(system, graph)| Some((&*system.root, graph.tree(&element)?)))
        .collect();
    if trees.is_empty() {
        return Err(Failure::new(
            format!("no actor is known to get to `{element}`"),
            format!(
                "`palisade blast-radius {element}` says what it would give; `palisade paths` shows what is reached"
            ),
        )
        .into());
    }
    let report = match args.format {
        TreeFormat::Text => Report::Styled(palisade_report::attack_tree(&trees, console.text())),
        TreeFormat::Svg => Report::Plain(palisade_report::attack_tree_svg(&trees)),
        TreeFormat::Json => Report::Plain(palisade_report::attack_tree_json(&coverage, &trees)?),
    };
    Ok(Done {
        report,
        output: args.source.output.as_deref(),
        outcome: Outcome::Fine,
    })
}
