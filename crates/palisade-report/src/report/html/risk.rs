//! Risk in money: the curve, the register, what is at stake, and what the figures hang on.

use palisade_engine::assessment::{AssetLoss, AtStake, Risk, RiskSummary, SystemAssessment};
use palisade_engine::risk::{Influence, Input};
use palisade_engine::system::ElementId;
use palisade_inventory::Amount;
use palisade_knowledge::Catalogue;

use super::Cut;
use super::paths::Anchors;
use crate::report::chart::{Series, loss_exceedance};
use crate::report::place::{Place, Places};
use crate::report::register::treatment;
use crate::report::{Audience, Dossier};
use crate::words::{self, money};

/// Inputs that are told of those that move the result.
const FEW_INPUTS: usize = 5;

pub(super) struct RiskView {
    pub(super) curve: String,
    /// Of each curve: class, name, mean, median, one year in ten, in twenty, in a hundred.
    pub(super) curves: Vec<CurveRow>,
    pub(super) register: Cut<RiskRow>,
    pub(super) at_stake: Cut<StakeRow>,
    pub(super) sensitivity: Vec<SensitivityRow>,
    pub(super) years: String,
    pub(super) seed: u64,
}

pub(super) struct CurveRow {
    pub(super) class: &'static str,
    pub(super) name: &'static str,
    pub(super) amounts: [String; 5],
}

pub(super) struct RiskRow {
    pub(super) id: String,
    pub(super) asset: String,
    pub(super) actor: String,
    pub(super) events: String,
    pub(super) inherent: String,
    pub(super) current: String,
    pub(super) bad_year: String,
    pub(super) residual: String,
    /// Of the dearest risk, in whole percent.
    pub(super) share: u64,
    pub(super) share_after: u64,
    pub(super) treatment: &'static str,
    pub(super) acceptance: String,
    pub(super) acceptance_place: Option<Place>,
    pub(super) controls: String,
    /// Id and anchor.
    pub(super) paths: Vec<(String, String)>,
    pub(super) places: Vec<Place>,
}

pub(super) struct StakeRow {
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) where_it_is: String,
    /// Confidentiality, integrity, availability.
    pub(super) losses: [String; 3],
    pub(super) is_assumed: bool,
}

pub(super) struct SensitivityRow {
    pub(super) input: String,
    pub(super) low: String,
    pub(super) high: String,
}

impl RiskView {
    pub(super) fn new(
        system: &SystemAssessment,
        dossier: &Dossier<'_>,
        places: Places<'_>,
        anchors: &Anchors,
        id: &str,
    ) -> Option<Self> {
        let risk = system.risk.as_ref()?;
        let currency = &*risk.currency;
        let series = [
            Series {
                class: "inherent",
                name: "Without any control",
                loss: &risk.inherent,
            },
            Series {
                class: "current",
                name: "As it is",
                loss: &risk.current,
            },
            Series {
                class: "residual",
                name: "After the plan",
                loss: &risk.residual,
            },
        ];
        let upper = system.verdict.as_ref().and_then(|verdict| verdict.upper);
        let dearest = system
            .risks
            .iter()
            .map(|risk| risk.current.mean)
            .max()
            .unwrap_or_default();
        let few = if dossier.audience == Audience::Board {
            10
        } else {
            dossier.audience.rows()
        };
        Some(Self {
            curve: loss_exceedance(&format!("{id}-curve"), &series, upper, currency),
            curves: series.iter().map(|it| CurveRow::new(it, currency)).collect(),
            register: Cut::first(&system.risks, few, |it| {
                row(system, it, currency, dearest, places, anchors)
            }),
            at_stake: Cut::first(&risk.at_stake, few, |it| stake(it, currency)),
            sensitivity: sensitivity(risk, dossier.catalogue),
            years: words::money(Amount::from_cents(u64::from(risk.years) * 100), ""),
            seed: risk.seed,
        })
    }
}

impl CurveRow {
    fn new(series: &Series<'_>, currency: &str) -> Self {
        let loss = series.loss;
        Self {
            class: series.class,
            name: series.name,
            amounts: [loss.mean, loss.median, loss.p90, loss.p95, loss.p99].map(|amount| money(amount, currency)),
        }
    }
}

