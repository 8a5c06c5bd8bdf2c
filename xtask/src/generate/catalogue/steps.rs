//! Attack steps.

use std::fmt::Write as _;

use palisade_knowledge::{AttackStep, Catalogue, Control, ControlKind, EntryKind};

use super::index::says;
use super::links::Links;
use super::table::table;
use super::{code, fact, head, heading, list, prose, word};

pub(super) fn page(catalogue: &Catalogue) -> String {
    let kind = EntryKind::Steps;
    let mut page = head(kind, catalogue.steps.len(), says(kind));
    let row = |step: &AttackStep| {
        [
            format!("[{}](#{})", step.id, step.id),
            prose(&step.title),
            format!("{} —{}→ {}", word(step.from), word(step.via), word(step.to)),
            word(step.difficulty),
        ]
    };
    let columns = ["id", "what the attacker does", "from —along→ to", "difficulty"];
    page += "\n";
    page += &table(columns, catalogue.steps.values().map(row));
    let links = Links::beside(catalogue);
    for step in catalogue.steps.values() {
        page += &one(step, catalogue, links);
    }
    page
}

fn one(step: &AttackStep, catalogue: &Catalogue, links: Links<'_>) -> String {
    let mut text = heading(&step.id, &step.title);
    let _ = write!(text, "{}\n\n**Fix:** {}\n\n", prose(&step.why), prose(&step.fix));
    let reads = format!("{} —{}→ {}", word(step.from), word(step.via), word(step.to));
    text += &fact("Holding", &reads);
    text += &fact("Difficulty", &word(step.difficulty));
    text += &fact("Techniques", &links.titled(EntryKind::Techniques, &step.techniques));
    text += &fact("Weakness", &links.titled(EntryKind::Weaknesses, &step.weakness));
    text += &fact("Noticed by", &list(step.detected_by.iter().map(|what| prose(what))));
    for (what, kind) in [
        ("Prevented by", ControlKind::Preventive),
        ("Detected by", ControlKind::Detective),
        ("Limited by", ControlKind::Corrective),
    ] {
        let is_it = |control: &&Control| control.kind == kind && control.steps.contains(&step.id);
        let controls = catalogue.controls.values().filter(is_it).map(|control| &control.id);
        text += &fact(what, &links.all(EntryKind::Controls, controls));
    }
    let granted = step.permissions.iter().map(|need| format!("`{need}`"));
    text += &fact("Granted together", &list(granted));
    if let Some(when) = &step.when {
        let view = step.applies_to.map(word).unwrap_or_default();
        text += &fact("Looks at", &format!("{view}, at the side `{}`", word(step.side)));
        let _ = write!(text, "\n{}", code("cel", when.source()));
    }
    text
}
