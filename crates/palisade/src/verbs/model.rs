//! `palisade model`: what we are working on.

use palisade_engine::Settings;
use palisade_report::DiagramOptions;

use super::Done;
use crate::cli::{Model, ModelFormat};
use crate::console::{Console, Report};
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Model, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let assessed = pipeline::assess(&args.input, &catalogue, settings, console)?;
    let assessment = &assessed.assessment;
    let systems = &assessment.systems;
    let options = DiagramOptions {
        platform: args.platform,
    };
    if systems.len() > 1 && matches!(args.format, ModelFormat::Mermaid | ModelFormat::Dot | ModelFormat::Svg) {
        console.note(format_args!(
            "{} systems in one picture; --system ROOT draws one",
            systems.len()
        ));
    }
    let report = match args.format {
        ModelFormat::Text => Report::Styled(palisade_report::outline(assessment, options, console.text())),
        ModelFormat::Mermaid => Report::Plain(palisade_report::mermaid(systems, options)),
        ModelFormat::Dot => Report::Plain(palisade_report::dot(systems, options)),
        ModelFormat::Svg => Report::Plain(palisade_report::svg(systems, options)),
        ModelFormat::Json => Report::Plain(palisade_report::model_json(assessment)?),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}
