//! Guardrails as a folder of files: each with a head that says what it is for, and an index of all of them.

mod index;
mod readme;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use palisade_engine::guard::{Guardrail, Guardrails, ProofVerdict, SystemGuardrails};
use palisade_inventory::Node;
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use self::index::{GuardIndex, IndexedFile, IndexedGuardrail, guard_schema};
pub use self::yaml::YamlError;

/// The name of the index in the folder.
pub const GUARD_INDEX: &str = "index.json";
/// The name of the page in the folder that says what is in it.
pub const GUARD_PAGE: &str = "README.md";

/// A file of a folder of guardrails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardFile {
    /// Where it belongs below the folder, with slashes.
    pub path: String,
    /// What is written there.
    pub text: String,
}

/// The whole folder, by path; [`GUARD_INDEX`] names all other files with what is in them, and is last.
///
/// # Errors
/// A guardrail holds what can't be written.
pub fn guard_folder(guardrails: &Guardrails) -> Result<Vec<GuardFile>, YamlError> {
    let mut files = Vec::new();
    let mut indexed = Vec::new();
    let folders = folders(guardrails);
    for (system, folder) in guardrails.systems.iter().zip(&folders) {
        for guardrail in &system.guardrails {
            let paths = paths(guardrail, folder);
            files.push(file(&paths.end, guardrail, &guardrail.documents, false)?);
            if let Some(trial) = &paths.trial {
                files.push(file(trial, guardrail, &guardrail.trial, true)?);
            }
            for companion in &guardrail.companions {
                files.push(GuardFile {
                    path: format!("{}{}", paths.folder, companion.file),
                    text: format!(
                        "# Belongs to {}.\n{}",
                        guardrail.file,
                        yaml::documents(&companion.documents)?
                    ),
                });
            }
            indexed.push(IndexedGuardrail {
                root: system.root.to_string(),
                file: paths.end,
                trial: paths.trial,
                is_ready: guardrail.is_ready(),
                guardrail: guardrail.clone(),
            });
        }
    }
    files.push(GuardFile {
        path: GUARD_PAGE.to_owned(),
        text: readme::page(guardrails, &folders),
    });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let index = GuardIndex {
        schema: guardrails.schema,
        version: guardrails.version.clone(),
        files: files.iter().map(IndexedFile::of).collect(),
        guardrails: indexed,
        effects: guardrails
            .systems
            .iter()
            .filter_map(|system| Some((system.root.to_string(), system.effect.clone()?)))
            .collect(),
        unanswered: guardrails
            .systems
            .iter()
            .filter(|system| !system.unanswered.is_empty())
            .map(|system| (system.root.to_string(), system.unanswered.clone()))
            .collect(),
    };
    files.push(GuardFile {
        path: GUARD_INDEX.to_owned(),
        text: index.text()?,
    });
    Ok(files)
}

/// The SHA-256 of a text, in hexadecimal digits.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Where the files of each system go: the folder itself for one system, else a folder for each.
fn folders(guardrails: &Guardrails) -> Vec<String> {
    if guardrails.systems.len() == 1 {
        return vec![String::new()];
    }
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let names = guardrails.systems.iter().map(|system| {
        let name = slug(&system.root);
        let mut unique = name.clone();
        let mut number = 1;
        while !taken.insert(unique.clone()) {
            number += 1;
            unique = format!("{name}-{number}");
        }
        format!("{unique}/")
    });
    names.collect()
}

/// A name of a folder from the name of a root: letters, digits, dots and hyphens.
fn slug(root: &str) -> String {
    let plain: String = root
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let trimmed = plain.trim_matches(['-', '.']);
    if trimmed.is_empty() {
        "system".to_owned()
    } else {
        trimmed.to_owned()
    }
}

/// Where a guardrail is written.
struct Paths {
    /// The folder of its system, or that of what is proposed for it.
    folder: String,
    end: String,
    trial: Option<String>,
}

fn paths(guardrail: &Guardrail, folder: &str) -> Paths {
    let file = &guardrail.file;
    let folder = if guardrail.is_ready() {
        folder.to_owned()
    } else {
        format!("{folder}proposed/")
    };
    Paths {
        end: format!("{folder}{file}"),
        trial: (!guardrail.trial.is_empty()).then(|| format!("{folder}trial/{file}")),
        folder,
    }
}

fn file(path: &str, guardrail: &Guardrail, documents: &[Node], is_trial: bool) -> Result<GuardFile, YamlError> {
    Ok(GuardFile {
        path: path.to_owned(),
        text: head(guardrail, is_trial) + &yaml::documents(documents)?,
    })
}

/// The comment at the head of a file.
fn head(guardrail: &Guardrail, is_trial: bool) -> String {
    let mut lines = vec![format!("{}.", guardrail.title)];
    if is_trial {
        lines.push("Here it only warns and records.".to_owned());
    }
    if !guardrail.is_ready() {
        lines.push("PROPOSED: read what is not known, or what refutes it, before it is used.".to_owned());
    }
    let answers = &guardrail.answers;
    let ids = |ids: &[String]| match ids {
        [] => None,
        few if few.len() <= FEW => Some(few.join(", ")),
        many => Some(format!(
            "{} and {} more, as the index lists them",
            many.iter().take(FEW).cloned().collect::<Vec<_>>().join(", "),
            many.len() - FEW
        )),
    };
    for (label, ids) in [
        ("Controls", ids(&answers.controls)),
        ("Weaknesses", ids(&answers.weaknesses)),
        ("Steps", ids(&answers.steps)),
        ("Threats", ids(&answers.threats)),
        ("Paths", ids(&answers.paths)),
    ] {
        lines.extend(ids.map(|ids| format!("{label}: {ids}")));
    }
    for exemption in &guardrail.exemptions {
        lines.push(format!("Lets through {}: {}", exemption.element, exemption.reason));
    }
    for element in &guardrail.change_first {
        lines.push(format!("Change first: {element}"));
    }
    lines.extend(guardrail.unknowns.iter().map(|unknown| format!("Not known: {unknown}")));
    for proof in &guardrail.proofs {
        lines.push(format!("{}: {} ({})", verdict(proof.verdict), proof.about, proof.why));
    }
    lines.extend(
        guardrail
            .rollout
            .iter()
            .enumerate()
            .map(|(index, step)| format!("Roll out {}: {step}", index + 1)),
    );
    lines.push(format!("Undo: {}", guardrail.undo));
    lines.push("Written by `palisade guard`; what is changed here by hand is not overwritten.".to_owned());
    // A line break in a name must not end the comment.
    let plain = |line: &String| {
        line.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect::<String>()
    };
    lines
        .iter()
        .fold(String::new(), |text, line| format!("{text}# {}\n", plain(line)))
}

/// Ids named in the head of a file; the index has all.
const FEW: usize = 12;

/// How a verdict is said.
fn verdict(verdict: ProofVerdict) -> &'static str {
    match verdict {
        ProofVerdict::Proved => "Proved",
        ProofVerdict::Refuted => "REFUTED",
        ProofVerdict::CannotBeProved => "Cannot be proved",
    }
}

/// How many guardrails of each target a system has, by word.
fn counts(system: &SystemGuardrails) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for guardrail in &system.guardrails {
        *counts.entry(guardrail.target.as_str()).or_default() += 1;
    }
    counts
}

fn json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(value).map(|text| text + "\n")
}
