//! `palisade paths`: the ways an attacker would take.

use palisade_knowledge::KubernetesVersion;

use palisade_report::Pattern;

use super::Done;
use crate::cli::{ListFormat, Paths};
use crate::console::{Console, Report};
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(
    args: &'a Paths,
    own: &Own,
    version: KubernetesVersion,
    console: &Console,
) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let mut assessed = pipeline::assess(&args.input, &catalogue, version, console)?;
    let assessment = &mut assessed.assessment;
    let from = args.from.as_ref().map(Pattern::new);
    let to = args.to.as_ref().map(Pattern::new);
    palisade_report::keep_paths(assessment, from.as_ref(), to.as_ref());
    let report = match args.format {
        ListFormat::Text => Report::Styled(palisade_report::paths(assessment, console.text())),
        ListFormat::Json => Report::Plain(palisade_report::paths_json(assessment)?),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}
