//! A document becomes the type that it is to be, and every mistake on the way is told, not only the first.
//!
//! Serde stops at the first mistake. So the document is decoded again without what was wrong, until nothing is.

use std::collections::BTreeSet;
use std::fmt;

use palisade_inventory::{Entry, FieldPath, Node, Value, offer};
use serde::de::value::StrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::fault::{Fault, Spot};

/// After this many mistakes nobody reads on.
const MOST: usize = 100;

/// What could be read, and what was left out for being wrong.
#[derive(Default)]
pub(super) struct Decoded<T> {
    pub(super) value: T,
    pub(super) left_out: BTreeSet<FieldPath>,
    pub(super) faults: Vec<Fault>,
}

/// Reads a document as a `T`, all of whose fields must have defaults.
pub(super) fn decode<T: Default + for<'de> Deserialize<'de>>(document: &Node) -> Decoded<T> {
    let mut left_out = BTreeSet::new();
    let mut faults = Vec::new();
    loop {
        let part = Part {
            node: document,
            path: FieldPath::root(),
            left_out: &left_out,
        };
        let mistake = match T::deserialize(part) {
            Ok(value) => {
                return Decoded {
                    value,
                    left_out,
                    faults,
                };
            }
            Err(mistake) => mistake,
        };
        let at = mistake.at.unwrap_or_default();
        // What is missing because it was wrong has been told.
        let follows = mistake.missing.is_some_and(|field| left_out.contains(&at.child(field)));
        if !follows {
            faults.push(Fault {
                at: if mistake.is_key {
                    Spot::Key(at.clone())
                } else {
                    Spot::Field(at.clone())
                },
                message: mistake.message,
                help: mistake.help,
            });
        }
        if at.is_root() || !left_out.insert(at) || faults.len() >= MOST {
            return Decoded {
                value: T::default(),
                left_out,
                faults,
            };
        }
    }
}

/// What is wrong, and where as soon as that is known.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Mistake {
    at: Option<FieldPath>,
    message: String,
    help: String,
    /// The field that is missing.
    missing: Option<&'static str>,
    /// It is the key that is wrong, not what stands under it.
    is_key: bool,
}

impl Mistake {
    fn new(message: String, help: impl Into<String>) -> Self {
        Self {
            at: None,
            message,
            help: help.into(),
            missing: None,
            is_key: false,
        }
    }

    /// This place, unless a deeper one is known.
    fn at(mut self, path: &FieldPath) -> Self {
        self.at.get_or_insert_with(|| path.clone());
        self
    }
}

impl de::Error for Mistake {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string(), "")
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let message = match found {
            de::Unexpected::Signed(number) => format!("`{number}` is out of range"),
            de::Unexpected::Float(number) => format!("`{number}` is not a whole number"),
            _ => format!("this is not {expected}"),
        };
        Self::new(message, "")
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        match found {
            de::Unexpected::Float(_) => Self::invalid_value(found, expected),
            _ => Self::new(format!("this is not {expected}"), ""),
        }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let help = offer(variant, expected.iter().copied());
        let words = list(expected);
        Self::new(format!("`{variant}` is none of {words}"), help)
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            missing: Some(field),
            ..Self::new(format!("`{field}` is missing"), format!("add `{field}: …`"))
        }
    }
}

/// `a`, `b`, `c`.
fn list(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// A part of a document.
struct Part<'a> {
    node: &'a Node,
    path: FieldPath,
    left_out: &'a BTreeSet<FieldPath>,
}

