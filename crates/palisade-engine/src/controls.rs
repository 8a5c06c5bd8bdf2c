//! Did we do a good job so far? What is seen of each control: in place, partly, not in place, or nothing that could show it.
//!
//! Each sign speaks for the thing that it matched, for the namespace of that, or for the whole system. What a control could
//! protect is what its signs can be asked of; where they only speak for namespaces, these are the namespaces.

use std::collections::{BTreeMap, BTreeSet};

use palisade_knowledge::{Catalogue, Control, Reach, View};

use crate::assessment::{ControlAssessment, ControlState, ProjectAssessment};
use crate::signs::{Signs, namespace_id};
use crate::system::{Evidence, System};

/// What is seen of every control of the catalogue, by id.
pub(crate) fn assess<'s>(
    system: &'s System,
    catalogue: &'s Catalogue,
    projects: &[ProjectAssessment],
    signs: &mut Signs<'s>,
) -> Vec<ControlAssessment> {
    let running: BTreeSet<&str> = projects
        .iter()
        .filter(|project| project.runs)
        .map(|project| &*project.id)
        .collect();
    let namespaces: BTreeSet<&str> = system
        .elements
        .iter()
        .filter(|element| !element.templates.is_empty())
        .filter_map(|element| element.namespace.as_deref())
        .collect();
    let controls = catalogue.controls.values();
    controls
        .map(|control| one(control, &namespaces, &running, signs))
        .collect()
}

fn one<'s>(
    control: &'s Control,
    namespaces: &BTreeSet<&str>,
    is_running: &BTreeSet<&str>,
    signs: &mut Signs<'s>,
) -> ControlAssessment {
    let mut seen = Seen::default();
    for sign in &control.evidence.signs {
        let is_telling = sign.kind.is_some()
            || matches!(
                sign.applies_to,
                Some(View::ControlPlane | View::ComponentConfig | View::Webhook | View::AdmissionPolicy)
            );
        signs.ask(sign, &mut |judged| {
            let namespace = judged.namespace.to_owned();
            match (sign.covers, judged.holds) {
                (Reach::Thing, holds) => {
                    let entry = seen.things.entry(judged.id.to_owned());
                    let known = entry.or_insert_with(|| (namespace, false));
                    known.1 |= holds;
                    if !holds && seen.gap.is_none() {
                        seen.gap = Some((judged.id.to_owned(), (judged.place)()));
                    }
                }
                (Reach::Namespace, true) => {
                    seen.namespaces.insert(namespace);
                }
                (Reach::System, true) => seen.everywhere = true,
                (Reach::Namespace | Reach::System, false) => {
                    seen.fails |= is_telling;
                    if seen.gap.is_none() && is_telling {
                        seen.gap = Some((String::new(), (judged.place)()));
                    }
                }
            }
            if judged.holds && seen.evidence.is_none() {
                seen.evidence = Some((judged.place)());
            }
        });
    }
    let speaks_for_namespaces = control
        .evidence
        .signs
        .iter()
        .any(|sign| sign.covers == Reach::Namespace);
    if speaks_for_namespaces && seen.things.is_empty() {
        let universe = namespaces
            .iter()
            .map(|name| (namespace_id(name).to_string(), ((*name).to_owned(), false)));
        seen.things.extend(universe);
    }
    let running = control.evidence.running.iter();
    let running: Vec<String> = running.filter(|id| is_running.contains(&***id)).cloned().collect();
    seen.finish(&control.id, running)
}

/// What the signs of a control told.
#[derive(Default)]
struct Seen {
    /// What it could protect, with its namespace, and whether it does.
    things: BTreeMap<String, (String, bool)>,
    /// Namespaces for which it is in place.
    namespaces: BTreeSet<String>,
    /// It is in place for the whole system.
    everywhere: bool,
    /// Something that would show it is there and does not.
    fails: bool,
    evidence: Option<Evidence>,
    gap: Option<(String, Evidence)>,
}

impl Seen {
    fn finish(self, id: &str, running: Vec<String>) -> ControlAssessment {
        let is_covered =
            |namespace: &String, holds: bool| holds || self.everywhere || self.namespaces.contains(namespace);
        let things = self.things.values();
        let covered = things
            .filter(|(namespace, holds)| is_covered(namespace, *holds))
            .count();
        let (holds, of) = match (self.things.len(), self.everywhere || self.fails) {
            (0, true) => (usize::from(self.everywhere), 1),
            (of, _) => (covered, of),
        };
        let state = match (holds, of) {
            (0, _) if !running.is_empty() => ControlState::Partly,
            (_, 0) => ControlState::NotEvaluated,
            (0, _) => ControlState::NotInPlace,
            (holds, of) if holds == of => ControlState::InPlace,
            _ => ControlState::Partly,
        };
        let is_open = |thing: &String| {
            let known = self.things.get(thing);
            known.is_none_or(|(namespace, holds)| !is_covered(namespace, *holds))
        };
        let gap = self.gap.as_ref().filter(|(thing, _)| holds < of && is_open(thing));
        ControlAssessment {
            id: id.to_owned(),
            state,
            holds,
            of,
            gap: gap.map(|(_, evidence)| evidence.clone()),
            evidence: self.evidence,
            running,
        }
    }
}
