//! Questions about inputs of the risk model: what is at stake, who tries how often, where they begin, how hard a step is.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Amount;
use palisade_knowledge::Control;

use super::ask::{Interview, few, quoted};
use super::{Answer, OpenQuestion, QuestionKind};
use crate::assessment::{AssetLosses, ControlState, RiskSummary};
use crate::risk::{Influence, Input};
use crate::system::ElementId;

/// Steps that are asked about.
const FEW_STEPS: usize = 10;

pub(super) fn ask(interview: &Interview<'_>) -> Vec<OpenQuestion> {
    let mut questions = entries(interview);
    match &interview.system.risk {
        Some(risk) => {
            questions.extend(attempts(interview, risk));
            questions.extend(losses(interview, risk));
            questions.extend(steps(interview, risk));
        }
        None => questions.extend(worth(interview)),
    }
    questions
}

fn swing(influence: &Influence) -> Amount {
    Amount::from_cents(influence.high.cents().saturating_sub(influence.low.cents()))
}

fn why(interview: &Interview<'_>, what: &str, (low, high): (Amount, Amount)) -> String {
    format!(
        "{what}, and the mean loss of a year lies between {} and {} with it.",
        interview.money(low),
        interview.money(high)
    )
}

/// How often each actor tries whose attempts are assumed.
fn attempts(interview: &Interview<'_>, risk: &RiskSummary) -> Vec<OpenQuestion> {
    let declared = &interview.intent.declared.actors;
    let is_declared = |id: &str| declared.iter().any(|it| it.actor == id && it.attempts.is_some());
    let defaults = crate::risk::attempts(interview.catalogue);
    let asked = risk.sensitivity.iter().filter_map(|influence| {
        let Input::Attempts { actor } = &influence.input else {
            return None;
        };
        if is_declared(actor) {
            return None;
        }
        let name = interview.catalogue.actors.get(actor).map_or(&**actor, |it| &*it.name);
        let (low, high) = defaults.get(&**actor).copied().unwrap_or_default();
        let what = format!("From {low:.2} to {high:.2} attempts a year are assumed");
        let mut question = interview.question(
            QuestionKind::Attempts,
            format!("How often does this actor make a determined attempt at you: {name}?"),
            why(interview, &what, (influence.low, influence.high)),
        );
        question.hangs = Some(swing(influence));
        question.answers = vec![Answer::Intent(format!(
            "actors:\n  - {{actor: {actor}, attempts: {{low: {low:.2}, high: {high:.2}}}, reason: what this is known from}}\n"
        ))];
        Some(question)
    });
    asked.collect()
}

/// What things are worth whose loss is assumed, one question each.
fn losses(interview: &Interview<'_>, risk: &RiskSummary) -> Vec<OpenQuestion> {
    let mut by_asset: BTreeMap<&str, Vec<&Influence>> = BTreeMap::new();
    for influence in &risk.sensitivity {
        if let Input::Loss { asset, .. } = &influence.input {
            by_asset.entry(asset).or_default().push(influence);
        }
    }
    let assumed = risk.at_stake.iter().filter(|stake| stake.loss.is_assumed);
    let asked = assumed.map(|stake| {
        let influences = by_asset.get(&*stake.name).map(Vec::as_slice).unwrap_or_default();
        // What is lost of one thing moves together: whoever says what it is worth says all of it.
        let moves: u64 = influences.iter().map(|it| swing(it).cents()).sum();
        let mut question = interview.question(
            QuestionKind::Worth,
            format!("What does it cost you to lose this: {}?", stake.name),
            "Its loss is assumed from what it seems to be; every figure about it rests on that.".to_owned(),
        );
        question.hangs = Some(Amount::from_cents(moves));
        question.concerns = stake.elements.len();
        question.elements = few(&stake.elements);
        question.answers = vec![Answer::Intent(asset_lines(&stake.name, &stake.elements, &stake.loss))];
        question
    });
    asked.collect()
}

/// The same, where no risk was computed: declared assets without a loss; or that nothing is declared at all.
fn worth(interview: &Interview<'_>) -> Vec<OpenQuestion> {
    let assets = &interview.system.assets;
    if assets.is_empty() && !interview.system.paths.is_empty() {
        let mut question = interview.question(
            QuestionKind::Worth,
            "What here is worth protecting, and what does it cost you to lose it?".to_owned(),
            "Nothing is declared, so that what matters is judged by what the system itself shows.".to_owned(),
        );
        question.answers = vec![Answer::Command(format!(
            "palisade init {}",
            interview.system.system.root
        ))];
        return vec![question];
    }
    let assumed = assets.iter().filter(|asset| asset.loss.is_assumed);
    let asked = assumed.map(|asset| {
        let mut question = interview.question(
            QuestionKind::Worth,
            format!("What does it cost you to lose this: {}?", asset.name),
            "Its loss is assumed from its classification.".to_owned(),
        );
        question.concerns = asset.elements.len();
        question.elements = few(&asset.elements);
        question.evidence = vec![asset.evidence.clone()];
        question.answers = vec![Answer::Intent(asset_lines(&asset.name, &asset.elements, &asset.loss))];
        question
    });
    asked.collect()
}

