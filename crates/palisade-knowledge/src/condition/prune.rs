//! The part of a document that an expression reads.

use std::collections::BTreeMap;

use palisade_inventory::{Node, Value};

use super::reads::Reads;

/// A document without what is not read: a value that only has to be there is the empty value of its kind.
///
/// Null values of maps are left out, as the API server leaves them out, and keys are sorted.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pruned<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
    List(Vec<Pruned<'a>>),
    Map(Vec<(&'a str, Pruned<'a>)>),
}

/// What expressions see of a text that was dropped because it may be a secret.
const REDACTED: &str = "«text»";
/// The same, of a text that looks like a credential.
const CREDENTIAL: &str = "«credential»";

static NOTHING: Reads = reads(false);
static ALL: Reads = reads(true);

const fn reads(whole: bool) -> Reads {
    Reads {
        whole,
        size: false,
        keys: BTreeMap::new(),
        items: None,
        values: None,
    }
}

pub(super) fn prune<'a>(node: &'a Node, reads: &Reads) -> Pruned<'a> {
    // The size of a text is as good as the text.
    let whole = reads.whole || reads.size;
    match &node.value {
        Value::Null => Pruned::Null,
        Value::Bool(value) => Pruned::Bool(whole && *value),
        Value::Int(value) => Pruned::Int(if whole { *value } else { 0 }),
        Value::Float(value) => Pruned::Float(if whole { *value } else { 0.0 }),
        Value::Text(text) => Pruned::Text(if whole { text } else { "" }),
        Value::Redacted(_) if !whole => Pruned::Text(""),
        Value::Redacted(text) if text.credential => Pruned::Text(CREDENTIAL),
        Value::Redacted(_) => Pruned::Text(REDACTED),
        Value::List(items) => Pruned::List(match below(reads, reads.items.as_deref()) {
            Some(reads) => items.iter().map(|item| prune(item, reads)).collect(),
            None => Vec::new(),
        }),
        Value::Map(map) => {
            let others = below(reads, reads.values.as_deref());
            let mut entries: Vec<_> = map
                .entries()
                .iter()
                .filter(|entry| !entry.value.is_null())
                .filter_map(|entry| {
                    let named = reads.keys.get(&*entry.key).filter(|_| !reads.whole);
                    Some((&*entry.key, prune(&entry.value, named.or(others)?)))
                })
                .collect();
            entries.sort_by_key(|(key, _)| *key);
            Pruned::Map(entries)
        }
    }
}

/// How the children of a list or map are read, where all of them are read at all.
fn below<'r>(reads: &Reads, each: Option<&'r Reads>) -> Option<&'r Reads> {
    if reads.whole {
        return Some(&ALL);
    }
    each.or(if reads.size { Some(&NOTHING) } else { None })
}

impl Pruned<'_> {
    /// Appends an unambiguous encoding.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Pruned::Null => bytes.push(b'n'),
            Pruned::Bool(value) => bytes.push(if *value { b't' } else { b'f' }),
            Pruned::Int(value) => {
                bytes.push(b'i');
                bytes.extend(value.to_be_bytes());
            }
            Pruned::Float(value) => {
                bytes.push(b'd');
                bytes.extend(value.to_bits().to_be_bytes());
            }
            Pruned::Text(text) => {
                bytes.push(b's');
                write_text(text, bytes);
            }
            Pruned::List(items) => {
                bytes.push(b'l');
                bytes.extend((items.len() as u64).to_be_bytes());
                for item in items {
                    item.write(bytes);
                }
            }
            Pruned::Map(entries) => {
                bytes.push(b'm');
                bytes.extend((entries.len() as u64).to_be_bytes());
                for (key, value) in entries {
                    write_text(key, bytes);
                    value.write(bytes);
                }
            }
        }
    }
}

fn write_text(text: &str, bytes: &mut Vec<u8>) {
    bytes.extend((text.len() as u64).to_be_bytes());
    bytes.extend(text.as_bytes());
}
