//! Filling documents in place.

use palisade_inventory::{Entry, FieldPath, Map, Node, Segment, Value};

/// The value under a key, if this is a map that has it and it is not null.
pub(super) fn child<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    match &mut node.value {
        Value::Map(map) => map
            .entries_mut()
            .iter_mut()
            .find(|entry| &*entry.key == key && !entry.value.is_null())
            .map(|entry| &mut entry.value),
        _ => None,
    }
}

/// The node at a path.
pub(super) fn below<'a>(node: &'a mut Node, path: &FieldPath) -> Option<&'a mut Node> {
    path.segments().iter().try_fold(node, |node, segment| match segment {
        Segment::Key(key) => child(node, key),
        Segment::Index(index) => match &mut node.value {
            Value::List(items) => items.get_mut(*index),
            _ => None,
        },
    })
}

/// The items of the list under a key; none where there is none.
pub(super) fn items<'a>(node: &'a mut Node, key: &str) -> &'a mut [Node] {
    match child(node, key).map(|list| &mut list.value) {
        Some(Value::List(items)) => items,
        _ => &mut [],
    }
}

/// Puts a value under a key that is absent or null; gives what stands there then. Nothing happens to what is no map.
pub(super) fn fill<'a>(node: &'a mut Node, key: &str, value: Value) -> Option<&'a mut Node> {
    let position = node.position;
    let Value::Map(map) = &mut node.value else {
        return None;
    };
    let entries = map.entries_mut();
    let at = entries.iter().position(|entry| &*entry.key == key);
    let at = at.unwrap_or_else(|| {
        entries.push(Entry {
            key: key.into(),
            key_position: position,
            value: Node::new(Value::Null, position),
        });
        entries.len() - 1
    });
    let there = &mut entries.get_mut(at)?.value;
    if there.is_null() {
        there.value = value;
    }
    Some(there)
}

/// Puts a text under an absent key.
pub(super) fn text(node: &mut Node, key: &str, value: &str) {
    fill(node, key, Value::Text(value.into()));
}

/// Puts a number under an absent key.
pub(super) fn number(node: &mut Node, key: &str, value: i64) {
    fill(node, key, Value::Int(value));
}

/// Puts a boolean under an absent key.
pub(super) fn boolean(node: &mut Node, key: &str, value: bool) {
    fill(node, key, Value::Bool(value));
}

/// Puts an empty map under an absent key; gives what stands there then.
pub(super) fn map<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    fill(node, key, Value::Map(Map::default()))
}
