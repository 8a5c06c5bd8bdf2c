//! What a newer release of ATT&CK changes, and how the files of a catalogue follow it.

#![expect(
    clippy::unwrap_used,
    reason = "tests may panic; helpers outside of test functions as well"
)]

use std::collections::BTreeMap;

use palisade_knowledge::{AttackRelease, AttackUpdate, Catalogue, Edit, TechniqueChange, migrate};

const BUNDLE: &str = include_str!("data/attack.json");

/// A catalogue of a few techniques, and of a weakness and an actor that name them.
fn files() -> BTreeMap<String, String> {
    let technique = |id: &str, name: &str, more: &str| {
        let text = format!(
            "id: {id}\nname: {name} # a remark\nmatrix: attack-containers\ntactics: [defense-evasion, execution]\n{more}\
             summary: >-\n  Our own words\n  about it.\nurl: https://attack.mitre.org/techniques/{id}\n"
        );
        (format!("techniques/{id}.yaml"), text)
    };
    let weakness = "id: W1
title: image is built on the node
applies_to: pod
when: 'true'
stride: [tampering]
techniques: [T1612, T1999, T1611] # T1612 stays a word
stage: deploy
layer: compute
impact: high
exploitability: high
why: Somebody builds, as in T1612.
fix: Build elsewhere.
examples:
  must_match: [{name: a, manifest: ''}]
  must_not_match: [{name: b, manifest: ''}]
";
    let mut files = BTreeMap::from([
        technique("T1609", "Container Administration Command", "version: '1.2'\n"),
        technique("T1610", "Deploy Container", ""),
        technique("T1611", "Escape to Host", "version: '1.5'\n"),
        technique("T1612", "Build Image on Host", ""),
        technique("T1613", "Container and Resource Discovery", ""),
    ]);
    files.insert("weaknesses/W1.yaml".to_owned(), weakness.replace(", T1999", ""));
    files
}

fn catalogue(files: &BTreeMap<String, String>) -> Catalogue {
    Catalogue::from_files(files.iter().map(|(name, text)| (&**name, &**text))).unwrap()
}

fn release() -> AttackRelease {
    AttackRelease::read(BUNDLE.as_bytes()).unwrap()
}

#[test]
fn a_release_is_compared_with_what_is_named() {
    let update = AttackUpdate::compare(&catalogue(&files()), &release());
    assert_eq!(update.version.as_deref(), Some("99.0"));
    assert_eq!(update.named, 5);
    let change = |id: &str| update.changes.iter().find(|change| change.id == id).unwrap();
    assert_eq!(change("T1610").renamed.as_deref(), Some("Deploy a Container: Anywhere"));
    assert_eq!(
        change("T1610").tactics.as_deref(),
        Some(&["stealth".to_owned(), "execution".to_owned()][..])
    );
    assert_eq!(
        change("T1612").revoked_by,
        Some(("T1999".to_owned(), "Build on Host".to_owned()))
    );
    assert!(change("T1613").withdrawn);
    assert!(change("T1609").matrix.is_some(), "it left the platform");
    assert_eq!(change("T1611").version, Some(("1.5".to_owned(), "1.6".to_owned())));
    assert!(update.changes.iter().all(TechniqueChange::is_any));
    let new: Vec<&str> = update
        .new_in_containers
        .iter()
        .map(|technique| &*technique.id)
        .collect();
    assert_eq!(
        new,
        ["T1998", "T1999"],
        "neither one for Windows nor one whose id is none"
    );
}

#[test]
fn files_follow_and_prose_stays() {
    let before = files();
    let ours = catalogue(&before);
    let release = release();
    let update = AttackUpdate::compare(&ours, &release);
    let edits = migrate(&ours, &release, &update, &before);
    let names: Vec<&str> = edits.keys().map(|name| &**name).collect();
    assert_eq!(
        names,
        [
            "techniques/T1609.yaml",
            "techniques/T1610.yaml",
            "techniques/T1611.yaml",
            "techniques/T1612.yaml",
            "techniques/T1999.yaml",
            "weaknesses/W1.yaml",
        ]
    );
    assert_eq!(edits["techniques/T1612.yaml"], Edit::Remove);
    let text = |name: &str| match &edits[name] {
        Edit::Write(text) => text.clone(),
        Edit::Remove => panic!("{name}"),
    };
    insta::assert_snapshot!(text("techniques/T1999.yaml"), @r#"
    id: T1999
    name: Build on Host
    matrix: attack-containers
    tactics: [stealth]
    version: "1.0"
    summary: >-
      Our own words
      about it.
    url: https://attack.mitre.org/techniques/T1999
    "#);
    assert!(text("techniques/T1610.yaml").contains("name: \"Deploy a Container: Anywhere\"\n"));
    assert!(text("techniques/T1609.yaml").contains("matrix: attack-enterprise\n"));
    let weakness = text("weaknesses/W1.yaml");
    assert!(
        weakness.contains("techniques: [T1999, T1611] # T1999 stays a word\n"),
        "{weakness}"
    );
    assert!(weakness.contains("as in T1999.\n"), "{weakness}");

    let mut after = before;
    for (name, edit) in edits {
        match edit {
            Edit::Write(text) => drop(after.insert(name, text)),
            Edit::Remove => drop(after.remove(&name)),
        }
    }
    let followed = AttackUpdate::compare(&catalogue(&after), &release);
    let left: Vec<&str> = followed.changes.iter().map(|change| &*change.id).collect();
    assert_eq!(left, ["T1613"], "what was withdrawn is for people to decide");
}

#[test]
fn an_empty_folder_gets_what_takes_the_place_of_ours() {
    let ours = Catalogue::builtin().unwrap();
    let release = release();
    let update = AttackUpdate::compare(&ours, &release);
    let edits = migrate(&ours, &release, &update, &BTreeMap::new());
    let texts: Vec<(String, String)> = edits
        .into_iter()
        .map(|(name, edit)| match edit {
            Edit::Write(text) => (name, text),
            Edit::Remove => panic!("{name}"),
        })
        .collect();
    assert!(texts.iter().any(|(name, _)| name == "techniques/T1610.yaml"));
    let files = texts.iter().map(|(name, text)| (&**name, &**text));
    let (catalogue, _) = ours.overlaid(files).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!(catalogue.techniques["T1610"].name, "Deploy a Container: Anywhere");
    assert_eq!(catalogue.techniques["T1999"].tactics, ["stealth"]);
}
