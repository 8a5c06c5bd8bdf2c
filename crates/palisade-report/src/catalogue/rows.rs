//! The entries of a kind in a line each.

use anstyle::Style;
use palisade_knowledge::{Catalogue, EntryKind};

use crate::text::style;
use crate::words::{self, name};

/// A line about an entry.
pub(super) struct Row {
    /// Its id.
    pub(super) id: String,
    /// Its title or name.
    pub(super) title: String,
    /// What else tells it from others: the field's name, its value, and how the value looks.
    pub(super) tags: Vec<(&'static str, String, Style)>,
}

/// The entries of a kind, in the order of their ids.
pub(super) fn rows(catalogue: &Catalogue, kind: EntryKind) -> Vec<Row> {
    let titles = catalogue.titles(kind);
    let row = |(id, title): (&str, &str)| Row {
        id: id.to_owned(),
        title: title.to_owned(),
        tags: tags(catalogue, kind, id).unwrap_or_default(),
    };
    titles.into_iter().map(row).collect()
}

fn tags(catalogue: &Catalogue, kind: EntryKind, id: &str) -> Option<Vec<(&'static str, String, Style)>> {
    let tag = |name, value: String| (name, value, style::DIM);
    Some(match kind {
        EntryKind::Weaknesses => {
            let entry = catalogue.weaknesses.get(id)?;
            let severity = entry.severity();
            vec![
                ("severity", words::level(severity).to_owned(), style::severity(severity)),
                tag("applies_to", name(entry.applies_to)),
            ]
        }
        EntryKind::Steps => {
            let entry = catalogue.steps.get(id)?;
            vec![
                tag("from", name(entry.from)),
                tag("via", name(entry.via)),
                tag("to", name(entry.to)),
            ]
        }
        EntryKind::Techniques => {
            let entry = catalogue.techniques.get(id)?;
            vec![
                tag("matrix", name(entry.matrix)),
                tag("tactics", entry.tactics.join(", ")),
            ]
        }
        EntryKind::Controls => {
            let entry = catalogue.controls.get(id)?;
            vec![
                tag("control", name(entry.kind)),
                tag("stage", name(entry.stage)),
                tag("layer", name(entry.layer)),
            ]
        }
        EntryKind::Frameworks => {
            let entry = catalogue.frameworks.get(id)?;
            vec![tag("requirements", entry.requirements.len().to_string())]
        }
        EntryKind::Actors => vec![tag("actor", name(catalogue.actors.get(id)?.kind))],
        EntryKind::Projects => vec![tag("maturity", name(catalogue.projects.get(id)?.maturity))],
        EntryKind::Incidents => {
            let entry = catalogue.incidents.get(id)?;
            vec![
                tag("year", entry.year.to_string()),
                tag("root_cause", name(entry.root_cause)),
                tag("goal", name(entry.goal)),
            ]
        }
        EntryKind::Technologies => {
            let store = catalogue.technologies.get(id)?.store;
            vec![tag("store", store.map(name).unwrap_or_default())]
        }
    })
}
