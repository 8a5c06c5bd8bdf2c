//! The report as Markdown: for a wiki, a ticket, a pull request.

use std::fmt::Write as _;

use palisade_engine::assessment::{SystemAssessment, Wave};
use palisade_inventory::Amount;

use super::register::{evidence, treatment};
use super::{Dossier, Part};
use crate::compliance::{STATES, of, state, title};
use crate::markdown::{code, plain};
use crate::words::{self, money, rough};

/// Paths drawn step by step.
const FEW_PATHS: usize = 5;

/// The whole report as Markdown.
pub fn report_markdown(dossier: &Dossier<'_>) -> String {
    let mut text = String::from("# Threat model\n");
    let when = dossier.as_of.map(|day| day.to_string()).unwrap_or_default();
    let under = [dossier.audience.word(), &when].into_iter().filter(|it| !it.is_empty());
    let under: Vec<&str> = under.collect();
    if !under.is_empty() {
        let _ = writeln!(text, "\n{}", under.join(", "));
    }
    let mut systems: Vec<&SystemAssessment> = dossier.assessment.systems.iter().collect();
    systems.sort_by_key(|system| std::cmp::Reverse(system.risk.as_ref().map(|risk| risk.current.mean)));
    for system in systems {
        let _ = writeln!(text, "\n## {}", code(&system.system.root));
        summary(&mut text, system);
        plan(&mut text, system);
        register(&mut text, system, dossier);
        if dossier.audience.wants(Part::Paths) {
            paths(&mut text, system);
        }
        if dossier.audience.wants(Part::Compliance) {
            compliance(&mut text, system, dossier);
        }
    }
    if dossier.audience.wants(Part::Questions) {
        questions(&mut text, dossier);
    }
    coverage(&mut text, dossier);
    text
}

fn summary(text: &mut String, system: &SystemAssessment) {
    let (Some(risk), Some(verdict)) = (&system.risk, &system.verdict) else {
        text.push_str("\nRisk was not computed.\n");
        return;
    };
    let currency = &*risk.currency;
    let _ = writeln!(
        text,
        "\nAttacks and mistakes are expected to cost **{}** a year. One year in twenty costs more than **{}**. {}",
        rough(verdict.risk, currency),
        rough(risk.current.p95, currency),
        plain(&verdict.says)
    );
    for (actor, why) in &verdict.not_evaluated {
        let _ = writeln!(text, "\nNothing is computed for {}: {}.", plain(actor), plain(why));
    }
}

fn plan(text: &mut String, system: &SystemAssessment) {
    let (Some(risk), Some(plan)) = (&system.risk, &system.plan) else {
        return;
    };
    text.push_str("\n### Plan\n");
    if plan.steps.is_empty() {
        text.push_str("\nNo control removes more risk than it costs.\n");
        return;
    }
    text.push_str("\n| | When | Control | Risk of a year | Costs | Closes | Where |\n|--:|---|---|---|---|--:|---|\n");
    let currency = &*risk.currency;
    for (number, step) in plan.steps.iter().enumerate() {
        let when = match step.wave {
            Wave::Now => "now",
            Wave::Next => "next",
            Wave::Later => "later",
        };
        let place = step
            .evidence
            .first()
            .map(|it| code(&words::position(it)))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {when} | {} {} | {} → {} | {} once, {} a year | {} | {place} |",
            number + 1,
            step.control,
            plain(&step.title),
            money(step.risk_before, ""),
            money(step.risk_after, currency),
            money(step.cost.once, ""),
            money(step.cost.yearly, currency),
            step.closes.len(),
        );
    }
    let _ = writeln!(
        text,
        "\nAll of it costs {} once and {} a year, and leaves {} of {} a year.",
        money(plan.cost.once, currency),
        money(plan.cost.yearly, currency),
        money(plan.after, currency),
        money(plan.before, currency)
    );
}

