//! Admission: the condition that finds a weakness, enforced.
//!
//! A weakness becomes one [`Rule`](rule::Rule), which each policy engine is told in its own words. What is written is then
//! read back and judged over the examples of the weakness and over every object of the system, by the evaluator that found
//! the weakness.

mod examples;
mod expression;
mod gatekeeper;
mod judge;
mod kinds;
mod kyverno;
mod proofs;
mod rule;
mod scope;
mod vap;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use palisade_inventory::Node;
use palisade_knowledge::Weakness;

use self::examples::Example;
pub(super) use self::examples::holds_dropped;
pub use self::judge::Judge;
use self::rule::Rule;
pub(super) use self::scope::why_exempt;
use super::{Application, Companion, Guardrail, Input, Target};
use crate::assessment::Finding;

/// How a policy is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// It refuses.
    Enforcing,
    /// It only warns and records.
    Warning,
}

/// A rule in the words of one policy engine.
struct Written {
    target: Target,
    application: Application,
    file: String,
    documents: Vec<Node>,
    trial: Vec<Node>,
    companions: Vec<Companion>,
    rollout: Vec<String>,
    undo: String,
}

pub(super) fn vap(input: &Input<'_>) -> Vec<Guardrail> {
    generate(input, Target::AdmissionVap, |rule, _| vap::written(rule))
}

pub(super) fn kyverno(input: &Input<'_>) -> Vec<Guardrail> {
    generate(input, Target::Kyverno, |rule, examples| {
        kyverno::written(rule, &examples::cases(rule, examples))
    })
}

pub(super) fn gatekeeper(input: &Input<'_>) -> Vec<Guardrail> {
    generate(input, Target::Gatekeeper, |rule, _| gatekeeper::written(rule))
}

/// Why admission can't keep a weakness out; none: it can.
pub(super) fn cannot_keep_out(weakness: &Weakness) -> Option<&'static str> {
    expression::cannot_decide(weakness.applies_to, weakness.when.source())
}

fn generate(input: &Input<'_>, target: Target, write: impl Fn(&Rule<'_>, &[Example]) -> Written) -> Vec<Guardrail> {
    let controls = input.controls_for(target);
    let weaknesses = input.weaknesses(&controls).into_values();
    let enforceable = weaknesses.filter(|(weakness, _)| cannot_keep_out(weakness).is_none());
    let guardrails = enforceable.map(|(weakness, findings)| {
        let rule = Rule::new(weakness, scope::scope(input, weakness, &findings));
        let examples = examples::read(weakness, input.known.read);
        let written = write(&rule, &examples);
        let stopped = controls.values().copied();
        let stopped = stopped.filter(|control| weakness.controls.contains(&control.id));
        let elements = findings.iter().map(|finding| &finding.element).collect::<BTreeSet<_>>();
        Guardrail {
            title: title(weakness, &findings),
            answers: input.answers(stopped, [weakness], Some(&elements)),
            exemptions: exemptions(&rule),
            change_first: rule.scope.change_first.clone(),
            unknowns: Vec::new(),
            proofs: proofs::proofs(input, &rule, &written.documents, &examples),
            target: written.target,
            file: written.file,
            documents: written.documents,
            trial: written.trial,
            companions: written.companions,
            application: written.application,
            removes: Vec::new(),
            rollout: rollout(&rule, written.rollout),
            undo: written.undo,
        }
    });
    guardrails.collect()
}

fn title(weakness: &Weakness, findings: &[&Finding]) -> String {
    let found = match findings.len() {
        0 => "not found here, and kept so".to_owned(),
        1 => "found once here".to_owned(),
        many => format!("found {many} times here"),
    };
    format!(
        "Refuses what has {}: {} ({found})",
        weakness.id,
        lower_first(&weakness.title)
    )
}

/// A title within a sentence: its first word in small letters, unless it is a name.
fn lower_first(title: &str) -> String {
    let first = title.split_whitespace().next().unwrap_or_default();
    let is_name = first.chars().skip(1).any(char::is_uppercase);
    let mut letters = title.chars();
    match letters.next() {
        Some(letter) if !is_name => letter.to_lowercase().chain(letters).collect(),
        _ => title.to_owned(),
    }
}

fn exemptions(rule: &Rule<'_>) -> Vec<super::Exemption> {
    let exempt = rule.scope.exempt.iter().map(|exempt| exempt.exemption.clone());
    let mut exemptions: Vec<_> = rule.scope.told.iter().cloned().chain(exempt).collect();
    exemptions.sort();
    exemptions
}

/// What has to change, has to change before anything is enforced.
fn rollout(rule: &Rule<'_>, mut steps: Vec<String>) -> Vec<String> {
    let change = &rule.scope.change_first;
    if !change.is_empty() {
        let ids: Vec<&str> = change.iter().map(crate::system::ElementId::as_str).collect();
        let last = steps.pop();
        steps.push(format!("change {}: they would be refused", ids.join(", ")));
        steps.extend(last);
    }
    if !rule.scope.namespaces.is_empty() {
        let names: Vec<&str> = rule.scope.namespaces.iter().map(|name| &**name).collect();
        steps.push(format!(
            "it looks into {} and no other namespace; add more to the selector as they come",
            names.join(", ")
        ));
    }
    steps
}
