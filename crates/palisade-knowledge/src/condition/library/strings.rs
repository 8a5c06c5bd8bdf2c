//! Texts. Positions count characters, not bytes.

use super::Row;
use super::Style::{Global, Member};
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::Value;

pub(super) const TABLE: &[Row] = &[
    (0, Member, "contains", "string string", "bool", contains),
    (0, Member, "startsWith", "string string", "bool", starts_with),
    (0, Member, "endsWith", "string string", "bool", ends_with),
    (0, Member, "charAt", "string int", "string", char_at),
    (0, Member, "indexOf", "string string", "int", index_of),
    (0, Member, "indexOf", "string string int", "int", index_of),
    (0, Member, "lastIndexOf", "string string", "int", last_index_of),
    (0, Member, "lastIndexOf", "string string int", "int", last_index_of),
    (0, Member, "join", "list(string)", "string", join),
    (0, Member, "join", "list(string) string", "string", join),
    (0, Member, "lowerAscii", "string", "string", lower_ascii),
    (0, Member, "upperAscii", "string", "string", upper_ascii),
    (0, Member, "replace", "string string string", "string", replace),
    (0, Member, "replace", "string string string int", "string", replace),
    (0, Member, "split", "string string", "list(string)", split),
    (0, Member, "split", "string string int", "list(string)", split),
    (0, Member, "substring", "string int", "string", substring),
    (0, Member, "substring", "string int int", "string", substring),
    (0, Member, "trim", "string", "string", trim),
    (29, Global, "strings.quote", "string", "string", quote),
];

fn contains<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    compare(args, |text, part| text.contains(part))
}

fn starts_with<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    compare(args, |text, part| text.starts_with(part))
}

fn ends_with<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    compare(args, |text, part| text.ends_with(part))
}

fn compare<'v>(args: &[Value<'v>], holds: fn(&str, &str) -> bool) -> Outcome<'v> {
    match args {
        [Value::Text(text), Value::Text(part)] => Ok(Value::Bool(holds(text.as_str(), part.as_str()))),
        _ => Err(super::misused("string", args)),
    }
}

/// The character at a position; nothing right after the last.
fn char_at<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let [Value::Text(text), Value::Int(position)] = args else {
        return Err(super::misused("charAt", args));
    };
    let text = text.as_str();
    let position = within(*position, text.chars().count())?;
    let character = text.chars().nth(position);
    Ok(Value::text(character.map(String::from).unwrap_or_default()))
}

fn index_of<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let (text, part, from) = search(args)?;
    let from = from.unwrap_or(0);
    if part.is_empty() {
        return Ok(Value::count(from));
    }
    let last = text.len().checked_sub(part.len());
    let found =
        last.and_then(|last| (from..=last).find(|start| text.get(*start..).is_some_and(|t| t.starts_with(&part))));
    Ok(found.map_or(Value::Int(-1), Value::count))
}

fn last_index_of<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let (text, part, from) = search(args)?;
    let from = from.unwrap_or(text.len());
    if part.is_empty() {
        return Ok(Value::count(from));
    }
    let last = text.len().checked_sub(part.len()).map(|last| last.min(from));
    let found = last.and_then(|last| {
        (0..=last)
            .rev()
            .find(|start| text.get(*start..).is_some_and(|t| t.starts_with(&part)))
    });
    Ok(found.map_or(Value::Int(-1), Value::count))
}

/// A text, what is searched in it, and where the search begins.
type Search = (Vec<char>, Vec<char>, Option<usize>);