fn row(
    system: &SystemAssessment,
    risk: &Risk,
    currency: &str,
    dearest: Amount,
    places: Places<'_>,
    anchors: &Anchors,
) -> RiskRow {
    let share = |amount: Amount| {
        (amount.cents() * 100)
            .checked_div(dearest.cents())
            .unwrap_or(0)
            .min(100)
    };
    let anchored = risk
        .paths
        .iter()
        .filter_map(|id| Some((id.clone(), anchors.get(id)?.clone())));
    let worst = risk
        .paths
        .first()
        .and_then(|id| system.paths.iter().find(|path| path.id == *id));
    let evidence = worst
        .iter()
        .flat_map(|path| &path.steps)
        .filter_map(|step| step.evidence.first());
    let acceptance = risk.acceptance.as_ref().map(|it| {
        let word = if it.has_ended { "was accepted" } else { "accepted" };
        format!("{word} by {} until {}: {}", it.owner, it.until, it.reason)
    });
    RiskRow {
        id: risk.id.clone(),
        asset: risk.asset.clone(),
        actor: risk.actor_name.clone(),
        events: often(risk.events),
        inherent: money(risk.inherent, currency),
        current: money(risk.current.mean, currency),
        bad_year: money(risk.current.p95, currency),
        residual: money(risk.residual, currency),
        share: share(risk.current.mean),
        share_after: share(risk.residual),
        treatment: treatment(risk.treatment),
        acceptance: acceptance.unwrap_or_default(),
        acceptance_place: risk.acceptance.as_ref().map(|it| places.of(&it.evidence)),
        controls: risk.controls.join(" "),
        paths: anchored.take(3).collect(),
        places: places.few(evidence, 2),
    }
}

/// Events of a year as people say it: `3.2 a year`, `once in 5 years`.
fn often(events: f64) -> String {
    if events >= 0.95 {
        format!("{events:.1} a year")
    } else if events > 0.0 {
        match 1.0 / events {
            years if years < 1.5 => "about once a year".to_owned(),
            years if years < 1_000.0 => format!("once in {years:.0} years"),
            _ => "less than once in 1,000 years".to_owned(),
        }
    } else {
        "never".to_owned()
    }
}

fn stake(stake: &AtStake, currency: &str) -> StakeRow {
    let told = |loss: Option<AssetLoss>| {
        let told = loss.map(|it| format!("{}, at worst {}", money(it.likely, ""), money(it.worst, currency)));
        told.unwrap_or_else(|| "–".to_owned())
    };
    let elements: Vec<&str> = stake.elements.iter().map(ElementId::as_str).collect();
    let where_it_is = match elements.as_slice() {
        [one, other, _, rest @ ..] => format!("{one}, {other} and {} more", rest.len() + 1),
        few => few.join(", "),
    };
    StakeRow {
        name: stake.name.clone(),
        owner: stake.owner.clone().unwrap_or_default(),
        where_it_is,
        losses: [
            stake.loss.confidentiality,
            stake.loss.integrity,
            stake.loss.availability,
        ]
        .map(told),
        is_assumed: stake.loss.is_assumed,
    }
}

fn sensitivity(risk: &RiskSummary, catalogue: &Catalogue) -> Vec<SensitivityRow> {
    let told = risk.sensitivity.iter().take(FEW_INPUTS);
    told.map(|it: &Influence| SensitivityRow {
        input: input(&it.input, catalogue),
        low: money(it.low, &risk.currency),
        high: money(it.high, &risk.currency),
    })
    .collect()
}

fn input(input: &Input, catalogue: &Catalogue) -> String {
    match input {
        Input::Attempts { actor } => {
            let name = catalogue.actors.get(actor).map_or(&**actor, |it| &*it.name);
            format!("How often this actor tries: {name}")
        }
        Input::Loss { asset, property } => format!("What losing the {property} of {asset} costs"),
        Input::Step { step } => {
            let (id, at) = step.split_once('@').unwrap_or((step, ""));
            let title = catalogue.steps.get(id).map_or(id, |it| &*it.title);
            let at = if at.is_empty() {
                String::new()
            } else {
                format!(" at {at}")
            };
            format!("How hard this step is: {title}{at}")
        }
    }
}
