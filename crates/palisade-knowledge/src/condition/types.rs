//! Types of expressions, and when one stands for another.

use std::fmt;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// Known only when evaluated: everything of a document is.
    Dyn,
    /// Whatever it has to be: the items of `[]`.
    Free,
    Null,
    /// One of [`NAMED`] without parameters, or a type of a library.
    Named(&'static str),
    List(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Optional(Box<Type>),
    /// A parameter of a function's signature.
    Param(char),
}

/// Types that an expression may name.
pub(super) const NAMED: [&str; 10] = [
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
    "type",
];

/// Types of libraries, and how signatures call them.
const OF_LIBRARIES: [(&str, &str); 7] = [
    ("duration", "google.protobuf.Duration"),
    ("timestamp", "google.protobuf.Timestamp"),
    ("Quantity", "kubernetes.Quantity"),
    ("URL", "kubernetes.URL"),
    ("Semver", "kubernetes.Semver"),
    ("IP", "net.IP"),
    ("CIDR", "net.CIDR"),
];

pub(super) const BOOL: Type = Type::Named("bool");
pub(super) const INT: Type = Type::Named("int");
pub(super) const TEXT: Type = Type::Named("string");

impl Type {
    /// Reads a type as signatures write it: `list(A)`, `map(string,dyn)`. Unknown words are a mistake in a signature and
    /// read as `dyn`; a test sees to it that there are none.
    pub(super) fn parse(text: &str) -> Self {
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(item) = inside("list") {
            return Self::List(Box::new(Self::parse(item)));
        }
        if let Some(value) = inside("optional") {
            return Self::Optional(Box::new(Self::parse(value)));
        }
        if let Some((key, value)) = inside("map").and_then(|both| both.split_once(',')) {
            return Self::Map(Box::new(Self::parse(key)), Box::new(Self::parse(value)));
        }
        if let Some((_, name)) = OF_LIBRARIES.iter().find(|(word, _)| *word == text) {
            return Self::Named(name);
        }
        if let Some(name) = NAMED.iter().find(|name| **name == text) {
            return Self::Named(name);
        }
        match text {
            "null" => Self::Null,
            "A" | "B" => Self::Param(if text == "A" { 'A' } else { 'B' }),
            _ => Self::Dyn,
        }
    }

    /// Whether only evaluating it tells what it is.
    pub(super) fn is_dyn(&self) -> bool {
        matches!(self, Self::Dyn | Self::Free)
    }

    /// Whether it holds what may still become anything.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Self::Free => true,
            Self::List(item) | Self::Optional(item) => item.is_open(),
            Self::Map(key, value) => key.is_open() || value.is_open(),
            _ => false,
        }
    }

    /// The more general of two types that stand for each other.
    fn most_general(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Dyn, Self::Free) | (Self::Free, Self::Dyn) => Self::Dyn,
            (Self::Free | Self::Null, known) | (known, Self::Free) => known.clone(),
            (Self::Dyn, _) | (_, Self::Dyn) => Self::Dyn,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.most_general(b))),
            (Self::Optional(a), Self::Optional(b)) => Self::Optional(Box::new(a.most_general(b))),
            (Self::Map(a, b), Self::Map(c, d)) => Self::Map(Box::new(a.most_general(c)), Box::new(b.most_general(d))),
            (known, _) => known.clone(),
        }
    }

    /// The type of values that may be of either, as in a list; none where they have nothing to do with each other.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        Bindings::default()
            .assign(self, other)
            .then(|| self.most_general(other))
    }
}

/// What the parameters of a signature stand for in one call.
#[derive(Default)]
pub(super) struct Bindings {
    known: Vec<(char, Type)>,
}

impl Bindings {
    /// Whether an argument's type fits a parameter's. Parameters are bound on the way.
    pub(super) fn assign(&mut self, parameter: &Type, argument: &Type) -> bool {
        match (parameter, argument) {
            (Type::Param(name), argument) => self.bind(*name, argument),
            (Type::Dyn | Type::Free, _) | (_, Type::Dyn | Type::Free) => true,
            (Type::Null, other) | (other, Type::Null) => is_nullable(other),
            (Type::Named(a), Type::Named(b)) => a == b,
            (Type::List(a), Type::List(b)) | (Type::Optional(a), Type::Optional(b)) => self.assign(a, b),
            (Type::Map(a, b), Type::Map(c, d)) => self.assign(a, c) && self.assign(b, d),
            _ => false,
        }
    }

    fn bind(&mut self, name: char, argument: &Type) -> bool {
        let Some(index) = self.known.iter().position(|(known, _)| *known == name) else {
            self.known.push((name, argument.clone()));
            return true;
        };
        let Some((_, known)) = self.known.get(index).cloned() else {
            return false;
        };
        if !self.assign(&known, argument) {
            return false;
        }
        if let Some(slot) = self.known.get_mut(index) {
            slot.1 = known.most_general(argument);
        }
        true
    }

    /// A type with its parameters replaced by what they stand for.
    pub(super) fn substitute(&self, of: &Type) -> Type {
        let below = |inner: &Type| Box::new(self.substitute(inner));
        match of {
            Type::Param(name) => {
                let bound = self.known.iter().find(|(known, _)| known == name);
                bound.map_or(Type::Free, |(_, bound)| bound.clone())
            }
            Type::List(item) => Type::List(below(item)),
            Type::Optional(value) => Type::Optional(below(value)),
            Type::Map(key, value) => Type::Map(below(key), below(value)),
            other => other.clone(),
        }
    }
}

/// Types whose values may be null: those of libraries.
fn is_nullable(kind: &Type) -> bool {
    match kind {
        Type::Null | Type::Optional(_) => true,
        Type::Named(name) => name.contains('.'),
        _ => false,
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dyn | Self::Free => f.write_str("dyn"),
            Self::Null => f.write_str("null"),
            Self::Named(name) => f.write_str(name),
            Self::List(item) => write!(f, "list({item})"),
            Self::Map(key, value) => write!(f, "map({key}, {value})"),
            Self::Optional(value) => write!(f, "optional({value})"),
            Self::Param(name) => write!(f, "{name}"),
        }
    }
}
