//! Lists taken as sets.

use super::Row;
use super::Style::Global;
use crate::condition::evaluate::Outcome;
use crate::condition::operators::equal;
use crate::condition::value::Value;

pub(super) const TABLE: &[Row] = &[
    (29, Global, "sets.contains", "list(A) list(A)", "bool", contains),
    (29, Global, "sets.equivalent", "list(A) list(A)", "bool", equivalent),
    (29, Global, "sets.intersects", "list(A) list(A)", "bool", intersects),
];

fn contains<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    both(args, |a, b| holds_all(a, b))
}

fn equivalent<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    both(args, |a, b| holds_all(a, b) && holds_all(b, a))
}

fn intersects<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    both(args, |a, b| {
        b.iter().any(|item| a.iter().any(|other| equal(item, other)))
    })
}

fn holds_all(list: &[Value<'_>], items: &[Value<'_>]) -> bool {
    items.iter().all(|item| list.iter().any(|other| equal(item, other)))
}

fn both<'v>(args: &[Value<'v>], holds: impl Fn(&[Value<'v>], &[Value<'v>]) -> bool) -> Outcome<'v> {
    match args {
        [Value::List(a), Value::List(b)] => Ok(Value::Bool(holds(a, b))),
        _ => Err(super::misused("sets", args)),
    }
}
