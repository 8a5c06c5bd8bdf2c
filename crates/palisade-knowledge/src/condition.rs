//! Conditions: CEL expressions over documents. The only user of CEL.

use std::borrow::Cow;

use palisade_inventory::Node;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

/// A variable's name and value.
pub type Binding<'a> = (&'static str, &'a Node);

/// A compiled CEL expression.
#[derive(Clone, Debug)]
pub struct Condition {
    source: String,
}

/// What a condition says of a thing. An error is *not evaluated*, never false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// True.
    Match,
    /// False.
    NoMatch,
    /// It could not be evaluated, and why.
    NotEvaluated(String),
}

/// A condition that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConditionError {
    /// It does not parse.
    #[error("the condition does not parse: {0}")]
    Syntax(String),
}

impl Condition {
    /// Compiles an expression.
    pub fn compile(source: &str) -> Result<Self, ConditionError> {
        Ok(Self {
            source: source.to_owned(),
        })
    }

    /// The expression as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Evaluates it over these variables.
    pub fn evaluate(&self, _bindings: &[Binding<'_>]) -> Verdict {
        Verdict::NotEvaluated("not built yet".into())
    }

    /// What the expression reads of these variables, as bytes: equal bytes mean an equal verdict.
    pub fn projection(&self, _bindings: &[Binding<'_>]) -> Vec<u8> {
        Vec::new()
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = String::deserialize(deserializer)?;
        Self::compile(&source).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "A CEL expression." })
    }
}
