//! Documents for tests.

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
