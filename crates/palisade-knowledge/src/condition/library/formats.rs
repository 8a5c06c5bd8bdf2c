//! `'…'.format([…])`.

use std::fmt::Write;

use super::Row;
use super::Style::Member;
use super::conversions::{shortest, written};
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::Value;

pub(super) const TABLE: &[Row] = &[(29, Member, "format", "string list(dyn)", "string", format)];

fn format<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let [Value::Text(template), Value::List(values)] = args else {
        return Err(super::misused("format", args));
    };
    let mut values = values.iter();
    let mut text = String::new();
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            text.push('%');
            rest = after;
            continue;
        }
        let end = after
            .find(|c: char| c != '.' && !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (precision, after) = after.split_at_checked(end).unwrap_or((after, ""));
        let mut clause = after.chars();
        let verb = clause
            .next()
            .ok_or_else(|| Failure::of("a format ends within a clause"))?;
        let precision = match precision.strip_prefix('.') {
            Some(digits) => digits.parse::<usize>().ok().filter(|digits| *digits <= 100),
            None if precision.is_empty() => Some(6),
            None => None,
        };
        let precision = precision.ok_or_else(|| Failure::of("a format has a precision that is no number"))?;
        let value = values
            .next()
            .ok_or_else(|| Failure::of("a format has more clauses than values"))?;
        clause_of(verb, precision, value, &mut text)?;
        rest = clause.as_str();
    }
    text.push_str(rest);
    Ok(Value::text(text))
}

fn clause_of(verb: char, precision: usize, value: &Value<'_>, text: &mut String) -> Result<(), Failure> {
    let wrong = || Failure::of(format!("`%{verb}` is not for {}", value.type_name()));
    let written = match (verb, value) {
        ('s', value) => plain(value)?,
        ('d', Value::Int(value)) => value.to_string(),
        ('d', Value::Uint(value)) => value.to_string(),
        ('d' | 'f' | 'e', Value::Double(value)) if !value.is_finite() => not_finite(*value),
        ('d', Value::Double(value)) => shortest(*value),
        ('f', value) => format!("{:.precision$}", number(value).ok_or_else(wrong)?),
        ('e', value) => scientific(number(value).ok_or_else(wrong)?, precision),
        ('b', Value::Bool(value)) => u8::from(*value).to_string(),
        ('b', value) => signed(value, |value| format!("{value:b}")).ok_or_else(wrong)?,
        ('o', value) => signed(value, |value| format!("{value:o}")).ok_or_else(wrong)?,
        ('x', Value::Text(value)) => hexadecimal(value.as_str().as_bytes()),
        ('x', Value::Bytes(value)) => hexadecimal(value),
        ('x', value) => signed(value, |value| format!("{value:x}")).ok_or_else(wrong)?,
        ('X', Value::Text(value)) => hexadecimal(value.as_str().as_bytes()).to_uppercase(),
        ('X', Value::Bytes(value)) => hexadecimal(value).to_uppercase(),
        ('X', value) => signed(value, |value| format!("{value:X}")).ok_or_else(wrong)?,
        _ => return Err(wrong()),
    };
    text.push_str(&written);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "as the API server's evaluator does")]
fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Double(value) => Some(*value),
        Value::Int(value) => Some(*value as f64),
        Value::Uint(value) => Some(*value as f64),
        _ => None,
    }
}

fn signed(value: &Value<'_>, write: impl Fn(u64) -> String) -> Option<String> {
    match value {
        Value::Int(value) if *value < 0 => Some(format!("-{}", write(value.unsigned_abs()))),
        Value::Int(value) => Some(write(value.unsigned_abs())),
        Value::Uint(value) => Some(write(*value)),
        _ => None,
    }
}

fn scientific(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

fn not_finite(value: f64) -> String {
    let text = match value {
        value if value.is_nan() => "NaN",
        value if value > 0.0 => "Infinity",
        _ => "-Infinity",
    };
    text.to_owned()
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A value as `%s` writes it.
fn plain(value: &Value<'_>) -> Result<String, Failure> {
    Ok(match value {
        Value::Null => "null".to_owned(),
        Value::Type(name) => (*name).to_owned(),
        Value::Double(value) if !value.is_finite() => not_finite(*value),
        Value::List(items) => {
            let items: Result<Vec<_>, _> = items.iter().map(plain).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Map(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| Ok(format!("{}: {}", plain(&key.value())?, plain(value)?)));
            format!("{{{}}}", entries.collect::<Result<Vec<_>, Failure>>()?.join(", "))
        }
        other => written(other)?,
    })
}
