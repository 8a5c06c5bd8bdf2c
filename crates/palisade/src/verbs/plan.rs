//! `palisade plan`: risk in money, and the controls that pay.

use palisade_engine::Settings;
use palisade_engine::plan::Planning;
use palisade_engine::risk::Simulation;
use palisade_knowledge::Catalogue;

use super::Done;
use crate::cli::ListFormat;
use crate::cli::plan::Plan;
use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Plan, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    for control in args.with.iter().chain(&args.without) {
        is_known(control, &catalogue)?;
    }
    let planning = Planning {
        simulation: Simulation {
            seed: args.seed,
            ..Simulation::default()
        },
        with: args.with.clone(),
        without: args.without.clone(),
    };
    let settings = Settings {
        planning: Some(planning),
        ..settings.clone()
    };
    let assessed = pipeline::assess(&args.input, &catalogue, &settings, console)?;
    let report = match args.format {
        ListFormat::Json => Report::Plain(palisade_report::plan_json(&assessed.assessment)?),
        ListFormat::Text => Report::Styled(palisade_report::plan(&assessed.assessment, console.text())),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}

fn is_known(control: &str, catalogue: &Catalogue) -> Result<(), Failure> {
    if catalogue.controls.contains_key(control) {
        return Ok(());
    }
    let message = format!("no control is called `{control}`");
    Err(Failure::new(
        message,
        "`palisade catalogue list controls` lists all of them",
    ))
}
