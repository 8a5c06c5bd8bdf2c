//! Actors.

use std::fmt::Write as _;

use palisade_knowledge::{Actor, Ascription, Catalogue, EntryKind};

use super::index::says;
use super::links::Links;
use super::{fact, head, heading, list, prose, word};

pub(super) fn page(catalogue: &Catalogue) -> String {
    let kind = EntryKind::Actors;
    let mut page = head(kind, catalogue.actors.len(), says(kind));
    let links = Links::beside(catalogue);
    for actor in catalogue.actors.values() {
        page += &one(actor, catalogue, links);
    }
    page
}

fn one(actor: &Actor, catalogue: &Catalogue, links: Links<'_>) -> String {
    let mut text = heading(&actor.id, &actor.name);
    let _ = write!(text, "{}\n\n", prose(&actor.summary));
    text += &fact("Also known as", &actor.aliases.join(", "));
    text += &fact("Kind", &word(actor.kind).replace('-', " "));
    text += &fact("Capability", &word(actor.capability));
    text += &fact("Wants", &list(actor.goals.iter().map(word)));
    text += &fact("Starts with", &list(actor.starts_with.iter().map(word)));
    for ascribed in &actor.techniques {
        let by = match ascribed.by {
            Ascription::Attack => "Techniques by ATT&CK",
            Ascription::Report => "Techniques by a report",
            Ascription::Expected => "Techniques expected",
        };
        let source = format!("[{}]({})", prose(&ascribed.source.title), ascribed.source.url);
        let techniques = links.all(EntryKind::Techniques, &ascribed.techniques);
        text += &fact(by, &format!("{techniques} ({source})"));
    }
    let incidents = catalogue.incidents.values().filter(|it| it.actors.contains(&actor.id));
    text += &fact(
        "Incidents",
        &links.titled(EntryKind::Incidents, incidents.map(|it| &it.id)),
    );
    text
}
