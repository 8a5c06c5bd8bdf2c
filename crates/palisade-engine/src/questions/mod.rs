//! What should be asked next: the unknowns on which most of the risk hangs, and how each is answered.
//!
//! An input of the risk model hangs by as much as the mean loss of a year moves over its range. Anything else hangs by the
//! risks whose attack paths go through it: a bound, as the answer may change all or nothing. Questions about which nothing
//! can be said in money follow in the order of [`QuestionKind`], and there those that concern more first.

mod ask;
mod inputs;
#[cfg(test)]
mod tests;
mod unknowns;

use std::cmp::Reverse;
use std::sync::Arc;

use palisade_inventory::{Amount, Intent};
use palisade_knowledge::Catalogue;
use schemars::JsonSchema;
use serde::Serialize;

use self::ask::Interview;
use crate::assessment::Assessment;
use crate::system::{ElementId, Evidence};

/// Something that nobody has told, and that would change what is known.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct OpenQuestion {
    /// The system that it is about, by its root; none: about everything that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<Arc<str>>,
    /// What sort of question it is.
    pub kind: QuestionKind,
    /// The question, in plain words.
    pub asks: String,
    /// What depends on the answer, a sentence.
    pub why: String,
    /// How much of the mean loss of a year hangs on it, where risk is computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hangs: Option<Amount>,
    /// How many things it is about: elements, documents, threats.
    pub concerns: usize,
    /// How it is answered, any of these.
    pub answers: Vec<Answer>,
    /// The elements that it is about, by id; the first few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<ElementId>,
    /// Where the answer would be expected; the first few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// What sort of question it is, in the order in which they are asked where nothing is known in money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionKind {
    /// Part of the input was not read: whatever it holds is in no answer.
    NotRead,
    /// What something is worth, as nobody has said.
    Worth,
    /// How often somebody tries, as nobody has said.
    Attempts,
    /// Where an actor begins: nothing is computed for them.
    Entry,
    /// Whether something stands against an attack step that no artefact shows.
    Barrier,
    /// Who answers at an address that is called.
    Callee,
    /// What the artefacts do not tell about the diagram, or tell wrongly.
    Diagram,
    /// Whether a control is in place that nothing which was read could show.
    Control,
    /// What a condition asks about and could not be evaluated.
    Condition,
    /// Whether anything stands against threats of which nothing is known.
    Threat,
}

/// A way to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "by", content = "text")]
pub enum Answer {
    /// Files to add to what is read, or to correct.
    File(String),
    /// Lines of `palisade.yaml`.
    Intent(String),
    /// A command to run.
    Command(String),
}

/// All open questions, that on which most hangs first.
pub fn questions(assessment: &Assessment, catalogue: &Catalogue, intent: &Intent) -> Vec<OpenQuestion> {
    let mut questions = unknowns::not_read(&assessment.coverage);
    for system in &assessment.systems {
        let interview = Interview::new(system, catalogue, intent);
        let conditions = assessment
            .not_evaluated
            .iter()
            .filter(|it| interview.holds(&it.element));
        questions.extend(inputs::ask(&interview));
        questions.extend(unknowns::ask(&interview, &conditions.collect::<Vec<_>>()));
    }
    questions.sort_by(|a, b| order(a).cmp(&order(b)));
    questions
}

fn order(question: &OpenQuestion) -> impl Ord + '_ {
    let hangs = question.hangs.unwrap_or_default();
    (
        Reverse(hangs),
        question.kind,
        Reverse(question.concerns),
        &question.system,
        &question.asks,
    )
}
