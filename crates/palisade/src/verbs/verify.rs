//! `palisade verify`: what is declared, held against the model.

use palisade_engine::Settings;
use palisade_engine::verify::{CheckOutcome, Known, verify};

use super::Done;
use crate::cli::ListFormat;
use crate::cli::verify::Verify;
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Verify, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.source.paths, console)?.catalogue;
    let input = args.input();
    let settings = pipeline::declared(&input, &catalogue, settings, console)?;
    let known = Known {
        catalogue: &catalogue,
        intent: &settings.intent,
        as_of: settings.as_of,
        soon: args.soon,
    };
    let mut verified = None;
    let assessed = pipeline::assess_as(&input, &catalogue, &settings, console, |assessment| {
        verified = Some(verify(assessment, &known));
    })?;
    let verification = verified.filter(|verification| !verification.checks.is_empty());
    let verification = verification.ok_or_else(nothing)?;
    let coverage = &assessed.assessment.coverage;
    let report = match args.format {
        ListFormat::Json => Report::Plain(palisade_report::verification_json(&verification, coverage)?),
        ListFormat::Text => Report::Styled(palisade_report::verification(
            &verification,
            &assessed.assessment,
            console.text(),
        )),
    };
    let unwanted = args.fail_on.iter().map(|outcome| CheckOutcome::from(*outcome));
    let fails = unwanted
        .chain([CheckOutcome::Broken])
        .any(|outcome| verification.any(outcome));
    Ok(Done {
        report,
        output: args.source.output.as_deref(),
        outcome: if fails { Outcome::Found } else { Outcome::Fine },
    })
}

fn nothing() -> Failure {
    Failure::new(
        "nothing to verify: no assumption, acceptance, control or requirement is declared, and no object carries a waiver",
        "`palisade init` writes a first palisade.yaml; docs/claims.md shows how assumptions become tests",
    )
}
