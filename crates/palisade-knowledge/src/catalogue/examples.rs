//! Every entry proves itself: its examples match, or do not, as it says.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Resource;
use palisade_sources::Input;

use crate::catalogue::Catalogue;
use crate::condition::Verdict;
use crate::entry::Example;
use crate::testing;

fn builtin() -> Catalogue {
    Catalogue::builtin().expect("the catalogue loads")
}

/// The resources of an example, read as any file is.
fn resources(entry: &str, example: &Example) -> Vec<Resource> {
    let reading = palisade_sources::read_bytes(entry, example.manifest.as_bytes());
    let skipped = &reading.coverage.skipped;
    assert!(skipped.is_empty(), "{entry} `{}`: {skipped:?}", example.name);
    reading.resources
}

#[test]
fn weaknesses_match_their_examples_and_nothing_else() {
    let read = |manifest: &str| {
        let reading = palisade_sources::read_bytes("test.yaml", manifest.as_bytes());
        match reading.coverage.skipped.first() {
            Some(skipped) => Err(skipped.reason.clone()),
            None => Ok(reading.resources),
        }
    };
    let catalogue = builtin();
    let wrong: Vec<_> = catalogue
        .weaknesses
        .values()
        .flat_map(|it| it.disproofs(&read))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn examples_of_steps_are_whole_systems() {
    for step in builtin().steps.values() {
        for example in step.examples.must_match.iter().chain(&step.examples.must_not_match) {
            let resources = resources(&step.id, example);
            let ids: BTreeSet<_> = resources.iter().map(|resource| &resource.id).collect();
            assert!(!ids.is_empty(), "{} `{}` is empty", step.id, example.name);
            assert_eq!(
                ids.len(),
                resources.len(),
                "{} `{}` has an object twice",
                step.id,
                example.name
            );
        }
    }
}

/// The conditions that one object decides hold on a step's examples, and on some of the others they do not.
#[test]
fn conditions_of_steps_tell_their_examples_apart() {
    for step in builtin().steps.values() {
        let (Some(when), Some(view)) = (&step.when, step.applies_to) else {
            continue;
        };
        if !view.is_enforceable() {
            continue;
        }
        let holds = |example: &Example| {
            resources(&step.id, example).iter().any(|resource| {
                let subjects = view.subjects(&resource.id, &resource.content);
                subjects.iter().any(|subject| match when.evaluate(&subject.bindings) {
                    Verdict::NotEvaluated(reason) => panic!("{} `{}`: {reason}", step.id, example.name),
                    verdict => verdict == Verdict::Match,
                })
            })
        };
        assert!(step.examples.must_match.iter().all(holds), "{}", step.id);
        assert!(!step.examples.must_not_match.iter().all(holds), "{}", step.id);
    }
}

/// On manifests as they are in the wild every condition has a value, and the value depends on the projection alone.
#[test]
fn conditions_have_a_value_on_real_manifests() {
    let Some(systems) = testing::corpus("systems") else {
        return;
    };
    let options = palisade_sources::Options::default();
    let reading = palisade_sources::read(&[Input::Path(systems)], &options).expect("the corpus is readable");
    let catalogue = builtin();
    let mut known: BTreeMap<(&str, Vec<u8>), Verdict> = BTreeMap::new();
    let mut failed = BTreeSet::new();
    for resource in &reading.resources {
        for weakness in catalogue.weaknesses.values() {
            for subject in weakness.applies_to.subjects(&resource.id, &resource.content) {
                let verdict = weakness.when.evaluate(&subject.bindings);
                if let Verdict::NotEvaluated(reason) = &verdict {
                    failed.insert(format!(
                        "{} on {} at {}: {reason}",
                        weakness.id, resource.id, resource.origin
                    ));
                }
                let key = (&*weakness.id, weakness.when.projection(&subject.bindings));
                assert_eq!(
                    *known.entry(key).or_insert(verdict.clone()),
                    verdict,
                    "{} on {}",
                    weakness.id,
                    resource.id
                );
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_weakness_points_into_its_view() {
    for weakness in builtin().weaknesses.values() {
        let first = weakness.applies_to.variables()[0];
        assert!(
            !weakness.at.starts_with(first),
            "{}: `at` starts below `{first}`",
            weakness.id
        );
    }
}
