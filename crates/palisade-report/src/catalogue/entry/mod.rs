//! A page about an entry of any kind, or about a requirement of a framework.

mod actor;
mod control;
mod framework;
mod incident;
mod parts;
mod project;
mod step;
mod technique;
mod technology;
mod weakness;

use palisade_knowledge::{Catalogue, EntryKind, Examples, Framework, Requirement};

use self::parts::code;
use crate::text::page::{Page, span};
use crate::text::{TextOptions, style};

/// Entries on a page; none: there is none of these.
pub fn entries(catalogue: &Catalogue, wanted: &[(EntryKind, &str)], options: TextOptions) -> Option<String> {
    let mut page = Page::new(options.width);
    let mut any = false;
    for (kind, id) in wanted {
        any |= write(&mut page, catalogue, *kind, id, options).is_some();
    }
    any.then(|| page.finish())
}

/// A requirement of a framework, and what meets it.
pub fn requirement(
    catalogue: &Catalogue,
    framework: &Framework,
    requirement: &Requirement,
    options: TextOptions,
) -> String {
    let mut page = Page::new(options.width);
    framework::requirement(&mut page, framework, requirement, catalogue);
    page.finish()
}

fn write(page: &mut Page, catalogue: &Catalogue, kind: EntryKind, id: &str, options: TextOptions) -> Option<()> {
    match kind {
        EntryKind::Weaknesses => weakness::write(page, catalogue.weaknesses.get(id)?, catalogue),
        EntryKind::Steps => step::write(page, catalogue.steps.get(id)?, catalogue),
        EntryKind::Techniques => technique::write(page, catalogue.techniques.get(id)?, catalogue),
        EntryKind::Controls => control::write(page, catalogue.controls.get(id)?, catalogue),
        EntryKind::Frameworks => framework::write(page, catalogue.frameworks.get(id)?, catalogue, options),
        EntryKind::Actors => actor::write(page, catalogue.actors.get(id)?, catalogue),
        EntryKind::Projects => project::write(page, catalogue.projects.get(id)?, catalogue),
        EntryKind::Incidents => incident::write(page, catalogue.incidents.get(id)?, catalogue),
        EntryKind::Technologies => technology::write(page, catalogue.technologies.get(id)?),
    }
    Some(())
}

/// The first example that matches.
fn example(page: &mut Page, examples: &Examples) {
    if let Some(example) = examples.must_match.first() {
        page.gap();
        let says = format!("An example that matches: {}", example.name);
        page.indented(2, &[span(style::DIM, says)]);
        code(page, "", &example.manifest);
    }
}
