//! Compliance: how each framework stands, and requirement by requirement for those that count.

use palisade_engine::assessment::{ControlState, SystemAssessment};
use palisade_engine::compliance::{ComplianceState, FrameworkCompliance, RequirementCompliance};

use super::Cut;
use crate::compliance::{STATES, counts, of, seen, state, title};
use crate::report::place::{Place, Places};
use crate::report::{Audience, Dossier};

/// Requirements told of a framework, but to an auditor.
const FEW: usize = 40;

pub(super) struct ComplianceView {
    pub(super) states: Vec<&'static str>,
    pub(super) frameworks: Vec<FrameworkRow>,
    pub(super) details: Vec<FrameworkDetail>,
}

pub(super) struct FrameworkRow {
    pub(super) title: String,
    pub(super) in_force: bool,
    pub(super) counts: Vec<usize>,
    /// State and its share of all, in tenths of a percent.
    pub(super) bar: Vec<(&'static str, usize)>,
}

pub(super) struct FrameworkDetail {
    pub(super) title: String,
    pub(super) counts: String,
    pub(super) rows: Cut<RequirementRow>,
    /// Requirements that are not listed, as they are met or not evaluated.
    pub(super) closed: usize,
}

pub(super) struct RequirementRow {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) state: &'static str,
    pub(super) class: &'static str,
    pub(super) reason: String,
    /// What is seen of each control, and where.
    pub(super) controls: Vec<(String, Option<Place>)>,
    pub(super) weaknesses: Vec<(String, Place)>,
}

impl ComplianceView {
    pub(super) fn new(system: &SystemAssessment, dossier: &Dossier<'_>, places: Places<'_>) -> Option<Self> {
        let found = dossier.compliance.iter().find(|it| it.root == system.system.root)?;
        let is_auditor = dossier.audience == Audience::Auditor;
        let in_force = found.frameworks.iter().any(|it| it.in_force);
        // Where none is declared to be in force, an auditor sees all.
        let is_told = |it: &&FrameworkCompliance| it.in_force || (is_auditor && !in_force);
        Some(Self {
            states: STATES.into_iter().map(state).collect(),
            frameworks: found.frameworks.iter().map(row).collect(),
            details: found
                .frameworks
                .iter()
                .filter(is_told)
                .map(|it| detail(it, dossier.audience, places))
                .collect(),
        })
    }
}

fn row(framework: &FrameworkCompliance) -> FrameworkRow {
    let total = framework.counts.total().max(1);
    let states = || STATES.into_iter().map(|it| (class(it), of(&framework.counts, it)));
    FrameworkRow {
        title: title(framework),
        in_force: framework.in_force,
        counts: states().map(|(_, n)| n).collect(),
        bar: states()
            .filter(|(_, n)| *n > 0)
            .map(|(class, n)| (class, n * 1000 / total))
            .collect(),
    }
}

fn detail(framework: &FrameworkCompliance, audience: Audience, places: Places<'_>) -> FrameworkDetail {
    let is_open = |it: &&RequirementCompliance| matches!(it.state, ComplianceState::Gap | ComplianceState::Partly);
    let asked = framework.requirements.iter().filter(|it| !it.heading);
    let asked: Vec<&RequirementCompliance> = asked.collect();
    let told: Vec<&RequirementCompliance> = match audience {
        Audience::Auditor => asked.clone(),
        _ => asked.iter().copied().filter(is_open).collect(),
    };
    // An auditor asks for all of it.
    let most = if audience == Audience::Auditor { usize::MAX } else { FEW };
    FrameworkDetail {
        title: title(framework),
        counts: counts(&framework.counts),
        closed: asked.len() - told.len(),
        rows: Cut::first(&told, most, |it| requirement(it, places)),
    }
}

fn requirement(it: &RequirementCompliance, places: Places<'_>) -> RequirementRow {
    let controls = it.controls.iter().map(|control| {
        let evidence = match control.state {
            ControlState::InPlace => control.evidence.as_ref(),
            _ => control.gap.as_ref().or(control.evidence.as_ref()),
        };
        let text = format!("{} {}: {}", control.id, control.title, seen(control));
        (text, evidence.map(|it| places.of(it)))
    });
    let weaknesses = it.weaknesses.iter().take(5).map(|weakness| {
        let first = &weakness.first;
        let text = format!("{} {} × {}", weakness.rule, weakness.count, weakness.title);
        (text, places.at(&first.file, first.line, first.column))
    });
    RequirementRow {
        id: it.id.clone(),
        title: it.title.clone(),
        state: state(it.state),
        class: class(it.state),
        reason: it.reason.clone(),
        controls: controls.collect(),
        weaknesses: weaknesses.collect(),
    }
}

const fn class(state: ComplianceState) -> &'static str {
    match state {
        ComplianceState::Met => "good",
        ComplianceState::Declared => "borne",
        ComplianceState::Partly => "open",
        ComplianceState::Gap => "bad",
        ComplianceState::NotEvaluated => "none",
    }
}
