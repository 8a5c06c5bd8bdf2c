//! Regular expressions, in the dialect of Go: what stands for digits, words and spaces is ASCII.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use regex::Regex;

use super::Row;
use super::Style::Global;
use super::Style::Member;
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::Value;

pub(super) const TABLE: &[Row] = &[
    (0, Member, "matches", "string string", "bool", matches),
    (0, Global, "matches", "string string", "bool", matches),
    (0, Member, "find", "string string", "string", find),
    (0, Member, "findAll", "string string", "list(string)", find_all),
    (0, Member, "findAll", "string string int", "list(string)", find_all),
];

fn matches<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let (text, regex) = text_and_pattern("matches", args)?;
    Ok(Value::Bool(regex.is_match(text)))
}

/// The first match, or nothing.
fn find<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let (text, regex) = text_and_pattern("find", args)?;
    Ok(Value::text(regex.find(text).map_or("", |found| found.as_str())))
}

/// All matches, or the first few; a negative limit is none.
fn find_all<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let (text, regex) = text_and_pattern("findAll", args)?;
    let limit = match args {
        [_, _, Value::Int(limit)] => usize::try_from(*limit).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let found = regex.find_iter(text).take(limit);
    Ok(Value::list(found.map(|found| Value::text(found.as_str()))))
}

fn text_and_pattern<'a>(name: &str, args: &'a [Value<'_>]) -> Result<(&'a str, Arc<Regex>), Failure> {
    match args {
        [Value::Text(text), Value::Text(pattern), ..] => Ok((text.as_str(), compile(pattern.as_str())?)),
        _ => Err(super::misused(name, args)),
    }
}

/// Patterns remembered; almost all of them are literals of conditions, so that there are few.
const MOST_REMEMBERED: usize = 1024;

/// The compiled pattern.
pub(in crate::condition) fn compile(source: &str) -> Result<Arc<Regex>, Failure> {
    static COMPILED: LazyLock<RwLock<HashMap<String, Arc<Regex>>>> = LazyLock::new(RwLock::default);
    let known = COMPILED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = known.get(source) {
        return Ok(Arc::clone(regex));
    }
    drop(known);
    let regex = Regex::new(&translate(source)).map_err(|error| {
        let message = error.to_string();
        Failure::of(message.lines().last().unwrap_or_default().trim_start_matches("error: "))
    })?;
    let regex = Arc::new(regex);
    let mut known = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() < MOST_REMEMBERED {
        known.insert(source.to_owned(), Arc::clone(&regex));
    }
    Ok(regex)
}

/// A pattern of Go's in the dialect of our library, where they differ: classes are ASCII, inside brackets only `[:name:]`
/// nests, nothing subtracts, and `\Q…\E` quotes.
fn translate(source: &str) -> String {
    let mut pattern = String::with_capacity(source.len() + 16);
    let mut in_class = false;
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\\' => rest = escape(rest, in_class, &mut pattern),
            '[' if in_class && rest.starts_with(':') => {
                let end = rest.find(":]").map_or(0, |end| end + 2);
                pattern.push('[');
                pattern.push_str(rest.get(..end).unwrap_or_default());
                rest = rest.get(end..).unwrap_or_default();
            }
            '[' if in_class => pattern.push_str("\\["),
            '[' => {
                in_class = true;
                pattern.push('[');
                if let Some(after) = rest.strip_prefix('^') {
                    pattern.push('^');
                    rest = after;
                }
                // A bracket that closes at once is meant literally.
                if let Some(after) = rest.strip_prefix(']') {
                    pattern.push_str("\\]");
                    rest = after;
                }
            }
            ']' if in_class => {
                in_class = false;
                pattern.push(']');
            }
            '&' | '~' if in_class => {
                pattern.push('\\');
                pattern.push(c);
            }
            other => pattern.push(other),
        }
    }
    pattern
}

/// Translates what follows a backslash, and returns what is left.
fn escape<'s>(rest: &'s str, in_class: bool, pattern: &mut String) -> &'s str {
    let Some(c) = rest.chars().next() else {
        pattern.push('\\');
        return rest;
    };
    let after = rest.get(c.len_utf8()..).unwrap_or_default();
    let class = match c {
        'd' => Some(("0-9", false)),
        'D' => Some(("0-9", true)),
        'w' => Some(("0-9A-Za-z_", false)),
        'W' => Some(("0-9A-Za-z_", true)),
        's' => Some(("\\t\\n\\f\\r ", false)),
        'S' => Some(("\\t\\n\\f\\r ", true)),
        _ => None,
    };
    match (c, class) {
        (_, Some((members, false))) if in_class => pattern.push_str(members),
        (_, Some((members, is_negated))) => {
            pattern.push_str(if is_negated { "[^" } else { "[" });
            pattern.push_str(members);
            pattern.push(']');
        }
        ('b' | 'B', None) if !in_class => {
            pattern.push_str("(?-u:\\");
            pattern.push(c);
            pattern.push(')');
        }
        ('Q', None) => {
            let (quoted, after) = after.split_once("\\E").unwrap_or((after, ""));
            pattern.push_str(&regex::escape(quoted));
            return after;
        }
        // Word boundaries to our library, plain characters to Go.
        ('<' | '>', None) => pattern.push(c),
        _ => {
            pattern.push('\\');
            pattern.push(c);
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, matching: &[&str], others: &[&str]) {
        let regex = compile(pattern).unwrap_or_else(|failure| panic!("{pattern}: {failure}"));
        for text in matching {
            assert!(regex.is_match(text), "{pattern} matches {text}");
        }
        for text in others {
            assert!(!regex.is_match(text), "{pattern} does not match {text}");
        }
    }

    #[test]
    fn classes_are_ascii() {
        check(r"^\d$", &["7"], &["٧", "x"]);
        check(r"^\w+$", &["a_1"], &["é"]);
        check(r"^\s$", &[" ", "\t"], &["\u{a0}", "\u{b}"]);
        check(r"^[\d.]+$", &["1.2"], &["٧"]);
        check(r"^[^\W]$", &["a"], &["é", "-"]);
        check(r"^[\D]$", &["x"], &["7"]);
        check(r"\bx\b", &["a x b", "éx"], &["ax"]);
    }

    #[test]
    fn brackets_are_literal_inside_brackets() {
        check(r"^[[a]$", &["[", "a"], &["b"]);
        check(r"^[]a]$", &["]", "a"], &["b"]);
        check(r"^[^]]$", &["a"], &["]"]);
        check(r"^[a&&b]$", &["a", "&", "b"], &["c"]);
        check(r"^[[:alpha:]1]$", &["x", "1"], &["2"]);
        check(r"^[a~~b]$", &["~"], &["c"]);
    }

    #[test]
    fn what_quotes_quotes() {
        check(r"^\Qa.b\E.$", &["a.bx"], &["axbx"]);
        check(r"^\<a\>$", &["<a>"], &["a"]);
        check(r"^\.\-\/$", &[".-/"], &["a"]);
        assert!(compile("(").is_err());
        assert!(compile("a(?=b)").is_err());
    }
}
