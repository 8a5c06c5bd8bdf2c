//! `palisade paths`: the ways an attacker would take.

use palisade_engine::{Assessment, AttackGraph, Question, Settings, Without};
use palisade_knowledge::Catalogue;
use palisade_report::Pattern;

use super::Done;
use crate::cli::ListFormat;
use crate::cli::graph::Paths;
use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Paths, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let without = args.without.iter().map(|text| without(text, &catalogue));
    let without: Vec<Without> = without.collect::<Result<_, _>>()?;
    let mut assessed = pipeline::assess_with(&args.input, &catalogue, settings, console, |assessment| {
        ask(args, &without, assessment, &catalogue);
    })?;
    let assessment = &mut assessed.assessment;
    let from = args.from.as_ref().map(Pattern::new);
    let to = args.to.as_ref().map(Pattern::new);
    palisade_report::keep_paths(assessment, from.as_ref(), to.as_ref());
    let report = match args.format {
        ListFormat::Text => Report::Styled(palisade_report::paths(assessment, console.text())),
        ListFormat::Json => Report::Plain(palisade_report::paths_json(assessment)?),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}

/// Asks the attack graphs again where more is wanted than an assessment tells.
fn ask(args: &Paths, without: &[Without], assessment: &mut Assessment, catalogue: &Catalogue) {
    let to = args.to.as_ref().map(Pattern::new);
    let to = to.as_ref().map(|pattern| move |id: &str| pattern.finds(id));
    let from = args.from.as_deref();
    let is_from = |id: &str| from == Some(id);
    for system in &mut assessment.systems {
        if from.is_none() && args.alternatives == 0 && without.is_empty() {
            continue;
        }
        let graph = AttackGraph::new(&system.system, catalogue);
        let is_one = graph.holdable().any(is_from);
        if !is_one && args.alternatives == 0 && without.is_empty() {
            continue;
        }
        let question = Question {
            from: is_one.then_some(&is_from as &dyn Fn(&str) -> bool),
            to: to.as_ref().map(|to| to as &dyn Fn(&str) -> bool),
            alternatives: args.alternatives.into(),
            without,
        };
        let attacks = graph.ask(&question);
        system.paths = attacks.paths;
        system.fixes = attacks.fixes;
        system.bounds_hit = attacks.bounds_hit;
    }
}

/// `RULE@ELEMENT`, or one of both.
fn without(text: &str, catalogue: &Catalogue) -> Result<Without, Failure> {
    let is_rule = |id: &str| catalogue.steps.contains_key(id) || catalogue.weaknesses.contains_key(id);
    let (rule, element) = match text.split_once('@') {
        Some((rule, element)) => (Some(rule), Some(element)),
        None if text.contains('/') => (None, Some(text)),
        None => (Some(text), None),
    };
    match rule {
        Some(rule) if !is_rule(rule) => Err(Failure::new(
            format!("`{rule}` is no attack step and no weakness"),
            "write PAL-S…, PAL-W…, an element's id (Deployment/shop/web), or both as PAL-W021@Deployment/shop/web",
        )),
        _ => Ok(Without {
            rule: rule.map(str::to_owned),
            element: element.map(str::to_owned),
        }),
    }
}