fn register(text: &mut String, system: &SystemAssessment, dossier: &Dossier<'_>) {
    let Some(risk) = &system.risk else { return };
    text.push_str(
        "\n### Risk register\n\n| Asset | Actor | As it is | One year in twenty | After the plan | Treatment | Comes from |\n\
         |---|---|--:|--:|--:|---|---|\n",
    );
    let most = dossier.audience.rows();
    let currency = &*risk.currency;
    for it in system.risks.iter().take(most) {
        let places: Vec<String> = evidence(system, it).iter().take(2).map(|place| code(place)).collect();
        let accepted = it.acceptance.as_ref().map(|it| {
            let word = if it.has_ended { "was accepted" } else { "accepted" };
            format!(": {word} by {} until {}", plain(&it.owner), it.until)
        });
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {}{} | {} |",
            plain(&it.asset),
            plain(&it.actor_name),
            money(it.current.mean, currency),
            money(it.current.p95, currency),
            money(it.residual, currency),
            treatment(it.treatment),
            accepted.unwrap_or_default(),
            places.join("<br>")
        );
    }
    more(text, system.risks.len(), most, "risks");
}

fn paths(text: &mut String, system: &SystemAssessment) {
    if system.paths.is_empty() {
        return;
    }
    text.push_str("\n### Worst attack paths\n");
    for path in system.paths.iter().take(FEW_PATHS) {
        let _ = writeln!(
            text,
            "\n**{}** ({}, {} likely, {})\n",
            plain(&words::path(path)),
            words::level(path.severity),
            words::percent(path.likelihood),
            path.id
        );
        for (number, step) in path.steps.iter().enumerate() {
            let place = step
                .evidence
                .first()
                .map(|it| format!(" {}", code(&words::position(it))));
            let _ = writeln!(
                text,
                "{}. {} → {}: {}. {}{}",
                number + 1,
                code(step.from.as_str()),
                code(step.to.as_str()),
                plain(&step.title),
                plain(&step.why),
                place.unwrap_or_default()
            );
        }
    }
    more(text, system.paths.len(), FEW_PATHS, "paths");
}

fn compliance(text: &mut String, system: &SystemAssessment, dossier: &Dossier<'_>) {
    let Some(found) = dossier.compliance.iter().find(|it| it.root == system.system.root) else {
        return;
    };
    text.push_str("\n### Compliance\n\n| Framework |");
    for it in STATES {
        let _ = write!(text, " {} |", state(it));
    }
    text.push_str("\n|---|--:|--:|--:|--:|--:|\n");
    for framework in &found.frameworks {
        let in_force = if framework.in_force { " (in force)" } else { "" };
        let _ = write!(text, "| {}{in_force} |", plain(&title(framework)));
        for it in STATES {
            let _ = write!(text, " {} |", of(&framework.counts, it));
        }
        text.push('\n');
    }
}

fn questions(text: &mut String, dossier: &Dossier<'_>) {
    const FEW: usize = 10;
    if dossier.questions.is_empty() {
        return;
    }
    text.push_str("\n## Open questions\n\n");
    for question in dossier.questions.iter().take(FEW) {
        let currency = crate::questions::currency(dossier.assessment, question);
        let hangs = question.hangs.filter(|hangs| *hangs > Amount::ZERO);
        let hangs = hangs.map(|it| format!(" {} a year hang on it.", rough(it, currency)));
        let _ = writeln!(
            text,
            "1. **{}** {}{}",
            plain(&question.asks),
            plain(&question.why),
            hangs.unwrap_or_default()
        );
    }
    more(text, dossier.questions.len(), FEW, "questions");
}

fn coverage(text: &mut String, dossier: &Dossier<'_>) {
    let coverage = &dossier.assessment.coverage;
    let _ = writeln!(
        text,
        "\n## Coverage\n\n{} of {} documents understood. {} conditions could not be evaluated.\n",
        coverage.understood,
        coverage.documents,
        dossier.assessment.not_evaluated.len()
    );
    let most = dossier.audience.rows();
    for skipped in coverage.skipped.iter().take(most) {
        let place = words::place(&skipped.file, skipped.line, skipped.column);
        let _ = writeln!(text, "- {} {}", code(&place), plain(&skipped.reason));
    }
    more(text, coverage.skipped.len(), most, "not understood");
}

fn more(text: &mut String, total: usize, shown: usize, what: &str) {
    if total > shown {
        let _ = writeln!(text, "\n… and {} more {what}", total - shown);
    }
}
