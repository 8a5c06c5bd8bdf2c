//! Questions about what was not read, what the artefacts do not tell, and what could not be evaluated.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use palisade_inventory::{Coverage, Skipped};
use palisade_knowledge::Stride;

use super::ask::{Interview, few, named, places, quoted};
use super::inputs::control_lines;
use super::{Answer, OpenQuestion, QuestionKind};
use crate::assessment::{ControlState, NotEvaluated, Threat, ThreatState};
use crate::system::{Dangling, ElementId, Evidence, Unknown};
use crate::threats::word;

/// Controls that are asked about.
const FEW_CONTROLS: usize = 10;

/// What was not understood, one question for each reason.
pub(super) fn not_read(coverage: &Coverage) -> Vec<OpenQuestion> {
    let mut reasons: BTreeMap<&str, Vec<&Skipped>> = BTreeMap::new();
    for skipped in &coverage.skipped {
        reasons.entry(&skipped.code).or_default().push(skipped);
    }
    let asked = reasons.into_iter().filter_map(|(code, skipped)| {
        let first = skipped.first()?;
        let files: BTreeSet<&str> = skipped.iter().map(|it| &*it.file).collect();
        let files: Vec<&str> = files.into_iter().collect();
        let place = |skipped: &&Skipped| Evidence {
            file: skipped.file.as_str().into(),
            line: skipped.line,
            column: skipped.column,
            path: String::new(),
            note: code.to_owned(),
        };
        let mut answers = Vec::new();
        if !first.help.is_empty() {
            answers.push(Answer::File(first.help.clone()));
        }
        if code.contains("render") {
            answers.push(Answer::Command("palisade assess --render PATH".to_owned()));
        }
        if answers.is_empty() {
            answers.push(Answer::File(format!("correct {}", named(&files))));
        }
        Some(OpenQuestion {
            system: None,
            kind: QuestionKind::NotRead,
            asks: format!("What is in {}?", named(&files)),
            why: format!(
                "It is in none of the answers, as it was not understood: {}.",
                first.reason
            ),
            hangs: None,
            concerns: skipped.len(),
            answers,
            elements: Vec::new(),
            evidence: skipped.iter().take(5).map(place).collect(),
        })
    });
    asked.collect()
}

/// What is not known of a system.
pub(super) fn ask(interview: &Interview<'_>, conditions: &[&NotEvaluated]) -> Vec<OpenQuestion> {
    let mut questions = callees(interview);
    questions.extend(diagram(interview));
    questions.extend(controls(interview));
    questions.extend(not_evaluated(interview, conditions));
    questions.extend(threats(interview));
    questions
}

/// Addresses that nothing answers, one question each.
fn callees(interview: &Interview<'_>) -> Vec<OpenQuestion> {
    let mut hosts: BTreeMap<(&str, Option<u16>), Vec<&Dangling>> = BTreeMap::new();
    for dangling in &interview.system.system.dangling {
        hosts.entry((&dangling.host, dangling.port)).or_default().push(dangling);
    }
    let asked = hosts.into_iter().map(|((host, port), dangling)| {
        let from: BTreeSet<&ElementId> = dangling.iter().map(|it| &it.from).collect();
        let names: Vec<&str> = from.iter().map(|id| id.as_str()).collect();
        let address = port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let reason = dangling.first().map_or("", |it| &*it.reason);
        let mut question = interview.question(
            QuestionKind::Callee,
            format!("Who answers at {address}, which {} calls?", named(&names)),
            format!("No flow is drawn to it: {reason}."),
        );
        let ports = port.map(|port| format!(", ports: [{port}]")).unwrap_or_default();
        let id = quoted(&format!("External/{host}"));
        let mut flows = String::new();
        for from in names.iter().take(3) {
            let _ = writeln!(flows, "  - {{from: {}, to: {id}{ports}}}", quoted(from));
        }
        question.hangs = interview.risk_through(&from);
        question.concerns = from.len();
        question.elements = few(from);
        question.evidence = places(dangling.iter().map(|it| &*it.evidence));
        question.answers = vec![
            Answer::File("the manifests of what answers there".to_owned()),
            Answer::Intent(format!(
                "elements:\n  - {{id: {id}, kind: external-entity}}\nflows:\n{flows}"
            )),
        ];
        question
    });
    asked.collect()
}

/// What the artefacts leave open about the diagram, one question for each wording.
fn diagram(interview: &Interview<'_>) -> Vec<OpenQuestion> {
    let mut asked: BTreeMap<(&str, &str), Vec<&Unknown>> = BTreeMap::new();
    for unknown in &interview.system.system.unknowns {
        asked
            .entry((&unknown.code, &unknown.question))
            .or_default()
            .push(unknown);
    }
    let asked = asked.into_iter().map(|((code, question), unknowns)| {
        let elements: BTreeSet<&ElementId> = unknowns.iter().map(|it| &it.element).collect();
        let names: Vec<&str> = elements.iter().map(|id| id.as_str()).collect();
        let mut question = interview.question(
            QuestionKind::Diagram,
            format!("{}: {question}", named(&names)),
            match code {
                "callers" | "callees" => "Flows that nobody tells of are in no threat and on no path.",
                _ => "A policy that does not do what was meant protects nobody.",
            }
            .to_owned(),
        );
        question.hangs = interview.risk_through(&elements);
        question.answers = answers(code, &names);
        question.concerns = elements.len();
        question.elements = few(elements);
        question.evidence = places(unknowns.iter().map(|it| &*it.evidence));
        question
    });
    asked.collect()
}

