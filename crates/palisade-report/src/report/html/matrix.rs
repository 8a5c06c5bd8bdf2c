//! The ATT&CK matrix for containers, shaded by how the system is open to each technique, and for whom.

use std::collections::{BTreeMap, BTreeSet};

use palisade_engine::assessment::SystemAssessment;
use palisade_knowledge::{Catalogue, Matrix, Technique};

use crate::report::exposure::{ACTORS, Exposure, TACTICS, exposures, stands_for};

pub(super) struct MatrixView {
    pub(super) tactics: Vec<TacticView>,
    /// Sorts of actors that some path is of: short name and name.
    pub(super) actors: Vec<(&'static str, &'static str, &'static str)>,
    pub(super) open: usize,
    pub(super) all: usize,
}

pub(super) struct TacticView {
    pub(super) name: &'static str,
    pub(super) cells: Vec<Cell>,
}

pub(super) struct Cell {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) level: u8,
    pub(super) says: String,
    /// Classes for the choice of an actor.
    pub(super) classes: String,
    /// Letters of the actors.
    pub(super) letters: String,
    /// Whose letters these are.
    pub(super) actors: String,
}

impl MatrixView {
    pub(super) fn new(system: &SystemAssessment, catalogue: &Catalogue) -> Self {
        let found = exposures(system, catalogue);
        let mut merged: BTreeMap<&str, Vec<(&str, &Exposure<'_>)>> = BTreeMap::new();
        for (id, exposure) in &found {
            merged
                .entry(stands_for(id, catalogue))
                .or_default()
                .push((id, exposure));
        }
        let is_shown = |technique: &&Technique| match technique.matrix {
            Matrix::AttackContainers => stands_for(&technique.id, catalogue) == technique.id,
            Matrix::AttackEnterprise => merged.contains_key(&*technique.id),
            Matrix::K8sThreatMatrix | Matrix::Atlas => false,
        };
        let shown: Vec<&Technique> = catalogue.techniques.values().filter(is_shown).collect();
        let tactics = TACTICS.into_iter().map(|(word, name)| {
            let here = shown.iter().filter(|it| it.tactics.iter().any(|tactic| tactic == word));
            let mut cells: Vec<Cell> = here
                .map(|technique| cell(technique, merged.get(&*technique.id).map_or(&[], |it| &**it)))
                .collect();
            cells.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.name.cmp(&b.name)));
            TacticView { name, cells }
        });
        let on_paths: BTreeSet<&str> = found.values().flat_map(|it| it.actors.iter().copied()).collect();
        Self {
            tactics: tactics.filter(|tactic| !tactic.cells.is_empty()).collect(),
            actors: ACTORS
                .into_iter()
                .filter(|(word, ..)| on_paths.contains(word))
                .collect(),
            open: shown.iter().filter(|it| merged.contains_key(&*it.id)).count(),
            all: shown.len(),
        }
    }
}

fn cell(technique: &Technique, merged: &[(&str, &Exposure<'_>)]) -> Cell {
    let actors: BTreeSet<&str> = merged.iter().flat_map(|(_, it)| it.actors.iter().copied()).collect();
    let own = || ACTORS.iter().filter(|(word, ..)| actors.contains(word));
    let says = merged.iter().map(|(id, exposure)| {
        let says = exposure.says();
        if *id == technique.id {
            says
        } else {
            format!("{id} {says}")
        }
    });
    Cell {
        id: technique.id.clone(),
        name: technique.name.clone(),
        level: merged.iter().map(|(_, it)| it.level()).max().unwrap_or(0),
        says: says.collect::<Vec<_>>().join("; "),
        classes: own()
            .map(|(word, ..)| format!("by-{word}"))
            .collect::<Vec<_>>()
            .join(" "),
        letters: own().map(|(.., letter)| *letter).collect::<Vec<_>>().join(" "),
        actors: own().map(|(_, name, _)| *name).collect::<Vec<_>>().join(", "),
    }
}
