//! Takes an entry away, and every reference to it.

use super::Catalogue;
use crate::kind::EntryKind;

/// Why a control names no project once the ones that implement it are switched off.
const DISABLED: &str = "The projects that implement it are disabled here.";

impl Catalogue {
    /// Takes an entry away. What referred to it no longer does.
    pub(super) fn forget(&mut self, kind: EntryKind, id: &str) {
        match kind {
            EntryKind::Weaknesses => self.forget_weakness(id),
            EntryKind::Steps => self.forget_step(id),
            EntryKind::Techniques => self.forget_technique(id),
            EntryKind::Controls => self.forget_control(id),
            EntryKind::Frameworks => self.forget_framework(id),
            EntryKind::Actors => self.forget_actor(id),
            EntryKind::Projects => self.forget_project(id),
            EntryKind::Incidents => drop(self.incidents.remove(id)),
            EntryKind::Technologies => drop(self.technologies.remove(id)),
        }
    }

    fn forget_weakness(&mut self, id: &str) {
        self.weaknesses.remove(id);
        for step in self.steps.values_mut() {
            step.weakness.take_if(|weakness| weakness == id);
        }
    }

    fn forget_step(&mut self, id: &str) {
        self.steps.remove(id);
        for control in self.controls.values_mut() {
            control.steps.retain(|step| step != id);
        }
    }

    fn forget_technique(&mut self, id: &str) {
        self.techniques.remove(id);
        let lists = self.weaknesses.values_mut().map(|it| &mut it.techniques);
        let lists = lists.chain(self.steps.values_mut().map(|it| &mut it.techniques));
        let lists = lists.chain(self.controls.values_mut().map(|it| &mut it.techniques));
        let lists = lists.chain(self.incidents.values_mut().map(|it| &mut it.techniques));
        let lists = lists.chain(self.techniques.values_mut().map(|it| &mut it.links));
        let ascribed = self.actors.values_mut().flat_map(|it| &mut it.techniques);
        let lists = lists.chain(ascribed.map(|it| &mut it.techniques));
        let threats = self.projects.values_mut().flat_map(|it| &mut it.threats);
        for list in lists.chain(threats.map(|it| &mut it.techniques)) {
            list.retain(|technique| technique != id);
        }
        for technique in self.techniques.values_mut() {
            technique.parent.take_if(|parent| parent == id);
        }
    }

    fn forget_control(&mut self, id: &str) {
        self.controls.remove(id);
        let lists = self.weaknesses.values_mut().map(|it| &mut it.controls);
        let threats = self.projects.values_mut().flat_map(|it| &mut it.threats);
        for list in lists.chain(threats.map(|it| &mut it.controls)) {
            list.retain(|control| control != id);
        }
    }

    fn forget_framework(&mut self, id: &str) {
        self.frameworks.remove(id);
        for control in self.controls.values_mut() {
            control.references.remove(id);
        }
    }

    fn forget_actor(&mut self, id: &str) {
        self.actors.remove(id);
        for incident in self.incidents.values_mut() {
            incident.actors.retain(|actor| actor != id);
        }
    }

    fn forget_project(&mut self, id: &str) {
        self.projects.remove(id);
        for control in self.controls.values_mut() {
            control.evidence.running.retain(|project| project != id);
            let had_any = !control.projects.is_empty();
            control.projects.retain(|project| project != id);
            if had_any && control.projects.is_empty() {
                control.no_project = Some(DISABLED.to_owned());
            }
        }
    }
}
