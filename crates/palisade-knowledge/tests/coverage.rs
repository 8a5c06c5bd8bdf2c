//! `docs/coverage.md` names entries that exist, and has a line for the checks of each tool.

use std::collections::BTreeSet;

use palisade_knowledge::Catalogue;

const PAGE: &str = include_str!("../../../docs/coverage.md");

/// The ids of our entries in a text: `PAL-W…`, `PAL-S…`, `PAL-C…`.
fn ids(text: &str) -> BTreeSet<&str> {
    const LENGTH: usize = "PAL-W001".len();
    text.match_indices("PAL-")
        .filter_map(|(start, _)| text.get(start..start + LENGTH))
        .filter(|id| id.bytes().skip(5).all(|byte| byte.is_ascii_digit()))
        .collect()
}

#[test]
fn every_entry_that_is_named_exists() {
    let catalogue = Catalogue::builtin().expect("the catalogue loads");
    let is_known = |id: &&str| {
        catalogue.weaknesses.contains_key(*id)
            || catalogue.steps.contains_key(*id)
            || catalogue.controls.contains_key(*id)
    };
    let unknown: Vec<&str> = ids(PAGE).into_iter().filter(|id| !is_known(id)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(ids(PAGE).len() > 100, "the page has grown thin");
}

/// Each weakness stands for somebody's check, or for one that only we have: the page says which.
#[test]
fn every_weakness_is_named() {
    let catalogue = Catalogue::builtin().expect("the catalogue loads");
    let named = ids(PAGE);
    let unnamed: Vec<&String> = catalogue
        .weaknesses
        .keys()
        .filter(|id| !named.contains(id.as_str()))
        .collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

#[test]
fn no_check_is_listed_without_an_answer() {
    for line in PAGE
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| -"))
    {
        let last = line.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        assert!(!last.trim().is_empty(), "{line}");
    }
}
