//! How a requirement stands, by the controls that refer to it and the weaknesses that they would stop.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::{FieldPath, Intent};
use palisade_knowledge::{Baseline, Catalogue, Control, Framework, Requirement};

use super::{
    ComplianceCounts, ComplianceState, ControlTowards, DeclaredControl, FrameworkCompliance, RequirementCompliance,
    WeaknessAgainst,
};
use crate::assessment::{ControlAssessment, ControlState, Finding, SystemAssessment};
use crate::system::Evidence;

/// What separates the id of a part from that of the heading over it: `4.1` and `4.1.1`, `network` and `network/etcd`,
/// `GV.OC` and `GV.OC-01`. An enhancement such as `AC-2(1)` is no part of its control.
const SEPARATORS: [char; 3] = ['.', '/', '-'];

/// What is known of one system, by what requirements ask about.
pub(super) struct Judge<'a> {
    catalogue: &'a Catalogue,
    seen: BTreeMap<&'a str, &'a ControlAssessment>,
    declared: BTreeMap<&'a str, DeclaredControl>,
    /// Findings by their weakness.
    found: BTreeMap<&'a str, Vec<&'a Finding>>,
    /// Weaknesses with findings, by a control that would stop them.
    open: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(system: &'a SystemAssessment, catalogue: &'a Catalogue, intent: &'a Intent) -> Self {
        let mut found: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &system.findings {
            found.entry(&finding.rule).or_default().push(finding);
        }
        let mut open: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for weakness in found.keys().filter_map(|rule| catalogue.weaknesses.get(*rule)) {
            for control in &weakness.controls {
                open.entry(control).or_default().insert(&weakness.id);
            }
        }
        Self {
            catalogue,
            seen: system.controls.iter().map(|seen| (&*seen.id, seen)).collect(),
            declared: declared(intent),
            found,
            open,
        }
    }

    /// A framework, or a baseline of it.
    pub(super) fn framework(
        &self,
        framework: &Framework,
        baseline: Option<Baseline>,
        in_force: bool,
    ) -> FrameworkCompliance {
        let is_asked = |requirement: &&Requirement| {
            !requirement.withdrawn && baseline.is_none_or(|baseline| requirement.baselines.contains(&baseline))
        };
        let asked = framework.requirements.iter().filter(is_asked);
        let mut requirements: Vec<_> = asked
            .map(|requirement| self.requirement(framework, requirement))
            .collect();
        headings(&mut requirements);
        let mut counts = ComplianceCounts::default();
        for requirement in requirements.iter().filter(|requirement| !requirement.heading) {
            counts.add(requirement.state);
        }
        FrameworkCompliance {
            framework: framework.id.clone(),
            title: framework.title.clone(),
            version: framework.version.clone(),
            baseline,
            in_force,
            counts,
            requirements,
        }
    }

    fn requirement(&self, framework: &Framework, requirement: &Requirement) -> RequirementCompliance {
        let refers = |control: &&Control| {
            let references = control.references.get(&framework.id);
            references.is_some_and(|ids| ids.contains(&requirement.id))
        };
        let controls: Vec<_> = self.catalogue.controls.values().filter(refers).collect();
        let controls: Vec<_> = controls.into_iter().map(|control| self.control(control)).collect();
        let weaknesses = self.weaknesses(&controls);
        let (state, reason) = stands(&controls, &weaknesses);
        RequirementCompliance {
            id: requirement.id.clone(),
            title: requirement.title.clone(),
            heading: false,
            state,
            reason,
            controls,
            weaknesses,
        }
    }

    fn control(&self, control: &Control) -> ControlTowards {
        let seen = self.seen.get(&*control.id);
        let state = seen.map_or(ControlState::NotEvaluated, |seen| seen.state);
        let not_seen = (state == ControlState::NotEvaluated).then(|| {
            let note = control.evidence.note.clone();
            note.unwrap_or_else(|| "nothing that was read could show it".to_owned())
        });
        ControlTowards {
            id: control.id.clone(),
            title: control.title.clone(),
            state,
            holds: seen.map_or(0, |seen| seen.holds),
            of: seen.map_or(0, |seen| seen.of),
            declared: self.declared.get(&*control.id).cloned(),
            evidence: seen.and_then(|seen| seen.evidence.clone()),
            gap: seen.and_then(|seen| seen.gap.clone()),
            not_seen,
        }
    }

    /// Weaknesses found that one of these controls would stop, the worst first.
    fn weaknesses(&self, controls: &[ControlTowards]) -> Vec<WeaknessAgainst> {
        let ids = controls.iter().filter_map(|control| self.open.get(&*control.id));
        let rules: BTreeSet<&str> = ids.flatten().copied().collect();
        let against = rules.into_iter().filter_map(|rule| {
            let found = self.found.get(rule)?;
            let first = found.first()?;
            Some(WeaknessAgainst {
                rule: rule.to_owned(),
                title: first.title.clone(),
                severity: found.iter().map(|finding| finding.severity).max()?,
                count: found.len(),
                first: first.position.clone(),
            })
        });
        let mut against: Vec<_> = against.collect();
        against.sort_by_key(|it| (Reverse(it.severity), Reverse(it.count), it.rule.clone()));
        against
    }
}

