//! Values that may be missing.

use super::Row;
use super::Style::{Global, Member};
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::Value;

pub(super) const TABLE: &[Row] = &[
    (28, Global, "optional.none", "", "optional(A)", none),
    (28, Global, "optional.of", "A", "optional(A)", of),
    (28, Global, "optional.ofNonZeroValue", "A", "optional(A)", of_non_zero),
    (28, Member, "hasValue", "optional(A)", "bool", has_value),
    (28, Member, "value", "optional(A)", "A", value),
    // The evaluator looks at the other argument only when it needs it.
    (28, Member, "orValue", "optional(A) A", "A", value),
    (28, Member, "or", "optional(A) optional(A)", "optional(A)", of),
    (34, Member, "first", "list(A)", "optional(A)", first),
    (34, Member, "last", "list(A)", "optional(A)", last),
    (34, Global, "optional.unwrap", "list(optional(A))", "list(A)", unwrap),
    (34, Member, "unwrapOpt", "list(optional(A))", "list(A)", unwrap),
];

#[expect(clippy::unnecessary_wraps, reason = "the form of all functions")]
fn none<'v>(_: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::optional(None))
}

#[expect(clippy::unnecessary_wraps, reason = "the form of all functions")]
fn of<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::optional(args.first().cloned()))
}

#[expect(clippy::unnecessary_wraps, reason = "the form of all functions")]
fn of_non_zero<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let value = args.first().filter(|value| !is_zero(value));
    Ok(Value::optional(value.cloned()))
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Null | Value::Bool(false) | Value::Int(0) | Value::Uint(0) | Value::Optional(None) => true,
        Value::Double(value) => *value == 0.0,
        Value::Text(text) => text.as_str().is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.len() == 0,
        Value::Duration(duration) => duration.is_zero(),
        _ => false,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the form of all functions")]
fn has_value<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::Bool(matches!(args, [Value::Optional(Some(_))])))
}

fn value<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::Optional(Some(value)), ..] => Ok(Value::clone(value)),
        _ => Err(Failure::of("an optional has no value")),
    }
}

fn first<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::List(items)] => Ok(Value::optional(items.first().cloned())),
        _ => Err(super::misused("first", args)),
    }
}

fn last<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::List(items)] => Ok(Value::optional(items.last().cloned())),
        _ => Err(super::misused("last", args)),
    }
}

fn unwrap<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let [Value::List(items)] = args else {
        return Err(super::misused("unwrap", args));
    };
    let mut values = Vec::new();
    for item in items.iter() {
        match item {
            Value::Optional(Some(value)) => values.push(Value::clone(value)),
            Value::Optional(None) => {}
            other => return Err(super::misused("unwrap", std::slice::from_ref(other))),
        }
    }
    Ok(Value::list(values))
}
