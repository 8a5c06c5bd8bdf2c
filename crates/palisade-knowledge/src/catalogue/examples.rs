//! Every entry proves itself: its examples match, or do not, as it says.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::{Node, Resource};
use palisade_sources::Input;
use serde_json::Value as Json;

use crate::catalogue::Catalogue;
use crate::condition::{Binding, Verdict};
use crate::entry::{Example, Weakness};
use crate::testing;
use crate::view::View;

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

/// The value of an example for a view that the engine builds.
fn built(entry: &str, example: &Example) -> Node {
    let json: Json =
        serde_saphyr::from_str(&example.manifest).unwrap_or_else(|error| panic!("{entry} `{}`: {error}", example.name));
    testing::node(&json)
}

/// The verdicts on all subjects that an example holds.
fn verdicts(weakness: &Weakness, example: &Example) -> Vec<Verdict> {
    let evaluate = |bindings: &[Binding<'_>]| weakness.when.evaluate(bindings);
    let id = &weakness.id;
    match weakness.applies_to {
        View::Element => vec![evaluate(&[("element", &built(id, example))])],
        View::Flow => vec![evaluate(&[("flow", &built(id, example))])],
        view => resources(id, example)
            .iter()
            .flat_map(|resource| view.subjects(&resource.id, &resource.content))
            .map(|subject| evaluate(&subject.bindings))
            .collect(),
    }
}

#[test]
fn weaknesses_match_their_examples_and_nothing_else() {
    let mut wrong = Vec::new();
    for weakness in builtin().weaknesses.values() {
        let expectations = [
            (true, &weakness.examples.must_match),
            (false, &weakness.examples.must_not_match),
        ];
        for (expected, examples) in expectations {
            for example in examples {
                let verdicts = verdicts(weakness, example);
                let is_whole =
                    !verdicts.is_empty() && !verdicts.iter().any(|it| matches!(it, Verdict::NotEvaluated(_)));
                if !is_whole || verdicts.contains(&Verdict::Match) != expected {
                    wrong.push(format!("{} `{}`: {verdicts:?}", weakness.id, example.name));
                }
            }
        }
    }
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
