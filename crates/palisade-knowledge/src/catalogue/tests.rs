//! What every entry of the catalogue must be, walked over all of them.

use std::fs;
use std::path::Path;

use super::*;
use crate::condition::Condition;
use crate::kind::EntryKind;

fn builtin() -> Catalogue {
    Catalogue::builtin().expect("the catalogue loads")
}

/// The files as they stand in the repository.
fn files() -> Vec<(String, String)> {
    let knowledge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge");
    let mut files = Vec::new();
    for folder in [
        "actors",
        "controls",
        "frameworks",
        "incidents",
        "projects",
        "steps",
        "techniques",
        "technologies",
        "weaknesses",
    ] {
        for file in fs::read_dir(knowledge.join(folder)).expect(folder) {
            let path = file.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
            files.push((format!("{folder}/{name}"), fs::read_to_string(&path).expect(name)));
        }
    }
    files
}

#[test]
fn every_file_is_named_right_every_reference_resolves_and_every_condition_compiles() {
    let files = files();
    let read = Catalogue::from_files(files.iter().map(|(name, text)| (&**name, &**text)));
    let read = read.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        without_conditions(&read),
        without_conditions(&builtin()),
        "the digest is of other files"
    );
}

/// A catalogue as text, whether its conditions have been compiled or not.
fn without_conditions(catalogue: &Catalogue) -> String {
    let mut catalogue = catalogue.clone();
    for weakness in catalogue.weaknesses.values_mut() {
        let source = weakness.when.source().to_owned();
        weakness.why.push_str(&source);
        weakness.when = Condition::compile("true").expect("it compiles");
    }
    for step in catalogue.steps.values_mut() {
        let source = step.when.take().map(|when| when.source().to_owned());
        step.why.extend(source);
        for clause in &mut step.also {
            step.why.push_str(clause.when.source());
            clause.when = Condition::compile("true").expect("it compiles");
        }
    }
    for control in catalogue.controls.values_mut() {
        for sign in &mut control.evidence.signs {
            let source = sign.when.take().map(|when| when.source().to_owned());
            control.does.extend(source);
        }
    }
    for project in catalogue.projects.values_mut() {
        for sign in project.hardening.iter_mut().filter_map(|check| check.sign.as_mut()) {
            let source = sign.when.take().map(|when| when.source().to_owned());
            project.does.extend(source);
        }
    }
    format!("{catalogue:?}")
}

