//! `palisade assess`: everything at once.

use std::fs;

use anyhow::Context;
use palisade_engine::Settings;
use palisade_engine::diff::{Snapshot, mark_known};
use palisade_engine::plan::Planning;

use super::{Done, fixes};
use crate::cli::{Assess, AssessFormat};
use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Assess, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let baseline = args
        .baseline
        .as_ref()
        .map(|file| saved(&file.to_string_lossy()))
        .transpose()?;
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let settings = with_risk(pipeline::declared(&args.input, &catalogue, settings, console)?);
    let mut assessed = pipeline::assess_as(&args.input, &catalogue, &settings, console, |assessment| {
        if let Some(baseline) = &baseline {
            mark_known(assessment, baseline);
        }
    })?;
    if args.new_only {
        palisade_report::keep_new(&mut assessed.assessment);
    }
    let assessment = &assessed.assessment;
    let report = match args.format {
        AssessFormat::Text => Report::Styled(palisade_report::assess(assessment, console.text())),
        AssessFormat::Json => Report::Plain(palisade_report::pretty(assessment)?),
        AssessFormat::JsonCompact => Report::Plain(palisade_report::compact(assessment)?),
        AssessFormat::Markdown => Report::Plain(palisade_report::markdown(assessment)),
        AssessFormat::Sarif => Report::Plain(palisade_report::sarif(
            assessment,
            &catalogue,
            &fixes::of(assessment, &catalogue),
        )?),
        AssessFormat::Junit => Report::Plain(palisade_report::junit(assessment, &catalogue)),
        AssessFormat::Github => Report::Plain(palisade_report::github(assessment, &catalogue)),
        AssessFormat::Gitlab => Report::Plain(palisade_report::gitlab(assessment, &catalogue)?),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}

/// Who says how much risk is acceptable wants to know how much there is.
fn with_risk(mut settings: Settings) -> Settings {
    let appetite = settings.intent.declared.appetite;
    if settings.planning.is_none() && (appetite.upper.is_some() || appetite.lower.is_some()) {
        settings.planning = Some(Planning::default());
    }
    settings
}

/// An assessment that was saved.
fn saved(file: &str) -> anyhow::Result<Snapshot> {
    const HELP: &str = "`palisade assess --format json --output FILE` writes one";
    let bytes = fs::read(file).with_context(|| format!("cannot read `{file}`"))?;
    match palisade_report::saved(&bytes) {
        Ok(Some(snapshot)) => Ok(snapshot),
        Ok(None) => Err(Failure::new(format!("`{file}` is no saved assessment"), HELP).into()),
        Err(error) => Err(Failure::new(format!("`{file}` can't be the baseline: {error}"), HELP).into()),
    }
}
