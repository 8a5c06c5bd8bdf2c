//! Weaknesses that were found, one row each, with all the places that fit.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use palisade_engine::assessment::{Finding, SystemAssessment};

use super::Cut;
use crate::report::Dossier;
use crate::report::place::{Place, Places};
use crate::words;

/// Places told of each weakness.
const FEW_PLACES: usize = 4;

pub(super) struct FindingsView {
    pub(super) all: usize,
    pub(super) rows: Cut<RuleRow>,
}

pub(super) struct RuleRow {
    pub(super) rule: String,
    pub(super) title: String,
    pub(super) severity: &'static str,
    pub(super) count: usize,
    pub(super) waived: usize,
    pub(super) fix: String,
    /// Element and place.
    pub(super) places: Vec<(String, Place)>,
    pub(super) places_left_out: usize,
}

impl FindingsView {
    pub(super) fn new(system: &SystemAssessment, dossier: &Dossier<'_>, places: Places<'_>) -> Self {
        let mut rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &system.findings {
            rules.entry(&finding.rule).or_default().push(finding);
        }
        let mut rules: Vec<(&str, Vec<&Finding>)> = rules.into_iter().collect();
        rules.sort_by_key(|(rule, found)| {
            let worst = found.iter().map(|finding| finding.severity).max();
            (Reverse(worst), Reverse(found.len()), *rule)
        });
        let row = |(rule, found): &(&str, Vec<&Finding>)| {
            let weakness = dossier.catalogue.weaknesses.get(*rule);
            let at = |it: &&Finding| {
                let position = &it.position;
                (
                    it.element.to_string(),
                    places.at(&position.file, position.line, position.column),
                )
            };
            RuleRow {
                rule: (*rule).to_owned(),
                title: found.first().map(|it| it.title.clone()).unwrap_or_default(),
                severity: found.iter().map(|it| it.severity).max().map_or("", words::level),
                count: found.len(),
                waived: found
                    .iter()
                    .filter(|it| it.waiver.as_ref().is_some_and(|it| !it.has_ended))
                    .count(),
                fix: weakness.map(|it| words::one_line(&it.fix)).unwrap_or_default(),
                places: found.iter().take(FEW_PLACES).map(at).collect(),
                places_left_out: found.len().saturating_sub(FEW_PLACES),
            }
        };
        Self {
            all: system.findings.len(),
            rows: Cut::first(&rules, dossier.audience.rows(), row),
        }
    }
}
