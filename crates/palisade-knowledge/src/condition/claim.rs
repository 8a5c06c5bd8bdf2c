//! Claims: expressions over functions of a whole model, by which people write down what they take for granted.
//!
//! `!reachable("External/internet", "StatefulSet/shop/db")` is CEL as conditions are, with all of its library; instead of a
//! document there are [`QUESTIONS`], which an [`Oracle`] answers.

use std::sync::LazyLock;

use super::library::{self, Library};
use super::{Compiled, ConditionError, Language, Verdict};
use crate::kubernetes_version::KubernetesVersion;

/// A question that a claim may ask of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelQuestion {
    /// How it is called.
    pub name: &'static str,
    /// What it is asked with: types, with a blank between them.
    pub parameters: &'static str,
    /// What it gives: a type.
    pub gives: &'static str,
    /// What is asked, with the parameters as people would call them.
    pub says: &'static str,
}

/// Every question that a claim may ask.
pub const QUESTIONS: [ModelQuestion; 12] = [
    question(
        "reachable",
        "string string",
        "bool",
        "`reachable(from, to)`: network policies let some connection from one to the other through, and from outside there is a way to it: a Service, a route, a port of the node",
    ),
    question(
        "reachable",
        "string string int",
        "bool",
        "`reachable(from, to, port)`: the same, for one TCP port of the target",
    ),
    question(
        "attackable",
        "string string",
        "bool",
        "`attackable(from, to)`: somebody who holds, or stands at, the first can come by the second over attack steps; to stop it, or to use its computing power, is not to come by it",
    ),
    question(
        "can",
        "string string string string",
        "bool",
        "`can(who, verb, resource, namespace)`: RBAC allows it in that namespace; `who` is a service account, a user, a group, or a workload for the account that it runs as",
    ),
    question(
        "can",
        "string string string",
        "bool",
        "`can(who, verb, resource)`: the same, in the whole cluster",
    ),
    question(
        "exposed",
        "string",
        "bool",
        "`exposed(element)`: something outside the cluster calls it, or the Service is called from there",
    ),
    question(
        "flows",
        "string string",
        "bool",
        "`flows(from, to)`: the diagram has a flow from one to the other",
    ),
    question(
        "encrypted",
        "string string",
        "bool",
        "`encrypted(from, to)`: every flow from one to the other is encrypted; not evaluated where nothing tells",
    ),
    question(
        "isolated",
        "string",
        "bool",
        "`isolated(element)`: network policies isolate all of its pods for ingress",
    ),
    question(
        "found",
        "string string",
        "bool",
        "`found(rule, elements)`: a weakness, by id, is found in elements of this name, `*` standing for any text, and nobody bears it",
    ),
    question(
        "in_place",
        "string",
        "bool",
        "`in_place(control)`: the control, by id, is seen to be in place for everything that it could protect",
    ),
    question(
        "elements",
        "string",
        "list(string)",
        "`elements(pattern)`: ids of all elements of this name, `*` standing for any text",
    ),
];

const fn question(
    name: &'static str,
    parameters: &'static str,
    gives: &'static str,
    says: &'static str,
) -> ModelQuestion {
    ModelQuestion {
        name,
        parameters,
        gives,
        says,
    }
}

/// What a question may be asked with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}

/// What a question gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes or no.
    Is(bool),
    /// Ids.
    Ids(Vec<String>),
}

/// Somebody who answers questions about a model.
pub trait Oracle {
    /// The answer, or why there is none.
    fn answer(&self, question: &str, words: &[Word]) -> Result<Answer, String>;
}

/// What is claimed about a whole model: CEL over [`QUESTIONS`].
#[derive(Debug)]
pub struct Claim {
    compiled: Compiled,
}

impl Claim {
    /// Compiles it. It must be a boolean by its types.
    pub fn compile(source: &str) -> Result<Self, ConditionError> {
        let language = Language {
            version: KubernetesVersion::default(),
            is_boolean: true,
        };
        let compiled = Compiled::with(source, language, library())?;
        if let Some((name, position)) = compiled.variables.iter().next() {
            return Err(ConditionError::UnknownVariable {
                name: name.to_string(),
                position: *position,
                known: "none: elements are named by their id, between quotes".to_owned(),
            });
        }
        Ok(Self { compiled })
    }

    /// What the model says of it.
    pub fn evaluate(&self, oracle: &dyn Oracle) -> Verdict {
        let evaluation = super::evaluate::Evaluation::asking(library(), oracle, super::evaluate::MOST_STEPS);
        self.compiled.verdict(evaluation)
    }
}

/// The library of conditions with the questions.
fn library() -> &'static Library {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| library::with(&QUESTIONS));
    &LIBRARY
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a model with two elements, of which the first reaches the second.
    struct Two;

    impl Oracle for Two {
        fn answer(&self, question: &str, words: &[Word]) -> Result<Answer, String> {
            let words: Vec<&str> = words
                .iter()
                .map(|word| match word {
                    Word::Text(text) => text.as_str(),
                    Word::Number(_) => "number",
                })
                .collect();
            match (question, words.as_slice()) {
                ("elements", _) => Ok(Answer::Ids(vec!["A/x/a".to_owned(), "A/x/b".to_owned()])),
                ("reachable", [from, to, ..]) => Ok(Answer::Is(*from == "A/x/a" && *to == "A/x/b")),
                _ => Err("nothing here is called so".to_owned()),
            }
        }
    }

    fn verdict(source: &str) -> Verdict {
        Claim::compile(source).unwrap().evaluate(&Two)
    }

    #[test]
    fn questions_are_answered_by_the_oracle() {
        assert_eq!(verdict("reachable('A/x/a', 'A/x/b')"), Verdict::Match);
        assert_eq!(verdict("reachable('A/x/a', 'A/x/b', 443)"), Verdict::Match);
        assert_eq!(verdict("!reachable('A/x/a', 'A/x/b')"), Verdict::NoMatch);
        assert_eq!(
            verdict("elements('A/*').exists(e, reachable(e, 'A/x/b'))"),
            Verdict::Match
        );
        assert_eq!(
            verdict("elements('A/*').all(e, !reachable('A/x/a', e))"),
            Verdict::NoMatch
        );
        assert_eq!(verdict("elements('A/*').size() == 2"), Verdict::Match);
    }

    #[test]
    fn no_answer_is_not_evaluated() {
        assert_eq!(
            verdict("exposed('A/x/c')"),
            Verdict::NotEvaluated("nothing here is called so".to_owned())
        );
        assert_eq!(
            verdict("exposed('A/x/c') || reachable('A/x/a', 'A/x/b')"),
            Verdict::Match
        );
    }

    #[test]
    fn what_can_not_be_claimed_is_refused() {
        for (source, says) in [
            ("reachable('a')", "is not for"),
            ("reachable(1, 2)", "is not for"),
            ("reach('a', 'b')", "not a function"),
            ("elements('a')", "must be a bool"),
            ("pod.spec == 'x'", "`pod`"),
            ("reachable('a', ", "does not parse"),
        ] {
            let error = Claim::compile(source).unwrap_err().to_string();
            assert!(error.contains(says), "{source}: {error}");
        }
        assert!(
            crate::Condition::compile("reachable('a', 'b')").is_err(),
            "conditions know no model"
        );
    }
}
