//! Every weakness that admission can keep out becomes policies that refuse just what it finds.

use std::collections::BTreeSet;

use palisade_inventory::{Node, Resource};
use palisade_knowledge::{Condition, KubernetesVersion, Weakness};

use super::proofs::of_examples;
use super::rule::Rule;
use super::scope::Scope;
use super::{cannot_keep_out, examples, gatekeeper, kyverno, vap};
use crate::guard::{Proof, ProofVerdict};
use crate::testing::catalogue;

fn read(manifest: &str) -> Result<Vec<Resource>, String> {
    let reading = palisade_sources::read_bytes("example.yaml", manifest.as_bytes());
    match reading.coverage.skipped.first() {
        Some(skipped) => Err(skipped.reason.clone()),
        None => Ok(reading.resources),
    }
}

fn enforceable() -> impl Iterator<Item = &'static Weakness> {
    let weaknesses = catalogue().weaknesses.values();
    weaknesses.filter(|weakness| cannot_keep_out(weakness).is_none())
}

/// What is proved of the policies of each weakness, over its examples.
fn prove(write: impl Fn(&Rule<'_>) -> Vec<Node>) -> Vec<(&'static str, Proof)> {
    let prove = |weakness: &'static Weakness| {
        let rule = Rule::new(weakness, Scope::default());
        let trials = examples::trials(&rule, &examples::read(weakness, &read));
        (&*weakness.id, of_examples(&rule, &write(&rule), &trials))
    };
    enforceable().map(prove).collect()
}

fn check(write: impl Fn(&Rule<'_>) -> Vec<Node>) {
    let proofs = prove(write);
    let open: Vec<_> = proofs
        .iter()
        .filter(|(_, proof)| proof.verdict != ProofVerdict::Proved)
        .collect();
    assert!(open.is_empty(), "{open:#?}");
    assert!(proofs.len() > 100, "{}", proofs.len());
}

#[test]
fn policies_of_the_api_server_refuse_just_what_is_found() {
    check(|rule| vap::written(rule).documents);
}

#[test]
fn policies_of_kyverno_refuse_just_what_is_found() {
    check(|rule| kyverno::written(rule, &[]).documents);
}

#[test]
fn policies_of_gatekeeper_refuse_just_what_is_found() {
    check(|rule| gatekeeper::written(rule).documents);
}

/// A policy that only warns lets everything pass, so that the proof of it fails: the proof can fail.
#[test]
fn policies_on_trial_refuse_nothing() {
    for (id, proof) in prove(|rule| vap::written(rule).trial) {
        assert_eq!(proof.verdict, ProofVerdict::Refuted, "{id}: {proof:?}");
    }
}

/// So does a policy for another weakness.
#[test]
fn a_policy_that_does_not_fit_is_refuted() {
    let other = catalogue().weaknesses.get("PAL-W025").expect("it is there");
    let documents = vap::written(&Rule::new(other, Scope::default())).documents;
    let weakness = catalogue().weaknesses.get("PAL-W001").expect("it is there");
    let rule = Rule::new(weakness, Scope::default());
    let trials = examples::trials(&rule, &examples::read(weakness, &read));
    assert_eq!(of_examples(&rule, &documents, &trials).verdict, ProofVerdict::Refuted);
}

/// Functions and macros that policies call: each is registered for admission policies by Kubernetes 1.30.
#[rustfmt::skip]
const ALLOWED: [&str; 20] = [
    "all", "contains", "dyn", "endsWith", "exists", "filter", "has", "hasValue", "indexOf", "lowerAscii", "map", "matches",
    "orValue", "replace", "size", "split", "startsWith", "string", "substring", "upperAscii",
];

#[test]
fn expressions_keep_to_the_language_of_kubernetes_1_30() {
    let mut called = BTreeSet::new();
    for weakness in enforceable() {
        let rule = Rule::new(weakness, Scope::default());
        let variables = rule.expressions.variables.iter().map(|(_, expression)| expression);
        for expression in variables.chain([&rule.expressions.validation]) {
            let quiet = without_texts(expression);
            for (at, _) in quiet.match_indices('(') {
                let before = &quiet[..at];
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let start = before.rfind(|c: char| !is_part(c)).map_or(0, |at| at + 1);
                called.insert(before[start..].to_owned());
            }
        }
        for (_, condition) in rule.conditions() {
            let compiled = Condition::compile_for(&condition, KubernetesVersion::new(30));
            assert!(compiled.is_ok(), "{}: {compiled:?}", weakness.id);
        }
        assert!(!rule.message().contains('\n'), "{}", weakness.id);
    }
    called.remove("");
    let unknown: Vec<_> = called.iter().filter(|name| !ALLOWED.contains(&&***name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

fn without_texts(expression: &str) -> String {
    let mut quiet = String::new();
    let mut quote = None;
    let mut escaped = false;
    for c in expression.chars() {
        match quote {
            None if matches!(c, '\'' | '"') => quote = Some(c),
            None => quiet.push(c),
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
        }
    }
    quiet
}
