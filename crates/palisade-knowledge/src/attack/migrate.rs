//! Makes the files of a catalogue follow a release: names, tactics, and the ids of what was revoked.

use std::collections::BTreeMap;

use super::bundle::{AttackRelease, AttackTechnique};
use super::compare::{AttackUpdate, TechniqueChange, matrix};
use super::text::{drop_field, replace_id, scalar, set_field, without_repeats};
use crate::catalogue::Catalogue;
use crate::technique::Technique;

/// A change to a file of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The file is to hold this text.
    Write(String),
    /// The file is to go.
    Remove,
}

/// What must be done to the files of a catalogue's folder (by their names below it, `techniques/T1611.yaml`), so that it
/// follows a release. Prose and comments stay as they are.
///
/// A technique that the folder has no file of gets one, which takes the place of the entry that comes with Palisade.
/// What was withdrawn without another in its place is left for people to decide.
pub fn migrate(
    catalogue: &Catalogue,
    release: &AttackRelease,
    update: &AttackUpdate,
    files: &BTreeMap<String, String>,
) -> BTreeMap<String, Edit> {
    let mut texts: BTreeMap<String, String> = files.clone();
    let mut moved: Vec<(&str, &str)> = Vec::new();
    for change in &update.changes {
        let Some(ours) = catalogue.techniques.get(&change.id) else {
            continue;
        };
        match &change.revoked_by {
            Some((successor, _)) => {
                if let Some(theirs) = release.techniques.get(successor) {
                    replace_entry(&mut texts, catalogue, ours, theirs);
                }
                moved.push((&change.id, successor));
            }
            None => follow(&mut texts, ours, change, release),
        }
    }
    for (name, text) in &mut texts {
        for (old, new) in &moved {
            // The entry of the old technique says what it is, not what it refers to.
            if is_entry_of(name, old) {
                continue;
            }
            let replaced = replace_id(text, old, new);
            if replaced != *text {
                *text = without_repeats(&replaced, new);
            }
        }
    }
    edits(files, texts)
}

/// Puts the entry of the technique in the place of a revoked one's; where there is one already, the old goes.
fn replace_entry(
    texts: &mut BTreeMap<String, String>,
    catalogue: &Catalogue,
    ours: &Technique,
    theirs: &AttackTechnique,
) {
    let old = name_of(texts, &ours.id);
    let text = match old {
        Some(name) => texts.remove(&name).unwrap_or_default(),
        None => written(ours),
    };
    if catalogue.techniques.contains_key(&theirs.id) || name_of(texts, &theirs.id).is_some() {
        return;
    }
    let mut text = set_field(&text, "id", &theirs.id, "id");
    text = set_field(&text, "name", &scalar(&theirs.name), "id");
    let parent = theirs.id.split_once('.').map(|(parent, _)| parent);
    text = match parent.filter(|parent| catalogue.techniques.contains_key(*parent)) {
        Some(parent) => set_field(&text, "parent", parent, "tactics"),
        None => drop_field(&text, "parent"),
    };
    texts.insert(file_name(&theirs.id), with_facts(&text, theirs));
}

/// Changes what a release says otherwise of a technique that stays.
fn follow(texts: &mut BTreeMap<String, String>, ours: &Technique, change: &TechniqueChange, release: &AttackRelease) {
    let Some(theirs) = release.techniques.get(&ours.id) else {
        return;
    };
    if change.withdrawn {
        return;
    }
    let name = name_of(texts, &ours.id).unwrap_or_else(|| file_name(&ours.id));
    let text = texts.entry(name).or_insert_with(|| written(ours));
    if let Some(name) = &change.renamed {
        *text = set_field(text, "name", &scalar(name), "id");
    }
    *text = with_facts(text, theirs);
}

/// An entry's text with the tactics, matrix, version and address of a release.
fn with_facts(text: &str, theirs: &AttackTechnique) -> String {
    let matrix = serde_json::to_value(matrix(theirs)).unwrap_or_default();
    let mut text = set_field(text, "matrix", matrix.as_str().unwrap_or_default(), "name");
    let tactics: Vec<String> = theirs.tactics.iter().map(|tactic| scalar(tactic)).collect();
    text = set_field(&text, "tactics", &format!("[{}]", tactics.join(", ")), "matrix");
    if let Some(version) = &theirs.version {
        text = set_field(&text, "version", &quoted(version), "tactics");
    }
    if let Some(url) = &theirs.url {
        text = set_field(&text, "url", &scalar(url), "summary");
    }
    text
}

/// An entry as a file has it, for those that only come with Palisade.
fn written(technique: &Technique) -> String {
    let matrix = serde_json::to_value(technique.matrix).unwrap_or_default();
    let mut text = format!(
        "id: {}\nname: {}\nmatrix: {}\ntactics: [{}]\n",
        technique.id,
        scalar(&technique.name),
        matrix.as_str().unwrap_or_default(),
        technique.tactics.join(", ")
    );
    let mut add = |line: String| text = format!("{text}{line}\n");
    if let Some(parent) = &technique.parent {
        add(format!("parent: {parent}"));
    }
    add(format!("summary: {}", quoted(&technique.summary)));
    if !technique.links.is_empty() {
        add(format!("links: [{}]", technique.links.join(", ")));
    }
    add(format!("url: {}", technique.url));
    for (field, reason) in [
        ("not_found", &technique.not_found),
        ("not_prevented", &technique.not_prevented),
        ("not_detected", &technique.not_detected),
    ] {
        if let Some(reason) = reason {
            add(format!("{field}: {}", quoted(reason)));
        }
    }
    text
}

/// Prose as one double-quoted line.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.trim().to_owned()).to_string()
}

fn file_name(id: &str) -> String {
    format!("techniques/{id}.yaml")
}

/// The file of a technique's entry.
fn name_of(texts: &BTreeMap<String, String>, id: &str) -> Option<String> {
    texts.keys().find(|name| is_entry_of(name, id)).cloned()
}

fn is_entry_of(name: &str, id: &str) -> bool {
    let rest = name.strip_prefix("techniques/").and_then(|base| base.strip_prefix(id));
    rest.is_some_and(|rest| rest == ".yaml" || rest.starts_with('-'))
}

/// From what is there to what should be.
fn edits(before: &BTreeMap<String, String>, after: BTreeMap<String, String>) -> BTreeMap<String, Edit> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let mut edits: BTreeMap<String, Edit> = gone.map(|name| (name.clone(), Edit::Remove)).collect();
    for (name, text) in after {
        if before.get(&name) != Some(&text) {
            edits.insert(name, Edit::Write(text));
        }
    }
    edits
}
