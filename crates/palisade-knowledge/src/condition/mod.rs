//! Conditions: CEL expressions over documents. The only user of CEL.
//!
//! The language is that of admission policies: [`library`] has the functions, each with the version of Kubernetes that
//! brought it, [`check`] refuses what an API server of some version would refuse, and [`evaluate`] gives the value that it
//! would give. A condition is evaluated over the [`prune`]d document: exactly what the expression can read ([`reads`]), so
//! that what it read, as bytes, is a key under which its verdict may be remembered.
//!
//! Parsing is the `cel` crate's. The evaluator is ours because the crate's knows no types before evaluation, no macros
//! with two variables and no bound on its work.

mod check;
mod claim;
mod evaluate;
mod failure;
mod fields;
mod guard;
mod library;
mod macros;
mod operators;
mod prune;
mod reads;
mod types;
mod value;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use cel::Program;
use palisade_inventory::{FieldPath, Node, Position};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use self::check::Checked;
pub use self::claim::{Answer, Claim, ModelQuestion, Oracle, QUESTIONS, Word};
use self::evaluate::Evaluation;
use self::library::Library;
use self::prune::prune;
use self::reads::Reads;
use self::value::Value;
use crate::kubernetes_version::KubernetesVersion;

/// A variable's name and value.
pub type Binding<'a> = (&'static str, &'a Node);

/// The version of Kubernetes whose language conditions of the catalogue are written in: the first that has admission
/// policies for everybody.
const OLDEST: KubernetesVersion = KubernetesVersion::new(30);

/// A CEL expression.
///
/// Reading a catalogue does not compile its conditions; the first use does, and [`Condition::check`] at once.
#[derive(Clone, Debug)]
pub struct Condition {
    source: Arc<str>,
    language: Language,
    compiled: Arc<OnceLock<Result<Compiled, ConditionError>>>,
}

/// What an expression may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Language {
    /// It may use what this version of Kubernetes knows.
    version: KubernetesVersion,
    /// It is known to be a boolean before it is evaluated, as the API server asks of an expression that stands alone. A
    /// condition of the catalogue is enforced as `!(…)`, which is one in any case.
    is_boolean: bool,
}

#[derive(Debug)]
struct Compiled {
    program: Program,
    /// What the expression can read of each of its free variables.
    reads: BTreeMap<Box<str>, Reads>,
    /// Where each free variable is first written.
    variables: BTreeMap<Box<str>, Position>,
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

/// A condition that can't be used. Positions are those of the expression's text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConditionError {
    /// It is longer than any condition needs to be.
    #[error("the condition is {length} bytes long, more than {limit}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// What is allowed.
        limit: usize,
    },
    /// It nests deeper than is safe to evaluate.
    #[error("the condition nests more than {limit} deep at {position}")]
    TooDeep {
        /// What is allowed.
        limit: usize,
        /// Where it becomes too deep.
        position: Position,
    },
    /// It does not parse.
    #[error("the condition does not parse at {position}: {message}")]
    Syntax {
        /// What the parser says.
        message: String,
        /// Where.
        position: Position,
    },
    /// It calls something that the API server or this evaluator does not have.
    #[error("`{name}` at {position} is not a function that conditions may call")]
    UnknownFunction {
        /// The function's name.
        name: String,
        /// Where it is called.
        position: Position,
    },
    /// It calls something that only newer versions of Kubernetes have.
    #[error("`{name}` at {position} is there since Kubernetes 1.{since}, not in 1.{minor}")]
    TooNew {
        /// The function's name.
        name: String,
        /// The minor version that brought it.
        since: u16,
        /// The minor version that the expression is for.
        minor: u16,
        /// Where it is called.
        position: Position,
    },
    /// Its types do not fit.
    #[error("the types do not fit at {position}: {message}")]
    Type {
        /// What does not fit.
        message: String,
        /// Where.
        position: Position,
    },
    /// It uses a variable that its view does not bind.
    #[error("`{name}` at {position} is not a variable of this view; it binds {known}")]
    UnknownVariable {
        /// The variable's name.
        name: String,
        /// Where it is first used.
        position: Position,
        /// The variables that are bound.
        known: String,
    },
    /// It uses a part of CEL that conditions do without.
    #[error("{what} at {position} can't be used in conditions: {help}")]
    Unsupported {
        /// What it uses.
        what: &'static str,
        /// What to write instead.
        help: &'static str,
        /// Where.
        position: Position,
    },
    /// A regular expression that does not compile.
    #[error("the pattern at {position} is not a regular expression: {message}")]
    Pattern {
        /// What is wrong with it.
        message: String,
        /// Where it is written.
        position: Position,
    },
}

impl Condition {
    /// Compiles an expression as the catalogue has them: in the language of Kubernetes 1.30.
    pub fn compile(source: &str) -> Result<Self, ConditionError> {
        Self::new(source, Language::OF_CATALOGUE).compile_now()
    }

    /// Compiles an expression as an API server of this version would: it must be a boolean by its types alone.
    pub fn compile_for(source: &str, version: KubernetesVersion) -> Result<Self, ConditionError> {
        let language = Language {
            version,
            is_boolean: true,
        };
        Self::new(source, language).compile_now()
    }

