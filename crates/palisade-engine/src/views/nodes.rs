//! Nodes that stand in no document: the variables of built views.

use palisade_inventory::{Entry, Map, Node, Position, Value};

pub(crate) fn node(value: Value) -> Node {
    Node::new(value, Position::default())
}

pub(crate) fn text(text: &str) -> Node {
    node(Value::Text(text.into()))
}

pub(crate) fn flag(value: bool) -> Node {
    node(Value::Bool(value))
}

pub(crate) fn int(value: impl Into<i64>) -> Node {
    node(Value::Int(value.into()))
}

/// How many.
pub(crate) fn count(number: usize) -> Node {
    int(i64::try_from(number).unwrap_or(i64::MAX))
}

pub(crate) fn list(items: impl Iterator<Item = Node>) -> Node {
    node(Value::List(items.collect()))
}

pub(crate) fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Node)>) -> Node {
    let entries = entries.into_iter().map(|(key, value)| Entry {
        key: key.into(),
        key_position: Position::default(),
        value,
    });
    node(Value::Map(Map::new(entries.collect())))
}
