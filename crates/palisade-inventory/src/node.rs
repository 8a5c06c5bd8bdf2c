//! A document as a tree in which everything knows where it stands.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::path::{FieldPath, Position, Segment};

/// A value and where it stands.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// What stands there.
    pub value: Value,
    /// Where it begins.
    pub position: Position,
}

/// A value of a document, as Kubernetes' API machinery would decode it.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number that is no 64-bit integer.
    Float(f64),
    /// A text that may be shown.
    Text(Box<str>),
    /// A text that was dropped while loading, because it may be a secret.
    Redacted(Box<Redacted>),
    /// A list.
    List(Vec<Node>),
    /// A map.
    Map(Map),
}

/// What is kept of a text that may hold a secret: never the text.
#[derive(Clone, Debug, Default)]
pub struct Redacted {
    /// The text, or the name it stands under, looks like a credential.
    pub credential: bool,
    /// Addresses that the text names, without user information.
    pub endpoints: Vec<Endpoint>,
    /// Of an argument `--flag=value`: the flag, without dashes.
    pub flag: Option<Box<str>>,
}

/// An address that a text names: `redis:6379`, `https://api.example.com/v1`, or a bare host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The URL scheme in lower case, where one is written (`https`, `postgres`, `amqp` …).
    pub scheme: Option<Box<str>>,
    /// Host name or IP address in lower case, without brackets, user information or trailing dot.
    pub host: Box<str>,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// Where it is written.
    pub position: Position,
    /// The name beside it says that it is an address (`REDIS_ADDR`, `--upstream-url`), or it has a scheme.
    pub named_as_address: bool,
}

/// A map in the order of the document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    entries: Vec<Entry>,
}

/// One key of a map and what stands under it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Arc<str>,
    /// Where the key stands.
    pub key_position: Position,
    /// The value.
    pub value: Node,
}

impl Map {
    /// A map of these entries. The caller has settled duplicate keys (the last one counts).
    pub fn new(entries: Vec<Entry>) -> Self {
        Self { entries }
    }

    /// The entry under `key`.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.key == key)
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// All entries in the order of the document.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All entries, to change in place.
    pub fn entries_mut(&mut self) -> &mut Vec<Entry> {
        &mut self.entries
    }
}

/// Equal in the flag and the addresses named; positions do not count.
impl PartialEq for Redacted {
    fn eq(&self, other: &Self) -> bool {
        self.credential == other.credential
            && self.flag == other.flag
            && self.endpoints.len() == other.endpoints.len()
            && self
                .endpoints
                .iter()
                .zip(&other.endpoints)
                .all(|(a, b)| a.same_address(b))
    }
}

impl Eq for Redacted {}

impl Hash for Redacted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.credential.hash(state);
        self.flag.hash(state);
        for endpoint in &self.endpoints {
            (&endpoint.scheme, &endpoint.host, endpoint.port).hash(state);
        }
    }
}

impl Endpoint {
    /// Whether both name the same address, wherever they are written.
    pub fn same_address(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self.host == other.host
            && self.port == other.port
            && self.named_as_address == other.named_as_address
    }
}

/// Equal in content; positions do not count.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Node {}

/// Positions do not count, as in equality.
impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(&self.value).hash(state);
        match &self.value {
            Value::Null => {}
            Value::Bool(value) => value.hash(state),
            Value::Int(value) => value.hash(state),
            Value::Float(value) => value.to_bits().hash(state),
            Value::Text(text) => text.hash(state),
            Value::Redacted(redacted) => redacted.hash(state),
            Value::List(items) => items.hash(state),
            Value::Map(map) => {
                map.entries.len().hash(state);
                for entry in &map.entries {
                    entry.key.hash(state);
                    entry.value.hash(state);
                }
            }
        }
    }
}

/// Equal in key and content; positions do not count.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.value == other.value
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Redacted(a), Self::Redacted(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b,
            _ => false,
        }
    }
}

