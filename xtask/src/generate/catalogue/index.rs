//! The index.

use palisade_knowledge::{Catalogue, EntryKind, Severity, View};

use super::links::Links;
use super::table::table;
use super::{list, word};

const HEAD: &str = "\
# The catalogue

Everything that Palisade knows, made from the entries under `knowledge/` by `cargo xtask generate`. `palisade explain ID`
prints one entry whole; `palisade catalogue list`, `show` and `stats` look into it; [CONTRIBUTING](../../CONTRIBUTING.md)
says how to write entries, for everybody or for yourself alone under `.palisade/`.

";

pub(super) fn page(catalogue: &Catalogue) -> String {
    let mut page = HEAD.to_owned();
    let kinds = EntryKind::ALL.into_iter().filter(|kind| *kind != EntryKind::Weaknesses);
    let rows = kinds.map(|kind| {
        let link = format!("[{}]({}.md)", kind.plural(), kind.folder());
        [link, catalogue.count(kind).to_string(), says(kind).to_owned()]
    });
    let weaknesses = [
        "[weaknesses](#weaknesses)".to_owned(),
        catalogue.weaknesses.len().to_string(),
        says(EntryKind::Weaknesses).to_owned(),
    ];
    page += &table(
        ["kind", "entries", "what they are"],
        [weaknesses].into_iter().chain(rows),
    );
    page += "\n## Weaknesses\n\nBy what they are looked for in.\n\n";
    page += &table(["view", "weaknesses"], views(catalogue));
    page += "\n## What covers the ATT&CK Containers matrix\n\n";
    page += &coverage(catalogue);
    page
}

/// What the entries of a kind are.
pub(super) const fn says(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Weaknesses => "What makes a threat real, recognised by a condition over what was read.",
        EntryKind::Steps => "How an attacker who holds one thing gains another: the rules of the attack graph.",
        EntryKind::Techniques => {
            "What adversaries do: MITRE ATT&CK, Microsoft's Threat Matrix for Kubernetes, and MITRE ATLAS."
        }
        EntryKind::Controls => "What stops an attack, shows it, or limits what it costs.",
        EntryKind::Frameworks => "Standards and guides that auditors ask about, and what meets their requirements.",
        EntryKind::Actors => "Who attacks, from where, and what they are known to do.",
        EntryKind::Projects => "Open-source software that clusters run, and the threat models that come with it.",
        EntryKind::Incidents => {
            "What happened to others, in public. It tells how attempts divide by root cause and goal, not how often they come."
        }
        EntryKind::Technologies => "Programs that are recognised by their images, and what they keep.",
    }
}

fn views(catalogue: &Catalogue) -> impl Iterator<Item = [String; 2]> {
    View::ALL.into_iter().filter_map(|view| {
        let here = catalogue
            .weaknesses
            .values()
            .filter(|weakness| weakness.applies_to == view);
        let here: Vec<Severity> = here.map(palisade_knowledge::Weakness::severity).collect();
        let of = |severity: Severity| here.iter().filter(|known| **known == severity).count();
        let counts = [Severity::High, Severity::Medium, Severity::Low]
            .into_iter()
            .filter(|severity| of(*severity) > 0)
            .map(|severity| format!("{} {}", of(severity), word(severity)));
        let link = format!("[{}](weaknesses/{}.md)", word(view), word(view));
        (!here.is_empty()).then(|| [link, list(counts)])
    })
}

fn coverage(catalogue: &Catalogue) -> String {
    let links = Links::beside(catalogue);
    let statistics = catalogue.statistics();
    let number = |ids: &[String]| ids.len().to_string();
    let rows = statistics.techniques.iter().map(|technique| {
        [
            format!("{} {}", links.to(EntryKind::Techniques, &technique.id), technique.name),
            number(&technique.weaknesses),
            number(&technique.steps),
            number(&technique.preventive),
            number(&technique.detective),
            number(&technique.corrective),
        ]
    });
    table(
        [
            "technique",
            "weaknesses",
            "attack steps",
            "prevented by",
            "detected by",
            "limited by",
        ],
        rows,
    )
}
