//! The kinds of entries.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::catalogue::Catalogue;

/// A kind of entry: a folder of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// What makes a threat real, recognised by a condition.
    Weaknesses,
    /// How an attacker who holds one thing gains another.
    Steps,
    /// What adversaries do, as public matrices name it.
    Techniques,
    /// What stops an attack, shows it, or limits what it costs.
    Controls,
    /// Standards and guides that auditors ask about.
    Frameworks,
    /// Who attacks.
    Actors,
    /// Open-source software that clusters run.
    Projects,
    /// What happened to others.
    Incidents,
    /// Well-known programs, recognised by their images.
    Technologies,
}

impl EntryKind {
    /// Every kind, in the order in which people read them.
    pub const ALL: [EntryKind; 9] = [
        EntryKind::Weaknesses,
        EntryKind::Steps,
        EntryKind::Techniques,
        EntryKind::Controls,
        EntryKind::Frameworks,
        EntryKind::Actors,
        EntryKind::Projects,
        EntryKind::Incidents,
        EntryKind::Technologies,
    ];

    /// The folder that its entries stand in: `weaknesses`.
    pub const fn folder(self) -> &'static str {
        match self {
            EntryKind::Weaknesses => "weaknesses",
            EntryKind::Steps => "steps",
            EntryKind::Techniques => "techniques",
            EntryKind::Controls => "controls",
            EntryKind::Frameworks => "frameworks",
            EntryKind::Actors => "actors",
            EntryKind::Projects => "projects",
            EntryKind::Incidents => "incidents",
            EntryKind::Technologies => "technologies",
        }
    }

    /// What one of its entries is called: `weakness`.
    pub const fn singular(self) -> &'static str {
        match self {
            EntryKind::Weaknesses => "weakness",
            EntryKind::Steps => "attack step",
            EntryKind::Techniques => "technique",
            EntryKind::Controls => "control",
            EntryKind::Frameworks => "framework",
            EntryKind::Actors => "actor",
            EntryKind::Projects => "project",
            EntryKind::Incidents => "incident",
            EntryKind::Technologies => "technology",
        }
    }

    /// What several of its entries are called: `attack steps`.
    pub const fn plural(self) -> &'static str {
        match self {
            EntryKind::Steps => "attack steps",
            other => other.folder(),
        }
    }

    /// The kind whose folder has this name.
    pub fn of_folder(folder: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.folder() == folder)
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.folder())
    }
}

impl Serialize for EntryKind {
    /// As its folder is called.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.folder())
    }
}

impl Catalogue {
    /// The ids of all entries of a kind, with the title or name of each, in the order of the ids.
    pub fn titles(&self, kind: EntryKind) -> Vec<(&str, &str)> {
        match kind {
            EntryKind::Weaknesses => titles(&self.weaknesses, |entry| &entry.title),
            EntryKind::Steps => titles(&self.steps, |entry| &entry.title),
            EntryKind::Techniques => titles(&self.techniques, |entry| &entry.name),
            EntryKind::Controls => titles(&self.controls, |entry| &entry.title),
            EntryKind::Frameworks => titles(&self.frameworks, |entry| &entry.title),
            EntryKind::Actors => titles(&self.actors, |entry| &entry.name),
            EntryKind::Projects => titles(&self.projects, |entry| &entry.name),
            EntryKind::Incidents => titles(&self.incidents, |entry| &entry.name),
            EntryKind::Technologies => titles(&self.technologies, |entry| &entry.name),
        }
    }

    /// How many entries of a kind there are.
    pub fn count(&self, kind: EntryKind) -> usize {
        match kind {
            EntryKind::Weaknesses => self.weaknesses.len(),
            EntryKind::Steps => self.steps.len(),
            EntryKind::Techniques => self.techniques.len(),
            EntryKind::Controls => self.controls.len(),
            EntryKind::Frameworks => self.frameworks.len(),
            EntryKind::Actors => self.actors.len(),
            EntryKind::Projects => self.projects.len(),
            EntryKind::Incidents => self.incidents.len(),
            EntryKind::Technologies => self.technologies.len(),
        }
    }
}

fn titles<T>(entries: &BTreeMap<String, T>, title: fn(&T) -> &String) -> Vec<(&str, &str)> {
    entries
        .iter()
        .map(|(id, entry)| (&**id, title(entry).as_str()))
        .collect()
}
