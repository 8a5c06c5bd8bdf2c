//! Elements, flows and boundaries that no artefact shows, or that need correcting.
//!
//! It is the diagram that changes, and the threats that are read from it. What an attacker can do follows from the artefacts
//! themselves.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::{BoundaryIntent, DiagramChange, ElementIntent, ElementRole, FlowIntent, Intent, Pattern};
use palisade_knowledge::Catalogue;

use super::evidence;
use crate::design::boundaries::{self, CLUSTER, EXTERNAL_SERVICES};
use crate::system::{
    Basis, Boundary, BoundaryKind, Confidence, Element, ElementId, ElementKind, Evidence, Flow, Isolation, System,
};

/// Draws what is declared into a system.
pub(crate) fn draw(system: &mut System, intent: &Intent, catalogue: &Catalogue) {
    let declared = &intent.declared;
    if declared.elements.is_empty() && declared.flows.is_empty() && declared.boundaries.is_empty() {
        return;
    }
    let mut drawing = Drawing::of(system);
    for (index, it) in declared.elements.iter().enumerate() {
        drawing.element(
            it,
            evidence(
                intent,
                &format!("elements[{index}]"),
                note(it.change, it.reason.as_deref()),
            ),
            catalogue,
        );
    }
    for it in &declared.boundaries {
        drawing.boundary(it);
    }
    for (index, it) in declared.flows.iter().enumerate() {
        drawing.flow(
            it,
            &evidence(
                intent,
                &format!("flows[{index}]"),
                note(it.change, it.reason.as_deref()),
            ),
        );
    }
    drawing.finish(system);
}

/// Why it is believed, a few words.
fn note(change: DiagramChange, reason: Option<&str>) -> String {
    let what = match change {
        DiagramChange::Add => "declared",
        DiagramChange::Correct => "corrected",
        DiagramChange::Remove => "removed",
    };
    reason.map_or_else(|| what.to_owned(), |reason| format!("{what}: {reason}"))
}

/// The diagram while it is changed.
struct Drawing {
    elements: BTreeMap<ElementId, Element>,
    flows: Vec<Flow>,
    boundaries: BTreeMap<String, Boundary>,
}

impl Drawing {
    fn of(system: &mut System) -> Self {
        let elements = std::mem::take(&mut system.elements).into_iter();
        let boundaries = std::mem::take(&mut system.boundaries).into_iter();
        Self {
            elements: elements.map(|element| (element.id.clone(), element)).collect(),
            flows: std::mem::take(&mut system.flows),
            boundaries: boundaries.map(|boundary| (boundary.id.clone(), boundary)).collect(),
        }
    }

    fn element(&mut self, it: &ElementIntent, word: Evidence, catalogue: &Catalogue) {
        let id = ElementId::new(&*it.id);
        match (it.change, self.elements.get_mut(&id)) {
            (DiagramChange::Remove, _) => {
                self.elements.remove(&id);
                self.flows.retain(|flow| flow.from != id && flow.to != id);
            }
            (_, Some(known)) => correct(known, it, word, catalogue),
            (DiagramChange::Add, None) => {
                let mut element = added(id, it, word.clone());
                correct(&mut element, it, word, catalogue);
                boundaries::insert(&mut self.boundaries, &element.boundary);
                self.elements.insert(element.id.clone(), element);
            }
            (DiagramChange::Correct, None) => {}
        }
    }

    fn boundary(&mut self, it: &BoundaryIntent) {
        if it.change == DiagramChange::Remove {
            let Some(gone) = self.boundaries.remove(&it.id) else {
                return;
            };
            let around = gone.parent.unwrap_or_else(|| CLUSTER.to_owned());
            for element in self.elements.values_mut().filter(|element| element.boundary == it.id) {
                element.boundary.clone_from(&around);
            }
            for inner in self
                .boundaries
                .values_mut()
                .filter(|inner| inner.parent.as_ref() == Some(&it.id))
            {
                inner.parent = Some(around.clone());
            }
            return;
        }
        if it.change == DiagramChange::Correct && !self.boundaries.contains_key(&it.id) {
            return;
        }
        let boundary = self.boundaries.entry(it.id.clone()).or_insert_with(|| Boundary {
            id: it.id.clone(),
            kind: BoundaryKind::Declared,
            parent: Some(CLUSTER.to_owned()),
        });
        if let Some(parent) = &it.parent {
            boundary.parent = Some(parent.clone());
        }
        let patterns: Vec<Pattern> = it.elements.iter().map(Pattern::new).collect();
        for element in self.elements.values_mut().filter(|element| element.kind.is_drawn()) {
            if patterns.iter().any(|pattern| pattern.matches(element.id.as_str())) {
                element.boundary.clone_from(&it.id);
            }
        }
    }