/// What to search. Where the search begins must be within the text.
fn search(args: &[Value<'_>]) -> Result<Search, Failure> {
    let (text, part, from) = match args {
        [Value::Text(text), Value::Text(part)] => (text, part, None),
        [Value::Text(text), Value::Text(part), Value::Int(from)] => (text, part, Some(*from)),
        _ => return Err(super::misused("indexOf", args)),
    };
    let text: Vec<char> = text.as_str().chars().collect();
    let part: Vec<char> = part.as_str().chars().collect();
    let from = match from {
        Some(from) if part.is_empty() => Some(within(from, usize::MAX)?.min(text.len())),
        Some(from) => {
            let from = within(from, text.len())?;
            if from == text.len() {
                return Err(out_of_range());
            }
            Some(from)
        }
        None => None,
    };
    Ok((text, part, from))
}

fn join<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let (items, separator) = match args {
        [Value::List(items)] => (items, ""),
        [Value::List(items), Value::Text(separator)] => (items, separator.as_str()),
        _ => return Err(super::misused("join", args)),
    };
    let mut texts = Vec::with_capacity(items.len());
    for item in items.iter() {
        match item {
            Value::Text(text) => texts.push(text.as_str()),
            other => return Err(super::misused("join", std::slice::from_ref(other))),
        }
    }
    Ok(Value::text(texts.join(separator)))
}

fn lower_ascii<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    change(args, str::to_ascii_lowercase)
}

fn upper_ascii<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    change(args, str::to_ascii_uppercase)
}

fn trim<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    change(args, |text| text.trim().to_owned())
}

fn quote<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    change(args, |text| {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('"');
        for c in text.chars() {
            match c {
                '\u{7}' => quoted.push_str("\\a"),
                '\u{8}' => quoted.push_str("\\b"),
                '\u{c}' => quoted.push_str("\\f"),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                '\t' => quoted.push_str("\\t"),
                '\u{b}' => quoted.push_str("\\v"),
                '\\' => quoted.push_str("\\\\"),
                '"' => quoted.push_str("\\\""),
                other => quoted.push(other),
            }
        }
        quoted.push('"');
        quoted
    })
}

fn change<'v>(args: &[Value<'v>], change: impl Fn(&str) -> String) -> Outcome<'v> {
    match args {
        [Value::Text(text)] => Ok(Value::text(change(text.as_str()))),
        _ => Err(super::misused("string", args)),
    }
}

/// Replaces all, or the first few; a negative limit is none.
fn replace<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::Text(text), Value::Text(from), Value::Text(to), limit @ ..] => {
            let (text, from, to) = (text.as_str(), from.as_str(), to.as_str());
            Ok(Value::text(match self::limit(limit) {
                Some(limit) => text.replacen(from, to, limit),
                None => text.replace(from, to),
            }))
        }
        _ => Err(super::misused("replace", args)),
    }
}

/// Splits at all places, or into a few parts of which the last has the rest; a negative limit is none.
fn split<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let [Value::Text(text), Value::Text(separator), limit @ ..] = args else {
        return Err(super::misused("split", args));
    };
    let (text, separator) = (text.as_str(), separator.as_str());
    let limit = self::limit(limit).unwrap_or(usize::MAX);
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = text;
    if limit == 0 {
        return Ok(Value::list([]));
    }
    if separator.is_empty() {
        while let Some(c) = rest.chars().next().filter(|_| parts.len() + 1 < limit) {
            let (part, after) = rest.split_at_checked(c.len_utf8()).unwrap_or((rest, ""));
            parts.push(part);
            rest = after;
        }
        parts.extend(Some(rest).filter(|rest| !rest.is_empty()));
    } else {
        parts.extend(text.splitn(limit, separator));
    }
    Ok(Value::list(parts.into_iter().map(Value::text)))
}

fn limit(args: &[Value<'_>]) -> Option<usize> {
    match args {
        [Value::Int(limit)] => usize::try_from(*limit).ok(),
        _ => None,
    }
}

fn substring<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let [Value::Text(text), Value::Int(start), end @ ..] = args else {
        return Err(super::misused("substring", args));
    };
    let text = text.as_str();
    let length = text.chars().count();
    let start = within(*start, length)?;
    let end = match end {
        [Value::Int(end)] => within(*end, length)?,
        _ => length,
    };
    let count = end.checked_sub(start).ok_or_else(out_of_range)?;
    Ok(Value::text(text.chars().skip(start).take(count).collect::<String>()))
}

/// A position that is not before the first nor after the last.
fn within(position: i64, length: usize) -> Result<usize, Failure> {
    let position = usize::try_from(position).ok();
    position.filter(|position| *position <= length).ok_or_else(out_of_range)
}

fn out_of_range() -> Failure {
    Failure::of("a position is outside of a text")
}