/// Lines that declare an asset, with what is assumed now as the figures to replace.
fn asset_lines(name: &str, elements: &[ElementId], loss: &AssetLosses) -> String {
    let elements: Vec<String> = elements.iter().take(3).map(|id| quoted(id.as_str())).collect();
    let parts = [
        ("confidentiality", loss.confidentiality),
        ("integrity", loss.integrity),
        ("availability", loss.availability),
    ];
    let parts = parts.iter().filter_map(|(what, loss)| {
        let loss = (*loss)?;
        Some(format!("{what}: {{likely: {}, worst: {}}}", loss.likely, loss.worst))
    });
    let parts: Vec<String> = parts.collect();
    format!(
        "assets:\n  - name: {}\n    elements: [{}]\n    loss: {{{}}}\n",
        quoted(name),
        elements.join(", "),
        parts.join(", ")
    )
}

/// Actors for whom nothing is computed, as nothing that was read is a place where they begin.
fn entries(interview: &Interview<'_>) -> Vec<OpenQuestion> {
    let verdict = interview.system.verdict.iter();
    let asked = verdict.flat_map(|verdict| &verdict.not_evaluated).map(|(actor, reason)| {
        let known = interview.catalogue.actors.get(actor);
        let name = known.map_or(&**actor, |it| &*it.name);
        let mut question = interview.question(
            QuestionKind::Entry,
            format!("Where does this actor begin here, if anywhere: {name}?"),
            format!("Nothing is computed for them: {reason}."),
        );
        question.answers = vec![
            Answer::File("what shows where they begin: bindings of people and groups, routes from outside, the images that are run".to_owned()),
            Answer::Intent(format!(
                "actors:\n  - {{actor: {actor}, attempts: {{low: 0, high: 0}}, reason: why they never come}}\n"
            )),
        ];
        question
    });
    asked.collect()
}

/// Whether something stands against the steps that move the result most.
fn steps(interview: &Interview<'_>, risk: &RiskSummary) -> Vec<OpenQuestion> {
    let asked = risk.sensitivity.iter().filter_map(|influence| {
        let Input::Step { step } = &influence.input else {
            return None;
        };
        let known = interview.catalogue.steps.get(step)?;
        let mut question = interview.question(
            QuestionKind::Barrier,
            format!(
                "Does anything that no artefact shows stand against this step: {}?",
                known.title
            ),
            why(
                interview,
                "A step one degree harder or easier is the range",
                (influence.low, influence.high),
            ),
        );
        let paths = interview.system.paths.iter();
        let on_paths = paths.flat_map(|path| &path.steps).filter(|it| it.step == *step);
        let at: BTreeSet<&ElementId> = on_paths.map(|it| &it.to).collect();
        question.hangs = Some(swing(influence));
        question.concerns = at.len().max(1);
        question.elements = few(at);
        question.answers = unseen_against(interview, step)
            .map(|control| Answer::Intent(control_lines(control)))
            .collect();
        if question.answers.is_empty() {
            question
                .answers
                .push(Answer::Command(format!("palisade explain {step}")));
        }
        Some(question)
    });
    asked.take(FEW_STEPS).collect()
}

/// The first two controls against a step that are not seen in place.
fn unseen_against<'a>(interview: &Interview<'a>, step: &'a str) -> impl Iterator<Item = &'a Control> {
    let in_place = interview.system.controls.iter();
    let in_place: BTreeSet<&str> = in_place
        .filter(|seen| seen.state == ControlState::InPlace)
        .map(|seen| &*seen.id)
        .collect();
    let controls = interview.catalogue.controls.values();
    controls
        .filter(move |control| control.steps.iter().any(|it| it == step) && !in_place.contains(&*control.id))
        .take(2)
}

/// Lines that declare a control, with its title as a comment.
pub(super) fn control_lines(control: &Control) -> String {
    format!(
        "controls:\n  - {{control: {}, evidence: what this is known from}} # {}\n",
        control.id, control.title
    )
}