    /// An expression that is compiled when it is first used.
    fn new(source: &str, language: Language) -> Self {
        Self {
            source: source.into(),
            language,
            compiled: Arc::default(),
        }
    }

    fn compile_now(self) -> Result<Self, ConditionError> {
        self.compiled().map_err(Clone::clone)?;
        Ok(self)
    }

    /// Whether it compiles and uses no other variables than these.
    pub fn check(&self, variables: &[&str]) -> Result<(), ConditionError> {
        let compiled = self.compiled().map_err(Clone::clone)?;
        for (name, position) in &compiled.variables {
            if !variables.contains(&&**name) {
                return Err(ConditionError::UnknownVariable {
                    name: name.to_string(),
                    position: *position,
                    known: variables.join(", "),
                });
            }
        }
        Ok(())
    }

    /// The expression as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Evaluates it over these variables.
    ///
    /// The verdict depends on nothing but [`Condition::projection`] of the same variables.
    pub fn evaluate(&self, bindings: &[Binding<'_>]) -> Verdict {
        self.evaluate_within(bindings, evaluate::MOST_STEPS)
    }

    fn evaluate_within(&self, bindings: &[Binding<'_>], steps: u64) -> Verdict {
        let compiled = match self.compiled() {
            Ok(compiled) => compiled,
            Err(error) => return Verdict::NotEvaluated(error.to_string()),
        };
        let variables = compiled.reads.iter().filter_map(|(name, reads)| {
            let node = bound(bindings, name)?;
            Some((name.clone(), Value::of(prune(node, reads))))
        });
        compiled.verdict(Evaluation::new(library::get(), variables.collect(), steps))
    }

    /// What the expression reads of these variables, as bytes: equal bytes mean an equal verdict.
    pub fn projection(&self, bindings: &[Binding<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let Ok(compiled) = self.compiled() else {
            return bytes;
        };
        for (name, reads) in &compiled.reads {
            match bound(bindings, name) {
                Some(node) => {
                    bytes.push(1);
                    prune(node, reads).write(&mut bytes);
                }
                None => bytes.push(0),
            }
        }
        bytes
    }

    /// The fields of a variable that it reads and that are there, in the order of the document: where to point when it holds.
    pub fn fields(&self, variable: &str, node: &Node) -> Vec<FieldPath> {
        let reads = self.compiled().ok().and_then(|compiled| compiled.reads.get(variable));
        reads.map(|reads| fields::of(node, reads)).unwrap_or_default()
    }

    fn compiled(&self) -> Result<&Compiled, &ConditionError> {
        let compile = || Compiled::new(&self.source, self.language);
        self.compiled.get_or_init(compile).as_ref()
    }
}

impl Language {
    const OF_CATALOGUE: Self = Self {
        version: OLDEST,
        is_boolean: false,
    };
}

impl Compiled {
    fn new(source: &str, language: Language) -> Result<Self, ConditionError> {
        Self::with(source, language, library::get())
    }

    fn with(source: &str, language: Language, library: &'static Library) -> Result<Self, ConditionError> {
        guard::check(source)?;
        let program = macros::environment()
            .compile(source)
            .map_err(|errors| syntax_error(&errors))?;
        let Checked { result, variables } = check::check(&program, source, language.version.minor(), library)?;
        if result != types::BOOL && (language.is_boolean || !result.is_dyn()) {
            return Err(ConditionError::Type {
                message: format!("it must be a bool, and is {result}"),
                position: Position::default(),
            });
        }
        let reads = reads::of(program.expression());
        Ok(Self {
            program,
            reads,
            variables,
        })
    }

    fn verdict(&self, mut evaluation: Evaluation<'_, '_>) -> Verdict {
        match evaluation.value(self.program.expression()) {
            Ok(Value::Bool(true)) => Verdict::Match,
            Ok(Value::Bool(false)) => Verdict::NoMatch,
            Ok(value) => Verdict::NotEvaluated(format!("it is of type {}, not a boolean", value.type_name())),
            Err(failure) => Verdict::NotEvaluated(failure.to_string()),
        }
    }
}

fn bound<'a>(bindings: &[Binding<'a>], name: &str) -> Option<&'a Node> {
    bindings
        .iter()
        .find(|(variable, _)| *variable == name)
        .map(|(_, node)| *node)
}

fn syntax_error(errors: &cel::ParseErrors) -> ConditionError {
    let first = errors.errors.first();
    let zero_based = |one_based: isize| u32::try_from(one_based - 1).unwrap_or(0);
    ConditionError::Syntax {
        message: first.map_or_else(String::new, |error| brief(&error.msg).to_owned()),
        position: first.map_or_else(Position::default, |error| {
            Position::new(zero_based(error.pos.0), zero_based(error.pos.1))
        }),
    }
}

/// The parser's message without the list of all tokens it would have liked better.
fn brief(message: &str) -> &str {
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    message.split(" expecting ").next().unwrap_or(message)
}

impl<'de> Deserialize<'de> for Condition {
    /// Takes the text as it is; [`Condition::check`] says whether it can be used.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&String::deserialize(deserializer)?, Language::OF_CATALOGUE))
    }
}

impl Serialize for Condition {
    /// As it is written.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
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