#[test]
fn ids_and_titles_are_in_form() {
    let catalogue = builtin();
    let is_numbered = |id: &str, prefix: &str| {
        id.strip_prefix(prefix)
            .is_some_and(|number| number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    for weakness in catalogue.weaknesses.values() {
        assert!(is_numbered(&weakness.id, "PAL-W"), "{}", weakness.id);
        assert!(is_title(&weakness.title), "{}: {}", weakness.id, weakness.title);
        assert!(
            weakness.cwe.iter().all(|cwe| cwe.starts_with("CWE-")),
            "{}",
            weakness.id
        );
        for prose in [&weakness.why, &weakness.fix] {
            assert!(is_prose(prose), "{}: {prose}", weakness.id);
        }
    }
    for step in catalogue.steps.values() {
        assert!(is_numbered(&step.id, "PAL-S"), "{}", step.id);
        assert!(is_title(&step.title), "{}: {}", step.id, step.title);
        assert!(!step.techniques.is_empty(), "{}", step.id);
        for prose in [&step.why, &step.fix] {
            assert!(is_prose(prose), "{}: {prose}", step.id);
        }
    }
}

/// One line without a final dot.
fn is_title(text: &str) -> bool {
    (8..=72).contains(&text.chars().count()) && !text.contains('\n') && !text.ends_with('.')
}

/// Sentences.
fn is_prose(text: &str) -> bool {
    let text = text.trim_end();
    text.ends_with('.') && text.len() >= 20
}

#[test]
fn the_catalogue_is_as_large_as_promised() {
    let catalogue = builtin();
    assert!(catalogue.weaknesses.len() >= 45, "{}", catalogue.weaknesses.len());
    assert!(catalogue.steps.len() >= 18, "{}", catalogue.steps.len());
    assert!(catalogue.technologies.len() >= 40, "{}", catalogue.technologies.len());
}

/// A small weakness; `from` is replaced with `to` in it.
fn weakness(from: &str, to: &str) -> String {
    let text = "id: PAL-W900
title: privileged container
applies_to: container
when: container.?securityContext.?privileged.orValue(false)
stride: [elevation-of-privilege]
stage: deploy
layer: compute
impact: high
exploitability: high
why: It is root on the node.
fix: Remove the field privileged.
examples:
  must_match:
    - name: set
      manifest: '{}'
  must_not_match:
    - name: unset
      manifest: '{}'
";
    assert!(text.contains(from));
    text.replacen(from, to, 1)
}

#[test]
fn faults_are_named_with_their_file() {
    let read = |name: &str, text: &str| match Catalogue::from_files([(name, text)]) {
        Ok(_) => "fine".to_owned(),
        Err(error) => error.to_string(),
    };
    let name = "weaknesses/PAL-W900-privileged.yaml";
    let faults = [
        read(name, &weakness("PAL-W900", "PAL-W900")),
        read("weaknesses/PAL-W901.yaml", &weakness("PAL-W900", "PAL-W900")),
        read("weaknesses/PAL-W9001.yaml", &weakness("PAL-W900", "PAL-W900")),
        read("rules/PAL-W900.yaml", &weakness("PAL-W900", "PAL-W900")),
        read("weaknesses/PAL-W900.json", "{}"),
        read(name, &weakness("when: container", "when: pot")),
        read(name, &weakness("orValue(false)", "orElse(false)")),
        read(name, &weakness("stage: deploy", "stage: never")),
        read(name, &weakness("layer: compute", "layers: compute")),
        read(name, &weakness("stride: [elevation-of-privilege]", "stride: []")),
        read(name, &weakness("stage: deploy", "stage: deploy\ntechniques: [T0000]")),
        read(name, "id: [\n"),
    ];
    insta::assert_snapshot!(faults.join("\n"), @"
    fine
    weaknesses/PAL-W901.yaml: the file must be named after the id: `PAL-W900.yaml` or `PAL-W900-….yaml`
    weaknesses/PAL-W9001.yaml: the file must be named after the id: `PAL-W900.yaml` or `PAL-W900-….yaml`
    rules/PAL-W900.yaml: `rules` is not a folder of the catalogue; it has actors, controls, frameworks, incidents, projects, steps, techniques, technologies and weaknesses
    weaknesses/PAL-W900.json: entries are `.yaml` files
    weaknesses/PAL-W900-privileged.yaml:4:7: `when`: `pot` at 1:1 is not a variable of this view; it binds container, pod, role, kind
    weaknesses/PAL-W900-privileged.yaml:4:7: `when`: `orElse` at 1:46 is not a function that conditions may call
    weaknesses/PAL-W900-privileged.yaml:6:8: unknown variant `never`, expected one of develop, distribute, deploy, runtime
    weaknesses/PAL-W900-privileged.yaml:7:1: unknown field `layers`, expected one of id, title, applies_to, when, at, stride, techniques, cwe, stage, layer, impact, exploitability, why, fix, remedy, controls, examples
    weaknesses/PAL-W900-privileged.yaml:5:9: `stride` names no category of threat
    weaknesses/PAL-W900-privileged.yaml:7:14: `techniques`: there is no entry `T0000`
    weaknesses/PAL-W900-privileged.yaml:1:5: expected string scalar
    ");
}

#[test]
fn the_same_id_twice_is_a_fault() {
    let text = weakness("PAL-W900", "PAL-W900");
    let error = Catalogue::from_files([
        ("weaknesses/PAL-W900.yaml", &*text),
        ("weaknesses/PAL-W900-b.yaml", &*text),
    ])
    .expect_err("it is there twice");
    assert_eq!(
        error.to_string(),
        "weaknesses/PAL-W900-b.yaml:1:5: there is already an entry `PAL-W900` in `weaknesses/PAL-W900.yaml`"
    );
}

#[test]
fn own_entries_are_added_and_stand_in_the_place_of_others() {
    let own = weakness("PAL-W900", "ACME-W001");
    let other = weakness("PAL-W900", "PAL-W001");
    let files = [
        ("own/weaknesses/ACME-W001.yaml", &*own),
        ("own/weaknesses/PAL-W001.yaml", &*other),
    ];
    let (catalogue, changes) = builtin().overlaid(files).expect("they fit");
    assert_eq!(catalogue.weaknesses.len(), builtin().weaknesses.len() + 1);
    assert_eq!(catalogue.weaknesses["PAL-W001"].title, "privileged container");
    let ids = |list: &[Change]| list.iter().map(|change| change.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&changes.added), ["ACME-W001"]);
    assert_eq!(ids(&changes.overridden), ["PAL-W001"]);
    assert_eq!(changes.added[0].file, "own/weaknesses/ACME-W001.yaml");
}

/// Whatever entry is taken away, what is left still fits together.
#[test]
fn every_entry_can_be_disabled() {
    for kind in EntryKind::ALL {
        for (id, _) in builtin().titles(kind).into_iter().step_by(7) {
            let name = format!("own/{kind}/{id}.yaml");
            let text = format!("id: {id}\ndisabled: true\nreason: Not here.\n");
            match builtin().overlaid([(&*name, &*text)]) {
                Ok((catalogue, changes)) => {
                    assert_eq!(catalogue.count(kind) + 1, builtin().count(kind), "{id}");
                    assert_eq!(changes.disabled.len(), 1, "{id}");
                }
                Err(errors) => panic!("{id}: {errors:?}"),
            }
        }
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let unknown = weakness(
        "stage: deploy",
        "stage: deploy\ntechniques: [T1612, T1661]\ncontrols: [PAL-C9]",
    );
    let files = [
        ("own/weaknesses/PAL-W900.yaml", &*unknown),
        (
            "own/weaknesses/PAL-W950.yaml",
            "id: PAL-W950\ndisabled: true\nreason: No.\n",
        ),
        ("own/weaknesses/PAL-W005.yaml", "id: PAL-W005\ndisabled: true\n"),
        (
            "own/weaknesses/PAL-W006.yaml",
            "id: PAL-W006\ndisabled: true\nreason: ' '\n",
        ),
        ("own/steps/a b.yaml", "id: a b\ndisabled: true\nreason: No.\n"),
    ];
    let errors = builtin().overlaid(files).expect_err("nothing of it fits");
    let shown = |error: &CatalogueError| {
        let help = if error.help.is_empty() { "" } else { " | " };
        format!("{error}{help}{}", error.help)
    };
    insta::assert_snapshot!(errors.iter().map(shown).collect::<Vec<_>>().join("\n"), @"
    own/steps/a b.yaml:1:5: `a b` is no id: letters, digits, `-`, `.` and `_`
    own/weaknesses/PAL-W005.yaml:2:1: missing field `reason`
    own/weaknesses/PAL-W006.yaml:3:9: say in `reason` why the entry is not wanted
    own/weaknesses/PAL-W900.yaml:7:21: `techniques`: there is no entry `T1661` | did you mean `T1611`?
    own/weaknesses/PAL-W900.yaml:8:12: `controls`: there is no entry `PAL-C9` | did you mean `PAL-C009`?
    own/weaknesses/PAL-W950.yaml:1:5: there is no weakness `PAL-W950` to disable | did you mean `PAL-W050`?
    ");
}

#[test]
fn files_are_as_their_schemas_say() {
    let files = files();
    for kind in EntryKind::ALL {
        let schema = serde_json::from_str(&crate::schema(kind)).expect("it is JSON");
        let validator = jsonschema::validator_for(&schema).expect("it is a schema");
        let of_kind = files.iter().filter(|(name, _)| name.starts_with(kind.folder()));
        for (name, text) in of_kind {
            let value: serde_json::Value = serde_saphyr::from_str(text).expect(name);
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
        }
        let disabled = |reason: &str| {
            let text = format!("{{\"id\": \"X\", \"disabled\": true{reason}}}");
            validator.is_valid(&serde_json::from_str(&text).expect("it is JSON"))
        };
        assert!(disabled(", \"reason\": \"No.\"") && !disabled(""), "{kind}");
    }
}
