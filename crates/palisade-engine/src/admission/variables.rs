//! A policy's `variables`, put in place of their names.
//!
//! A variable is evaluated when it is used, and what fails in it fails there; so does the expression that stands for it.

use std::collections::BTreeMap;

use palisade_inventory::Node;

/// Longer than any expression that is evaluated.
const TOO_LONG: usize = 1 << 14;

/// The variables of a policy, each written without variables; none: too long to be evaluated.
#[derive(Debug, Default)]
pub(super) struct Variables<'a>(BTreeMap<&'a str, Option<String>>);

impl<'a> Variables<'a> {
    /// Those of a policy. A variable may use those before it.
    pub(super) fn of(policy: &'a Node) -> Self {
        let mut variables = Self::default();
        for variable in policy.items(&["spec", "variables"]) {
            if let Some((name, expression)) = variable.text(&["name"]).zip(variable.text(&["expression"])) {
                let expanded = variables.expand(expression);
                variables.0.insert(name, expanded);
            }
        }
        variables
    }

    /// The expression without variables; none where it becomes too long. Unknown variables stay, so that it is refused.
    pub(super) fn expand(&self, expression: &str) -> Option<String> {
        let mut expanded = String::new();
        let mut rest = expression;
        while let Some((before, name, after)) = next_use(rest) {
            expanded.push_str(before);
            match self.0.get(name) {
                Some(Some(value)) => {
                    expanded.push('(');
                    expanded.push_str(value);
                    expanded.push(')');
                }
                Some(None) => return None,
                None => {
                    expanded.push_str("variables.");
                    expanded.push_str(name);
                }
            }
            if expanded.len() > TOO_LONG {
                return None;
            }
            rest = after;
        }
        expanded.push_str(rest);
        Some(expanded)
    }
}

/// The text before the next `variables.NAME`, that name, and the text after it.
fn next_use(text: &str) -> Option<(&str, &str, &str)> {
    const WORD: &str = "variables.";
    let mut quote: Option<char> = None;
    let mut before = ' ';
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {
                if c == '\\' {
                    characters.next();
                }
            }
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => {
                let starts = !before.is_alphanumeric() && !matches!(before, '_' | '.');
                if starts && let Some(rest) = text.get(at..).and_then(|rest| rest.strip_prefix(WORD)) {
                    let end = rest
                        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .unwrap_or(rest.len());
                    let (name, after) = rest.split_at_checked(end)?;
                    return Some((text.get(..at)?, name, after));
                }
            }
        }
        before = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables<'static> {
        let mut variables = Variables::default();
        variables.0.insert("a", Some("object.x".to_owned()));
        variables
    }

    #[test]
    fn names_are_replaced_where_they_are_names() {
        for (expression, expanded) in [
            ("variables.a == 1", "(object.x) == 1"),
            ("variables.a.b && variables.a", "(object.x).b && (object.x)"),
            ("'variables.a' + variables.a", "'variables.a' + (object.x)"),
            (r#""\"variables.a" + variables.a"#, r#""\"variables.a" + (object.x)"#),
            ("object.variables.a", "object.variables.a"),
            ("myvariables.a", "myvariables.a"),
            ("variables.ab", "variables.ab"),
            ("[é, variables.a]", "[é, (object.x)]"),
        ] {
            assert_eq!(
                variables().expand(expression).as_deref(),
                Some(expanded),
                "{expression}"
            );
        }
    }

    #[test]
    fn what_doubles_again_and_again_is_given_up() {
        let mut variables = variables();
        for name in [
            "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q",
        ] {
            let twice = variables.expand("variables.a + variables.a");
            variables.0.insert("a", twice);
            variables.0.insert(name, Some(String::new()));
        }
        assert_eq!(variables.expand("variables.a"), None);
    }
}
