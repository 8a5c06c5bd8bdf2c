//! Incidents.

use palisade_knowledge::{Catalogue, EntryKind, Incident};

use super::index::says;
use super::links::Links;
use super::table::table;
use super::{head, prose, word};

pub(super) fn page(catalogue: &Catalogue) -> String {
    let kind = EntryKind::Incidents;
    let links = Links::beside(catalogue);
    let row = |incident: &Incident| {
        [
            format!("<a id=\"{}\"></a>{}", incident.id, incident.id),
            incident.year.to_string(),
            format!("[{}]({})", prose(&incident.name), incident.source.url),
            prose(&incident.summary),
            format!("{}, {}", word(incident.root_cause), word(incident.goal)),
            links.all(EntryKind::Techniques, &incident.techniques),
            links.titled(EntryKind::Actors, &incident.actors),
        ]
    };
    let columns = [
        "id",
        "year",
        "who",
        "what happened",
        "root cause, goal",
        "techniques",
        "actors",
    ];
    let mut page = head(kind, catalogue.incidents.len(), says(kind));
    page += "\n";
    page += &table(columns, catalogue.incidents.values().map(row));
    page
}
