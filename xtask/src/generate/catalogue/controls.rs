//! Controls, by the rows of the white paper's runtime table.

use std::fmt::Write as _;

use palisade_knowledge::{Catalogue, Control, EntryKind, Family, Sign};

use super::index::says;
use super::links::Links;
use super::{code, fact, head, heading, list, prose, word};

pub(super) fn page(catalogue: &Catalogue) -> String {
    let kind = EntryKind::Controls;
    let mut page = head(kind, catalogue.controls.len(), says(kind));
    page += "\nBy the rows of the runtime table of the Cloud Native Security Whitepaper.\n";
    let links = Links::beside(catalogue);
    for family in Family::ALL.into_iter().map(Some).chain([None]) {
        let title = family.map_or_else(
            || "In no row of the table".to_owned(),
            |family| format!("{}: {}", capital(&word(family.layer())), word(family).replace('-', " ")),
        );
        let _ = write!(page, "\n## {title}\n");
        for control in catalogue.controls.values().filter(|it| it.family == family) {
            page += &one(control, catalogue, links);
        }
    }
    page
}

fn one(control: &Control, catalogue: &Catalogue, links: Links<'_>) -> String {
    let mut text = heading(&control.id, &control.title);
    let _ = write!(text, "{}\n\n", prose(&control.does));
    let place = format!(
        "{}, {}, {}",
        word(control.kind),
        word(control.stage),
        word(control.layer)
    );
    text += &fact("Kind, stage, layer", &place);
    text += &fact("Effort", &word(control.effort));
    text += &fact("Techniques", &links.all(EntryKind::Techniques, &control.techniques));
    text += &fact("Attack steps", &links.all(EntryKind::Steps, &control.steps));
    let closes = catalogue
        .weaknesses
        .values()
        .filter(|it| it.controls.contains(&control.id));
    text += &fact("Closes", &links.all(EntryKind::Weaknesses, closes.map(|it| &it.id)));
    let references = control.references.iter().filter(|(_, ids)| !ids.is_empty());
    let references = references.map(|(framework, ids)| links.requirements(framework, ids));
    text += &fact("Meets", &references.collect::<Vec<_>>().join("; "));
    text += &fact("Projects", &links.all(EntryKind::Projects, &control.projects));
    if let Some(reason) = &control.no_project {
        text += &fact("No project", &prose(reason));
    }
    text += &fact("As files", &list(control.guardrails.iter().map(word)));
    text += &fact("Shown by", &links.all(EntryKind::Projects, &control.evidence.running));
    if let Some(note) = &control.evidence.note {
        text += &fact("Evidence", &prose(note));
    }
    for (index, sign) in control.evidence.signs.iter().enumerate() {
        // A list that goes on after a fence needs a line between.
        text += if index > 0 { "\n" } else { "" };
        text += &fact("Seen in", &seen(sign));
        if let Some(when) = &sign.when {
            let _ = write!(text, "\n{}", code("cel", when.source()));
        }
    }
    text
}

/// What a sign is looked for in, and how far it speaks.
fn seen(sign: &Sign) -> String {
    let thing = sign
        .applies_to
        .map(word)
        .or_else(|| sign.kind.clone())
        .unwrap_or_default();
    format!("{thing}, for the {}", word(sign.covers))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
