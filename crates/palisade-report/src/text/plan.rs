//! Risk in money, and the controls that pay.

use palisade_engine::Assessment;
use palisade_engine::assessment::{
    Goal, Plan, PlanStep, RangeState, Risk, RiskSummary, SystemAssessment, Verdict, Wave,
};
use palisade_engine::system::ElementId;
use palisade_inventory::Amount;

use super::page::{Page, count, span};
use super::systems::names;
use super::{TextOptions, coverage, style};
use crate::words::{self, money};

/// Systems whose risk is told beside everything else.
const FEW_SYSTEMS: usize = 3;
/// Rows of the register that are shown.
const FEW_RISKS: usize = 10;

/// Each system's risk, the plan for it, and where that leaves it.
pub fn plan(assessment: &Assessment, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let with_root = assessment.systems.len() > 1;
    let mut systems: Vec<&SystemAssessment> = assessment.systems.iter().collect();
    systems.sort_by_key(|system| std::cmp::Reverse(system.risk.as_ref().map(|risk| risk.current.mean)));
    for system in systems {
        if let (Some(risk), Some(plan), Some(verdict)) = (&system.risk, &system.plan, &system.verdict) {
            let root = if with_root { &*system.system.root } else { "" };
            summary(&mut page, root, risk, verdict);
            steps(&mut page, plan, &risk.currency);
            register(&mut page, &system.risks, &risk.currency, options);
        }
    }
    coverage::coverage(&mut page, assessment, options);
    page.finish()
}

/// The risk of each system for which it was computed, the dearest first.
pub(super) fn risks(page: &mut Page, systems: &[SystemAssessment]) {
    let with_root = systems.len() > 1;
    let mut systems: Vec<&SystemAssessment> = systems.iter().collect();
    systems.sort_by_key(|system| std::cmp::Reverse(system.risk.as_ref().map(|risk| risk.current.mean)));
    for system in systems.into_iter().take(FEW_SYSTEMS) {
        if let (Some(risk), Some(verdict)) = (&system.risk, &system.verdict) {
            let root = if with_root { &*system.system.root } else { "" };
            summary(page, root, risk, verdict);
        }
    }
}

fn summary(page: &mut Page, root: &str, risk: &RiskSummary, verdict: &Verdict) {
    page.heading("Risk", root);
    let currency = &risk.currency;
    let state = match verdict.state {
        RangeState::Above => style::HIGH,
        RangeState::Within => style::PLAIN,
        RangeState::Below => style::GOOD,
    };
    let year = format!("{} a year", money(verdict.risk, currency));
    let tail = format!(
        " to expect; one year in twenty costs more than {}",
        money(risk.current.p95, currency)
    );
    page.indented(2, &[span(state, year), span(style::PLAIN, tail)]);
    let upper = verdict.upper.map_or_else(
        || "no upper boundary is set (palisade.yaml: appetite.upper)".to_owned(),
        |upper| format!("the upper boundary is {}", money(upper, currency)),
    );
    let lower = format!("; below {} no control pays", money(verdict.lower, currency));
    page.indented(2, &[span(style::DIM, upper + &lower)]);
    page.indented(2, &[span(style::PLAIN, verdict.says.clone())]);
    for (actor, why) in &verdict.not_evaluated {
        page.indented(2, &[span(style::DIM, format!("not computed for {actor}: {why}"))]);
    }
}

