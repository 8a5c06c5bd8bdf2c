//! Documents for tests.

use std::path::{Path, PathBuf};

use palisade_inventory::{Entry, Map, Node, Position, Redacted, Value};

/// A document from JSON; `{"$redacted": credential}` is a dropped text.
pub(crate) fn node(json: &serde_json::Value) -> Node {
    use serde_json::Value as Json;
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => Value::Int(value),
            None => Value::Float(number.as_f64().expect("a number")),
        },
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Array(items) => Value::List(items.iter().map(node).collect()),
        Json::Object(entries) => match entries.get("$redacted") {
            Some(credential) => Value::Redacted(Box::new(Redacted {
                credential: credential == &Json::Bool(true),
                endpoints: Vec::new(),
                flag: None,
            })),
            None => Value::Map(Map::new(
                entries
                    .iter()
                    .map(|(key, value)| Entry {
                        key: key.as_str().into(),
                        key_position: Position::default(),
                        value: node(value),
                    })
                    .collect(),
            )),
        },
    };
    Node::new(value, Position::default())
}

/// A part of the corpus of real manifests and recorded decisions, where it is present.
pub(crate) fn corpus(below: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PALISADE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let path = root.join(below);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: corpus not present");
    None
}
