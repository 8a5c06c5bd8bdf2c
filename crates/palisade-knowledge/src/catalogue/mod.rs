//! The catalogue: all entries, loaded and cross-checked.

mod check;
mod fault;
mod file;
mod forget;
mod lookup;
mod overlay;
mod place;
mod references;
mod statistics;
mod technology;

pub(crate) use self::technology::{matches, repository};

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::actor::Actor;
use crate::control::Control;
use crate::entry::{Technology, Weakness};
use crate::framework::Framework;
use crate::incident::Incident;
use crate::project::Project;
use crate::step::AttackStep;
use crate::technique::Technique;

pub use fault::CatalogueError;
pub use file::Disabled;
pub use lookup::Lookup;
pub use overlay::{Change, Changes};
pub use place::of as position_in;
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

impl Catalogue {
    /// The catalogue that comes with Palisade. Its conditions are compiled when they are first used.
    pub fn builtin() -> Result<Self, CatalogueError> {
        let digest: Digest =
            serde_json::from_str(BUILTIN).map_err(|error| CatalogueError::new("knowledge", error.to_string()))?;
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

#[cfg(test)]
mod examples;
#[cfg(test)]
mod tests;
