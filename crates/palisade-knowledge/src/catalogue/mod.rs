//! The catalogue: all entries, loaded and cross-checked.

mod check;
mod lookup;
mod references;
mod statistics;
mod technology;

use std::collections::BTreeMap;
use std::collections::btree_map;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::actor::Actor;
use crate::control::Control;
use crate::entry::{Technology, Weakness};
use crate::framework::Framework;
use crate::incident::Incident;
use crate::project::Project;
use crate::step::AttackStep;
use crate::technique::Technique;

pub use lookup::Lookup;
pub use statistics::{ControlCount, FrameworkUse, Statistics, TechniqueCoverage};

/// The entries that come with Palisade, digested from `knowledge/` while building.
const BUILTIN: &str = include_str!(concat!(env!("OUT_DIR"), "/catalogue.json"));

/// Everything that is known, by id.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// Weaknesses by id.
    pub weaknesses: BTreeMap<String, Weakness>,
    /// Attack steps by id.
    pub steps: BTreeMap<String, AttackStep>,
    /// Techniques by id.
    pub techniques: BTreeMap<String, Technique>,
    /// Technologies by id.
    pub technologies: BTreeMap<String, Technology>,
    /// Controls by id.
    pub controls: BTreeMap<String, Control>,
    /// Frameworks by id.
    pub frameworks: BTreeMap<String, Framework>,
    /// Projects by id.
    pub projects: BTreeMap<String, Project>,
    /// Actors by id.
    pub actors: BTreeMap<String, Actor>,
    /// Incidents by id.
    pub incidents: BTreeMap<String, Incident>,
}

/// An entry that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {message}")]
pub struct CatalogueError {
    /// The entry's file.
    pub file: String,
    /// What is wrong, with line and column where known.
    pub message: String,
}

impl Catalogue {
    /// The catalogue that comes with Palisade. Its conditions are compiled when they are first used.
    pub fn builtin() -> Result<Self, CatalogueError> {
        let digest: Digest = serde_json::from_str(BUILTIN).map_err(|error| CatalogueError {
            file: "knowledge".to_owned(),
            message: error.to_string(),
        })?;
        Ok(Self {
            weaknesses: by_id(digest.weaknesses, |weakness| &weakness.id),
            steps: by_id(digest.steps, |step| &step.id),
            techniques: by_id(digest.techniques, |technique| &technique.id),
            technologies: by_id(digest.technologies, |technology| &technology.id),
            controls: by_id(digest.controls, |control| &control.id),
            frameworks: by_id(digest.frameworks, |framework| &framework.id),
            projects: by_id(digest.projects, |project| &project.id),
            actors: by_id(digest.actors, |actor| &actor.id),
            incidents: by_id(digest.incidents, |incident| &incident.id),
        })
    }

    /// A catalogue of these files, each a name such as `weaknesses/PAL-W001-privileged.yaml` and its text.
    ///
    /// Every reference is followed and every condition compiled.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, CatalogueError> {
        Self::default().with_files(files)
    }

    /// This catalogue and the entries of these files, which may refer to those already there.
    pub fn with_files<'a>(
        mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, CatalogueError> {
        for (name, text) in files {
            self.add(name, text)?;
        }
        self.check()?;
        Ok(self)
    }

    /// The controls that prevent, detect or limit a technique, in the order of their ids.
    ///
    /// A technique of another matrix than ATT&CK is covered by what names it, and by what covers a technique that it links to.
    pub fn covering(&self, technique: &str) -> Vec<&Control> {
        let links = self
            .techniques
            .get(technique)
            .map_or(&[][..], |entry| entry.links.as_slice());
        let names_it = |control: &&Control| {
            let names = |id: &str| control.techniques.iter().any(|named| named == id);
            names(technique) || links.iter().any(|link| names(link))
        };
        self.controls.values().filter(names_it).collect()
    }

    /// Reads one file; its folder says what it is.
    fn add(&mut self, name: &str, text: &str) -> Result<(), CatalogueError> {
        let file = File::of(name)?;
        match file.folder {
            "weaknesses" => file.insert(&mut self.weaknesses, text, |weakness| &weakness.id),
            "steps" => file.insert(&mut self.steps, text, |step| &step.id),
            "techniques" => file.insert(&mut self.techniques, text, |technique| &technique.id),
            "technologies" => file.insert(&mut self.technologies, text, |technology| &technology.id),
            "controls" => file.insert(&mut self.controls, text, |control| &control.id),
            "frameworks" => file.insert(&mut self.frameworks, text, |framework| &framework.id),
            "projects" => file.insert(&mut self.projects, text, |project| &project.id),
            "actors" => file.insert(&mut self.actors, text, |actor| &actor.id),
            "incidents" => file.insert(&mut self.incidents, text, |incident| &incident.id),
            other => Err(file.error(format!(
                "`{other}` is not a folder of the catalogue; it has actors, controls, frameworks, incidents, projects, \
                 steps, techniques, technologies and weaknesses"
            ))),
        }
    }
}

/// What the build leaves of the files.
#[derive(Deserialize)]
struct Digest {
    weaknesses: Vec<Weakness>,
    steps: Vec<AttackStep>,
    techniques: Vec<Technique>,
    technologies: Vec<Technology>,
    controls: Vec<Control>,
    frameworks: Vec<Framework>,
    projects: Vec<Project>,
    actors: Vec<Actor>,
    incidents: Vec<Incident>,
}

fn by_id<T>(entries: Vec<T>, id: fn(&T) -> &String) -> BTreeMap<String, T> {
    entries.into_iter().map(|entry| (id(&entry).clone(), entry)).collect()
}

/// A file's name, taken apart.
#[derive(Clone, Copy)]
struct File<'a> {
    name: &'a str,
    /// The last folder.
    folder: &'a str,
    /// The name without folder and extension.
    stem: &'a str,
}

impl<'a> File<'a> {
    fn of(name: &'a str) -> Result<Self, CatalogueError> {
        let (folders, base) = name.rsplit_once('/').unwrap_or(("", name));
        let folder = folders.rsplit('/').next().unwrap_or_default();
        match base.strip_suffix(".yaml") {
            Some(stem) => Ok(Self { name, folder, stem }),
            None => Err(CatalogueError {
                file: name.to_owned(),
                message: "entries are `.yaml` files".to_owned(),
            }),
        }
    }

    fn insert<T: DeserializeOwned>(
        self,
        entries: &mut BTreeMap<String, T>,
        text: &str,
        id: fn(&T) -> &String,
    ) -> Result<(), CatalogueError> {
        let entry: T = serde_saphyr::from_str(text).map_err(|error| self.error(describe(&error)))?;
        let id = id(&entry).clone();
        let names_it = self
            .stem
            .strip_prefix(&*id)
            .is_some_and(|title| title.is_empty() || title.starts_with('-'));
        if !names_it {
            return Err(self.error(format!(
                "the file must be named after the id: `{id}.yaml` or `{id}-….yaml`"
            )));
        }
        match entries.entry(id) {
            btree_map::Entry::Vacant(slot) => {
                slot.insert(entry);
                Ok(())
            }
            btree_map::Entry::Occupied(slot) => Err(self.error(format!("there is already an entry `{}`", slot.key()))),
        }
    }

    fn error(self, message: String) -> CatalogueError {
        CatalogueError {
            file: self.name.to_owned(),
            message,
        }
    }
}

/// A YAML error in one line.
fn describe(error: &serde_saphyr::Error) -> String {
    let error = error.without_snippet();
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod tests;
