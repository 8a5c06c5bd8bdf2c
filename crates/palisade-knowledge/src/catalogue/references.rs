//! Follows the references of controls, projects, actors, incidents and techniques.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::offer;

use super::Catalogue;
use super::fault::Faults;
use crate::actor::Actor;
use crate::control::{Control, Sign};
use crate::framework::Framework;
use crate::incident::Incident;
use crate::project::Project;
use crate::technique::Technique;

/// Requirement ids that a control may refer to, by framework.
pub(super) type Requirements<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl Catalogue {
    /// What controls may refer to: requirements that are in force.
    pub(super) fn requirements_in_force(&self) -> Requirements<'_> {
        let in_force = |framework: &Framework| -> BTreeSet<&str> {
            let requirements = self
                .frameworks
                .get(&framework.id)
                .map_or(&[][..], |it| &it.requirements);
            let in_force = requirements.iter().filter(|requirement| !requirement.withdrawn);
            in_force.map(|requirement| &*requirement.id).collect()
        };
        let frameworks = self.frameworks.values();
        frameworks
            .map(|framework| (&*framework.id, in_force(framework)))
            .collect()
    }

    pub(super) fn check_technique(&self, technique: &Technique) -> Faults {
        let mut faults = Faults::default();
        faults.unknown("links", &self.techniques, &technique.links);
        if let Some(id) = technique
            .parent
            .as_ref()
            .filter(|id| !self.techniques.contains_key(*id))
        {
            let help = offer(id, self.techniques.keys().map(String::as_str));
            faults.dangling("parent", format!("`parent`: there is no entry `{id}`"), help);
        }
        faults
    }

    pub(super) fn check_control(&self, control: &Control, requirements: &Requirements<'_>) -> Faults {
        let mut faults = Faults::default();
        faults.unknown("techniques", &self.techniques, &control.techniques);
        faults.unknown("steps", &self.steps, &control.steps);
        faults.unknown("projects", &self.projects, &control.projects);
        faults.unknown("evidence.running", &self.projects, &control.evidence.running);
        if control.projects.is_empty() != control.no_project.is_some() {
            let message = "it names `projects`, or says in `no_project` why there is none";
            faults.add("projects", message);
        }
        if control.family.is_some_and(|family| family.layer() != control.layer) {
            faults.add("layer", "`layer` is not the one of its `family`");
        }
        let evidence = &control.evidence;
        if evidence.signs.is_empty() && evidence.running.is_empty() && evidence.note.is_none() {
            let message = "`evidence` needs a sign, a running project, or a note that says why there is none";
            faults.add("evidence", message);
        }
        for (index, sign) in evidence.signs.iter().enumerate() {
            check_sign(sign, &format!("evidence.signs[{index}]"), &mut faults);
        }
        if control.references.values().all(Vec::is_empty) {
            faults.add("references", "`references` name no requirement of any framework");
        }
        for (framework, ids) in &control.references {
            let at = format!("references['{framework}']");
            let Some(known) = requirements.get(&**framework) else {
                let help = offer(framework, requirements.keys().copied());
                let message = format!("`references`: there is no framework `{framework}`");
                faults.dangling(&at, message, help);
                continue;
            };
            for (index, id) in ids.iter().enumerate().filter(|(_, id)| !known.contains(&***id)) {
                faults.dangling(
                    &format!("{at}[{index}]"),
                    format!("`references`: `{framework}` has no requirement `{id}` that is in force"),
                    offer(id, known.iter().copied()),
                );
            }
        }
        faults
    }

    pub(super) fn check_project(&self, project: &Project) -> Faults {
        let mut faults = Faults::default();
        let elements: BTreeSet<_> = project.elements.iter().map(|element| &*element.id).collect();
        if elements.len() != project.elements.len() {
            faults.add("elements", "`elements`: two have the same id");
        }
        let mut element = |at: String, id: &String| {
            if !elements.contains(&**id) {
                faults.with_help(
                    &at,
                    format!("it has no element `{id}`"),
                    offer(id, elements.iter().copied()),
                );
            }
        };
        for (index, flow) in project.flows.iter().enumerate() {
            element(format!("flows[{index}].from"), &flow.from);
            element(format!("flows[{index}].to"), &flow.to);
        }
        for (index, privilege) in project.privileges.iter().enumerate() {
            element(format!("privileges[{index}].holder"), &privilege.holder);
        }
        for (index, threat) in project.threats.iter().enumerate() {
            element(format!("threats[{index}].element"), &threat.element);
        }
        for (index, threat) in project.threats.iter().enumerate() {
            let field = |name| format!("threats[{index}].{name}");
            faults.unknown(&field("techniques"), &self.techniques, &threat.techniques);
            faults.unknown(&field("controls"), &self.controls, &threat.controls);
        }
        let checks: BTreeSet<_> = project
            .hardening
            .iter()
            .filter_map(|check| check.id.as_deref())
            .collect();
        for (index, threat) in project.threats.iter().enumerate() {
            for id in threat.settled_by.iter().filter(|id| !checks.contains(&***id)) {
                faults.with_help(
                    &format!("threats[{index}].settled_by"),
                    format!("it has no hardening check `{id}`"),
                    offer(id, checks.iter().copied()),
                );
            }
        }
        for (index, check) in project.hardening.iter().enumerate() {
            if let Some(sign) = &check.sign {
                check_sign(sign, &format!("hardening[{index}].sign"), &mut faults);
            }
        }
        faults
    }

    pub(super) fn check_actor(&self, actor: &Actor) -> Faults {
        let mut faults = Faults::default();
        for (index, ascribed) in actor.techniques.iter().enumerate() {
            let field = format!("techniques[{index}].techniques");
            faults.unknown(&field, &self.techniques, &ascribed.techniques);
        }
        faults
    }

    pub(super) fn check_incident(&self, incident: &Incident) -> Faults {
        let mut faults = Faults::default();
        faults.unknown("techniques", &self.techniques, &incident.techniques);
        faults.unknown("actors", &self.actors, &incident.actors);
        faults
    }
}

pub(super) fn check_framework(framework: &Framework) -> Faults {
    let mut faults = Faults::default();
    let mut seen = BTreeSet::new();
    for (index, requirement) in framework.requirements.iter().enumerate() {
        if !seen.insert(&*requirement.id) {
            let message = format!("`requirements`: `{}` is there twice", requirement.id);
            faults.add(&format!("requirements[{index}].id"), message);
        }
    }
    faults
}

fn check_sign(sign: &Sign, at: &str, faults: &mut Faults) {
    let variables = match (sign.applies_to, &sign.kind) {
        (Some(view), None) if sign.when.is_some() => view.variables(),
        (None, Some(_)) => &["object"],
        (Some(_), None) => return faults.add(at, "a sign over a view needs `when`"),
        _ => return faults.add(at, "a sign has either `applies_to` or `kind`"),
    };
    if let Some(Err(error)) = sign.when.as_ref().map(|when| when.check(variables)) {
        faults.add(&format!("{at}.when"), format!("`when`: {error}"));
    }
}
