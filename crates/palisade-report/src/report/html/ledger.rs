//! The STRIDE ledger.

use palisade_engine::assessment::{SystemAssessment, ThreatState};

use super::Cut;
use crate::report::Dossier;
use crate::report::place::{Place, Places};
use crate::words;

const STATES: [ThreatState; 5] = [
    ThreatState::Exposed,
    ThreatState::Unknown,
    ThreatState::Accepted,
    ThreatState::Mitigated,
    ThreatState::NotApplicable,
];

pub(super) struct LedgerView {
    pub(super) states: Vec<&'static str>,
    /// Category and how many threats stand how.
    pub(super) counts: Vec<(&'static str, Vec<usize>)>,
    pub(super) rows: Cut<ThreatRow>,
}

pub(super) struct ThreatRow {
    pub(super) id: String,
    pub(super) category: &'static str,
    pub(super) target: String,
    pub(super) state: &'static str,
    pub(super) class: &'static str,
    pub(super) severity: &'static str,
    pub(super) statement: String,
    pub(super) decision: String,
    pub(super) ids: String,
    pub(super) places: Vec<Place>,
}

impl LedgerView {
    pub(super) fn new(system: &SystemAssessment, dossier: &Dossier<'_>, places: Places<'_>) -> Self {
        let threats = &system.threats;
        let counts = words::STRIDE.into_iter().map(|category| {
            let of = |state| {
                let such = threats.iter().filter(|it| it.category == category && it.state == state);
                such.count()
            };
            (words::stride(category), STATES.into_iter().map(of).collect())
        });
        Self {
            states: STATES.into_iter().map(words::state).collect(),
            counts: counts.collect(),
            rows: Cut::first(threats, dossier.audience.rows(), |threat| ThreatRow {
                id: threat.id.clone(),
                category: words::stride(threat.category),
                target: match &threat.to {
                    Some(to) => format!("{} → {to}", threat.element),
                    None => threat.element.to_string(),
                },
                state: words::state(threat.state),
                class: class(threat.state),
                severity: words::level(threat.severity),
                statement: threat.statement.clone(),
                decision: threat.decision.as_ref().map(words::decision).unwrap_or_default(),
                ids: threat
                    .rules
                    .iter()
                    .chain(&threat.techniques)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(" "),
                places: places.few(&threat.evidence, 2),
            }),
        }
    }
}

const fn class(state: ThreatState) -> &'static str {
    match state {
        ThreatState::Exposed => "bad",
        ThreatState::Unknown => "open",
        ThreatState::Accepted => "borne",
        ThreatState::Mitigated | ThreatState::NotApplicable => "good",
    }
}