fn answers(code: &str, elements: &[&str]) -> Vec<Answer> {
    let Some(first) = elements.first().map(|id| quoted(id)) else {
        return Vec::new();
    };
    match code {
        "callers" => vec![
            Answer::Intent(format!(
                "flows:\n  - {{from: External/internal-network, to: {first}}} # or the element that calls it\n"
            )),
            Answer::Intent(format!(
                "elements:\n  - {{id: {first}, change: remove, reason: nobody uses it}}\n"
            )),
        ],
        "callees" => vec![Answer::Intent(format!(
            "elements:\n  - {{id: External/partner, kind: external-entity}} # whom it calls\nflows:\n  - {{from: {first}, to: External/partner}}\n"
        ))],
        _ => vec![Answer::File("the policy, corrected".to_owned())],
    }
}

/// Controls that nothing which was read could show, and that would act on a step of some path.
fn controls(interview: &Interview<'_>) -> Vec<OpenQuestion> {
    let declared: BTreeSet<&str> = interview
        .intent
        .declared
        .controls
        .iter()
        .map(|it| &*it.control)
        .collect();
    let unseen = interview.system.controls.iter();
    let unseen = unseen.filter(|it| it.state == ControlState::NotEvaluated && !declared.contains(&*it.id));
    let asked = unseen.filter_map(|seen| {
        let control = interview.catalogue.controls.get(&seen.id)?;
        let paths = interview.system.paths.iter();
        let acts = |path: &crate::assessment::AttackPath| path.steps.iter().any(|it| control.steps.contains(&it.step));
        let acted_on = paths.filter(|path| acts(path)).count();
        if acted_on == 0 {
            return None;
        }
        let mut question = interview.question(
            QuestionKind::Control,
            format!(
                "Is this so, although nothing that was read could show it: {}?",
                control.title
            ),
            match acted_on {
                1 => "It would act on one attack path.".to_owned(),
                n => format!("It would act on {n} attack paths."),
            },
        );
        question.hangs = interview.risk_along(acts);
        question.concerns = acted_on;
        if let Some(note) = &control.evidence.note {
            question.answers.push(Answer::File(note.clone()));
        }
        question.answers.push(Answer::Intent(control_lines(control)));
        Some(question)
    });
    let mut asked: Vec<OpenQuestion> = asked.collect();
    asked.sort_by(|a, b| super::order(a).cmp(&super::order(b)));
    asked.truncate(FEW_CONTROLS);
    asked
}

/// Conditions without a value, one question for each entry of the catalogue.
fn not_evaluated(interview: &Interview<'_>, conditions: &[&NotEvaluated]) -> Vec<OpenQuestion> {
    let mut rules: BTreeMap<&str, Vec<&NotEvaluated>> = BTreeMap::new();
    for condition in conditions {
        rules.entry(&condition.rule).or_default().push(condition);
    }
    let asked = rules.into_iter().filter_map(|(rule, conditions)| {
        let first = conditions.first()?;
        let catalogue = interview.catalogue;
        let weakness = catalogue.weaknesses.get(rule).map(|it| &*it.title);
        let title = weakness
            .or_else(|| catalogue.steps.get(rule).map(|it| &*it.title))
            .unwrap_or(rule);
        let elements: BTreeSet<&ElementId> = conditions.iter().map(|it| &it.element).collect();
        let names: Vec<&str> = elements.iter().map(|id| id.as_str()).collect();
        let mut question = interview.question(
            QuestionKind::Condition,
            format!("Is this so of {}: {title}?", named(&names)),
            format!(
                "It could not be evaluated, which is not the same as not found: {}.",
                first.reason
            ),
        );
        question.hangs = interview.risk_through(&elements);
        question.concerns = elements.len();
        question.answers = vec![Answer::Command(format!("palisade explain {rule}"))];
        question.elements = few(elements);
        Some(question)
    });
    asked.collect()
}

/// Threats of which nothing is known, one question for each category.
fn threats(interview: &Interview<'_>) -> Vec<OpenQuestion> {
    let mut categories: BTreeMap<Stride, Vec<&Threat>> = BTreeMap::new();
    for threat in &interview.system.threats {
        if threat.state == ThreatState::Unknown {
            categories.entry(threat.category).or_default().push(threat);
        }
    }
    let asked = categories.into_iter().filter_map(|(category, mut threats)| {
        threats.sort_by_key(|threat| (Reverse(threat.severity), threat.id.clone()));
        let first = threats.first()?;
        let elements: BTreeSet<&ElementId> = threats.iter().map(|it| &it.element).collect();
        let mut question = interview.question(
            QuestionKind::Threat,
            match threats.len() {
                1 => format!("What stands against {} at {}?", word(category), first.element),
                n => format!(
                    "What stands against {} in {n} places, {} first?",
                    word(category),
                    first.element
                ),
            },
            "Nothing says either that it can happen or that it can't.".to_owned(),
        );
        question.concerns = threats.len();
        question.answers = vec![
            Answer::Intent(format!(
                "dispositions:\n  - {{threat: {}, state: mitigated-elsewhere, reason: what stands against it}}\n",
                first.id
            )),
            Answer::Command(format!("palisade threats --focus {}", first.element)),
        ];
        question.evidence = places(threats.iter().map(|it| &*it.evidence));
        question.elements = few(elements);
        Some(question)
    });
    asked.collect()
}
