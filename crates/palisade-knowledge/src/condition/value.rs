//! Values of expressions.

use std::cmp::Ordering;
use std::rc::Rc;

use super::library::net::{Cidr, Ip};
use super::library::quantity::Quantity;
use super::library::semver::Semver;
use super::library::time::{Duration, Timestamp};
use super::library::url::Url;
use super::prune::Pruned;

/// A value. Copies are cheap.
#[derive(Clone, Debug)]
pub(super) enum Value<'v> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Text<'v>),
    Bytes(Rc<[u8]>),
    List(Rc<Vec<Value<'v>>>),
    Map(Rc<Entries<'v>>),
    Optional(Option<Rc<Value<'v>>>),
    /// The type of a value, by name.
    Type(&'static str),
    Duration(Duration),
    Timestamp(Timestamp),
    Quantity(Quantity),
    Ip(Ip),
    Cidr(Cidr),
    Url(Rc<Url>),
    Semver(Rc<Semver>),
}

/// The entries of a map, sorted by key, so that a loop over them names the same error each time.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries<'v>(Vec<(Key<'v>, Value<'v>)>);

/// A text of the document, or a new one.
#[derive(Clone, Debug)]
pub(super) enum Text<'v> {
    Borrowed(&'v str),
    Owned(Rc<str>),
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'v> {
    Bool(bool),
    /// Whole numbers are one kind of key, however they are written.
    Number(i128),
    Text(Text<'v>),
}

impl<'v> Value<'v> {
    /// A document as a value. Integers are `int`, as in the API server, never `uint`.
    pub(super) fn of(pruned: Pruned<'v>) -> Self {
        match pruned {
            Pruned::Null => Self::Null,
            Pruned::Bool(value) => Self::Bool(value),
            Pruned::Int(value) => Self::Int(value),
            Pruned::Float(value) => Self::Double(value),
            Pruned::Text(text) => Self::Text(Text::Borrowed(text)),
            Pruned::List(items) => Self::list(items.into_iter().map(Self::of)),
            Pruned::Map(entries) => {
                // They are sorted already, each key once.
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| (Key::Text(Text::Borrowed(key)), Self::of(value)));
                Self::Map(Rc::new(Entries(entries.collect())))
            }
        }
    }

    /// A new text.
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Text(Text::Owned(text.into()))
    }

    /// A new list.
    pub(super) fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(Rc::new(items.into_iter().collect()))
    }

    /// An optional that holds a value, or none.
    pub(super) fn optional(value: Option<Self>) -> Self {
        Self::Optional(value.map(Rc::new))
    }

    /// A length as an `int`.
    pub(super) fn count(count: usize) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// The name of its type, as `type(x)` gives it.
    pub(super) const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::Text(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Optional(_) => "optional_type",
            Self::Type(_) => "type",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::Quantity(_) => "kubernetes.Quantity",
            Self::Ip(_) => "net.IP",
            Self::Cidr(_) => "net.CIDR",
            Self::Url(_) => "kubernetes.URL",
            Self::Semver(_) => "kubernetes.Semver",
        }
    }

    /// What handling it costs: the length of a text, the number of items.
    pub(super) fn weight(&self) -> u64 {
        let weight = match self {
            Self::Text(text) => text.as_str().len() / 10,
            Self::Bytes(bytes) => bytes.len() / 10,
            Self::List(items) => items.len(),
            Self::Map(map) => map.len(),
            _ => 0,
        };
        u64::try_from(weight).unwrap_or(u64::MAX)
    }

    /// It as the key of a map, if it can be one.
    pub(super) fn key(&self) -> Option<Key<'v>> {
        Some(match self {
            Self::Bool(value) => Key::Bool(*value),
            Self::Int(value) => Key::Number(i128::from(*value)),
            Self::Uint(value) => Key::Number(i128::from(*value)),
            Self::Double(value) => Key::Number(i128::from(whole(*value)?)),
            Self::Text(text) => Key::Text(text.clone()),
            _ => return None,
        })
    }
}

/// The whole number that a double is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    clippy::cast_precision_loss,
    reason = "checked by casting back"
)]
fn whole(value: f64) -> Option<i64> {
    let whole = value as i64;
    (whole as f64 == value).then_some(whole)
}

impl<'v> Entries<'v> {
    /// The value under a key.
    pub(super) fn get(&self, key: &Key<'_>) -> Option<&Value<'v>> {
        let index = self.find(key).ok()?;
        self.0.get(index).map(|(_, value)| value)
    }

    /// Adds an entry; false if the key is there already.
    pub(super) fn insert(&mut self, key: Key<'v>, value: Value<'v>) -> bool {
        match self.find(&key) {
            Ok(_) => false,
            Err(index) => {
                self.0.insert(index, (key, value));
                true
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key<'v>, &Value<'v>)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    fn find(&self, key: &Key<'_>) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| compare(known, key))
    }
}

/// The order of keys whose texts live for different times.
fn compare<'k>(a: &Key<'k>, b: &Key<'k>) -> Ordering {
    a.cmp(b)
}

impl<'v> Key<'v> {
    /// It as the value that a loop binds.
    pub(super) fn value(&self) -> Value<'v> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => match i64::try_from(*number) {
                Ok(number) => Value::Int(number),
                Err(_) => Value::Uint(u64::try_from(*number).unwrap_or(u64::MAX)),
            },
            Self::Text(text) => Value::Text(text.clone()),
        }
    }
}

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}
