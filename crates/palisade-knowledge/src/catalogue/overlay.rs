//! Users' own entries over those that come with Palisade: added, put in the place of another, or switched off by id.

use std::collections::BTreeMap;

use palisade_inventory::offer;

use super::Catalogue;
use super::fault::{CatalogueError, Faults};
use super::file::File;
use super::references::check_framework;
use crate::kind::EntryKind;

/// An entry by kind and id.
type Key = (EntryKind, String);

/// What users' files changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Entries that were not there.
    pub added: Vec<Change>,
    /// Entries that stand in the place of one that comes with Palisade.
    pub overridden: Vec<Change>,
    /// Entries that are gone.
    pub disabled: Vec<Change>,
}

/// What one of users' files changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The entry's kind.
    pub kind: EntryKind,
    /// The entry's id.
    pub id: String,
    /// The file that says so.
    pub file: String,
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.overridden.is_empty() && self.disabled.is_empty()
    }
}

impl Catalogue {
    /// A catalogue of these files, each a name such as `weaknesses/PAL-W001-privileged.yaml` and its text.
    ///
    /// Every reference is followed and every condition compiled. The first fault is the error.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, CatalogueError> {
        Self::default().with_files(files)
    }

    /// This catalogue and the entries of these files, which may refer to those already there. The first fault is the error.
    pub fn with_files<'a>(self, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, CatalogueError> {
        self.overlaid(files).map(|(catalogue, _)| catalogue).map_err(|errors| {
            errors
                .into_iter()
                .next()
                .unwrap_or_else(|| CatalogueError::new("knowledge", "no entry"))
        })
    }

    /// This catalogue with the entries of these files over it, and what they changed. Every fault is an error, each
    /// with its place.
    ///
    /// A file that says `disabled: true` takes the entry away, and every reference to it.
    pub fn overlaid<'a>(
        mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(Self, Changes), Vec<CatalogueError>> {
        let mut changes = Changes::default();
        let mut errors = Vec::new();
        let mut own: BTreeMap<Key, File<'a>> = BTreeMap::new();
        for (name, text) in files {
            let read = File::of(name, text).and_then(|file| self.put(file, &mut own, &mut changes));
            errors.extend(read.err());
        }
        for gone in &changes.disabled {
            self.forget(gone.kind, &gone.id);
        }
        errors.extend(self.faults(&own));
        if errors.is_empty() {
            Ok((self, changes))
        } else {
            errors.sort_by(|a, b| (&a.file, a.position, &a.message).cmp(&(&b.file, b.position, &b.message)));
            Err(errors)
        }
    }

    /// Takes one file in.
    fn put<'a>(
        &mut self,
        file: File<'a>,
        own: &mut BTreeMap<Key, File<'a>>,
        changes: &mut Changes,
    ) -> Result<(), CatalogueError> {
        let kind = file.kind;
        if let Some(disabled) = file.disabled()? {
            let known = self.titles(kind).into_iter().map(|(id, _)| id);
            if !known.clone().any(|id| id == disabled.id) {
                let message = format!("there is no {} `{}` to disable", kind.singular(), disabled.id);
                return Err(CatalogueError {
                    help: offer(&disabled.id, known),
                    ..file.error("id", message)
                });
            }
            claim(file, &disabled.id, own)?;
            changes.disabled.push(file.changes(disabled.id));
            return Ok(());
        }
        let (id, was_there) = match kind {
            EntryKind::Weaknesses => insert(file, &mut self.weaknesses, own, |it| &it.id),
            EntryKind::Steps => insert(file, &mut self.steps, own, |it| &it.id),
            EntryKind::Techniques => insert(file, &mut self.techniques, own, |it| &it.id),
            EntryKind::Controls => insert(file, &mut self.controls, own, |it| &it.id),
            EntryKind::Frameworks => insert(file, &mut self.frameworks, own, |it| &it.id),
            EntryKind::Actors => insert(file, &mut self.actors, own, |it| &it.id),
            EntryKind::Projects => insert(file, &mut self.projects, own, |it| &it.id),
            EntryKind::Incidents => insert(file, &mut self.incidents, own, |it| &it.id),
            EntryKind::Technologies => insert(file, &mut self.technologies, own, |it| &it.id),
        }?;
        let list = if was_there {
            &mut changes.overridden
        } else {
            &mut changes.added
        };
        list.push(file.changes(id));
        Ok(())
    }

    /// Everything that is wrong with any entry.
    fn faults(&self, own: &BTreeMap<Key, File<'_>>) -> Vec<CatalogueError> {
        let mut errors = Vec::new();
        let mut add = |kind, id: &str, faults: Faults| {
            let file = own.get(&(kind, id.to_owned()));
            errors.extend(faults.into_errors(kind, id, file.map(|file| (file.name, file.text))));
        };
        let requirements = self.requirements_in_force();
        for (id, entry) in &self.weaknesses {
            add(EntryKind::Weaknesses, id, self.check_weakness(entry));
        }
        for (id, entry) in &self.steps {
            add(EntryKind::Steps, id, self.check_step(entry));
        }
        for (id, entry) in &self.techniques {
            add(EntryKind::Techniques, id, self.check_technique(entry));
        }
        for (id, entry) in &self.controls {
            add(EntryKind::Controls, id, self.check_control(entry, &requirements));
        }
        for (id, entry) in &self.frameworks {
            add(EntryKind::Frameworks, id, check_framework(entry));
        }
        for (id, entry) in &self.projects {
            add(EntryKind::Projects, id, self.check_project(entry));
        }
        for (id, entry) in &self.actors {
            add(EntryKind::Actors, id, self.check_actor(entry));
        }
        for (id, entry) in &self.incidents {
            add(EntryKind::Incidents, id, self.check_incident(entry));
        }
        errors
    }
}

/// Puts the entry of a file in its place; gives its id and whether there was one before.
fn insert<'a, T: serde::de::DeserializeOwned>(
    file: File<'a>,
    entries: &mut BTreeMap<String, T>,
    own: &mut BTreeMap<Key, File<'a>>,
    id: fn(&T) -> &String,
) -> Result<(String, bool), CatalogueError> {
    let (id, entry) = file.entry(id)?;
    claim(file, &id, own)?;
    let was_there = entries.insert(id.clone(), entry).is_some();
    Ok((id, was_there))
}

/// Of the files at hand only one may speak of an entry.
fn claim<'a>(file: File<'a>, id: &str, own: &mut BTreeMap<Key, File<'a>>) -> Result<(), CatalogueError> {
    let key = (file.kind, id.to_owned());
    if let Some(other) = own.get(&key) {
        let message = format!("there is already an entry `{id}` in `{}`", other.name);
        return Err(file.error("id", message));
    }
    own.insert(key, file);
    Ok(())
}
