//! Compliance for a wiki or an auditor's folder.

use std::fmt::Write as _;

use palisade_engine::Assessment;
use palisade_engine::compliance::{ComplianceState, FrameworkCompliance};

use super::{STATES, SystemCompliance, counts, of, places, seen, state, title};
use crate::markdown::{code, plain};

/// Every framework as a table of its requirements, with the places that tell; a table of all frameworks first.
pub fn compliance_markdown(assessment: &Assessment, found: &[SystemCompliance]) -> String {
    let mut text = String::from("# Compliance\n");
    for system in found {
        if found.len() > 1 {
            let _ = writeln!(text, "\n## {}", code(&system.root));
        }
        overview(&mut text, &system.frameworks);
        for framework in &system.frameworks {
            one(&mut text, framework);
        }
    }
    let coverage = &assessment.coverage;
    let _ = writeln!(
        text,
        "\n*Met* is what evidence shows everywhere; what nothing that was read could show is *not evaluated*. {} of {} \
         documents were understood.",
        coverage.understood, coverage.documents
    );
    text
}

fn overview(text: &mut String, frameworks: &[FrameworkCompliance]) {
    text.push_str("\n| Framework |");
    for it in STATES {
        let _ = write!(text, " {} |", state(it));
    }
    text.push_str("\n|---|--:|--:|--:|--:|--:|\n");
    for framework in frameworks {
        let in_force = if framework.in_force { " (in force)" } else { "" };
        let _ = write!(text, "| {}{in_force} |", plain(&title(framework)));
        for it in STATES {
            let _ = write!(text, " {} |", of(&framework.counts, it));
        }
        text.push('\n');
    }
}

fn one(text: &mut String, framework: &FrameworkCompliance) {
    let _ = writeln!(
        text,
        "\n### {}\n\n{}.\n\n| | Requirement | State | Why | Where |\n|---|---|---|---|---|",
        plain(&title(framework)),
        counts(&framework.counts)
    );
    for requirement in &framework.requirements {
        let bold = if requirement.heading { "**" } else { "" };
        let mut why = plain(&requirement.reason);
        if requirement.state != ComplianceState::NotEvaluated {
            for control in &requirement.controls {
                let _ = write!(
                    why,
                    "<br>{} {}: {}",
                    control.id,
                    plain(&control.title),
                    plain(&seen(control))
                );
            }
        }
        for weakness in &requirement.weaknesses {
            let _ = write!(
                why,
                "<br>{} {} ({})",
                weakness.rule,
                plain(&weakness.title),
                weakness.count
            );
        }
        let places: Vec<String> = places(requirement).iter().map(|place| code(place)).collect();
        let _ = writeln!(
            text,
            "| {} | {bold}{}{bold} | {} | {why} | {} |",
            plain(&requirement.id),
            plain(&requirement.title),
            state(requirement.state),
            places.join("<br>")
        );
    }
}
