//! `palisade diff`: what a change did.

mod git;
mod side;

use palisade_engine::Settings;
use palisade_engine::assessment::{AttackPath, Finding};
use palisade_engine::diff::{ChangeVerdict, Difference, compare};
use palisade_engine::plan::Planning;
use palisade_knowledge::Severity;
use palisade_report::{Compared, Comparison};

use self::side::Side;
use super::Done;
use crate::cli::diff::{Diff, DiffFormat, Unwanted};
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::own::Own;

pub(crate) fn run<'a>(args: &'a Diff, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let (base_name, head_name) = side::names(args)?;
    if base_name == "-" && head_name == "-" {
        return Err(Failure::new("standard input can't be both sides", "name the other one").into());
    }
    let (base, head) = (side::find(&base_name)?, side::find(&head_name)?);
    // One catalogue for both: what is new to the catalogue is no change of the system.
    let catalogue = own.load(&head.paths(), console)?.catalogue;
    let settings = Settings {
        planning: args.risk.then(Planning::default),
        ..settings.clone()
    };
    let base = base.assess(base_name, args, &catalogue, &settings, console)?;
    let head = head.assess(head_name, args, &catalogue, &settings, console)?;
    if base.snapshot.systems.is_empty() && head.snapshot.systems.is_empty() {
        return Err(Failure::new(
            format!(
                "nothing was compared: neither `{}` nor `{}` holds anything to assess",
                base.name, head.name
            ),
            "name folders, files or revisions with Kubernetes manifests",
        )
        .into());
    }
    let difference = compare(&base.snapshot, &head.snapshot, &catalogue);
    let comparison = Comparison {
        difference: &difference,
        base: compared(&base),
        head: compared(&head),
    };
    let report = match args.format {
        DiffFormat::Text => Report::Styled(palisade_report::difference(&comparison, console.text())),
        DiffFormat::Json => Report::Plain(palisade_report::difference_json(&comparison)?),
        DiffFormat::Markdown => Report::Plain(palisade_report::difference_markdown(&comparison)),
    };
    let is_unwanted = args.fail_on.is_some_and(|unwanted| comes_to(&difference, unwanted));
    Ok(Done {
        report,
        output: args.output.as_deref(),
        outcome: if is_unwanted { Outcome::Found } else { Outcome::Fine },
    })
}

fn compared(side: &Side) -> Compared<'_> {
    Compared {
        name: &side.name,
        coverage: side.coverage.as_ref(),
    }
}

/// Whether a change is one that must not be. What can't be told may be such a change.
fn comes_to(difference: &Difference, unwanted: Unwanted) -> bool {
    if !difference.no_longer_understood.is_empty() {
        return true;
    }
    let Some(least) = unwanted.severity() else {
        return matches!(difference.verdict, ChangeVerdict::Worse | ChangeVerdict::Mixed);
    };
    let is_bad = |severity: Severity| severity >= least;
    let path = |path: &AttackPath| path.counts() && is_bad(path.severity);
    let finding = |finding: &Finding| finding.counts() && is_bad(finding.severity);
    difference.systems.iter().any(|system| {
        let mut changed = system.paths_changed.iter();
        system.paths_opened.iter().any(path)
            || changed.any(|change| change.is_easier() && path(&change.path))
            || system.findings_new.iter().any(finding)
    })
}
