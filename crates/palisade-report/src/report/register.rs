//! The risk register as rows for a spreadsheet.

use palisade_engine::Assessment;
use palisade_engine::assessment::{Risk, SystemAssessment, Treatment};

use crate::table::Table;
use crate::words;

/// What is to be done about a risk, in a word or two.
pub(crate) const fn treatment(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::Treat => "treat",
        Treatment::Accepted => "accepted",
        Treatment::Bear => "bear",
    }
}

/// One row a risk, the dearest of each system first. Amounts are those of a year, in whole units and cents.
pub fn risk_register(assessment: &Assessment) -> String {
    let mut table = Table::new(&[
        "system",
        "risk",
        "actor",
        "actor name",
        "asset",
        "owner",
        "loss events a year",
        "currency",
        "inherent mean",
        "current mean",
        "current p90",
        "current p95",
        "current p99",
        "residual mean",
        "treatment",
        "accepted by",
        "accepted until",
        "acceptance",
        "controls",
        "attack paths",
        "evidence",
    ]);
    for system in &assessment.systems {
        for risk in &system.risks {
            table.row(&row(system, risk));
        }
    }
    table.finish()
}

fn row(system: &SystemAssessment, risk: &Risk) -> Vec<String> {
    let at_stake = system.risk.iter().flat_map(|summary| &summary.at_stake);
    let owner = at_stake
        .filter(|stake| stake.name == risk.asset)
        .find_map(|stake| stake.owner.clone());
    let (by, until, acceptance) = match &risk.acceptance {
        Some(it) => (
            it.owner.clone(),
            it.until.to_string(),
            format!(
                "{} ({}){}",
                it.reason,
                words::position(&it.evidence),
                if it.has_ended { ", has ended" } else { "" }
            ),
        ),
        None => Default::default(),
    };
    vec![
        system.system.root.to_string(),
        risk.id.clone(),
        risk.actor.clone(),
        risk.actor_name.clone(),
        risk.asset.clone(),
        owner.unwrap_or_default(),
        format!("{:.4}", risk.events),
        system.risk.as_ref().map(|it| it.currency.clone()).unwrap_or_default(),
        risk.inherent.to_string(),
        risk.current.mean.to_string(),
        risk.current.p90.to_string(),
        risk.current.p95.to_string(),
        risk.current.p99.to_string(),
        risk.residual.to_string(),
        treatment(risk.treatment).to_owned(),
        by,
        until,
        acceptance,
        risk.controls.join(" "),
        risk.paths.join(" "),
        evidence(system, risk).join("; "),
    ]
}

/// Where the steps of the worst path of a risk are written.
pub(crate) fn evidence(system: &SystemAssessment, risk: &Risk) -> Vec<String> {
    let worst = risk.paths.first();
    let path = worst.and_then(|id| system.paths.iter().find(|path| path.id == *id));
    let mut places: Vec<String> = Vec::new();
    for step in path.iter().flat_map(|path| &path.steps) {
        if let Some(place) = step.evidence.first().map(words::position)
            && !places.contains(&place)
        {
            places.push(place);
        }
    }
    places
}
