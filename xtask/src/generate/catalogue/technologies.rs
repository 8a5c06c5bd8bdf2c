//! Technologies.

use palisade_knowledge::{Catalogue, EntryKind, Technology};

use super::index::says;
use super::table::table;
use super::{head, list, prose, word};

pub(super) fn page(catalogue: &Catalogue) -> String {
    let kind = EntryKind::Technologies;
    let row = |technology: &Technology| {
        [
            format!("<a id=\"{}\"></a>{}", technology.id, prose(&technology.name)),
            technology.store.map(word).unwrap_or_default(),
            list(technology.images.iter().map(|image| format!("`{image}`"))),
            list(technology.ports.iter().map(u16::to_string)),
        ]
    };
    let mut page = head(kind, catalogue.technologies.len(), says(kind));
    page += "\n";
    page += &table(
        ["name", "keeps", "images", "ports"],
        catalogue.technologies.values().map(row),
    );
    page
}
