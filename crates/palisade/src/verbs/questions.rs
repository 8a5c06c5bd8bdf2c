//! `palisade questions`: what should be asked next, and how it is answered.

use palisade_engine::Settings;
use palisade_engine::plan::Planning;
use palisade_engine::questions::questions;

use super::Done;
use crate::cli::ListFormat;
use crate::cli::questions::Questions;
use crate::console::{Console, Report};
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(
    args: &'a Questions,
    own: &Own,
    settings: &Settings,
    console: &Console,
) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let settings = Settings {
        planning: Some(Planning::default()),
        ..pipeline::declared(&args.input, &catalogue, settings, console)?
    };
    let assessed = pipeline::assess_as(&args.input, &catalogue, &settings, console, |_| ())?;
    let assessment = &assessed.assessment;
    let open = questions(assessment, &catalogue, &settings.intent);
    let report = match args.format {
        ListFormat::Text => Report::Styled(palisade_report::questions(assessment, &open, console.text())),
        ListFormat::Json => Report::Plain(palisade_report::questions_json(assessment, &open)?),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}
