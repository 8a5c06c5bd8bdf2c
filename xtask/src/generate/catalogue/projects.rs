//! Projects, with the threat models that come with them.

use std::fmt::Write as _;

use palisade_knowledge::{Catalogue, EntryKind, KnownThreat, Project};

use super::index::says;
use super::links::Links;
use super::table::table;
use super::{fact, head, heading, list, prose, word};

pub(super) fn page(catalogue: &Catalogue) -> String {
    let kind = EntryKind::Projects;
    let mut page = head(kind, catalogue.projects.len(), says(kind));
    let links = Links::beside(catalogue);
    for project in catalogue.projects.values() {
        page += &one(project, catalogue, links);
    }
    page
}

fn one(project: &Project, catalogue: &Catalogue, links: Links<'_>) -> String {
    let mut text = heading(&project.id, &project.name);
    let _ = write!(text, "{}\n\n", prose(&project.does));
    text += &fact("Home", &format!("<{}>", project.home));
    text += &fact("Maturity", &word(project.maturity));
    let recognised = &project.recognised_by;
    let labels = recognised.labels.iter().map(|(key, value)| format!("{key}={value}"));
    let marks = recognised
        .images
        .iter()
        .chain(&recognised.groups)
        .cloned()
        .chain(labels);
    text += &fact("Recognised by", &list(marks.map(|mark| format!("`{mark}`"))));
    let implements = catalogue
        .controls
        .values()
        .filter(|it| it.projects.contains(&project.id));
    text += &fact(
        "Implements",
        &links.all(EntryKind::Controls, implements.map(|it| &it.id)),
    );
    if !project.elements.is_empty() {
        text += &model(project);
    }
    if !project.threats.is_empty() {
        text += "\n#### What is known to go wrong\n\n";
        let rows = project.threats.iter().map(|threat| row(threat, links));
        text += &table(["what", "to", "category", "techniques", "controls"], rows);
    }
    if !project.hardening.is_empty() {
        text += "\n#### To run it safely\n\n";
        for check in &project.hardening {
            let _ = writeln!(text, "- {}: {}", prose(&check.title), prose(&check.look_at));
        }
    }
    let sources = project.sources.iter();
    let sources: Vec<String> = sources
        .map(|it| format!("[{}]({})", prose(&it.title), it.url))
        .collect();
    if !sources.is_empty() {
        let _ = write!(text, "\nLearned from {}.\n", sources.join(", "));
    }
    text
}

/// Its parts, what they say to each other, and what they may do.
fn model(project: &Project) -> String {
    let mut text = "\n#### What it is made of\n\n".to_owned();
    let parts = project.elements.iter();
    let parts = parts.map(|it| [it.id.clone(), word(it.kind).replace('-', " "), prose(&it.does)]);
    text += &table(["part", "kind", "what it does"], parts);
    text += "\n";
    let flows = project.flows.iter().map(|flow| {
        let protocol = flow.protocol.clone().unwrap_or_default();
        [flow.from.clone(), flow.to.clone(), prose(&flow.carries), protocol]
    });
    text += &table(["from", "to", "carries", "protocol"], flows);
    text += "\n";
    let privileges = project.privileges.iter().map(|privilege| {
        let permissions = privilege.permissions.iter().map(|need| format!("`{need}`"));
        [privilege.holder.clone(), prose(&privilege.means), list(permissions)]
    });
    text += &table(["holder", "what it may always do", "permissions"], privileges);
    text
}

fn row(threat: &KnownThreat, links: Links<'_>) -> [String; 5] {
    let published = threat.published_as.as_ref();
    [
        published.map_or_else(|| prose(&threat.title), |id| format!("{} ({id})", prose(&threat.title))),
        threat.element.clone(),
        list(threat.stride.iter().map(word)),
        links.all(EntryKind::Techniques, &threat.techniques),
        links.all(EntryKind::Controls, &threat.controls),
    ]
}