impl Node {
    /// A value at a position.
    pub fn new(value: Value, position: Position) -> Self {
        Self { value, position }
    }

    /// The value under `key`, if this is a map that has it and it is not null.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key).filter(|node| !node.is_null())
    }

    /// The value under a path of keys: `node.at(&["spec", "template"])`. Null counts as absent.
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text under a path of keys.
    pub fn text(&self, keys: &[&str]) -> Option<&str> {
        self.at(keys)?.as_str()
    }

    /// The items of the list under a path of keys; empty where there is none.
    pub fn items(&self, keys: &[&str]) -> &[Node] {
        self.at(keys).and_then(Node::as_list).unwrap_or_default()
    }

    /// The entries of the map under a path of keys; empty where there is none.
    pub fn entries(&self, keys: &[&str]) -> &[Entry] {
        self.at(keys)
            .and_then(Node::as_map)
            .map(Map::entries)
            .unwrap_or_default()
    }

    /// The node at a path.
    pub fn lookup(&self, path: &FieldPath) -> Option<&Node> {
        path.segments().iter().try_fold(self, |node, segment| match segment {
            Segment::Key(key) => node.get(key),
            Segment::Index(index) => node.as_list()?.get(*index),
        })
    }

    /// Where a path stands, or the deepest part of it that exists: the key for a field of a map, the item for an item of a list.
    pub fn locate(&self, path: &FieldPath) -> Position {
        let mut node = self;
        let mut position = self.position;
        for segment in path.segments() {
            let next = match segment {
                Segment::Key(key) => node
                    .as_map()
                    .and_then(|map| map.entry(key))
                    .map(|entry| (&entry.value, entry.key_position)),
                Segment::Index(index) => node
                    .as_list()
                    .and_then(|list| list.get(*index))
                    .map(|item| (item, item.position)),
            };
            let Some((below, at)) = next else { break };
            (node, position) = (below, at);
        }
        position
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The integer, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self.value {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The text, if it is one that was kept.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What was kept of a dropped text, if this is one.
    pub fn as_redacted(&self) -> Option<&Redacted> {
        match &self.value {
            Value::Redacted(redacted) => Some(redacted),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The map, if this is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, line: u32) -> Node {
        Node::new(Value::Text(text.into()), Position::new(line, 9))
    }

    fn map(entries: Vec<(&str, Node)>, line: u32) -> Node {
        let entries = entries
            .into_iter()
            .map(|(key, value)| Entry {
                key: key.into(),
                key_position: Position::new(value.position.line, 2),
                value,
            })
            .collect();
        Node::new(Value::Map(Map::new(entries)), Position::new(line, 0))
    }

    #[test]
    fn an_absent_field_is_located_at_its_deepest_part() {
        let node = map(vec![("spec", map(vec![("image", text("nginx", 3))], 2))], 1);
        let at = |path| node.locate(&FieldPath::parse(path));
        assert_eq!(at("spec.image"), Position::new(3, 2));
        assert_eq!(at("spec.securityContext.privileged"), Position::new(2, 2));
        assert_eq!(at("status"), Position::new(1, 0));
    }

    #[test]
    fn equality_does_not_see_positions() {
        assert_eq!(text("a", 1), text("a", 7));
        assert_ne!(text("a", 1), text("b", 1));
        assert_eq!(redacted("redis", 1), redacted("redis", 7));
        assert_ne!(redacted("redis", 1), redacted("kafka", 1));
    }

    fn redacted(host: &str, line: u32) -> Node {
        let endpoint = Endpoint {
            scheme: None,
            host: host.into(),
            port: None,
            position: Position::new(line, 0),
            named_as_address: true,
        };
        let redacted = Redacted {
            credential: false,
            endpoints: vec![endpoint],
            flag: None,
        };
        Node::new(Value::Redacted(Box::new(redacted)), Position::new(line, 0))
    }
}
