//! `size`, of whatever has one.

use super::Row;
use super::Style::{Global, Member};
use crate::condition::evaluate::Outcome;
use crate::condition::value::Value;

pub(super) const TABLE: &[Row] = &[
    (0, Global, "size", "string", "int", size),
    (0, Global, "size", "bytes", "int", size),
    (0, Global, "size", "list(A)", "int", size),
    (0, Global, "size", "map(A,B)", "int", size),
    (0, Member, "size", "string", "int", size),
    (0, Member, "size", "bytes", "int", size),
    (0, Member, "size", "list(A)", "int", size),
    (0, Member, "size", "map(A,B)", "int", size),
];

fn size<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::count(match args {
        [Value::Text(text)] => text.as_str().chars().count(),
        [Value::Bytes(bytes)] => bytes.len(),
        [Value::List(items)] => items.len(),
        [Value::Map(map)] => map.len(),
        _ => return Err(super::misused("size", args)),
    }))
}
