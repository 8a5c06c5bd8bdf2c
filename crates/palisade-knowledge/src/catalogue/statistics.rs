//! How much is known, and how much of what adversaries do it covers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::control::{Control, ControlKind, Family};
use crate::entry::{Layer, Stage};
use crate::kind::EntryKind;
use crate::technique::{Matrix, Technique};

/// The catalogue in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// Entries by kind.
    pub entries: BTreeMap<EntryKind, usize>,
    /// What covers each technique of the ATT&CK Containers matrix, in the order of their ids.
    pub techniques: Vec<TechniqueCoverage>,
    /// Controls by kind, stage, layer and family; combinations without any are left out.
    pub controls: Vec<ControlCount>,
    /// Frameworks in the order of their ids.
    pub frameworks: Vec<FrameworkUse>,
}

/// What the catalogue has about a technique, as ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TechniqueCoverage {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Weaknesses that enable it or a special case of it.
    pub weaknesses: Vec<String>,
    /// Attack steps that use it or a special case of it.
    pub steps: Vec<String>,
    /// Controls that prevent it.
    pub preventive: Vec<String>,
    /// Controls that detect it.
    pub detective: Vec<String>,
    /// Controls that limit or undo it.
    pub corrective: Vec<String>,
    /// Why something is missing above, where it is.
    pub because: Vec<String>,
}

impl TechniqueCoverage {
    /// Whether nothing is missing that the entry does not explain: a weakness or step, a prevention, a detection.
    pub fn is_complete(&self, technique: &Technique) -> bool {
        let is_found = !self.weaknesses.is_empty() || !self.steps.is_empty();
        (is_found || technique.not_found.is_some())
            && (!self.preventive.is_empty() || technique.not_prevented.is_some())
            && (!self.detective.is_empty() || technique.not_detected.is_some())
    }
}

/// How many controls there are of one sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ControlCount {
    /// What they do to an attack.
    pub kind: ControlKind,
    /// When they act.
    pub stage: Stage,
    /// What they protect.
    pub layer: Layer,
    /// The row of the white paper's runtime table; none: no row of it.
    pub family: Option<Family>,
    /// How many.
    pub count: usize,
}

/// How much of a framework the controls refer to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrameworkUse {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Requirements in force.
    pub requirements: usize,
    /// How many of these at least one control refers to.
    pub referenced: usize,
    /// Controls that refer to any of them.
    pub controls: usize,
}

impl Catalogue {
    /// Counts everything.
    pub fn statistics(&self) -> Statistics {
        let containers = self
            .techniques
            .values()
            .filter(|technique| technique.matrix == Matrix::AttackContainers);
        Statistics {
            entries: EntryKind::ALL
                .into_iter()
                .map(|kind| (kind, self.count(kind)))
                .collect(),
            techniques: containers.map(|technique| self.coverage_of(technique)).collect(),
            controls: self.control_counts(),
            frameworks: self.framework_uses(),
        }
    }

    /// What the catalogue has about a technique.
    pub fn coverage_of(&self, technique: &Technique) -> TechniqueCoverage {
        // What is about a special case is about the technique.
        let is_it = |id: &String| {
            let parent = self.techniques.get(id).and_then(|named| named.parent.as_ref());
            *id == technique.id || parent == Some(&technique.id)
        };
        let names = |ids: &[String]| ids.iter().any(is_it);
        let covering = self.covering(&technique.id);
        let of_kind = |kind| ids(covering.iter().filter(|control| control.kind == kind).map(|it| &it.id));
        let reasons = [&technique.not_found, &technique.not_prevented, &technique.not_detected];
        TechniqueCoverage {
            id: technique.id.clone(),
            name: technique.name.clone(),
            weaknesses: ids(self
                .weaknesses
                .values()
                .filter(|it| names(&it.techniques))
                .map(|it| &it.id)),
            steps: ids(self.steps.values().filter(|it| names(&it.techniques)).map(|it| &it.id)),
            preventive: of_kind(ControlKind::Preventive),
            detective: of_kind(ControlKind::Detective),
            corrective: of_kind(ControlKind::Corrective),
            because: reasons.into_iter().flatten().cloned().collect(),
        }
    }

    fn control_counts(&self) -> Vec<ControlCount> {
        let mut counts: BTreeMap<_, usize> = BTreeMap::new();
        for control in self.controls.values() {
            let sort = (control.kind, control.stage, control.layer, control.family);
            *counts.entry(sort).or_default() += 1;
        }
        counts
            .into_iter()
            .map(|((kind, stage, layer, family), count)| ControlCount {
                kind,
                stage,
                layer,
                family,
                count,
            })
            .collect()
    }

    fn framework_uses(&self) -> Vec<FrameworkUse> {
        let of = |control: &Control, framework: &str| control.references.get(framework).cloned().unwrap_or_default();
        self.frameworks
            .values()
            .map(|framework| {
                let used = self.controls.values().map(|control| of(control, &framework.id));
                let used: Vec<Vec<String>> = used.filter(|ids| !ids.is_empty()).collect();
                let referenced: BTreeSet<&String> = used.iter().flatten().collect();
                FrameworkUse {
                    id: framework.id.clone(),
                    title: framework.title.clone(),
                    requirements: framework.requirements.iter().filter(|it| !it.withdrawn).count(),
                    referenced: referenced.len(),
                    controls: used.len(),
                }
            })
            .collect()
    }
}

fn ids<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<String> {
    ids.cloned().collect()
}
