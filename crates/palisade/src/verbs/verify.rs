//! `palisade verify`: what is declared, held against the model.

use std::path::Path;
use std::sync::Arc;

use palisade_engine::Settings;
use palisade_engine::system::Evidence;
use palisade_engine::verify::{Check, CheckKind, CheckOutcome, Known, verify};
use palisade_report::GUARD_INDEX;

use super::Done;
use super::guard::folder::{FileState, Folder};
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
    let guardrails = args.guardrails.as_deref().map(guardrails).transpose()?;
    let mut verified = None;
    let assessed = pipeline::assess_as(&input, &catalogue, &settings, console, |assessment| {
        let mut verification = verify(assessment, &known);
        verification.add(guardrails.unwrap_or_default());
        verified = Some(verification);
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

/// Whether each guardrail of an earlier run is there as it was written.
fn guardrails(path: &Path) -> anyhow::Result<Vec<Check>> {
    let index = path.join(GUARD_INDEX);
    if !index.is_file() {
        let message = format!(
            "`{}` holds no guardrails: there is no `{GUARD_INDEX}` in it",
            path.display()
        );
        return Err(Failure::new(message, "`palisade guard` writes such a folder").into());
    }
    let folder = Folder::open(path)?;
    let shown: Arc<str> = index.display().to_string().replace('\\', "/").into();
    let checks = folder.states().into_iter().map(|(file, state)| {
        let (outcome, reason) = match state {
            FileState::Unchanged => (CheckOutcome::Holds, ""),
            FileState::Changed => (CheckOutcome::Broken, "it was changed since it was written"),
            FileState::Gone => (CheckOutcome::Broken, "it is gone"),
            FileState::Unreadable => (CheckOutcome::NotEvaluated, "it can't be read within the folder"),
        };
        Check {
            outcome,
            kind: CheckKind::Guardrail,
            name: file.to_owned(),
            says: "The guardrail is in place as it was written.".to_owned(),
            reason: reason.to_owned(),
            owner: None,
            until: None,
            evidence: Evidence {
                file: Arc::clone(&shown),
                line: 0,
                column: 0,
                path: String::new(),
                note: "indexed".to_owned(),
            },
            counterexamples: Vec::new(),
        }
    });
    Ok(checks.collect())
}

fn nothing() -> Failure {
    Failure::new(
        "nothing to verify: no assumption, acceptance, control or requirement is declared, and no object carries a waiver, \
         and no guardrails are named",
        "`palisade init` writes a first palisade.yaml; docs/claims.md shows how assumptions become tests",
    )
}
