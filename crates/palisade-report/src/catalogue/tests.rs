//! Pages about the catalogue that comes with Palisade.

use palisade_inventory::Position;
use palisade_knowledge::{AttackUpdate, Catalogue, EntryKind, TechniqueChange};

use super::*;
use crate::text::TextOptions;
use crate::text::page::width;

const OPTIONS: TextOptions = TextOptions {
    width: 100,
    verbose: true,
};

fn catalogue() -> Catalogue {
    Catalogue::builtin().expect("the catalogue loads")
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Lines that are wider than the page although they could have wrapped.
fn too_wide(text: &str) -> Vec<String> {
    let has_spaces = |line: &str| line.trim().contains(' ');
    plain(text)
        .lines()
        .filter(|line| width(line) > OPTIONS.width && has_spaces(line))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_entry_has_a_page_and_json() {
    let catalogue = catalogue();
    for kind in EntryKind::ALL {
        for (id, title) in catalogue.titles(kind) {
            let page = plain(&entries(&catalogue, &[(kind, id)], OPTIONS).expect(id));
            assert!(
                page.contains(title.split_whitespace().next().expect("a title")),
                "{page}"
            );
            let json = crate::entries_json(&catalogue, &[(kind, id)]).expect(id);
            let json: serde_json::Value = serde_json::from_str(&json).expect(id);
            assert_eq!(json["kind"], kind.folder());
            assert_eq!(json["entry"]["id"], id);
        }
    }
    assert_eq!(entries(&catalogue, &[(EntryKind::Steps, "nothing")], OPTIONS), None);
}

#[test]
fn every_requirement_has_a_page() {
    let catalogue = catalogue();
    for framework in catalogue.frameworks.values() {
        for wanted in framework.requirements.iter().step_by(11) {
            let page = plain(&requirement(&catalogue, framework, wanted, OPTIONS));
            assert!(page.starts_with(&wanted.id) && page.contains("met by"), "{page}");
        }
    }
}

#[test]
fn tables_fit_the_page() {
    let catalogue = catalogue();
    assert_eq!(too_wide(&stats(&catalogue, OPTIONS)), Vec::<String>::new());
    assert_eq!(
        too_wide(&list(&catalogue, &EntryKind::ALL, OPTIONS)),
        Vec::<String>::new()
    );
}

#[test]
fn every_entry_is_listed_once() {
    let catalogue = catalogue();
    let listed: Vec<serde_json::Value> =
        serde_json::from_str(&list_json(&catalogue, &EntryKind::ALL).expect("it is JSON")).expect("it is an array");
    let all: usize = EntryKind::ALL.into_iter().map(|kind| catalogue.count(kind)).sum();
    assert_eq!(listed.len(), all);
}

#[test]
fn problems_are_shown_with_place_and_help() {
    let problem = |position, is_error| Problem {
        file: ".palisade/weaknesses/ACME-W001.yaml".to_owned(),
        position,
        is_error,
        message: "`techniques`: there is no entry `T1661`".to_owned(),
        help: "did you mean `T1606`?".to_owned(),
    };
    let all = [problem(Some(Position::new(6, 13)), true), problem(None, false)];
    insta::assert_snapshot!(plain(&problems(2, &all, OPTIONS)), @"
    .palisade/weaknesses/ACME-W001.yaml:7:14  error
        `techniques`: there is no entry `T1661`
        help: did you mean `T1606`?
    .palisade/weaknesses/ACME-W001.yaml  warning
        `techniques`: there is no entry `T1661`
        help: did you mean `T1606`?

    2 own entries checked: 1 error
    ");
    let json: serde_json::Value =
        serde_json::from_str(&problems_json(2, &all).expect("it is JSON")).expect("it is JSON");
    assert_eq!(json["problems"][0]["line"], 7);
    assert_eq!(json["problems"][0]["column"], 14);
    assert_eq!(json["problems"][1]["line"], serde_json::Value::Null);
}

#[test]
fn an_update_is_told_in_words() {
    let all = AttackUpdate {
        version: Some("99.0".to_owned()),
        named: 3,
        changes: vec![
            TechniqueChange {
                id: "T1610".to_owned(),
                name: "Deploy Container".to_owned(),
                renamed: Some("Run Container".to_owned()),
                version: Some(("1.0".to_owned(), "2.0".to_owned())),
                ..TechniqueChange::default()
            },
            TechniqueChange {
                id: "T1612".to_owned(),
                name: "Build Image on Host".to_owned(),
                revoked_by: Some(("T1999".to_owned(), "Build on Host".to_owned())),
                ..TechniqueChange::default()
            },
        ],
        new_in_containers: Vec::new(),
    };
    insta::assert_snapshot!(plain(&update(&all, OPTIONS)), @"
    ATT&CK 99.0 ─────────────────────────────────────────────────────────────── 2 of 3 techniques change
      T1610      Deploy Container  is now called Run Container; went from version 1.0 to 2.0
      T1612      Build Image on Host  is revoked; T1999 Build on Host stands in its place
    ");
}
