//! Documents as YAML that YAML 1.1 and 1.2 read alike, as Kubernetes and everybody else must.

use palisade_inventory::{Node, Value};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use thiserror::Error;

/// A document that can't be written.
#[derive(Debug, Error)]
pub enum YamlError {
    /// It holds what YAML can't, or a value that was never kept.
    #[error("a guardrail can't be written as YAML: {0}")]
    Yaml(#[from] serde_saphyr::ser::Error),
    /// The index can't be written.
    #[error("the index of guardrails can't be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// These documents, one after another.
pub(super) fn documents(documents: &[Node]) -> Result<String, YamlError> {
    let mut text = String::new();
    for document in documents {
        text.push_str("---\n");
        text.push_str(&serde_saphyr::to_string_with_options(&Written(document), options())?);
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    Ok(text)
}

fn options() -> serde_saphyr::SerializerOptions {
    // Only strings with line breaks become blocks: what is folded reads back the same, and surprises.
    serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX }
}

/// A node as it is written.
struct Written<'a>(&'a Node);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Redacted(_) => Err(S::Error::custom("it holds a value that was dropped on reading")),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Written(item))?;
                }
                list.end()
            }
            Value::Map(map) => {
                let mut entries = serializer.serialize_map(Some(map.entries().len()))?;
                for entry in map.entries() {
                    entries.serialize_entry(&*entry.key, &Written(&entry.value))?;
                }
                entries.end()
            }
        }
    }
}