fn steps(page: &mut Page, plan: &Plan, currency: &str) {
    let remark = format!("{} of {} considered", plan.steps.len(), plan.considered);
    page.heading("Plan", &remark);
    if plan.steps.is_empty() {
        page.indented(2, &[span(style::PLAIN, "No control removes more risk than it costs.")]);
        return;
    }
    let mut number = 0;
    for wave in plan.steps.chunk_by(|a, b| a.wave == b.wave) {
        of_wave(page, wave, currency);
        for step in wave {
            number += 1;
            one(page, number, step, currency);
        }
    }
    let total = format!(
        "All of it: {} once, {} a year; leaves {} of {} a year",
        money(plan.cost.once, currency),
        money(plan.cost.yearly, currency),
        money(plan.after, currency),
        money(plan.before, currency),
    );
    page.indented(2, &[span(style::BOLD, total)]);
    if plan.goal == Goal::Named {
        return;
    }
    let exact = if plan.is_exact {
        "no other choice of the controls considered is better".to_owned()
    } else if plan.gap.cents() == 0 {
        "not every choice was weighed; of those that were, none is better".to_owned()
    } else {
        format!(
            "not every choice was weighed; of those that were, none is better by more than {} a year",
            money(plan.gap, currency)
        )
    };
    page.indented(2, &[span(style::DIM, exact)]);
}

/// What a wave comes to.
fn of_wave(page: &mut Page, steps: &[PlanStep], currency: &str) {
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return;
    };
    let when = match first.wave {
        Wave::Now => "Now",
        Wave::Next => "Next, up to two weeks each",
        Wave::Later => "Later",
    };
    let once = steps
        .iter()
        .map(|step| step.cost.once.cents())
        .fold(0, u64::saturating_add);
    let comes_to = format!(
        ": {} → {} a year for {} once",
        money(first.risk_before, currency),
        money(last.risk_after, currency),
        money(Amount::from_cents(once), currency),
    );
    page.indented(2, &[span(style::BOLD, when), span(style::DIM, comes_to)]);
}

fn one(page: &mut Page, number: usize, step: &PlanStep, currency: &str) {
    let margin = [span(style::PLAIN, "     ")];
    let owner = step
        .owner
        .as_ref()
        .map(|owner| format!(" · {owner}"))
        .unwrap_or_default();
    page.line(
        &[span(style::BOLD, format!("{number:>3}. "))],
        &margin,
        &[
            span(style::PLAIN, step.title.clone()),
            span(style::DIM, format!("  {}{owner}", step.control)),
        ],
    );
    if !step.elements.is_empty() {
        let mut spans = vec![span(style::PLAIN, "at ")];
        spans.extend(names(step.elements.iter().map(ElementId::as_str), step.elements.len()));
        page.line(&margin, &margin, &spans);
    }
    let effect = format!(
        "{} → {} a year",
        money(step.risk_before, currency),
        money(step.risk_after, currency)
    );
    let cost = format!(
        ", costs {} once and {} a year",
        money(step.cost.once, currency),
        money(step.cost.yearly, currency)
    );
    let mut spans = vec![span(style::GOOD, effect), span(style::PLAIN, cost)];
    if !step.closes.is_empty() {
        spans.push(span(
            style::PLAIN,
            format!(", closes {}", count(step.closes.len(), "path")),
        ));
    }
    if let Some(evidence) = step.evidence.first() {
        spans.push(span(style::DIM, format!("  {}", words::position(evidence))));
    }
    page.line(&margin, &margin, &spans);
}

fn register(page: &mut Page, risks: &[Risk], currency: &str, options: TextOptions) {
    let shown = options.limit(FEW_RISKS).min(risks.len());
    page.heading("Risks", &format!("{shown} of {}", risks.len()));
    for risk in risks.iter().take(shown) {
        let now = money(risk.current.mean, currency);
        let after = money(risk.residual, currency);
        let mut spans = vec![
            span(style::BOLD, risk.asset.clone()),
            span(style::PLAIN, format!(" by {}: {now} → {after} a year", risk.actor_name)),
        ];
        if let Some(accepted) = &risk.acceptance {
            let word = if accepted.has_ended { "was accepted" } else { "accepted" };
            let by = format!("  {word} by {} until {}", accepted.owner, accepted.until);
            spans.push(span(style::DIM, by));
        }
        spans.push(span(style::DIM, format!("  {}", risk.id)));
        page.indented(2, &spans);
    }
}
