//! Whether entries say of their examples what they should: as written, and as the API server defaults them.

use std::sync::Arc;

use palisade_inventory::{Entry, Map, Node, Position, Resource, Value};
use serde_json::Value as Json;

use crate::condition::Verdict;
use crate::defaults::defaulted;
use crate::entry::{Example, Examples, Weakness};

/// Reads the manifests of an example, as any file is read. The error says what was not understood.
pub type ReadExample<'a> = &'a dyn Fn(&str) -> Result<Vec<Resource>, String>;

/// An example that does not show what its entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disproof {
    /// The entry's id.
    pub entry: String,
    /// The example's name.
    pub example: String,
    /// Where the example stands in the entry's file: `examples.must_match[0]`.
    pub at: String,
    /// What is wrong.
    pub message: String,
}

/// Runs the examples of an entry, each as it is written and, where it holds Kubernetes objects, as the API server would
/// show it. `matches` says whether the entry matches such objects, or why it can't tell.
pub fn disproofs(
    entry: &str,
    examples: &Examples,
    read: ReadExample<'_>,
    matches: &dyn Fn(&[Resource]) -> Result<bool, String>,
) -> Vec<Disproof> {
    each(entry, examples, &|example, expected| {
        let mut resources = read(&example.manifest)?;
        judge(matches(&resources)?, expected, "as it is written")?;
        for resource in &mut resources {
            resource.content = Arc::new(defaulted(&resource.id, &resource.content));
        }
        judge(matches(&resources)?, expected, "as the API server defaults it")
    })
}

impl Weakness {
    /// Runs its examples.
    pub fn disproofs(&self, read: ReadExample<'_>) -> Vec<Disproof> {
        if self.applies_to.is_built() {
            let variable = self.applies_to.variables().first().copied().unwrap_or_default();
            return each(&self.id, &self.examples, &|example, expected| {
                let value: Json = serde_saphyr::from_str(&example.manifest)
                    .map_err(|error| format!("it does not parse: {}", error.without_snippet()))?;
                let verdict = self.when.evaluate(&[(variable, &node(&value))]);
                judge(matched(&[verdict])?, expected, "as it is written")
            });
        }
        disproofs(&self.id, &self.examples, read, &|resources| {
            let subjects = resources
                .iter()
                .flat_map(|resource| self.applies_to.subjects(&resource.id, &resource.content));
            let verdicts: Vec<_> = subjects.map(|subject| self.when.evaluate(&subject.bindings)).collect();
            matched(&verdicts)
        })
    }
}

/// What is wrong with each example of an entry.
fn each(entry: &str, examples: &Examples, run: &dyn Fn(&Example, bool) -> Result<(), String>) -> Vec<Disproof> {
    let lists = [
        (true, "must_match", &examples.must_match),
        (false, "must_not_match", &examples.must_not_match),
    ];
    let mut wrong = Vec::new();
    for (expected, list, examples) in lists {
        for (index, example) in examples.iter().enumerate() {
            if let Err(message) = run(example, expected) {
                wrong.push(Disproof {
                    entry: entry.to_owned(),
                    example: example.name.clone(),
                    at: format!("examples.{list}[{index}]"),
                    message,
                });
            }
        }
    }
    wrong
}

fn judge(matches: bool, expected: bool, form: &str) -> Result<(), String> {
    match (matches, expected) {
        (true, true) | (false, false) => Ok(()),
        (false, true) => Err(format!("it must match, and does not {form}")),
        (true, false) => Err(format!("it must not match, and does {form}")),
    }
}

/// Whether any of these verdicts is a match. None at all, or one that is not known, proves nothing.
fn matched(verdicts: &[Verdict]) -> Result<bool, String> {
    let unknown = verdicts.iter().find_map(|verdict| match verdict {
        Verdict::NotEvaluated(reason) => Some(reason),
        Verdict::Match | Verdict::NoMatch => None,
    });
    match unknown {
        Some(reason) => Err(format!("the condition has no value: {reason}")),
        None if verdicts.is_empty() => Err("it holds nothing of the kind that the condition looks at".to_owned()),
        None => Ok(verdicts.contains(&Verdict::Match)),
    }
}

/// A node from JSON; it stands nowhere.
pub(crate) fn node(json: &Json) -> Node {
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => number
            .as_i64()
            .map_or_else(|| Value::Float(number.as_f64().unwrap_or_default()), Value::Int),
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Array(items) => Value::List(items.iter().map(node).collect()),
        Json::Object(entries) => Value::Map(Map::new(
            entries
                .iter()
                .map(|(key, value)| Entry {
                    key: key.as_str().into(),
                    key_position: Position::default(),
                    value: node(value),
                })
                .collect(),
        )),
    };
    Node::new(value, Position::default())
}
