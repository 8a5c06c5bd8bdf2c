//! Techniques, by matrix.

use std::fmt::Write as _;

use palisade_knowledge::{Actor, Catalogue, EntryKind, Matrix, Technique};

use super::index::says;
use super::links::Links;
use super::{fact, head, heading, prose};

const MATRICES: [(Matrix, &str); 4] = [
    (Matrix::AttackContainers, "MITRE ATT&CK, the Containers matrix"),
    (Matrix::AttackEnterprise, "MITRE ATT&CK, beyond containers"),
    (Matrix::K8sThreatMatrix, "Microsoft's Threat Matrix for Kubernetes"),
    (Matrix::Atlas, "MITRE ATLAS"),
];

pub(super) fn page(catalogue: &Catalogue) -> String {
    let kind = EntryKind::Techniques;
    let mut page = head(kind, catalogue.techniques.len(), says(kind));
    page += "\nIds, names and tactics are the matrices'; the words are ours.\n";
    let links = Links::beside(catalogue);
    for (matrix, title) in MATRICES {
        let _ = write!(page, "\n## {title}\n");
        for technique in catalogue.techniques.values().filter(|it| it.matrix == matrix) {
            page += &one(technique, catalogue, links);
        }
    }
    page
}

fn one(technique: &Technique, catalogue: &Catalogue, links: Links<'_>) -> String {
    let mut text = heading(&technique.id, &technique.name);
    let _ = write!(text, "{}\n\n", prose(&technique.summary));
    text += &fact("Tactics", &technique.tactics.join(", "));
    text += &fact("Part of", &links.titled(EntryKind::Techniques, &technique.parent));
    text += &fact("Linked with", &links.titled(EntryKind::Techniques, &technique.links));
    let names = |ids: &[String]| ids.contains(&technique.id);
    let weaknesses = catalogue.weaknesses.values().filter(|it| names(&it.techniques));
    text += &fact(
        "Weaknesses",
        &links.all(EntryKind::Weaknesses, weaknesses.map(|it| &it.id)),
    );
    let steps = catalogue.steps.values().filter(|it| names(&it.techniques));
    text += &fact("Attack steps", &links.all(EntryKind::Steps, steps.map(|it| &it.id)));
    text += &reason("No weakness or step", technique.not_found.as_ref());
    let coverage = catalogue.coverage_of(technique);
    text += &fact("Prevented by", &links.all(EntryKind::Controls, &coverage.preventive));
    text += &reason("Not prevented", technique.not_prevented.as_ref());
    text += &fact("Detected by", &links.all(EntryKind::Controls, &coverage.detective));
    text += &reason("Not detected", technique.not_detected.as_ref());
    text += &fact("Limited by", &links.all(EntryKind::Controls, &coverage.corrective));
    let uses = |actor: &&Actor| actor.techniques.iter().any(|ascribed| names(&ascribed.techniques));
    let actors = catalogue.actors.values().filter(uses);
    text += &fact("Used by", &links.titled(EntryKind::Actors, actors.map(|it| &it.id)));
    let incidents = catalogue.incidents.values().filter(|it| names(&it.techniques));
    text += &fact(
        "Seen at",
        &links.titled(EntryKind::Incidents, incidents.map(|it| &it.id)),
    );
    text += &fact("Published", &format!("<{}>", technique.url));
    text
}

fn reason(what: &str, reason: Option<&String>) -> String {
    reason.map_or_else(String::new, |reason| fact(what, &prose(reason)))
}
