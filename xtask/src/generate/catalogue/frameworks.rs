//! Frameworks, with the requirements that controls meet.

use std::fmt::Write as _;

use palisade_knowledge::{Catalogue, EntryKind, Framework, Requirement};

use super::index::says;
use super::links::{Links, anchor};
use super::table::table;
use super::{fact, head, heading, prose};

pub(super) fn page(catalogue: &Catalogue) -> String {
    let kind = EntryKind::Frameworks;
    let mut page = head(kind, catalogue.frameworks.len(), says(kind));
    let links = Links::beside(catalogue);
    for framework in catalogue.frameworks.values() {
        page += &one(framework, catalogue, links);
    }
    page
}

fn one(framework: &Framework, catalogue: &Catalogue, links: Links<'_>) -> String {
    let mut text = heading(&framework.id, &framework.title);
    let _ = write!(text, "{}\n\n", prose(&framework.note));
    text += &fact("Publisher", &prose(&framework.publisher));
    text += &fact("Version", &prose(&framework.version));
    text += &fact("Published", &format!("<{}>", framework.url));
    let rows: Vec<[String; 3]> = framework
        .requirements
        .iter()
        .filter_map(|requirement| row(framework, requirement, catalogue, links))
        .collect();
    let all = framework.requirements.iter().filter(|it| !it.withdrawn).count();
    text += &fact("Requirements", &format!("{} of {all} are met by a control", rows.len()));
    text += "\n";
    text += &table(["id", "requirement", "controls"], rows);
    text
}

fn row(
    framework: &Framework,
    requirement: &Requirement,
    catalogue: &Catalogue,
    links: Links<'_>,
) -> Option<[String; 3]> {
    let controls = catalogue.controls.values().filter(|control| {
        let ids = control.references.get(&framework.id);
        ids.is_some_and(|ids| ids.contains(&requirement.id))
    });
    let controls = links.all(EntryKind::Controls, controls.map(|control| &control.id));
    let anchor = anchor(&framework.id, &requirement.id);
    let id = format!("<a id=\"{anchor}\"></a>{}", requirement.id);
    (!controls.is_empty()).then(|| [id, prose(&requirement.title), controls])
}
