//! `palisade threats`: what can go wrong.

use palisade_report::Pattern;

use super::Done;
use crate::cli::{ListFormat, Threats};
use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Threats, console: &Console) -> anyhow::Result<Done<'a>> {
    let mut assessed = pipeline::assess(&args.input, pipeline::catalogue()?, console)?;
    let assessment = &mut assessed.assessment;
    if let Some(focus) = &args.focus {
        palisade_report::focus(assessment, &Pattern::new(focus)).map_err(|help| {
            Failure::new(format!("no element is called `{focus}`"), help)
        })?;
    }
    let report = match (args.format, &args.focus) {
        (ListFormat::Text, None) => Report::Styled(palisade_report::threats(assessment, console.text())),
        (ListFormat::Text, Some(_)) => Report::Styled(palisade_report::elements(assessment, console.text())),
        (ListFormat::Json, _) => Report::Plain(palisade_report::threats_json(assessment)?),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}
