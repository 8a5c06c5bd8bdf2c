//! From one type to another, and what type a value has.

use std::rc::Rc;

use super::Row;
use super::Style::Global;
use super::time::{Duration, Timestamp};
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::Value;

pub(super) const TABLE: &[Row] = &[
    (0, Global, "dyn", "A", "dyn", same),
    (0, Global, "type", "A", "type", type_of),
    (0, Global, "bool", "bool", "bool", same),
    (0, Global, "bool", "string", "bool", to_bool),
    (0, Global, "int", "int", "int", same),
    (0, Global, "int", "uint", "int", to_int),
    (0, Global, "int", "double", "int", to_int),
    (0, Global, "int", "string", "int", to_int),
    (0, Global, "int", "duration", "int", to_int),
    (0, Global, "int", "timestamp", "int", to_int),
    (0, Global, "uint", "uint", "uint", same),
    (0, Global, "uint", "int", "uint", to_uint),
    (0, Global, "uint", "double", "uint", to_uint),
    (0, Global, "uint", "string", "uint", to_uint),
    (0, Global, "double", "double", "double", same),
    (0, Global, "double", "int", "double", to_double),
    (0, Global, "double", "uint", "double", to_double),
    (0, Global, "double", "string", "double", to_double),
    (0, Global, "string", "string", "string", same),
    (0, Global, "string", "bool", "string", to_text),
    (0, Global, "string", "int", "string", to_text),
    (0, Global, "string", "uint", "string", to_text),
    (0, Global, "string", "double", "string", to_text),
    (0, Global, "string", "bytes", "string", to_text),
    (0, Global, "string", "duration", "string", to_text),
    (0, Global, "string", "timestamp", "string", to_text),
    (30, Global, "string", "IP", "string", to_text),
    (30, Global, "string", "CIDR", "string", to_text),
    (0, Global, "bytes", "bytes", "bytes", same),
    (0, Global, "bytes", "string", "bytes", to_bytes),
    (0, Global, "duration", "duration", "duration", same),
    (0, Global, "duration", "string", "duration", to_duration),
    (0, Global, "timestamp", "timestamp", "timestamp", same),
    (0, Global, "timestamp", "string", "timestamp", to_timestamp),
    (0, Global, "timestamp", "int", "timestamp", to_timestamp),
];

fn same<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    args.first().cloned().ok_or_else(|| super::misused("dyn", args))
}

fn type_of<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [value] => Ok(Value::Type(value.type_name())),
        _ => Err(super::misused("type", args)),
    }
}

fn to_bool<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let [Value::Text(text)] = args else {
        return Err(super::misused("bool", args));
    };
    match text.as_str() {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(Value::Bool(true)),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(Value::Bool(false)),
        _ => Err(Failure::of("a text is no boolean")),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn to_int<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let number = match args {
        [Value::Uint(value)] => i64::try_from(*value).ok(),
        // The bounds are those that the API server's evaluator has: 2^63 itself does not fit.
        [Value::Double(value)] => {
            (value.is_finite() && *value > -9.223_372_036_854_776e18 && *value < 9.223_372_036_854_776e18)
                .then_some(*value as i64)
        }
        [Value::Text(text)] => text.as_str().parse().ok(),
        [Value::Duration(duration)] => Some(duration.nanoseconds()),
        [Value::Timestamp(timestamp)] => Some(timestamp.seconds()),
        _ => return Err(super::misused("int", args)),
    };
    number
        .map(Value::Int)
        .ok_or_else(|| Failure::of("a value is no integer, or too large for one"))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked"
)]
fn to_uint<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let number = match args {
        [Value::Int(value)] => u64::try_from(*value).ok(),
        [Value::Double(value)] => (*value >= 0.0 && *value < 18_446_744_073_709_551_616.0).then_some(*value as u64),
        [Value::Text(text)] if !text.as_str().starts_with('+') => text.as_str().parse().ok(),
        [Value::Text(_)] => None,
        _ => return Err(super::misused("uint", args)),
    };
    number
        .map(Value::Uint)
        .ok_or_else(|| Failure::of("a value is no unsigned integer, or too large for one"))
}

#[expect(clippy::cast_precision_loss, reason = "as the API server's evaluator does")]
fn to_double<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::Int(value)] => Ok(Value::Double(*value as f64)),
        [Value::Uint(value)] => Ok(Value::Double(*value as f64)),
        [Value::Text(text)] => {
            let number = text.as_str().parse();
            number
                .map(Value::Double)
                .map_err(|_| Failure::of("a text is no number"))
        }
        _ => Err(super::misused("double", args)),
    }
}

fn to_text<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [value] => written(value).map(Value::text),
        _ => Err(super::misused("string", args)),
    }
}

/// A value as `string(x)` writes it.
pub(super) fn written(value: &Value<'_>) -> Result<String, Failure> {
    Ok(match value {
        Value::Text(text) => text.as_str().to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => shortest(*value),
        Value::Bytes(bytes) => {
            let text = std::str::from_utf8(bytes);
            text.map_err(|_| Failure::of("bytes are no UTF-8 text"))?.to_owned()
        }
        Value::Duration(duration) => duration.to_string(),
        Value::Timestamp(timestamp) => timestamp.to_string(),
        Value::Ip(ip) => ip.to_string(),
        Value::Cidr(cidr) => cidr.to_string(),
        other => return Err(super::misused("string", std::slice::from_ref(other))),
    })
}

/// The shortest text that reads as the same number, as Go writes it: with an exponent from seven digits on.
pub(super) fn shortest(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return value.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

fn to_bytes<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::Text(text)] => Ok(Value::Bytes(Rc::from(text.as_str().as_bytes()))),
        _ => Err(super::misused("bytes", args)),
    }
}

fn to_duration<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::Text(text)] => Duration::parse(text.as_str()).map(Value::Duration),
        _ => Err(super::misused("duration", args)),
    }
}

fn to_timestamp<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::Text(text)] => Timestamp::parse(text.as_str()).map(Value::Timestamp),
        [Value::Int(seconds)] => Timestamp::at(*seconds, 0)
            .map(Value::Timestamp)
            .ok_or_else(|| Failure::of("a timestamp is out of range")),
        _ => Err(super::misused("timestamp", args)),
    }
}
