//! `palisade assess`: everything at once.

use super::Done;
use crate::cli::{Assess, AssessFormat};
use crate::console::{Console, Report};
use crate::own::Own;
use crate::pipeline;
use palisade_engine::Settings;

pub(crate) fn run<'a>(args: &'a Assess, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let assessed = pipeline::assess(&args.input, &catalogue, settings, console)?;
    let assessment = &assessed.assessment;
    let report = match args.format {
        AssessFormat::Text => Report::Styled(palisade_report::assess(assessment, console.text())),
        AssessFormat::Json => Report::Plain(palisade_report::pretty(assessment)?),
        AssessFormat::JsonCompact => Report::Plain(palisade_report::compact(assessment)?),
        AssessFormat::Markdown => Report::Plain(palisade_report::markdown(assessment)),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}
