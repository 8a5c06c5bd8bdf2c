//! Weaknesses, a page for each view.

use std::fmt::Write as _;

use palisade_knowledge::{Catalogue, EntryKind, Example, View, Weakness};

use super::links::Links;
use super::table::table;
use super::{code, fact, heading, list, prose, word};

/// The pages of the views that have weaknesses, by the names of the views.
pub(super) fn pages(catalogue: &Catalogue) -> Vec<(String, String)> {
    let of = |view: View| {
        catalogue
            .weaknesses
            .values()
            .filter(move |weakness| weakness.applies_to == view)
    };
    let views = View::ALL.into_iter().filter(|view| of(*view).next().is_some());
    views
        .map(|view| (word(view), page(view, &of(view).collect::<Vec<_>>(), catalogue)))
        .collect()
}

fn page(view: View, weaknesses: &[&Weakness], catalogue: &Catalogue) -> String {
    let mut page = format!(
        "# Weaknesses looked for in: {}\n\nConditions bind {}. [The whole catalogue](../README.md)\n\n",
        word(view).replace('-', " "),
        list(view.variables().iter().map(|variable| format!("`{variable}`"))),
    );
    let row = |weakness: &&Weakness| {
        [
            format!("[{}](#{})", weakness.id, weakness.id),
            prose(&weakness.title),
            word(weakness.severity()),
        ]
    };
    page += &table(["id", "what is wrong", "severity"], weaknesses.iter().map(row));
    let links = Links::below(catalogue);
    for weakness in weaknesses {
        page += &one(weakness, catalogue, links);
    }
    page
}

fn one(weakness: &Weakness, catalogue: &Catalogue, links: Links<'_>) -> String {
    let mut text = heading(&weakness.id, &weakness.title);
    let _ = write!(
        text,
        "{}\n\n**Fix:** {}\n\n",
        prose(&weakness.why),
        prose(&weakness.fix)
    );
    let severity = format!(
        "{} (impact {}, exploitability {})",
        word(weakness.severity()),
        word(weakness.impact),
        word(weakness.exploitability)
    );
    text += &fact("Severity", &severity);
    text += &fact("Makes real", &list(weakness.stride.iter().map(word)));
    text += &fact("Techniques", &links.titled(EntryKind::Techniques, &weakness.techniques));
    text += &fact("CWE", &weakness.cwe.join(", "));
    let place = format!("{}, {}", word(weakness.stage), word(weakness.layer));
    text += &fact("Stage and layer", &place);
    text += &fact("Controls", &links.titled(EntryKind::Controls, &weakness.controls));
    let steps = catalogue.steps.values();
    let steps = steps.filter(|step| step.weakness.as_ref() == Some(&weakness.id));
    text += &fact(
        "Attack steps",
        &links.titled(EntryKind::Steps, steps.map(|step| &step.id)),
    );
    let _ = write!(text, "\n{}", code("cel", weakness.when.source()));
    text += &example("Matches", weakness.examples.must_match.first());
    text += &example("Does not match", weakness.examples.must_not_match.first());
    text
}

/// The first example of a list.
fn example(verb: &str, example: Option<&Example>) -> String {
    example.map_or_else(String::new, |example| {
        format!(
            "\n{verb}: {}.\n\n{}",
            prose(&example.name),
            code("yaml", &example.manifest)
        )
    })
}
