//! Semantic versions.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Row;
use super::Style::{Global, Member};
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::Value;

/// A semantic version. What is built (`+…`) makes no difference.
#[derive(Clone, Debug)]
pub(in crate::condition) struct Semver {
    numbers: [u64; 3],
    /// What makes it a version before the version of its numbers.
    before: Vec<Identifier>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u64),
    Word(String),
}

pub(super) const TABLE: &[Row] = &[
    (33, Global, "semver", "string", "Semver", semver),
    (33, Global, "semver", "string bool", "Semver", semver),
    (33, Global, "isSemver", "string", "bool", is_semver),
    (33, Global, "isSemver", "string bool", "bool", is_semver),
    (33, Member, "major", "Semver", "int", |args| number(args, 0)),
    (33, Member, "minor", "Semver", "int", |args| number(args, 1)),
    (33, Member, "patch", "Semver", "int", |args| number(args, 2)),
    (33, Member, "isGreaterThan", "Semver Semver", "bool", |args| {
        compare(args, |order| Value::Bool(order.is_gt()))
    }),
    (33, Member, "isLessThan", "Semver Semver", "bool", |args| {
        compare(args, |order| Value::Bool(order.is_lt()))
    }),
    (33, Member, "compareTo", "Semver Semver", "int", |args| {
        compare(args, |order| Value::Int(order as i64))
    }),
];

impl Semver {
    fn parse(text: &str) -> Option<Self> {
        let (text, build) = text
            .split_once('+')
            .map_or((text, None), |(text, build)| (text, Some(build)));
        if !build.is_none_or(|build| build.split('.').all(is_identifier)) {
            return None;
        }
        let (numbers, before) = text
            .split_once('-')
            .map_or((text, None), |(text, before)| (text, Some(before)));
        let mut parts = numbers.split('.');
        let mut next = || number_of(parts.next()?);
        let numbers = [next()?, next()?, next()?];
        if parts.next().is_some() {
            return None;
        }
        let before = before.into_iter().flat_map(|before| before.split('.'));
        let before = before.map(|part| {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if is_number {
                return number_of(part).map(Identifier::Number);
            }
            is_identifier(part).then(|| Identifier::Word(part.to_owned()))
        });
        Some(Self {
            numbers,
            before: before.collect::<Option<_>>()?,
        })
    }

    /// Reads what people write: with a `v` before it, with fewer numbers, with zeros before them.
    fn parse_loosely(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(['-', '+']).unwrap_or(text.len());
        let (numbers, rest) = text.split_at_checked(end)?;
        let mut parts: Vec<String> = numbers
            .split('.')
            .map(|part| {
                let short = part.trim_start_matches('0');
                if short.is_empty() && !part.is_empty() {
                    "0".to_owned()
                } else {
                    short.to_owned()
                }
            })
            .collect();
        if parts.len() < 3 && !rest.is_empty() {
            return None;
        }
        while parts.len() < 3 {
            parts.push("0".to_owned());
        }
        Self::parse(&format!("{}{rest}", parts.join(".")))
    }

    pub(in crate::condition) fn cmp(&self, other: &Self) -> Ordering {
        let by_numbers = self.numbers.cmp(&other.numbers);
        by_numbers.then_with(|| match (self.before.is_empty(), other.before.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => self.before.cmp(&other.before),
        })
    }
}

fn number_of(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_number)
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn parsed(args: &[Value<'_>]) -> Result<Option<Semver>, Failure> {
    match args {
        [Value::Text(text)] | [Value::Text(text), Value::Bool(false)] => Ok(Semver::parse(text.as_str())),
        [Value::Text(text), Value::Bool(true)] => Ok(Semver::parse_loosely(text.as_str())),
        _ => Err(super::misused("semver", args)),
    }
}

fn semver<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    parsed(args)?
        .map(|version| Value::Semver(Rc::new(version)))
        .ok_or_else(|| Failure::of("a text is no semantic version"))
}

fn is_semver<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::Bool(parsed(args)?.is_some()))
}

fn number<'v>(args: &[Value<'v>], index: usize) -> Outcome<'v> {
    match args {
        [Value::Semver(version)] => {
            let number = version.numbers.get(index).copied().unwrap_or(0);
            Ok(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)))
        }
        _ => Err(super::misused("major", args)),
    }
}

fn compare<'v>(args: &[Value<'v>], of: fn(Ordering) -> Value<'v>) -> Outcome<'v> {
    match args {
        [Value::Semver(a), Value::Semver(b)] => Ok(of(a.cmp(b))),
        _ => Err(super::misused("compareTo", args)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_the_order_that_the_standard_gives() {
        let order = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.10.0",
        ];
        for pair in order.windows(2) {
            let [a, b] = [0, 1].map(|index| Semver::parse(pair[index]).expect("a version"));
            assert_eq!(a.cmp(&b), Ordering::Less, "{pair:?}");
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "a.b.c", "1.2.3-é",
        ] {
            assert!(Semver::parse(text).is_none(), "{text}");
        }
        for text in ["v1.2.3", "1.2", "1", "v01.2", " 1.2.3 "] {
            assert!(Semver::parse_loosely(text).is_some(), "{text}");
        }
    }
}
