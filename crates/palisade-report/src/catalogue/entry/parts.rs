//! What the pages of entries are made of.

use palisade_knowledge::{Catalogue, Source};

use crate::text::page::{Page, span};
use crate::text::style;
use crate::words::one_line;

/// Columns of the names of facts.
const NAMES: usize = 14;
/// Columns before what a fact says.
const INDENT: usize = NAMES + 2;

/// A named fact; nothing where there is nothing to say.
pub(super) fn fact(page: &mut Page, what: &str, text: impl AsRef<str>) {
    let text = one_line(text.as_ref());
    if !text.is_empty() {
        page.line(
            &[span(style::DIM, format!("{what:>NAMES$}  "))],
            &[span(style::PLAIN, " ".repeat(INDENT))],
            &[span(style::PLAIN, text)],
        );
    }
}

/// Text as it is written, line by line.
pub(super) fn code(page: &mut Page, what: &str, text: &str) {
    for (index, line) in text.trim_end().lines().enumerate() {
        let what = if index == 0 { what } else { "" };
        page.line(
            &[span(style::DIM, format!("{what:>NAMES$}  ")), span(style::NAME, line)],
            &[],
            &[],
        );
    }
}

/// Entries with their titles, one a line; the name of the fact stands before the first.
pub(super) fn entries<'a>(page: &mut Page, what: &str, entries: impl IntoIterator<Item = (&'a str, &'a str)>) {
    for (index, (id, title)) in entries.into_iter().enumerate() {
        let what = if index == 0 { what } else { "" };
        page.line(
            &[
                span(style::DIM, format!("{what:>NAMES$}  ")),
                span(style::NAME, id),
                span(style::PLAIN, "  "),
            ],
            &[span(style::PLAIN, " ".repeat(INDENT + 2))],
            &[span(style::PLAIN, one_line(title))],
        );
    }
}

/// Techniques with their names.
pub(super) fn techniques(page: &mut Page, what: &str, ids: &[String], catalogue: &Catalogue) {
    let with_name = |id: &String| match catalogue.techniques.get(id) {
        Some(technique) => format!("{id} {}", technique.name),
        None => id.clone(),
    };
    fact(page, what, ids.iter().map(with_name).collect::<Vec<_>>().join(", "));
}

/// Controls with their titles, one a line.
pub(super) fn controls(page: &mut Page, what: &str, ids: &[String], catalogue: &Catalogue) {
    let known = ids.iter().filter_map(|id| catalogue.controls.get(id));
    entries(page, what, known.map(|control| (&*control.id, &*control.title)));
}

/// Where something was learned.
pub(super) fn sources<'a>(page: &mut Page, sources: impl IntoIterator<Item = &'a Source>) {
    for (index, source) in sources.into_iter().enumerate() {
        let what = if index == 0 { "source" } else { "" };
        page.line(
            &[span(style::DIM, format!("{what:>NAMES$}  "))],
            &[span(style::PLAIN, " ".repeat(INDENT))],
            &[
                span(style::PLAIN, &*source.title),
                span(style::DIM, format!("  {}", source.url)),
            ],
        );
    }
}
