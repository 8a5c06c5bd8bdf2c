//! The reference of the catalogue: an index and a page for each kind of entry, weaknesses by what they are looked for in.

mod actors;
mod controls;
mod frameworks;
mod incidents;
mod index;
mod links;
mod projects;
mod steps;
mod table;
mod techniques;
mod technologies;
mod weaknesses;

use palisade_knowledge::{Catalogue, EntryKind};
use serde::Serialize;

use super::Generated;

/// Where the pages stand.
pub(super) const FOLDER: &str = "docs/catalogue";

/// All pages.
pub(super) fn pages(catalogue: &Catalogue) -> Vec<Generated> {
    let mut pages = vec![
        page("README.md", &index::page(catalogue)),
        page("actors.md", &actors::page(catalogue)),
        page("controls.md", &controls::page(catalogue)),
        page("frameworks.md", &frameworks::page(catalogue)),
        page("incidents.md", &incidents::page(catalogue)),
        page("projects.md", &projects::page(catalogue)),
        page("steps.md", &steps::page(catalogue)),
        page("techniques.md", &techniques::page(catalogue)),
        page("technologies.md", &technologies::page(catalogue)),
    ];
    for (view, text) in weaknesses::pages(catalogue) {
        pages.push(page(&format!("weaknesses/{view}.md"), &text));
    }
    pages
}

fn page(name: &str, text: &str) -> Generated {
    // A page ends with one newline, whatever its last part ended with.
    Generated {
        path: format!("{FOLDER}/{name}"),
        text: format!("{}\n", text.trim_end()),
    }
}

/// The head of a page about a kind of entry.
fn head(kind: EntryKind, count: usize, says: &str) -> String {
    let plural = kind.plural();
    let mut chars = plural.chars();
    let title: String = chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect());
    format!("# {title}\n\n{says}\n\n{count} entries. [The whole catalogue](README.md)\n")
}

/// The word that stands for a value in an entry's file.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Words with commas between.
fn list(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().collect::<Vec<_>>().join(", ")
}

/// Prose on one line, with nothing that Markdown would take for a tag.
fn prose(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('<', "&lt;")
}

/// The heading of an entry, which links lead to.
fn heading(id: &str, title: &str) -> String {
    format!("\n### <a id=\"{id}\"></a>{id} {}\n\n", prose(title))
}

/// A line that begins with what it is about; nothing where there is nothing to say.
fn fact(what: &str, text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    format!("- **{what}:** {text}\n")
}

/// Text in a fence of its own.
fn code(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end())
}
