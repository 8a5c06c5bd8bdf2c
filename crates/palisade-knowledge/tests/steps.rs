//! `docs/attack-steps.md` names every attack step, and nothing that is none.

use std::collections::BTreeSet;

use palisade_knowledge::Catalogue;

const PAGE: &str = include_str!("../../../docs/attack-steps.md");

/// The ids of steps in a text.
fn ids(text: &str) -> BTreeSet<String> {
    let starts = text.match_indices("PAL-S").map(|(at, _)| at);
    starts
        .filter_map(|at| text.get(at..at + "PAL-S000".len()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_page_and_the_catalogue_name_the_same_steps() {
    let catalogue = Catalogue::builtin().expect("the catalogue loads");
    let known: BTreeSet<String> = catalogue.steps.keys().cloned().collect();
    assert_eq!(ids(PAGE), known);
}

#[test]
fn every_row_has_a_step() {
    let rows = PAGE
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| what"));
    let without: Vec<&str> = rows.filter(|row| ids(row).is_empty()).collect();
    assert!(without.is_empty(), "{without:#?}");
}