    fn flow(&mut self, it: &FlowIntent, word: &Evidence) {
        let (from, to) = (ElementId::new(&*it.from), ElementId::new(&*it.to));
        let is_it = |flow: &Flow| flow.from == from && flow.to == to;
        if it.change == DiagramChange::Remove {
            self.flows.retain(|flow| !is_it(flow));
            return;
        }
        if !self.elements.contains_key(&from) || !self.elements.contains_key(&to) {
            return;
        }
        let protocol = it.protocol.as_deref().unwrap_or("TCP");
        let is_corrected = it.change == DiagramChange::Correct;
        let mut is_known = false;
        for flow in self.flows.iter_mut().filter(|flow| is_it(flow)) {
            let is_same = flow.basis == Basis::Declared && flow.protocol == protocol;
            if is_corrected || is_same {
                amend(flow, it, word, is_corrected);
                is_known = true;
            }
        }
        if !is_known && !is_corrected {
            self.flows.push(Flow {
                from,
                to,
                basis: Basis::Declared,
                protocol: protocol.to_owned(),
                application: it.application.clone(),
                ports: sorted(&it.ports),
                encrypted: it.encrypted,
                crosses: Vec::new(),
                evidence: vec![word.clone()],
                confidence: Confidence::High,
            });
        }
    }

    /// Puts everything back in order. What flows cross is found anew.
    fn finish(mut self, system: &mut System) {
        let around: BTreeSet<String> = self.boundaries.values().filter_map(|it| it.parent.clone()).collect();
        let stood_in = self.elements.values().map(|element| element.boundary.clone());
        for id in around.into_iter().chain(stood_in).collect::<BTreeSet<_>>() {
            boundaries::insert(&mut self.boundaries, &id);
        }
        for flow in &mut self.flows {
            let side = |id: &ElementId| self.elements.get(id).map_or("", |element| &*element.boundary);
            flow.crosses = boundaries::crossed(&self.boundaries, side(&flow.from), side(&flow.to));
        }
        self.flows.sort_by(|a, b| order(a).cmp(&order(b)));
        system.elements = self.elements.into_values().collect();
        system.flows = self.flows;
        system.boundaries = self.boundaries.into_values().collect();
    }
}

fn order(flow: &Flow) -> impl Ord + '_ {
    (&flow.from, &flow.to, flow.basis, &flow.protocol)
}

fn sorted(ports: &[u16]) -> Vec<u16> {
    let ports: BTreeSet<u16> = ports.iter().copied().collect();
    ports.into_iter().collect()
}

/// An element that only intent knows.
fn added(id: ElementId, it: &ElementIntent, word: Evidence) -> Element {
    let kind = kind(it.kind);
    let inside = if kind == ElementKind::ExternalEntity {
        EXTERNAL_SERVICES
    } else {
        CLUSTER
    };
    let parts: Vec<&str> = it.id.split('/').collect();
    let namespace = match parts.as_slice() {
        [_, namespace, _] => Some((*namespace).into()),
        _ => None,
    };
    Element {
        kind,
        boundary: inside.to_owned(),
        namespace,
        technology: None,
        store: None,
        owner: None,
        instances: 0,
        nodes: Vec::new(),
        images: Vec::new(),
        identity: None,
        isolation: Isolation::default(),
        evidence: vec![word],
        confidence: Confidence::High,
        templates: Vec::new(),
        resource: None,
        id,
    }
}

const fn kind(role: Option<ElementRole>) -> ElementKind {
    match role {
        Some(ElementRole::Process) => ElementKind::Process,
        Some(ElementRole::DataStore) => ElementKind::DataStore,
        Some(ElementRole::ExternalEntity) | None => ElementKind::ExternalEntity,
    }
}

/// Takes over what is said of an element.
fn correct(element: &mut Element, it: &ElementIntent, word: Evidence, catalogue: &Catalogue) {
    if it.kind.is_some() {
        element.kind = kind(it.kind);
    }
    if let Some(boundary) = &it.boundary {
        element.boundary.clone_from(boundary);
    }
    if let Some(owner) = &it.owner {
        element.owner = Some(owner.clone());
    }
    if let Some(technology) = &it.technology {
        element.technology = Some(technology.clone());
        element.store = catalogue.technologies.get(technology).and_then(|entry| entry.store);
    }
    if !element.evidence.contains(&word) {
        element.evidence.push(word);
    }
}

/// Takes over what is said of a flow: all of it where it is corrected, else what was not known.
fn amend(flow: &mut Flow, it: &FlowIntent, word: &Evidence, is_corrected: bool) {
    if it.application.is_some() && (is_corrected || flow.application.is_none()) {
        flow.application.clone_from(&it.application);
    }
    if it.encrypted.is_some() && (is_corrected || flow.encrypted.is_none()) {
        flow.encrypted = it.encrypted;
    }
    if !it.ports.is_empty() {
        let known = if is_corrected { &[][..] } else { &flow.ports };
        flow.ports = sorted(&[known, &it.ports].concat());
    }
    flow.evidence.push(word.clone());
}
