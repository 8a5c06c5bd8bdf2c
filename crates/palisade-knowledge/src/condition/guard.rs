//! Refuses expressions that are too long or too deep, before the parser sees them: its recursion follows the text's.

use palisade_inventory::Position;

use super::ConditionError;

/// No condition of ours comes near it; the API server's own limit on a policy is far higher.
const MAX_LENGTH: usize = 4096;

/// How deep the tree of an expression may become.
const MAX_DEPTH: usize = 96;

/// What a bracket counts for: the parser calls itself many times to read one.
const BRACKET: usize = 4;

/// Checks length and a bound of the tree's depth.
///
/// The bound: brackets add up; so do, between two `&&`, `||` or commas, the operators, selections and indexes of one
/// bracket, as each may hold the one before; so do all `?` of one bracket, as each may hold the next.
pub(super) fn check(source: &str) -> Result<(), ConditionError> {
    if source.len() > MAX_LENGTH {
        return Err(ConditionError::TooLong {
            length: source.len(),
            limit: MAX_LENGTH,
        });
    }
    let mut outer = Vec::new();
    let mut level = Level::default();
    let mut depth = 0_usize;
    let mut text = source;
    while let Some(first) = text.chars().next() {
        let length = skipped(text).unwrap_or(first.len_utf8());
        match first {
            '(' | '[' | '{' => {
                outer.push(level);
                depth += level.depth() + BRACKET;
                level = Level::default();
            }
            ')' | ']' | '}' => {
                level = outer.pop().unwrap_or_default();
                depth = depth.saturating_sub(level.depth() + BRACKET);
                // An index or a call holds what it follows.
                level.chain += 1;
            }
            '?' => level.choices += 1,
            '&' | '|' | ',' => level.chain = 0,
            '.' | '+' | '-' | '*' | '/' | '%' | '!' | '<' | '>' | '=' if skipped(text).is_none() => level.chain += 1,
            _ => {}
        }
        if depth + level.depth() > MAX_DEPTH {
            let before = source.get(..source.len() - text.len()).unwrap_or_default();
            return Err(ConditionError::TooDeep {
                limit: MAX_DEPTH,
                position: end_of(before),
            });
        }
        text = text.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// What is open inside one bracket.
#[derive(Clone, Copy, Default)]
struct Level {
    chain: usize,
    choices: usize,
}

impl Level {
    fn depth(self) -> usize {
        self.chain + self.choices
    }
}

/// The length of the string literal or comment that a text begins with, if it does.
fn skipped(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    let is_raw = text.starts_with(['r', 'R']);
    let quoted = if is_raw { text.get(1..)? } else { text };
    let quote = ["\"\"\"", "'''", "\"", "'"]
        .into_iter()
        .find(|quote| quoted.starts_with(quote))?;
    let mut rest = quoted.get(quote.len()..)?;
    loop {
        if let Some(after) = rest.strip_prefix(quote) {
            return Some(text.len() - after.len());
        }
        let mut chars = rest.chars();
        match chars.next() {
            None => return Some(text.len()),
            Some('\\') if !is_raw => drop(chars.next()),
            Some(_) => {}
        }
        rest = chars.as_str();
    }
}

/// The position that follows a text.
pub(super) fn end_of(text: &str) -> Position {
    let line = text.matches('\n').count();
    let column = text.rsplit('\n').next().map_or(0, |last| last.chars().count());
    Position::new(
        u32::try_from(line).unwrap_or(u32::MAX),
        u32::try_from(column).unwrap_or(u32::MAX),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_passes() {
        for source in [
            "container.?securityContext.?capabilities.?add.orValue([]).exists(c, c in ['ALL', 'SYS_ADMIN'])",
            r"pod.spec.volumes.all(v, !v.hostPath.path.matches('^/(a|b)\\.(c)((((((d))))))$'))",
            &["object.a.b.c == 'x'"; 100].join(" || "),
        ] {
            assert_eq!(check(source), Ok(()), "{source}");
        }
    }

    #[test]
    fn what_would_overflow_is_refused() {
        let deep = |part: &str, tail: &str| part.repeat(400) + tail;
        for source in [
            deep("(", ""),
            deep("[", "1"),
            deep("!", "a"),
            deep("-", "a"),
            format!("a{}", deep(".b", "")),
            format!("a{}", deep("[0]", "")),
            format!("a{}", deep("()", "")),
            deep("a ? b : ", "c"),
            deep("a+", "a"),
            deep("f(a.b || ", "a"),
            format!("a{}", deep(" == 'x'", "")),
        ] {
            assert!(
                matches!(check(&source), Err(ConditionError::TooDeep { .. })),
                "{source}"
            );
        }
        assert!(matches!(check(&"a".repeat(5000)), Err(ConditionError::TooLong { .. })));
    }

    #[test]
    fn the_position_is_where_it_becomes_too_deep() {
        let source = format!("true ||\n  {}", "(".repeat(200));
        let Err(ConditionError::TooDeep { position, .. }) = check(&source) else {
            panic!("it is too deep");
        };
        assert_eq!(position.line, 1);
    }
}
