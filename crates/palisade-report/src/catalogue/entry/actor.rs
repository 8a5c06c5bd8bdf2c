//! An actor.

use palisade_knowledge::{Actor, Ascription, Catalogue};

use super::parts::{entries, fact, sources, techniques};
use crate::text::page::Page;
use crate::words::name;

pub(super) fn write(page: &mut Page, actor: &Actor, catalogue: &Catalogue) {
    page.heading(&format!("{}  {}", actor.id, actor.name), "actor");
    fact(page, "also known as", actor.aliases.join(", "));
    fact(page, "what", &actor.summary);
    fact(page, "kind", name(actor.kind).replace('-', " "));
    fact(page, "capability", name(actor.capability));
    fact(
        page,
        "wants",
        actor.goals.iter().map(name).collect::<Vec<_>>().join(", "),
    );
    let holds = actor.starts_with.iter().map(name).collect::<Vec<_>>();
    fact(page, "starts with", holds.join(", "));
    for ascribed in &actor.techniques {
        let word = match ascribed.by {
            Ascription::Attack => "by ATT&CK",
            Ascription::Report => "by a report",
            Ascription::Expected => "expected",
        };
        techniques(page, word, &ascribed.techniques, catalogue);
        sources(page, [&ascribed.source]);
    }
    let incidents = catalogue.incidents.values().filter(|it| it.actors.contains(&actor.id));
    entries(page, "incidents", incidents.map(|it| (&*it.id, &*it.name)));
}