impl Part<'_> {
    /// What stands here instead of what should.
    fn unfit(&self, wanted: &str) -> Mistake {
        let (found, help) = match &self.node.value {
            Value::Null => ("nothing".to_owned(), ""),
            Value::Bool(value) => (format!("`{value}`"), quotes(wanted)),
            Value::Int(value) => (format!("the number `{value}`"), quotes(wanted)),
            Value::Float(value) => (format!("the number `{value}`"), quotes(wanted)),
            Value::Text(_) | Value::Redacted(_) => ("a text".to_owned(), ""),
            Value::List(_) => ("a list".to_owned(), ""),
            Value::Map(_) => ("a map".to_owned(), ""),
        };
        let help = match (wanted, &self.node.value) {
            ("a list", Value::Text(_) | Value::Map(_)) => "begin each item with `- `",
            _ => help,
        };
        Mistake::new(format!("{wanted} belongs here, not {found}"), help).at(&self.path)
    }

    /// A key that nobody knows.
    fn unknown(&self, fields: &'static [&'static str]) -> Option<Mistake> {
        let entries = self.node.as_map()?.entries().iter();
        let unknown = entries
            .map(|entry| (&entry.key, self.path.child(&*entry.key)))
            .find(|(key, path)| !fields.contains(&&***key) && !self.left_out.contains(path));
        let (key, path) = unknown?;
        let help = match offer(key, fields.iter().copied()) {
            help if help.is_empty() => format!("known here: {}", list(fields)),
            help => help,
        };
        let mistake = Mistake::new(format!("`{key}` is not a key that is known here"), help).at(&path);
        Some(Mistake {
            is_key: true,
            ..mistake
        })
    }
}

/// YAML takes `no`, `on` and `2027` for something else than text.
fn quotes(wanted: &str) -> &'static str {
    if wanted == "a text" {
        "put it between quotes"
    } else {
        ""
    }
}

impl<'de> Deserializer<'de> for Part<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let path = self.path.clone();
        let result = match &self.node.value {
            Value::Null | Value::Redacted(_) => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(text) => visitor.visit_str(text),
            Value::List(items) => visitor.visit_seq(Items {
                items: items.iter().enumerate(),
                of: self,
            }),
            Value::Map(map) => visitor.visit_map(Entries {
                rest: map.entries().iter(),
                value: None,
                of: self,
            }),
        };
        result.map_err(|mistake| mistake.at(&path))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if self.node.as_map().is_none() {
            return Err(self.unfit("a map"));
        }
        match self.unknown(fields) {
            Some(mistake) => Err(mistake),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.node.as_list() {
            Some(_) => self.deserialize_any(visitor),
            None => Err(self.unfit("a list")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if self.node.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let Some(text) = self.node.as_str() else {
            return Err(self.unfit("a text"));
        };
        let variant: StrDeserializer<'_, Mistake> = text.into_deserializer();
        visitor.visit_enum(variant).map_err(|mistake| mistake.at(&self.path))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.node.as_str() {
            Some(_) => self.deserialize_any(visitor),
            None => Err(self.unfit("a text")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_string(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.node.as_bool() {
            Some(_) => self.deserialize_any(visitor),
            None => Err(self.unfit("`true` or `false`")),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.node.value {
            Value::Int(_) | Value::Float(_) => self.deserialize_any(visitor),
            _ => Err(self.unfit("a number")),
        }
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_f64(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 u64 f32 char bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct map identifier
        ignored_any
    }
}

/// The items of a list, without those left out.
struct Items<'a> {
    items: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
    of: Part<'a>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        for (index, node) in self.items.by_ref() {
            let path = self.of.path.child(index);
            if !self.of.left_out.contains(&path) {
                let left_out = self.of.left_out;
                let part = Part {
                    node,
                    path: path.clone(),
                    left_out,
                };
                return seed.deserialize(part).map(Some).map_err(|mistake| mistake.at(&path));
            }
        }
        Ok(None)
    }
}

/// The entries of a map, without those left out. Nothing written under a key is as if the key were not there.
struct Entries<'a> {
    rest: std::slice::Iter<'a, Entry>,
    value: Option<&'a Entry>,
    of: Part<'a>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        for entry in self.rest.by_ref() {
            if !entry.value.is_null() && !self.of.left_out.contains(&self.of.path.child(&*entry.key)) {
                self.value = Some(entry);
                let key: StrDeserializer<'_, Mistake> = (*entry.key).into_deserializer();
                return seed.deserialize(key).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        let Some(entry) = self.value.take() else {
            return Err(de::Error::custom("a value belongs here"));
        };
        let path = self.of.path.child(&*entry.key);
        let part = Part {
            node: &entry.value,
            path: path.clone(),
            left_out: self.of.left_out,
        };
        seed.deserialize(part).map_err(|mistake| mistake.at(&path))
    }
}
