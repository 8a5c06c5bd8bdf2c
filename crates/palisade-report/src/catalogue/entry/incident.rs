//! An incident.

use palisade_knowledge::{Catalogue, Incident};

use super::parts::{entries, fact, sources, techniques};
use crate::text::page::Page;
use crate::words::name;

pub(super) fn write(page: &mut Page, incident: &Incident, catalogue: &Catalogue) {
    let title = format!("{}  {}, {}", incident.id, incident.name, incident.year);
    page.heading(&title, "incident");
    fact(page, "what", &incident.summary);
    fact(page, "happened to", name(incident.setting).replace('-', " "));
    fact(page, "root cause", name(incident.root_cause).replace('-', " "));
    fact(page, "goal", name(incident.goal).replace('-', " "));
    techniques(page, "techniques", &incident.techniques, catalogue);
    let actors = incident.actors.iter().filter_map(|id| catalogue.actors.get(id));
    entries(page, "ascribed to", actors.map(|it| (&*it.id, &*it.name)));
    sources(page, [&incident.source]);
}
