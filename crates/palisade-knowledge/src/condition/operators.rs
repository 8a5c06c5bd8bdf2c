//! Equality, order and arithmetic.

use std::cmp::Ordering;

use super::failure::Failure;
use super::value::Value;

/// Equality over all types: numbers by value, anything else only to its like.
pub(super) fn equal(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (Value::Optional(a), Value::Optional(b)) => match (a, b) {
            (Some(a), Some(b)) => equal(a, b),
            (None, None) => true,
            _ => false,
        },
        (Value::Type(a), Value::Type(b)) => a == b,
        (Value::Duration(a), Value::Duration(b)) => a == b,
        (Value::Timestamp(a), Value::Timestamp(b)) => a == b,
        (Value::Quantity(a), Value::Quantity(b)) => a == b,
        (Value::Ip(a), Value::Ip(b)) => a == b,
        (Value::Cidr(a), Value::Cidr(b)) => a == b,
        (Value::Url(a), Value::Url(b)) => a == b,
        (Value::Semver(a), Value::Semver(b)) => a.cmp(b) == Ordering::Equal,
        _ => number_order(a, b) == Some(Ordering::Equal),
    }
}

/// The order of two values; none for NaN.
pub(super) fn order(function: &str, a: &Value<'_>, b: &Value<'_>) -> Result<Option<Ordering>, Failure> {
    Ok(Some(match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        _ if is_number(a) && is_number(b) => return Ok(number_order(a, b)),
        _ => return Err(no_overload(function, &[a, b])),
    }))
}

fn is_number(value: &Value<'_>) -> bool {
    matches!(value, Value::Int(_) | Value::Uint(_) | Value::Double(_))
}

fn number_order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Uint(a), Value::Uint(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Uint(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
        (Value::Uint(a), Value::Int(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Double(a), Value::Int(b)) => order_double(*a, i128::from(*b)),
        (Value::Double(a), Value::Uint(b)) => order_double(*a, i128::from(*b)),
        (Value::Int(a), Value::Double(b)) => order_double(*b, i128::from(*a)).map(Ordering::reverse),
        (Value::Uint(a), Value::Double(b)) => order_double(*b, i128::from(*a)).map(Ordering::reverse),
        _ => None,
    }
}

/// Compares exactly: a double near 2^63 is not rounded to an integer it is not.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "both casts are of numbers that fit, or saturate as they should"
)]
fn order_double(a: f64, b: i128) -> Option<Ordering> {
    if a.is_nan() {
        return None;
    }
    let whole = a.trunc() as i128;
    let by_whole = whole.cmp(&b);
    Some(by_whole.then(a.partial_cmp(&(whole as f64))?))
}

/// `a + b` and the others. `function` is the operator's name.
pub(super) fn arithmetic<'v>(function: &str, a: &Value<'v>, b: &Value<'v>) -> Result<Value<'v>, Failure> {
    let overflow = || Failure::of("an integer overflows");
    match (function, a, b) {
        ("_+_" | "_-_" | "_*_" | "_/_" | "_%_", Value::Int(a), Value::Int(b)) => {
            if *b == 0 && matches!(function, "_/_" | "_%_") {
                return Err(Failure::of("a division by zero"));
            }
            let result = match function {
                "_+_" => a.checked_add(*b),
                "_-_" => a.checked_sub(*b),
                "_*_" => a.checked_mul(*b),
                "_/_" => a.checked_div(*b),
                _ => a.checked_rem(*b),
            };
            result.map(Value::Int).ok_or_else(overflow)
        }
        ("_+_" | "_-_" | "_*_" | "_/_" | "_%_", Value::Uint(a), Value::Uint(b)) => {
            if *b == 0 && matches!(function, "_/_" | "_%_") {
                return Err(Failure::of("a division by zero"));
            }
            let result = match function {
                "_+_" => a.checked_add(*b),
                "_-_" => a.checked_sub(*b),
                "_*_" => a.checked_mul(*b),
                "_/_" => a.checked_div(*b),
                _ => a.checked_rem(*b),
            };
            result.map(Value::Uint).ok_or_else(overflow)
        }
        ("_+_", Value::Double(a), Value::Double(b)) => Ok(Value::Double(a + b)),
        ("_-_", Value::Double(a), Value::Double(b)) => Ok(Value::Double(a - b)),
        ("_*_", Value::Double(a), Value::Double(b)) => Ok(Value::Double(a * b)),
        ("_/_", Value::Double(a), Value::Double(b)) => Ok(Value::Double(a / b)),
        ("_+_", Value::Text(a), Value::Text(b)) => Ok(Value::text([a.as_str(), b.as_str()].concat())),
        ("_+_", Value::Bytes(a), Value::Bytes(b)) => Ok(Value::Bytes(a.iter().chain(b.iter()).copied().collect())),
        ("_+_", Value::List(a), Value::List(b)) => Ok(Value::list(a.iter().chain(b.iter()).cloned())),
        ("_+_", Value::Duration(a), Value::Duration(b)) => a.checked_add(*b).map(Value::Duration).ok_or_else(overflow),
        ("_-_", Value::Duration(a), Value::Duration(b)) => a.checked_sub(*b).map(Value::Duration).ok_or_else(overflow),
        ("_+_", Value::Timestamp(at), Value::Duration(by)) | ("_+_", Value::Duration(by), Value::Timestamp(at)) => {
            at.checked_add(*by).map(Value::Timestamp).ok_or_else(overflow)
        }
        ("_-_", Value::Timestamp(at), Value::Duration(by)) => {
            let back = by.checked_neg().and_then(|by| at.checked_add(by));
            back.map(Value::Timestamp).ok_or_else(overflow)
        }
        ("_-_", Value::Timestamp(a), Value::Timestamp(b)) => {
            a.checked_since(*b).map(Value::Duration).ok_or_else(overflow)
        }
        _ => Err(no_overload(function, &[a, b])),
    }
}

/// `-a`.
pub(super) fn negate<'v>(value: &Value<'v>) -> Result<Value<'v>, Failure> {
    match value {
        Value::Int(value) => value
            .checked_neg()
            .map(Value::Int)
            .ok_or_else(|| Failure::of("an integer overflows")),
        Value::Double(value) => Ok(Value::Double(-value)),
        Value::Duration(value) => value
            .checked_neg()
            .map(Value::Duration)
            .ok_or_else(|| Failure::of("a duration overflows")),
        other => Err(no_overload("-_", &[other])),
    }
}

/// `item in container`.
pub(super) fn contains(item: &Value<'_>, container: &Value<'_>) -> Result<bool, Failure> {
    match container {
        Value::List(items) => Ok(items.iter().any(|other| equal(item, other))),
        Value::Map(map) => Ok(item.key().is_some_and(|key| map.get(&key).is_some())),
        other => Err(no_overload("in", &[item, other])),
    }
}

/// The failure for values of types that a function is not for.
pub(super) fn no_overload(function: &str, values: &[&Value<'_>]) -> Failure {
    Failure::NoSuchOverload {
        function: function.trim_matches(['_', '@']).replace('_', ""),
        types: values.iter().map(|value| value.type_name()).collect(),
    }
}
