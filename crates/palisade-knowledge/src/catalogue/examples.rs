//! Every entry proves itself: its examples match, or do not, as it says.

use std::collections::BTreeSet;

use palisade_inventory::{Node, ResourceId};
use serde_json::Value as Json;

use crate::catalogue::Catalogue;
use crate::condition::{Binding, Verdict};
use crate::entry::{Example, Weakness};
use crate::testing;
use crate::view::View;

fn builtin() -> Catalogue {
    Catalogue::builtin().expect("the catalogue loads")
}

/// The documents of an example; single values in which a loader would find a credential are dropped as it would.
fn documents(entry: &str, example: &Example) -> Vec<Json> {
    let mut documents: Vec<Json> = serde_saphyr::from_multiple(&example.manifest)
        .unwrap_or_else(|error| panic!("{entry}, {}: {error}", example.name));
    documents.iter_mut().for_each(redact);
    documents
}

/// Stands for the loader: drops the values of environment variables, arguments and ConfigMaps.
fn redact(json: &mut Json) {
    let Json::Object(fields) = json else {
        if let Json::Array(items) = json {
            items.iter_mut().for_each(redact);
        }
        return;
    };
    let name = fields.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    for (key, value) in fields.iter_mut() {
        match (key.as_str(), &mut *value) {
            ("args" | "command", Json::Array(items)) => {
                for item in items {
                    *item = dropped("", item);
                }
            }
            ("data", Json::Object(data)) => {
                for (key, value) in data {
                    *value = dropped(key, value);
                }
            }
            ("value", Json::String(_)) => *value = dropped(&name, value),
            _ => redact(value),
        }
    }
}

fn dropped(name: &str, value: &Json) -> Json {
    let text = format!("{name}={}", value.as_str().unwrap_or_default()).to_lowercase();
    let is_credential = ["password", "token", "secret"].iter().any(|word| text.contains(word));
    serde_json::json!({ "$redacted": is_credential })
}

fn id_of(document: &Json) -> ResourceId {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let version = text(&document["apiVersion"]);
    let (group, _) = version.split_once('/').unwrap_or_default();
    ResourceId {
        kind: text(&document["kind"]).into(),
        group: group.into(),
        namespace: text(&document["metadata"]["namespace"]).into(),
        name: text(&document["metadata"]["name"]).into(),
    }
}

/// The verdicts on all subjects that an example holds.
fn verdicts(weakness: &Weakness, example: &Example) -> Vec<Verdict> {
    let evaluate = |bindings: &[Binding<'_>]| weakness.when.evaluate(bindings);
    let mut verdicts = Vec::new();
    for document in documents(&weakness.id, example) {
        let node: Node = testing::node(&document);
        match weakness.applies_to {
            View::Element => verdicts.push(evaluate(&[("element", &node)])),
            View::Flow => verdicts.push(evaluate(&[("flow", &node)])),
            view => {
                let subjects = view.subjects(&id_of(&document), &node);
                verdicts.extend(subjects.iter().map(|subject| evaluate(&subject.bindings)));
            }
        }
    }
    verdicts
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

/// A condition that only holds in pods would miss the Deployments that make them.
#[test]
fn container_and_pod_weaknesses_are_lifted_over_every_template() {
    let catalogue = builtin();
    for weakness in catalogue.weaknesses.values() {
        if !matches!(weakness.applies_to, View::Container | View::Pod) {
            continue;
        }
        for example in &weakness.examples.must_match {
            for document in documents(&weakness.id, example) {
                let (Some(pod), "Pod") = (document.get("spec"), &*id_of(&document).kind) else {
                    continue;
                };
                let deployment = serde_json::json!({
                    "apiVersion": "apps/v1",
                    "kind": "Deployment",
                    "metadata": {"name": "web"},
                    "spec": {"template": {"metadata": document["metadata"], "spec": pod}},
                });
                let node = testing::node(&deployment);
                let subjects = weakness.applies_to.subjects(&id_of(&deployment), &node);
                let matches = |bindings: &[Binding<'_>]| weakness.when.evaluate(bindings) == Verdict::Match;
                assert!(
                    subjects.iter().any(|subject| matches(&subject.bindings)),
                    "{} `{}`",
                    weakness.id,
                    example.name
                );
            }
        }
    }
}

#[test]
fn examples_of_steps_are_whole_systems() {
    for step in builtin().steps.values() {
        for example in step.examples.must_match.iter().chain(&step.examples.must_not_match) {
            let documents = documents(&step.id, example);
            assert!(!documents.is_empty(), "{} `{}`", step.id, example.name);
            let mut seen = BTreeSet::new();
            for document in &documents {
                let id = id_of(document);
                assert!(
                    !id.kind.is_empty() && !id.name.is_empty(),
                    "{} `{}`: {document}",
                    step.id,
                    example.name
                );
                assert!(seen.insert(id.clone()), "{} `{}`: {id} twice", step.id, example.name);
            }
        }
    }
}

/// The steps whose condition one object decides hold on it.
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
            documents(&step.id, example).iter().any(|document| {
                let node = testing::node(document);
                let subjects = view.subjects(&id_of(document), &node);
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
