//! Weaknesses over whole systems.

use palisade_knowledge::{View, Weakness};

use super::{Memory, find};
use crate::testing::{catalogue, defaulted_system, system};

const SHOP: &str = include_str!("../../tests/data/shop.yaml");

/// The manifest of an example. Roles are bound to somebody: nobody judges a role that nothing binds.
fn example(weakness: &Weakness, manifest: &str) -> String {
    let mut text = manifest.to_owned();
    if weakness.applies_to == View::Role {
        for resource in crate::testing::resources(manifest).1.iter() {
            let (kind, place) = match &*resource.id.kind {
                "Role" => ("RoleBinding", format!(", namespace: '{}'", resource.id.namespace)),
                "ClusterRole" => ("ClusterRoleBinding", String::new()),
                _ => continue,
            };
            let binding = format!(
                "\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}{place}}}\nroleRef: \
                 {{apiGroup: rbac.authorization.k8s.io, kind: {role}, name: '{name}'}}\nsubjects: [{{kind: User, name: \
                 somebody}}]\n",
                name = resource.id.name,
                role = resource.id.kind,
            );
            text.push_str(&binding);
        }
    }
    text
}

/// The verdict is the same on a manifest as it is written and as the API server fills it in.
#[test]
fn every_weakness_is_found_in_its_examples_and_in_nothing_else() {
    let mut wrong = Vec::new();
    let built = |weakness: &&Weakness| weakness.applies_to.is_built();
    for weakness in catalogue().weaknesses.values().filter(|weakness| !built(weakness)) {
        let expectations = [
            (true, &weakness.examples.must_match),
            (false, &weakness.examples.must_not_match),
        ];
        for (expected, examples) in expectations {
            for one in examples {
                let manifest = example(weakness, &one.manifest);
                let forms = [
                    ("as written", system(&manifest)),
                    ("as defaulted", defaulted_system(&manifest)),
                ];
                for (form, system) in &forms {
                    let found = find(system, catalogue(), &mut Memory::default());
                    if found.findings.iter().any(|finding| finding.rule == weakness.id) != expected {
                        wrong.push(format!("{} `{}` {form} expected {expected}", weakness.id, one.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_finding_stands_where_its_field_stands() {
    let found = find(&system(SHOP), catalogue(), &mut Memory::default());
    let privileged = found
        .findings
        .iter()
        .find(|finding| finding.path.ends_with("privileged"));
    let privileged = privileged.expect("the worker is privileged");
    assert_eq!(privileged.element.as_str(), "Deployment/shop/worker");
    assert_eq!(privileged.container.as_deref(), Some("worker"));
    assert_eq!(
        privileged.path,
        "spec.template.spec.containers[0].securityContext.privileged"
    );
    let line = SHOP
        .lines()
        .nth(privileged.position.line as usize - 1)
        .expect("the line is there");
    assert!(line.contains("privileged: true"), "{line}");
}

#[test]
fn roles_that_nothing_binds_are_not_judged() {
    let rules = |text: &str| {
        let found = find(&system(text), catalogue(), &mut Memory::default());
        found
            .findings
            .into_iter()
            .filter(|finding| finding.element.as_str() == "Role/shop/worker")
            .count()
    };
    assert!(rules(SHOP) > 0);
    let unbound: Vec<&str> = SHOP
        .split("---\n")
        .filter(|document| !document.contains("kind: RoleBinding"))
        .collect();
    assert_eq!(rules(&unbound.join("---\n")), 0);
}

#[test]
fn a_limit_range_sets_the_limits_of_its_namespace() {
    let deployment = |namespace: &str| {
        format!(
            "---\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a, namespace: {namespace}}}, spec: {{selector: \
             {{matchLabels: {{app: a}}}}, template: {{metadata: {{labels: {{app: a}}}}, spec: {{containers: [{{name: a, image: \
             'a:1'}}]}}}}}}}}\n"
        )
    };
    let range = "---\n{apiVersion: v1, kind: LimitRange, metadata: {name: l, namespace: covered}, spec: {limits: [{type: \
                 Container, default: {memory: 64Mi}, defaultRequest: {cpu: 10m}}]}}\n";
    let system = system(&[&deployment("covered"), &deployment("bare"), range].concat());
    let found = find(&system, catalogue(), &mut Memory::default()).findings;
    let of_rule = |rule: &str| -> Vec<&str> {
        let found = found.iter().filter(|finding| finding.rule == rule);
        found.map(|finding| finding.element.as_str()).collect()
    };
    assert_eq!(of_rule("PAL-W011"), ["Deployment/bare/a"]);
    assert_eq!(of_rule("PAL-W012"), ["Deployment/bare/a"]);
}
