//! A control.

use palisade_knowledge::{Catalogue, Control, ControlKind, Sign};

use super::parts::{code, entries, fact, techniques};
use crate::text::page::Page;
use crate::words::{self, name};

pub(super) fn write(page: &mut Page, control: &Control, catalogue: &Catalogue) {
    let remark = format!("{} control", name(control.kind));
    page.heading(&format!("{}  {}", control.id, control.title), &remark);
    fact(page, "what", &control.does);
    let mut place = format!("{}, {}", words::stage(control.stage), words::layer(control.layer));
    if let Some(family) = control.family {
        place = format!("{place}: {}", name(family).replace('-', " "));
    }
    fact(page, "stage, layer", place);
    let (from, to) = control.effort.days();
    fact(
        page,
        "effort",
        format!("{}: {from} to {to} days of one engineer", name(control.effort)),
    );
    let verb = match control.kind {
        ControlKind::Preventive => "stops",
        ControlKind::Detective => "shows",
        ControlKind::Corrective => "limits",
    };
    let steps = control.steps.iter().filter_map(|id| catalogue.steps.get(id));
    entries(page, verb, steps.map(|step| (&*step.id, &*step.title)));
    let weaknesses = catalogue.weaknesses.values();
    let weaknesses = weaknesses.filter(|it| it.controls.contains(&control.id));
    entries(page, "closes", weaknesses.map(|it| (&*it.id, &*it.title)));
    techniques(page, "techniques", &control.techniques, catalogue);
    for (framework, ids) in &control.references {
        fact(page, "meets", format!("{framework}: {}", ids.join(", ")));
    }
    let projects = control.projects.iter().filter_map(|id| catalogue.projects.get(id));
    entries(page, "projects", projects.map(|it| (&*it.id, &*it.does)));
    fact(page, "no project", control.no_project.as_deref().unwrap_or_default());
    let guardrails: Vec<String> = control.guardrails.iter().map(name).collect();
    fact(page, "as files", guardrails.join(", "));
    for sign in &control.evidence.signs {
        fact(page, "seen by", what(sign));
        if let Some(when) = &sign.when {
            code(page, "when", when.source());
        }
    }
    fact(page, "shown by", control.evidence.running.join(", "));
    fact(page, "note", control.evidence.note.as_deref().unwrap_or_default());
}

/// What a sign is looked for in, and how far it speaks.
fn what(sign: &Sign) -> String {
    let thing = sign
        .applies_to
        .map(name)
        .or_else(|| sign.kind.clone())
        .unwrap_or_default();
    format!("{thing}, for the {}", name(sign.covers))
}
