//! A technique.

use palisade_knowledge::{Actor, Catalogue, Matrix, Technique};

use super::parts::{controls, entries, fact, techniques};
use crate::text::page::Page;

pub(super) fn write(page: &mut Page, technique: &Technique, catalogue: &Catalogue) {
    let matrix = match technique.matrix {
        Matrix::AttackContainers => "ATT&CK, Containers",
        Matrix::AttackEnterprise => "ATT&CK, Enterprise",
        Matrix::K8sThreatMatrix => "Threat Matrix for Kubernetes",
        Matrix::Atlas => "ATLAS",
    };
    page.heading(&format!("{}  {}", technique.id, technique.name), matrix);
    fact(page, "what", &technique.summary);
    fact(page, "tactics", technique.tactics.join(", "));
    techniques(page, "part of", technique.parent.as_slice(), catalogue);
    let children = catalogue.techniques.values();
    let children = children.filter(|other| other.parent.as_ref() == Some(&technique.id));
    entries(page, "special cases", children.map(|it| (&*it.id, &*it.name)));
    techniques(page, "the same as", &technique.links, catalogue);

    let names = |ids: &[String]| ids.contains(&technique.id);
    let steps = catalogue.steps.values().filter(|step| names(&step.techniques));
    entries(page, "attack steps", steps.map(|step| (&*step.id, &*step.title)));
    let weaknesses = catalogue.weaknesses.values().filter(|it| names(&it.techniques));
    entries(page, "weaknesses", weaknesses.map(|it| (&*it.id, &*it.title)));
    fact(
        page,
        "none, because",
        technique.not_found.as_deref().unwrap_or_default(),
    );
    let coverage = catalogue.coverage_of(technique);
    controls(page, "prevented by", &coverage.preventive, catalogue);
    fact(
        page,
        "not prevented",
        technique.not_prevented.as_deref().unwrap_or_default(),
    );
    controls(page, "detected by", &coverage.detective, catalogue);
    fact(
        page,
        "not detected",
        technique.not_detected.as_deref().unwrap_or_default(),
    );
    controls(page, "limited by", &coverage.corrective, catalogue);

    let uses = |actor: &&Actor| actor.techniques.iter().any(|ascribed| names(&ascribed.techniques));
    let actors: Vec<&str> = catalogue.actors.values().filter(uses).map(|it| &*it.name).collect();
    fact(page, "used by", actors.join(", "));
    let incidents = catalogue.incidents.values().filter(|it| names(&it.techniques));
    let incidents: Vec<String> = incidents.map(|it| format!("{} {}", it.name, it.year)).collect();
    fact(page, "seen at", incidents.join(", "));
    fact(page, "published", &technique.url);
}
