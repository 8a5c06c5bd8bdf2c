//! The functions that expressions may call, each with its signature and the version of Kubernetes that brought it.

mod conversions;
mod formats;
mod lists;
pub(super) mod net;
mod optionals;
pub(super) mod quantity;
pub(super) mod regex;
pub(super) mod semver;
mod sets;
mod sizes;
mod strings;
pub(super) mod time;
pub(super) mod url;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use cel::common::ast::{CallExpr, Expr, IdedExpr};

use self::Style::{Global, Member};
use super::claim::{ModelQuestion, QUESTIONS};
use super::evaluate::Outcome;
use super::failure::Failure;
use super::operators::no_overload;
use super::types::Type;
use super::value::Value;

/// What a function does with its arguments, the receiver first.
pub(super) type Implementation = for<'v> fn(&[Value<'v>]) -> Outcome<'v>;

/// A row of a library's table: the minor version of Kubernetes since which the function is there, how it is called, its
/// name, the types of its arguments (of a [`Style::Member`] the receiver first), the type of what it gives, what it does.
pub(super) type Row = (u16, Style, &'static str, &'static str, &'static str, Implementation);

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Style {
    /// `f(x)`.
    Global,
    /// `x.f()`.
    Member,
}

/// One form of a function.
pub(super) struct Overload {
    /// The minor version of Kubernetes since which it is there.
    pub(super) since: u16,
    /// The types of its arguments, the receiver first.
    pub(super) parameters: Vec<Type>,
    /// The type of what it gives.
    pub(super) result: Type,
    implementation: Implementation,
}

/// All functions by name.
#[derive(Default)]
pub(super) struct Library {
    globals: BTreeMap<&'static str, Vec<Overload>>,
    members: BTreeMap<&'static str, Vec<Overload>>,
}

/// The library; there is one.
pub(super) fn get() -> &'static Library {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| with(&[]));
    &LIBRARY
}

/// The library with questions about a model, which an oracle answers.
pub(super) fn with(questions: &[ModelQuestion]) -> Library {
    let mut library = Library::default();
    for row in TABLES.into_iter().flatten() {
        library.add(row);
    }
    for operator in COMPARISONS {
        for (left, right) in COMPARED {
            let since = if left == right { 0 } else { 28 };
            library.add(&(since, Global, operator, &format!("{left} {right}"), "bool", unreached));
        }
    }
    for question in questions {
        library.add(&(0, Global, question.name, question.parameters, question.gives, unreached));
    }
    library
}

/// Whether this is the name of a question about a model.
pub(super) fn is_question(name: &str) -> bool {
    QUESTIONS.iter().any(|question| question.name == name)
}

const TABLES: [&[Row]; 14] = [
    OPERATORS,
    conversions::TABLE,
    formats::TABLE,
    lists::TABLE,
    net::TABLE,
    optionals::TABLE,
    quantity::TABLE,
    regex::TABLE,
    semver::TABLE,
    sets::TABLE,
    sizes::TABLE,
    strings::TABLE,
    time::TABLE,
    url::TABLE,
];

/// Operators, for their types; the evaluator knows what they do.
const OPERATORS: &[Row] = &[
    (0, Global, "_?_:_", "bool A A", "A", unreached),
    (0, Global, "_&&_", "bool bool", "bool", unreached),
    (0, Global, "_||_", "bool bool", "bool", unreached),
    (0, Global, "!_", "bool", "bool", unreached),
    (0, Global, "_==_", "A A", "bool", unreached),
    (0, Global, "_!=_", "A A", "bool", unreached),
    (0, Global, "@in", "A list(A)", "bool", unreached),
    (0, Global, "@in", "A map(A,B)", "bool", unreached),
    (0, Global, "_[_]", "list(A) int", "A", unreached),
    (0, Global, "_[_]", "map(A,B) A", "B", unreached),
    (28, Global, "_[_]", "optional(list(A)) int", "optional(A)", unreached),
    (28, Global, "_[_]", "optional(map(A,B)) A", "optional(B)", unreached),
    (28, Global, "_[?_]", "list(A) int", "optional(A)", unreached),
    (28, Global, "_[?_]", "map(A,B) A", "optional(B)", unreached),
    (28, Global, "_[?_]", "optional(list(A)) int", "optional(A)", unreached),
    (28, Global, "_[?_]", "optional(map(A,B)) A", "optional(B)", unreached),
    (0, Global, "-_", "int", "int", unreached),
    (0, Global, "-_", "double", "double", unreached),
    (0, Global, "-_", "duration", "duration", unreached),
    (0, Global, "_+_", "int int", "int", unreached),
    (0, Global, "_+_", "uint uint", "uint", unreached),
    (0, Global, "_+_", "double double", "double", unreached),
    (0, Global, "_+_", "string string", "string", unreached),
    (0, Global, "_+_", "bytes bytes", "bytes", unreached),
    (0, Global, "_+_", "list(A) list(A)", "list(A)", unreached),
    (0, Global, "_+_", "duration duration", "duration", unreached),
    (0, Global, "_+_", "timestamp duration", "timestamp", unreached),
    (0, Global, "_+_", "duration timestamp", "timestamp", unreached),
    (0, Global, "_-_", "int int", "int", unreached),
    (0, Global, "_-_", "uint uint", "uint", unreached),
    (0, Global, "_-_", "double double", "double", unreached),
    (0, Global, "_-_", "duration duration", "duration", unreached),
    (0, Global, "_-_", "timestamp duration", "timestamp", unreached),
    (0, Global, "_-_", "timestamp timestamp", "duration", unreached),
    (0, Global, "_*_", "int int", "int", unreached),
    (0, Global, "_*_", "uint uint", "uint", unreached),
    (0, Global, "_*_", "double double", "double", unreached),
    (0, Global, "_/_", "int int", "int", unreached),
    (0, Global, "_/_", "uint uint", "uint", unreached),
    (0, Global, "_/_", "double double", "double", unreached),
    (0, Global, "_%_", "int int", "int", unreached),
    (0, Global, "_%_", "uint uint", "uint", unreached),
];

