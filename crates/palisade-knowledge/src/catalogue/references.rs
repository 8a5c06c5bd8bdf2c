//! Follows the references of controls, projects, actors, incidents and techniques.

use std::collections::{BTreeMap, BTreeSet};

use super::Catalogue;
use super::check::fault;
use crate::actor::Actor;
use crate::catalogue::CatalogueError;
use crate::control::{Control, Sign};
use crate::framework::Framework;
use crate::incident::Incident;
use crate::project::Project;
use crate::technique::Technique;

/// Requirement ids that a control may refer to, by framework.
type Requirements<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl Catalogue {
    /// Whether every reference of these kinds of entries leads somewhere. The first fault is the error.
    pub(super) fn check_references(&self) -> Result<(), CatalogueError> {
        let mut requirements = Requirements::new();
        for (id, framework) in &self.frameworks {
            let known = requirements_of(framework).map_err(|message| fault("frameworks", id, message))?;
            requirements.insert(id, known);
        }
        for (id, technique) in &self.techniques {
            self.check_technique(technique)
                .map_err(|message| fault("techniques", id, message))?;
        }
        for (id, control) in &self.controls {
            self.check_control(control, &requirements)
                .map_err(|message| fault("controls", id, message))?;
        }
        for (id, project) in &self.projects {
            self.check_project(project)
                .map_err(|message| fault("projects", id, message))?;
        }
        for (id, actor) in &self.actors {
            self.check_actor(actor)
                .map_err(|message| fault("actors", id, message))?;
        }
        for (id, incident) in &self.incidents {
            self.check_incident(incident)
                .map_err(|message| fault("incidents", id, message))?;
        }
        Ok(())
    }

    fn check_technique(&self, technique: &Technique) -> Result<(), String> {
        all_known("parent", &self.techniques, &technique.parent)?;
        all_known("links", &self.techniques, &technique.links)
    }

    fn check_control(&self, control: &Control, requirements: &Requirements<'_>) -> Result<(), String> {
        all_known("techniques", &self.techniques, &control.techniques)?;
        all_known("steps", &self.steps, &control.steps)?;
        all_known("projects", &self.projects, &control.projects)?;
        all_known("evidence.running", &self.projects, &control.evidence.running)?;
        if control.projects.is_empty() != control.no_project.is_some() {
            return Err("it names `projects`, or says in `no_project` why there is none".to_owned());
        }
        if control.family.is_some_and(|family| family.layer() != control.layer) {
            return Err("`layer` is not the one of its `family`".to_owned());
        }
        check_evidence(control)?;
        if control.references.values().all(Vec::is_empty) {
            return Err("`references` name no requirement of any framework".to_owned());
        }
        for (framework, ids) in &control.references {
            let known = requirements
                .get(&**framework)
                .ok_or_else(|| format!("`references`: there is no framework `{framework}`"))?;
            if let Some(id) = ids.iter().find(|id| !known.contains(&***id)) {
                return Err(format!(
                    "`references`: `{framework}` has no requirement `{id}` that is in force"
                ));
            }
        }
        Ok(())
    }

    fn check_project(&self, project: &Project) -> Result<(), String> {
        let elements: BTreeSet<_> = project.elements.iter().map(|element| &*element.id).collect();
        if elements.len() != project.elements.len() {
            return Err("`elements`: two have the same id".to_owned());
        }
        let flows = project.flows.iter().flat_map(|flow| [&flow.from, &flow.to]);
        let holders = project.privileges.iter().map(|privilege| &privilege.holder);
        let targets = project.threats.iter().map(|threat| &threat.element);
        if let Some(id) = flows
            .chain(holders)
            .chain(targets)
            .find(|id| !elements.contains(&***id))
        {
            return Err(format!("it has no element `{id}`"));
        }
        for threat in &project.threats {
            all_known("threats.techniques", &self.techniques, &threat.techniques)?;
            all_known("threats.controls", &self.controls, &threat.controls)?;
        }
        project
            .hardening
            .iter()
            .filter_map(|check| check.sign.as_ref())
            .try_for_each(check_sign)
    }

    fn check_actor(&self, actor: &Actor) -> Result<(), String> {
        actor
            .techniques
            .iter()
            .try_for_each(|ascribed| all_known("techniques", &self.techniques, &ascribed.techniques))
    }

    fn check_incident(&self, incident: &Incident) -> Result<(), String> {
        all_known("techniques", &self.techniques, &incident.techniques)?;
        all_known("actors", &self.actors, &incident.actors)
    }
}

fn requirements_of(framework: &Framework) -> Result<BTreeSet<&str>, String> {
    let mut seen = BTreeSet::new();
    for requirement in &framework.requirements {
        if !seen.insert(&*requirement.id) {
            return Err(format!("`requirements`: `{}` is there twice", requirement.id));
        }
    }
    for requirement in framework.requirements.iter().filter(|entry| entry.withdrawn) {
        seen.remove(&*requirement.id);
    }
    Ok(seen)
}

fn check_evidence(control: &Control) -> Result<(), String> {
    let evidence = &control.evidence;
    if evidence.signs.is_empty() && evidence.running.is_empty() && evidence.note.is_none() {
        return Err("`evidence` needs a sign, a running project, or a note that says why there is none".to_owned());
    }
    evidence.signs.iter().try_for_each(check_sign)
}

fn check_sign(sign: &Sign) -> Result<(), String> {
    let variables = match (sign.applies_to, &sign.kind) {
        (Some(view), None) if sign.when.is_some() => view.variables(),
        (None, Some(_)) => &["object"],
        (Some(_), None) => return Err("a sign over a view needs `when`".to_owned()),
        _ => return Err("a sign has either `applies_to` or `kind`".to_owned()),
    };
    match &sign.when {
        Some(when) => when.check(variables).map_err(|error| format!("`when`: {error}")),
        None => Ok(()),
    }
}

fn all_known<'a, T>(
    field: &str,
    entries: &BTreeMap<String, T>,
    ids: impl IntoIterator<Item = &'a String>,
) -> Result<(), String> {
    match ids.into_iter().find(|id| !entries.contains_key(*id)) {
        Some(id) => Err(format!("`{field}`: there is no entry `{id}`")),
        None => Ok(()),
    }
}
