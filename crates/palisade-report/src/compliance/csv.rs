//! Compliance as rows for a spreadsheet, one a requirement.

use super::{SystemCompliance, places, seen, state};
use crate::table::Table;
use crate::words;

/// One row for each requirement of each framework and system. Headings of frameworks are rows as well, and say so.
pub fn compliance_csv(found: &[SystemCompliance]) -> String {
    let mut table = Table::new(&[
        "system",
        "framework",
        "baseline",
        "in force",
        "requirement",
        "title",
        "heading",
        "state",
        "reason",
        "controls",
        "weaknesses",
        "evidence",
    ]);
    let yes = |is: bool| if is { "yes" } else { "no" };
    for system in found {
        for framework in &system.frameworks {
            for requirement in &framework.requirements {
                let controls = requirement.controls.iter();
                let controls = controls.map(|control| format!("{} {}: {}", control.id, control.title, seen(control)));
                let weaknesses = requirement.weaknesses.iter();
                let weaknesses = weaknesses.map(|it| format!("{} {} ({})", it.rule, it.title, it.count));
                table.row(&[
                    &*system.root,
                    &*framework.framework,
                    &*framework.baseline.map(words::name).unwrap_or_default(),
                    yes(framework.in_force),
                    &*requirement.id,
                    &*requirement.title,
                    yes(requirement.heading),
                    state(requirement.state),
                    &*requirement.reason,
                    &*controls.collect::<Vec<_>>().join("; "),
                    &*weaknesses.collect::<Vec<_>>().join("; "),
                    &*places(requirement).join("; "),
                ]);
            }
        }
    }
    table.finish()
}
