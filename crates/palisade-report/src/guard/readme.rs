//! The page of a folder of guardrails, for people.

use std::fmt::Write;

use palisade_engine::guard::{Effect, Guardrail, Guardrails, ProofVerdict, SystemGuardrails};

use super::{counts, paths, verdict};

/// The page.
pub(super) fn page(guardrails: &Guardrails, folders: &[String]) -> String {
    let mut page = String::from(
        "# Guardrails\n\n\
         Written by `palisade guard`. Each file says at its head what it answers, how to roll it out and how to take it \
         back; `index.json` has the same for machines.\n\n\
         - What is below `trial/` only warns and records: roll it out first, and look at what it says.\n\
         - What is below `proposed/` is not ready: something is not known, or was found to stand against it.\n\
         - The rest enforces.\n",
    );
    for (system, folder) in guardrails.systems.iter().zip(folders) {
        of_system(&mut page, system, folder);
    }
    page
}

fn of_system(page: &mut String, system: &SystemGuardrails, folder: &str) {
    let _ = write!(page, "\n## {}\n\n", text(&system.root));
    if system.guardrails.is_empty() {
        page.push_str("Nothing is to be written for this system.\n");
    } else {
        let counts = counts(system);
        let told: Vec<String> = counts
            .iter()
            .map(|(target, count)| format!("{count} {target}"))
            .collect();
        let _ = writeln!(page, "{}.", told.join(", "));
    }
    if let Some(effect) = &system.effect {
        of_effect(page, effect);
    }
    for guardrail in &system.guardrails {
        of_guardrail(page, guardrail, folder);
    }
    if !system.unanswered.is_empty() {
        page.push_str("\n### What no guardrail answers\n\n");
        for one in &system.unanswered {
            let _ = writeln!(page, "- {} {}: {}.", one.id, text(&one.title), text(&one.why));
        }
    }
}

/// What assessing the system again says.
fn of_effect(page: &mut String, effect: &Effect) {
    let _ = writeln!(
        page,
        "\nWith the {} of them that are ready and that the model reads in place, it was assessed again: {} of {} attack paths \
         are gone, {} less likely, {} new; {} of {} findings are gone, {} are new; {} flows are lost.",
        effect.applied.len(),
        effect.paths_closed.len(),
        effect.paths_before,
        effect.paths_less_likely.len(),
        effect.paths_opened.len(),
        effect.findings_closed.len(),
        effect.findings_before,
        effect.findings_new.len(),
        effect.flows_lost.len(),
    );
    let lists = [
        ("New paths", effect.paths_opened.clone()),
        ("New findings", effect.findings_new.clone()),
        (
            "Lost flows",
            effect
                .flows_lost
                .iter()
                .map(|(from, to)| format!("{from} to {to}"))
                .collect(),
        ),
    ];
    for (label, items) in lists {
        if !items.is_empty() {
            let told: Vec<String> = items.iter().take(super::FEW).map(|item| code(item)).collect();
            let _ = writeln!(page, "\n{label}: {}.", told.join(", "));
        }
    }
}

fn of_guardrail(page: &mut String, guardrail: &Guardrail, folder: &str) {
    let paths = paths(guardrail, folder);
    let _ = write!(page, "\n### {}\n\n{}.\n\n", code(&paths.end), text(&guardrail.title));
    let answers = &guardrail.answers;
    for (label, ids) in [
        ("controls", &answers.controls),
        ("weaknesses", &answers.weaknesses),
        ("attack steps", &answers.steps),
        ("threats", &answers.threats),
        ("paths", &answers.paths),
        ("techniques", &answers.techniques),
    ] {
        if !ids.is_empty() {
            let few: Vec<&str> = ids.iter().take(super::FEW).map(|id| &**id).collect();
            let more = if ids.len() > few.len() {
                format!(" and {} more", ids.len() - few.len())
            } else {
                String::new()
            };
            let _ = writeln!(page, "- Answers {label} {}{more}", few.join(", "));
        }
    }
    for exemption in &guardrail.exemptions {
        let _ = writeln!(
            page,
            "- Lets through {}: {}",
            code(exemption.element.as_str()),
            text(&exemption.reason)
        );
    }
    for element in &guardrail.change_first {
        let _ = writeln!(page, "- Change first {}", code(element.as_str()));
    }
    for unknown in &guardrail.unknowns {
        let _ = writeln!(page, "- **Not known**: {}", text(unknown));
    }
    for proof in &guardrail.proofs {
        let mark = match proof.verdict {
            ProofVerdict::Proved => verdict(proof.verdict).to_owned(),
            _ => format!("**{}**", verdict(proof.verdict)),
        };
        let _ = writeln!(page, "- {mark}: {} ({})", text(&proof.about), text(&proof.why));
    }
    page.push_str("\nRoll out:\n\n");
    for (index, step) in guardrail.rollout.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", index + 1, step_or_command(step));
    }
    let _ = writeln!(page, "\nUndo: {}", step_or_command(&guardrail.undo));
}

/// A step of a rollout; one that is a command can be copied.
fn step_or_command(step: &str) -> String {
    if step.starts_with("kubectl ") {
        code(step)
    } else {
        text(step)
    }
}

/// Text from the input, so that it can't become markup.
fn text(text: &str) -> String {
    crate::markdown::plain(text)
}

/// A name from the input, as code.
fn code(text: &str) -> String {
    format!("`{}`", text.replace(['`', '\n', '\r'], " "))
}
