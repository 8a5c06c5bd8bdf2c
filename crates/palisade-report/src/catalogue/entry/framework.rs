//! A framework, and one of its requirements.

use std::collections::BTreeSet;

use palisade_knowledge::{Catalogue, Control, Framework, Requirement};

use super::parts::{entries, fact};
use crate::text::TextOptions;
use crate::text::page::{Page, count, span};
use crate::text::style;
use crate::words::name;

/// Requirements shown before "and n more".
const FEW: usize = 20;

pub(super) fn write(page: &mut Page, framework: &Framework, catalogue: &Catalogue, options: TextOptions) {
    page.heading(&framework.title, "framework");
    fact(page, "id", &framework.id);
    fact(page, "publisher", &framework.publisher);
    fact(page, "version", &framework.version);
    fact(page, "published", &framework.url);
    fact(page, "note", &framework.note);
    let met: Vec<(&Requirement, usize)> = framework
        .requirements
        .iter()
        .map(|requirement| (requirement, meeting(framework, requirement, catalogue).count()))
        .filter(|(_, controls)| *controls > 0)
        .collect();
    let all = framework.requirements.iter().filter(|it| !it.withdrawn).count();
    page.heading("Requirements that controls meet", &format!("{} of {all}", met.len()));
    let columns = met.iter().map(|(it, _)| it.id.len()).max().unwrap_or(0);
    for (requirement, controls) in met.iter().take(options.limit(FEW)) {
        let first = [
            span(style::NAME, format!("  {:columns$}  ", requirement.id)),
            span(style::DIM, format!("{:>12}  ", count(*controls, "control"))),
        ];
        let rest = [span(style::PLAIN, " ".repeat(columns + 18))];
        page.line(&first, &rest, &[span(style::PLAIN, &*requirement.title)]);
    }
    let more = met.len().saturating_sub(options.limit(FEW));
    if more > 0 {
        let text = format!("and {}; -v shows all", count(more, "more requirement"));
        page.indented(2, &[span(style::DIM, text)]);
    }
}

pub(super) fn requirement(page: &mut Page, framework: &Framework, requirement: &Requirement, catalogue: &Catalogue) {
    page.heading(&format!("{}  {}", requirement.id, requirement.title), &framework.id);
    fact(page, "of", format!("{}, {}", framework.title, framework.version));
    let baselines: Vec<String> = requirement.baselines.iter().map(name).collect();
    fact(page, "baselines", baselines.join(", "));
    if requirement.withdrawn {
        fact(page, "withdrawn", "its publisher has withdrawn it");
    }
    let controls: Vec<&Control> = meeting(framework, requirement, catalogue).collect();
    entries(page, "met by", controls.iter().map(|it| (&*it.id, &*it.title)));
    if controls.is_empty() {
        fact(page, "met by", "no control of the catalogue refers to it");
    }
    let closed = |id: &str| controls.iter().any(|control| control.id == id);
    let weaknesses = catalogue.weaknesses.values();
    let weaknesses = weaknesses.filter(|it| it.controls.iter().any(|id| closed(id)));
    entries(page, "breached by", weaknesses.map(|it| (&*it.id, &*it.title)));
    let projects: BTreeSet<&str> = controls.iter().flat_map(|it| &it.projects).map(|id| &**id).collect();
    fact(page, "projects", projects.into_iter().collect::<Vec<_>>().join(", "));
    fact(page, "published", &framework.url);
}

/// The controls that refer to a requirement.
fn meeting<'a>(
    framework: &Framework,
    requirement: &Requirement,
    catalogue: &'a Catalogue,
) -> impl Iterator<Item = &'a Control> {
    let refers = move |control: &&Control| {
        let ids = control.references.get(&framework.id);
        ids.is_some_and(|ids| ids.contains(&requirement.id))
    };
    catalogue.controls.values().filter(refers)
}
