//! Each attack step on its own examples: alone, in a busy cluster, and with a part of it taken away.

use std::sync::Arc;

use palisade_inventory::Resource;
use palisade_knowledge::{AttackStep, Catalogue, Condition, Example, KubernetesVersion};

use super::firings;
use crate::design;
use crate::examples::disproofs_of_step;
use crate::system::{Resources, System};
use crate::testing::{catalogue, resources};

const BUSY: &str = include_str!("../../tests/data/busy.yaml");

fn read(manifest: &str) -> Result<Vec<Resource>, String> {
    let reading = palisade_sources::read_bytes("test.yaml", manifest.as_bytes());
    match reading.coverage.skipped.first() {
        Some(skipped) => Err(skipped.reason.clone()),
        None => Ok(reading.resources),
    }
}

fn busy_with(manifest: &str) -> System {
    let (root, mut all) = resources(BUSY);
    for resource in read(manifest).expect("the example is readable") {
        all.upsert(Arc::new(resource));
    }
    design::compile(&root, &all, catalogue())
}

#[test]
fn every_step_fires_on_its_examples_and_on_nothing_else() {
    let steps = catalogue().steps.values();
    let wrong: Vec<_> = steps
        .flat_map(|step| disproofs_of_step(step, catalogue(), &read))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What an example adds to a busy cluster is what it shows alone: the step works there in a new place, or in none.
#[test]
fn every_step_fires_on_its_examples_inside_a_busy_cluster() {
    let (root, all) = resources(BUSY);
    let busy = design::compile(&root, &all, catalogue());
    let mut wrong = Vec::new();
    for step in catalogue().steps.values() {
        let at = |system: &System| firings(step, system, catalogue());
        let before = at(&busy).expect("conditions have values");
        let mut check = |example: &Example, expected: bool| {
            let after = at(&busy_with(&example.manifest)).expect("conditions have values");
            let added: Vec<_> = after.difference(&before).collect();
            if added.is_empty() == expected {
                wrong.push(format!("{} `{}`: {added:?}", step.id, example.name));
            }
        };
        step.examples.must_match.iter().for_each(|example| check(example, true));
        step.examples
            .must_not_match
            .iter()
            .for_each(|example| check(example, false));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Without one of its conditions or permissions, a step fires where it must not: each of them is needed, and an example
/// says so.
#[test]
fn every_condition_and_permission_is_shown_by_an_example() {
    let mut idle = Vec::new();
    for step in catalogue().steps.values() {
        for (what, weaker) in weakened(step) {
            let mut others = Catalogue::clone(catalogue());
            others.steps.insert(step.id.clone(), weaker.clone());
            if disproofs_of_step(&weaker, &others, &read).is_empty() {
                idle.push(format!("{}: {what}", step.id));
            }
        }
    }
    assert!(idle.is_empty(), "{idle:#?}");
}

/// The step without each of its conditions, without the pod that it starts, and without each of its permissions, where
/// others remain.
fn weakened(step: &AttackStep) -> Vec<(String, AttackStep)> {
    let always = || Condition::compile("true").expect("it compiles");
    let mut all = Vec::new();
    if step.when.is_some() {
        let mut weaker = step.clone();
        weaker.when = Some(always());
        all.push(("when".to_owned(), weaker));
    }
    if step.starts.is_some() {
        let mut weaker = step.clone();
        weaker.starts = None;
        all.push(("starts".to_owned(), weaker));
    }
    for index in 0..step.also.len() {
        let mut weaker = step.clone();
        weaker.also.remove(index);
        all.push((format!("also[{index}]"), weaker));
    }
    for (index, need) in step
        .permissions
        .iter()
        .enumerate()
        .filter(|_| step.permissions.len() > 1)
    {
        let mut weaker = step.clone();
        weaker.permissions.remove(index);
        all.push((format!("permissions: {need}"), weaker));
    }
    all
}

/// Before 1.35 a WebSocket needed no more than `get`.
#[test]
fn permissions_end_with_the_version_that_ended_them() {
    let manifest = |subresource: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop}}\nspec:\n  serviceAccountName: web\n  \
             containers: [{{name: app, image: 'app:1'}}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n\
             metadata: {{name: web, namespace: shop}}\nrules:\n  - {{apiGroups: [''], resources: [{subresource}], verbs: \
             [get]}}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: web, namespace: \
             shop}}\nroleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}}\nsubjects: [{{kind: \
             ServiceAccount, name: web, namespace: shop}}]\n"
        )
    };
    for (subresource, id) in [
        ("pods/exec", "PAL-S043"),
        ("pods/attach", "PAL-S043"),
        ("pods/portforward", "PAL-S102"),
    ] {
        let step = catalogue().steps.get(id).expect("it is there");
        let (root, all) = resources(&manifest(subresource));
        let mut system = design::compile(&root, &all, catalogue());
        for (minor, works) in [(30, true), (34, true), (35, false), (37, false)] {
            system.kubernetes_version = KubernetesVersion::new(minor);
            let found = firings(step, &system, catalogue());
            assert_eq!(
                found.map(|found| !found.is_empty()),
                Ok(works),
                "{subresource} 1.{minor}"
            );
        }
    }
}

/// The same YAML is the same system, so that what is compared above is only what the example adds.
#[test]
fn the_busy_cluster_is_busy() {
    let (_, all) = resources(BUSY);
    let all: &Resources = &all;
    assert!(all.iter().count() >= 40, "{}", all.iter().count());
}
