//! The first page: where we stand, what could happen, what to do, what is not known. In plain words and money.

use palisade_engine::assessment::{Plan, RangeState, Risk, RiskSummary, SystemAssessment, ThreatState, Verdict, Wave};
use palisade_inventory::Amount;
use palisade_knowledge::Severity;

use super::paths::Anchors;
use crate::report::{Dossier, chart};
use crate::text::page::count;
use crate::words::{self, money, rough};

/// Risks, and controls, that are named on the first page.
const FEW: usize = 4;

pub(super) struct SummaryView {
    pub(super) money: Option<MoneyView>,
    pub(super) worst: Vec<WorstView>,
    pub(super) first: Vec<FirstView>,
    pub(super) first_left_out: usize,
    pub(super) unknown: Vec<String>,
    pub(super) counts: Vec<(String, String)>,
}

/// Where we stand, in money.
pub(super) struct MoneyView {
    pub(super) now: String,
    pub(super) bad_year: String,
    pub(super) after: String,
    pub(super) once: String,
    pub(super) yearly: String,
    pub(super) steps: usize,
    /// `above`, `within`, `below`.
    pub(super) state: &'static str,
    pub(super) verdict: String,
    pub(super) upper: String,
    pub(super) lower: String,
    pub(super) accepted: String,
    pub(super) range: String,
    pub(super) assumed: String,
}

pub(super) struct WorstView {
    pub(super) asset: String,
    pub(super) actor: String,
    pub(super) amount: String,
    pub(super) after: String,
    pub(super) how: String,
    pub(super) anchor: String,
}

pub(super) struct FirstView {
    pub(super) title: String,
    pub(super) effect: String,
    pub(super) owner: String,
}

impl SummaryView {
    pub(super) fn new(system: &SystemAssessment, dossier: &Dossier<'_>, anchors: &Anchors, id: &str) -> Self {
        let money = match (&system.risk, &system.verdict, &system.plan) {
            (Some(risk), Some(verdict), Some(plan)) => Some(MoneyView::new(risk, verdict, plan, id)),
            _ => None,
        };
        let currency = system.risk.as_ref().map_or("", |risk| &*risk.currency);
        let now = |plan: &Plan| plan.steps.iter().filter(|step| step.wave == Wave::Now).count();
        Self {
            money,
            worst: worst(system, anchors, currency),
            first: system.plan.iter().flat_map(|plan| first(plan, currency)).collect(),
            first_left_out: system.plan.as_ref().map_or(0, |plan| now(plan).saturating_sub(FEW)),
            unknown: unknown(system, dossier),
            counts: counts(system),
        }
    }
}

impl MoneyView {
    fn new(risk: &RiskSummary, verdict: &Verdict, plan: &Plan, id: &str) -> Self {
        let currency = &*risk.currency;
        let assumed = risk.at_stake.iter().filter(|stake| stake.loss.is_assumed).count();
        Self {
            now: rough(verdict.risk, currency),
            bad_year: rough(risk.current.p95, currency),
            after: rough(plan.after, currency),
            once: rough(plan.cost.once, currency),
            yearly: rough(plan.cost.yearly, currency),
            steps: plan.steps.len(),
            state: state(verdict.state),
            verdict: verdict.says.clone(),
            upper: verdict.upper.map(|upper| rough(upper, currency)).unwrap_or_default(),
            lower: rough(verdict.lower, currency),
            accepted: if risk.accepted > Amount::ZERO {
                rough(risk.accepted, currency)
            } else {
                String::new()
            },
            range: chart::range(&format!("{id}-range"), verdict, plan, currency),
            assumed: match assumed {
                0 => String::new(),
                n => format!(
                    "What {n} of {} would cost to lose is assumed.",
                    count(risk.at_stake.len(), "asset")
                ),
            },
        }
    }
}

const fn state(state: RangeState) -> &'static str {
    match state {
        RangeState::Above => "above",
        RangeState::Within => "within",
        RangeState::Below => "below",
    }
}

fn worst(system: &SystemAssessment, anchors: &Anchors, currency: &str) -> Vec<WorstView> {
    let costs = system.risks.iter().filter(|risk| risk.current.mean > Amount::ZERO);
    costs
        .take(FEW)
        .map(|risk| one(system, risk, anchors, currency))
        .collect()
}