/// Controls that are declared, by id. The first declaration that is about everything counts, or else the first.
fn declared(intent: &Intent) -> BTreeMap<&str, DeclaredControl> {
    let mut declared: BTreeMap<&str, DeclaredControl> = BTreeMap::new();
    for (index, control) in intent.declared.controls.iter().enumerate() {
        let path = FieldPath::parse(&format!("controls[{index}]"));
        let one = DeclaredControl {
            known_from: control.evidence.clone(),
            owner: control.owner.clone(),
            in_part: !control.elements.is_empty(),
            evidence: Evidence::at(&intent.file, &intent.document, &path, "declared"),
        };
        let is_better = declared
            .get(&*control.control)
            .is_none_or(|known| known.in_part && !one.in_part);
        if is_better {
            declared.insert(&control.control, one);
        }
    }
    declared
}

/// How a requirement stands, and why.
fn stands(controls: &[ControlTowards], weaknesses: &[WeaknessAgainst]) -> (ComplianceState, String) {
    let of = |state| controls.iter().filter(move |control| control.state == state).count();
    let in_place = of(ControlState::InPlace);
    let is_missing = |control: &&ControlTowards| control.state != ControlState::InPlace;
    let missing = || controls.iter().filter(is_missing);
    let whole = |control: &&ControlTowards| control.declared.as_ref().is_some_and(|declared| !declared.in_part);
    let by_word = missing().filter(whole).count();
    let in_part = missing().filter(|control| control.declared.is_some()).count() - by_word;
    let undeclared = |state| {
        missing()
            .filter(move |it| it.state == state && it.declared.is_none())
            .count()
    };
    let partly = undeclared(ControlState::Partly);
    let absent = undeclared(ControlState::NotInPlace);
    let unseen = undeclared(ControlState::NotEvaluated);
    let all = controls.len();

    if all == 0 {
        let reason = "no control of the catalogue refers to it, so that nothing that was read is held against it";
        return (ComplianceState::NotEvaluated, reason.to_owned());
    }
    let something = in_place + by_word + in_part + partly > 0;
    let state = if in_place == all && weaknesses.is_empty() {
        ComplianceState::Met
    } else if in_place + by_word == all && weaknesses.is_empty() {
        ComplianceState::Declared
    } else if something {
        ComplianceState::Partly
    } else if absent > 0 || !weaknesses.is_empty() {
        ComplianceState::Gap
    } else {
        ComplianceState::NotEvaluated
    };
    let parts = [
        (in_place, "in place"),
        (by_word, "declared, not seen"),
        (in_part, "declared for a part"),
        (partly, "partly in place"),
        (absent, "not in place"),
        (unseen, "not evaluated"),
    ];
    let told = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"));
    let told: Vec<String> = told.collect();
    let mut reason = match all {
        1 => format!("the one control that refers to it: {}", told.join(", ")),
        all => format!("of {all} controls that refer to it: {}", told.join(", ")),
    };
    let findings: usize = weaknesses.iter().map(|weakness| weakness.count).sum();
    match findings {
        0 => {}
        1 => reason.push_str("; 1 finding stands against it"),
        n => reason = format!("{reason}; {n} findings stand against it"),
    }
    (state, reason)
}

/// Lets headings stand as their parts do: those that no control refers to, and that have parts.
fn headings(requirements: &mut [RequirementCompliance]) {
    let stand: Vec<(String, ComplianceState, bool)> = requirements
        .iter()
        .map(|it| (it.id.clone(), it.state, it.controls.is_empty()))
        .collect();
    let is_part = |id: &str, of: &str| id.strip_prefix(of).is_some_and(|rest| rest.starts_with(SEPARATORS));
    let is_heading = |of: &str| {
        stand.iter().any(|(id, _, is_bare)| id == of && *is_bare) && stand.iter().any(|(id, ..)| is_part(id, of))
    };
    for requirement in requirements.iter_mut().filter(|it| it.controls.is_empty()) {
        let parts = stand
            .iter()
            .filter(|(id, ..)| is_part(id, &requirement.id) && !is_heading(id));
        let mut counts = ComplianceCounts::default();
        parts.for_each(|(_, state, _)| counts.add(*state));
        let total = counts.total();
        if total == 0 {
            continue;
        }
        requirement.heading = true;
        requirement.state = match counts {
            ComplianceCounts { met, .. } if met == total => ComplianceState::Met,
            ComplianceCounts { met, declared, .. } if met + declared == total => ComplianceState::Declared,
            ComplianceCounts { not_evaluated, .. } if not_evaluated == total => ComplianceState::NotEvaluated,
            ComplianceCounts { gap, not_evaluated, .. } if gap + not_evaluated == total => ComplianceState::Gap,
            _ => ComplianceState::Partly,
        };
        requirement.reason = format!(
            "of its {total} parts: {} met, {} declared, {} partly, {} gaps, {} not evaluated",
            counts.met, counts.declared, counts.partly, counts.gap, counts.not_evaluated
        );
    }
}
