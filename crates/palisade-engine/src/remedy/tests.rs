//! Every remedy of the catalogue repairs the examples of its weakness, and roles lose no more than they must.

use std::collections::BTreeSet;

use palisade_inventory::{Node, Resource};
use palisade_knowledge::{Permission, Verdict, Weakness};

use super::{merge, narrowed, repair, without};
use crate::testing::{catalogue, resources};

fn read(manifest: &str) -> Vec<Resource> {
    palisade_sources::read_bytes("example.yaml", manifest.as_bytes()).resources
}

fn is_weak(weakness: &Weakness, resource: &Resource, content: &Node) -> bool {
    let subjects = weakness.applies_to.subjects(&resource.id, content);
    let mut verdicts = subjects.iter().map(|subject| weakness.when.evaluate(&subject.bindings));
    verdicts.any(|verdict| verdict == Verdict::Match)
}

#[test]
fn remedies_repair_the_examples_of_their_weaknesses() {
    let remedied = catalogue()
        .weaknesses
        .values()
        .filter(|weakness| weakness.remedy.is_some());
    let mut left = Vec::new();
    let mut repaired = 0;
    for weakness in remedied {
        for example in &weakness.examples.must_match {
            for resource in read(&example.manifest) {
                if !is_weak(weakness, &resource, &resource.content) {
                    continue;
                }
                let patch = repair(weakness, &resource.id, &resource.content).expect("there is a remedy");
                let after = merge(&resource.content, &patch);
                if is_weak(weakness, &resource, &after) {
                    left.push(format!("{}: {}", weakness.id, example.name));
                } else {
                    repaired += 1;
                }
            }
        }
        for example in &weakness.examples.must_not_match {
            for resource in read(&example.manifest) {
                assert!(
                    repair(weakness, &resource.id, &resource.content).is_none(),
                    "{}",
                    weakness.id
                );
            }
        }
    }
    assert!(left.is_empty(), "{left:?}");
    assert!(repaired > 40, "{repaired}");
}

#[test]
fn a_role_loses_what_it_must_and_keeps_the_rest() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: support, namespace: shop}
rules:
  - {apiGroups: [''], resources: [pods, pods/log], verbs: [get, list]}
  - {apiGroups: [''], resources: [pods/exec, pods/portforward], verbs: [create, get]}
";
    let (_, resources) = resources(role);
    let role = resources.iter().next().expect("it is read");
    let exec: Permission = "create pods/exec".parse().expect("it is a permission");
    let left = without(role.content.items(&["rules"]), &[exec]).expect("no rule has a star");
    let told: Vec<String> = left.iter().map(told).collect();
    assert_eq!(
        told,
        ["get,list pods,pods/log", "create,get pods/portforward", "get pods/exec"]
    );
}

#[test]
fn what_a_star_is_meant_to_grant_is_not_guessed() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: all, namespace: shop}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: [create]}]
";
    let (_, resources) = resources(role);
    let role = resources.iter().next().expect("it is read");
    let exec: Permission = "create pods/exec".parse().expect("it is a permission");
    assert_eq!(without(role.content.items(&["rules"]), &[exec]), None);
}

#[test]
fn all_of_the_core_group_is_spelled_out() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [''], resources: ['*'], verbs: [get, list]}]
";
    let (_, resources) = resources(role);
    let role = resources.iter().next().expect("it is read");
    let refused: [Permission; 2] =
        ["get secrets", "list secrets"].map(|text| text.parse().expect("it is a permission"));
    let left = without(role.content.items(&["rules"]), &refused).expect("all are known");
    let told: Vec<String> = left.iter().map(told).collect();
    let [one] = &told[..] else { panic!("{told:?}") };
    assert!(one.starts_with("get,list bindings,") && one.contains(",pods/log,") && !one.contains("secrets"));
}

#[test]
fn needs_become_the_fewest_rules() {
    let needed: BTreeSet<Permission> = [
        "get pods",
        "list pods",
        "get services",
        "list services",
        "get configmaps settings",
        "patch deployments.apps web",
        "patch deployments.apps api",
    ]
    .iter()
    .map(|text| text.parse().expect("it is a permission"))
    .collect();
    let told: Vec<String> = narrowed(&needed).iter().map(told).collect();
    assert_eq!(
        told,
        [
            "get configmaps settings",
            "get,list pods,services",
            "patch deployments api,web"
        ]
    );
}

fn told(rule: &Node) -> String {
    let words = |field| {
        let words: Vec<&str> = rule.items(&[field]).iter().filter_map(Node::as_str).collect();
        words.join(",")
    };
    let said = [words("verbs"), words("resources"), words("resourceNames")];
    said.join(" ").trim().to_owned()
}

/// What a step names as its weakness shows the same condition: once it is repaired, the step is not possible any more.
#[test]
fn repairing_the_weakness_of_a_step_takes_the_step_away() {
    let mut still = Vec::new();
    let mut looked_at = 0;
    for step in catalogue().steps.values().filter(|step| step.when.is_some()) {
        let weakness = step.weakness.as_ref().and_then(|id| catalogue().weaknesses.get(id));
        let Some(weakness) = weakness.filter(|weakness| weakness.remedy.is_some()) else {
            continue;
        };
        for example in &step.examples.must_match {
            let mut resources = read(&example.manifest);
            let mut is_repaired = false;
            for resource in &mut resources {
                if let Some(patch) = repair(weakness, &resource.id, &resource.content) {
                    resource.content = merge(&resource.content, &patch).into();
                    is_repaired = true;
                }
            }
            let root = resources.first().expect("it holds something").root.clone();
            let mut all = crate::system::Resources::default();
            for resource in resources {
                all.upsert(resource.into());
            }
            let system = crate::design::compile(&root, &all, catalogue());
            let fires = !crate::paths::firings(step, &system, catalogue())
                .expect("it is evaluated")
                .is_empty();
            looked_at += 1;
            if fires || !is_repaired {
                still.push(format!("{} {}: {}", step.id, weakness.id, example.name));
            }
        }
    }
    assert!(still.is_empty(), "{still:#?}");
    assert!(looked_at > 5, "{looked_at}");
}