/// The comparisons.
const COMPARISONS: [&str; 4] = ["_<_", "_<=_", "_>_", "_>=_"];

/// What can be compared: values of one type, and numbers of two.
const COMPARED: [(&str, &str); 14] = [
    ("bool", "bool"),
    ("int", "int"),
    ("uint", "uint"),
    ("double", "double"),
    ("string", "string"),
    ("bytes", "bytes"),
    ("duration", "duration"),
    ("timestamp", "timestamp"),
    ("int", "uint"),
    ("int", "double"),
    ("uint", "int"),
    ("uint", "double"),
    ("double", "int"),
    ("double", "uint"),
];

fn unreached<'v>(_: &[Value<'v>]) -> Outcome<'v> {
    Err(Failure::of("an operator was called like a function"))
}

impl Library {
    fn add(
        &mut self,
        (since, style, name, parameters, result, implementation): &(
            u16,
            Style,
            &'static str,
            &str,
            &str,
            Implementation,
        ),
    ) {
        let functions = match style {
            Global => &mut self.globals,
            Member => &mut self.members,
        };
        functions.entry(name).or_default().push(Overload {
            since: *since,
            parameters: parameters.split_whitespace().map(Type::parse).collect(),
            result: Type::parse(result),
            implementation: *implementation,
        });
    }

    /// The function that a call is for, and what it is called on. `sets.contains(a, b)` parses as a call of `contains` on a
    /// variable.
    pub(super) fn resolve<'e>(&self, call: &'e CallExpr) -> (Cow<'e, str>, Option<&'e IdedExpr>) {
        let target = call.target.as_deref();
        if let Some(Expr::Ident(namespace)) = target.map(|target| &target.expr) {
            let name = format!("{namespace}.{}", call.func_name);
            if self.globals.contains_key(&*name) {
                return (Cow::Owned(name), None);
            }
        }
        (Cow::Borrowed(&call.func_name), target)
    }

    /// The names that expressions may call.
    #[cfg(test)]
    pub(super) fn names(&self) -> std::collections::BTreeSet<&'static str> {
        let names = self.globals.keys().chain(self.members.keys()).copied();
        names.filter(|name| !name.starts_with(['_', '@', '!', '-'])).collect()
    }

    /// The forms of a function.
    pub(super) fn overloads(&self, name: &str, is_member: bool) -> &[Overload] {
        let functions = if is_member { &self.members } else { &self.globals };
        functions.get(name).map_or(&[], Vec::as_slice)
    }

    /// The form of a function that takes these values.
    pub(super) fn implementation(
        &self,
        name: &str,
        is_member: bool,
        args: &[Value<'_>],
    ) -> Result<Implementation, Failure> {
        let takes = |overload: &&Overload| {
            overload.parameters.len() == args.len()
                && overload
                    .parameters
                    .iter()
                    .zip(args)
                    .all(|(kind, value)| kind.takes(value))
        };
        let found = self.overloads(name, is_member).iter().find(takes);
        found
            .map(|overload| overload.implementation)
            .ok_or_else(|| no_overload(name, &args.iter().collect::<Vec<_>>()))
    }
}

impl Type {
    /// Whether a value is of this type, as far as is seen without looking at its items.
    fn takes(&self, value: &Value<'_>) -> bool {
        match self {
            Self::Dyn | Self::Free | Self::Param(_) => true,
            Self::Null => matches!(value, Value::Null),
            Self::Named(name) => value.type_name() == *name,
            Self::List(_) => matches!(value, Value::List(_)),
            Self::Map(..) => matches!(value, Value::Map(_)),
            Self::Optional(_) => matches!(value, Value::Optional(_)),
        }
    }
}

/// The failure for arguments that the table does not let through.
fn misused(name: &str, args: &[Value<'_>]) -> Failure {
    no_overload(name, &args.iter().collect::<Vec<_>>())
}