fn one(system: &SystemAssessment, risk: &Risk, anchors: &Anchors, currency: &str) -> WorstView {
    let path = risk
        .paths
        .first()
        .and_then(|id| system.paths.iter().find(|path| path.id == *id));
    WorstView {
        asset: risk.asset.clone(),
        actor: risk.actor_name.clone(),
        amount: rough(risk.current.mean, currency),
        after: rough(risk.residual, currency),
        how: path.map(|path| words::path(path) + &through(path)).unwrap_or_default(),
        anchor: path.and_then(|path| anchors.get(&path.id)).cloned().unwrap_or_default(),
    }
}

fn through(path: &palisade_engine::assessment::AttackPath) -> String {
    match path.steps.len() {
        1 => " in one step".to_owned(),
        n => format!(" in {n} steps"),
    }
}

fn first(plan: &Plan, currency: &str) -> Vec<FirstView> {
    let now = plan.steps.iter().filter(|step| step.wave == Wave::Now);
    now.take(FEW)
        .map(|step| FirstView {
            title: step.title.clone(),
            effect: format!(
                "{} → {} a year",
                money(step.risk_before, currency),
                money(step.risk_after, currency)
            ),
            owner: step.owner.clone().unwrap_or_default(),
        })
        .collect()
}

fn unknown(system: &SystemAssessment, dossier: &Dossier<'_>) -> Vec<String> {
    let mut told = Vec::new();
    let coverage = &dossier.assessment.coverage;
    if !coverage.skipped.is_empty() {
        told.push(format!(
            "{} of {} were not understood; whatever they hold is in no answer.",
            coverage.skipped.len(),
            count(usize::try_from(coverage.documents).unwrap_or(usize::MAX), "document")
        ));
    }
    for (actor, why) in system.verdict.iter().flat_map(|verdict| &verdict.not_evaluated) {
        let name = dossier.catalogue.actors.get(actor).map_or(&**actor, |it| &*it.name);
        told.push(format!("Nothing is computed for {name}: {why}."));
    }
    let unknown = system
        .threats
        .iter()
        .filter(|threat| threat.state == ThreatState::Unknown)
        .count();
    if unknown > 0 {
        told.push(format!(
            "Of {}, nothing that was read says whether it can happen.",
            count(unknown, "threat")
        ));
    }
    if !dossier.assessment.not_evaluated.is_empty() {
        let n = count(dossier.assessment.not_evaluated.len(), "condition");
        told.push(format!(
            "{n} could not be evaluated, which is not the same as not found."
        ));
    }
    told
}

fn counts(system: &SystemAssessment) -> Vec<(String, String)> {
    let drawn = system
        .system
        .elements
        .iter()
        .filter(|element| element.kind.is_drawn())
        .count();
    let high = system
        .findings
        .iter()
        .filter(|it| it.severity == Severity::High && it.counts())
        .count();
    let exposed = system
        .threats
        .iter()
        .filter(|it| it.state == ThreatState::Exposed)
        .count();
    [
        (drawn, "elements"),
        (system.system.flows.len(), "flows"),
        (system.paths.len(), "attack paths"),
        (exposed, "exposed threats"),
        (high, "findings of high severity"),
    ]
    .map(|(n, what)| (n.to_string(), what.to_owned()))
    .to_vec()
}

/// A system in a line.
pub(super) struct SystemRow<'a> {
    pub(super) root: &'a str,
    pub(super) elements: usize,
    pub(super) paths: usize,
    pub(super) high: usize,
    pub(super) risk: String,
    pub(super) after: String,
}

impl<'a> SystemRow<'a> {
    pub(super) fn new(system: &'a SystemAssessment) -> Self {
        let currency = system.risk.as_ref().map_or("", |risk| &*risk.currency);
        Self {
            root: &system.system.root,
            elements: system.system.elements.iter().filter(|it| it.kind.is_drawn()).count(),
            paths: system.paths.len(),
            high: system
                .findings
                .iter()
                .filter(|it| it.severity == Severity::High)
                .count(),
            risk: system
                .verdict
                .as_ref()
                .map(|it| rough(it.risk, currency))
                .unwrap_or_default(),
            after: system
                .plan
                .as_ref()
                .map(|it| rough(it.after, currency))
                .unwrap_or_default(),
        }
    }
}
