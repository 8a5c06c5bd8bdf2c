//! An attack step.

use palisade_knowledge::{AttackStep, Catalogue, Control, ControlKind};

use super::example;
use super::parts::{code, entries, fact, techniques};
use crate::text::page::Page;
use crate::words::name;

pub(super) fn write(page: &mut Page, step: &AttackStep, catalogue: &Catalogue) {
    page.heading(&format!("{}  {}", step.id, step.title), "attack step");
    let reads = format!("{} —{}→ {}", name(step.from), name(step.via), name(step.to));
    fact(page, "holding", reads);
    fact(page, "difficulty", name(step.difficulty));
    fact(page, "why", &step.why);
    fact(page, "fix", &step.fix);
    techniques(page, "ATT&CK", &step.techniques, catalogue);
    fact(page, "detected by", step.detected_by.join("; "));
    let weakness = step.weakness.as_ref().and_then(|id| catalogue.weaknesses.get(id));
    entries(page, "weakness", weakness.map(|it| (&*it.id, &*it.title)));
    for (what, kind) in [
        ("prevented by", ControlKind::Preventive),
        ("shown by", ControlKind::Detective),
        ("limited by", ControlKind::Corrective),
    ] {
        let is_it = |control: &&Control| control.kind == kind && control.steps.contains(&step.id);
        let controls = catalogue.controls.values().filter(is_it);
        entries(page, what, controls.map(|control| (&*control.id, &*control.title)));
    }
    for permission in &step.permissions {
        code(page, "granted", &permission.to_string());
    }
    if let Some(when) = &step.when {
        let view = step.applies_to.map(name).unwrap_or_default();
        fact(page, "looks at", format!("{view} at the side {}", name(step.side)));
        code(page, "when", when.source());
    }
    example(page, &step.examples);
}
