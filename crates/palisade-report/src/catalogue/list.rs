//! `palisade catalogue list`: an entry a line.

use palisade_knowledge::{Catalogue, EntryKind};
use serde_json::{Map, Value};

use super::rows::{Row, rows};
use crate::text::page::{Page, span, width};
use crate::text::{TextOptions, style};

/// A column wider than this leaves no room for titles: it is for programs alone.
const WIDEST_TAG: usize = 28;

/// The entries of these kinds, for people.
pub fn list(catalogue: &Catalogue, kinds: &[EntryKind], options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    for &kind in kinds {
        let rows = rows(catalogue, kind);
        page.heading(&capital(kind.plural()), &rows.len().to_string());
        table(&mut page, &rows);
    }
    page.gap();
    let text = "Everything about one: palisade explain ID   What they cover: palisade catalogue stats";
    page.indented(0, &[span(style::DIM, text)]);
    page.finish()
}

fn table(page: &mut Page, rows: &[Row]) {
    let id_width = rows.iter().map(|row| width(&row.id)).max().unwrap_or(0);
    let columns = rows.first().map_or(0, |row| row.tags.len());
    let tag_width = |column: usize| {
        let values = rows.iter().filter_map(|row| row.tags.get(column));
        values.map(|(_, value, _)| width(value)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(tag_width).collect();
    let is_shown = |width: usize| width <= WIDEST_TAG;
    let of_tags: usize = widths
        .iter()
        .filter(|width| is_shown(**width))
        .map(|width| 2 + width)
        .sum();
    let margin = 2 + id_width + of_tags + 2;
    for row in rows {
        let mut first = vec![span(style::NAME, format!("  {:id_width$}", row.id))];
        for ((_, value, style), width) in row.tags.iter().zip(&widths).filter(|(_, width)| is_shown(**width)) {
            first.push(span(*style, format!("  {value:width$}")));
        }
        first.push(span(style::PLAIN, "  "));
        let rest = [span(style::PLAIN, " ".repeat(margin))];
        page.line(&first, &rest, &[span(style::PLAIN, &*row.title)]);
    }
}

/// The same as a JSON array.
pub fn list_json(catalogue: &Catalogue, kinds: &[EntryKind]) -> Result<String, serde_json::Error> {
    let object = |kind: EntryKind, row: Row| {
        let mut object = Map::new();
        object.insert("kind".into(), kind.folder().into());
        object.insert("id".into(), row.id.into());
        object.insert("title".into(), row.title.into());
        for (name, value, _) in row.tags {
            object.insert(name.into(), value.into());
        }
        Value::Object(object)
    };
    let entries: Vec<Value> = kinds
        .iter()
        .flat_map(|&kind| rows(catalogue, kind).into_iter().map(move |row| object(kind, row)))
        .collect();
    serde_json::to_string_pretty(&entries).map(|text| text + "\n")
}

/// `weaknesses` → `Weaknesses`.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
