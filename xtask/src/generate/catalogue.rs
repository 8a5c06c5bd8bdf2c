//! The reference of the catalogue, made from its entries.

use std::collections::BTreeMap;
use std::fmt::Write;

use palisade_knowledge::{AttackStep, Catalogue, Technology, Weakness};
use serde::Serialize;

const HEAD: &str = "\
# The catalogue

Made from the entries under `knowledge/` by `cargo xtask generate`. `palisade explain ID` prints one entry whole: why it
matters, what closes it, and the condition that recognises it.
";

/// The whole page.
pub(super) fn page(catalogue: &Catalogue) -> String {
    let mut page = String::from(HEAD);
    weaknesses(&mut page, &catalogue.weaknesses);
    steps(&mut page, &catalogue.steps);
    technologies(&mut page, &catalogue.technologies);
    page
}

fn weaknesses(page: &mut String, weaknesses: &BTreeMap<String, Weakness>) {
    let rows = weaknesses.values().map(|weakness| {
        [
            weakness.id.clone(),
            weakness.title.clone(),
            word(weakness.severity()),
            word(weakness.applies_to),
            weakness.stride.iter().map(word).collect::<Vec<_>>().join(", "),
            weakness.techniques.join(", "),
        ]
    });
    section(
        page,
        &format!("{} weaknesses", weaknesses.len()),
        [
            "id",
            "what is wrong",
            "severity",
            "looked for in",
            "makes real",
            "ATT&CK",
        ],
        rows,
    );
}

fn steps(page: &mut String, steps: &BTreeMap<String, AttackStep>) {
    let rows = steps.values().map(|step| {
        [
            step.id.clone(),
            step.title.clone(),
            format!("{} → {}", word(step.from), word(step.to)),
            word(step.via),
            word(step.difficulty),
            step.techniques.join(", "),
        ]
    });
    section(
        page,
        &format!("{} attack steps", steps.len()),
        [
            "id",
            "what the attacker does",
            "from → to",
            "along",
            "difficulty",
            "ATT&CK",
        ],
        rows,
    );
}

fn technologies(page: &mut String, technologies: &BTreeMap<String, Technology>) {
    let mut by_kind: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for technology in technologies.values() {
        let kind = technology.store.map_or_else(|| "no store".to_owned(), word);
        by_kind.entry(kind).or_default().push(&technology.name);
    }
    let rows = by_kind.into_iter().map(|(kind, names)| [kind, names.join(", ")]);
    let title = format!("{} technologies that are recognised", technologies.len());
    section(page, &title, ["what it keeps", "names"], rows);
}

fn section<const N: usize>(
    page: &mut String,
    title: &str,
    columns: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    // Writing to a string can't fail.
    let _ = writeln!(
        page,
        "\n## {title}\n\n| {} |\n|{}",
        columns.join(" | "),
        "---|".repeat(N)
    );
    for row in rows {
        let cells = row.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
}

/// The word that stands for a value in an entry's file.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
