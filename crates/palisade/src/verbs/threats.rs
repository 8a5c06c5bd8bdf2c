//! `palisade threats`: what can go wrong.

use palisade_engine::Settings;
use palisade_report::Pattern;

use super::Done;
use crate::cli::{ListFormat, Threats};
use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(
    args: &'a Threats,
    own: &Own,
    settings: &Settings,
    console: &Console,
) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let mut assessed = pipeline::assess(&args.input, &catalogue, settings, console)?;
    let assessment = &mut assessed.assessment;
    let mut focused = None;
    if let Some(focus) = &args.focus {
        let ids = palisade_report::focus(assessment, &Pattern::new(focus));
        if ids.is_empty() {
            let similar = palisade_report::similar(assessment, focus).join(", ");
            let message = format!("no element is called `{focus}`");
            return Err(Failure::new(message, format!("the most like it: {similar}")).into());
        }
        focused = Some(ids);
    }
    let text = console.text();
    let report = match (args.format, &focused) {
        (ListFormat::Json, _) => Report::Plain(palisade_report::threats_json(assessment)?),
        (ListFormat::Text, None) => Report::Styled(palisade_report::threats(assessment, text)),
        (ListFormat::Text, Some(ids)) => Report::Styled(palisade_report::elements(assessment, ids, &catalogue, text)),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}
