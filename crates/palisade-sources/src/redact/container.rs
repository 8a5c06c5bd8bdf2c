//! A container's environment, command and arguments, which refer to one another.

use std::collections::BTreeMap;

use palisade_inventory::{Map, Node, Value};

use super::credential::{holds_credential, is_credential_name, is_credential_value};
use super::{Redactor, addresses_of_urls, drop_value, harmless, redacted};
use crate::endpoints::{self, Ports};

/// Redacts `env`, `command` and `args` of a map that has them.
pub(super) fn redact(redactor: &Redactor<'_>, map: &mut Map) {
    let has_any = map
        .entries()
        .iter()
        .any(|entry| matches!(&*entry.key, "env" | "args" | "command"));
    if !has_any {
        return;
    }
    let mut variables = BTreeMap::new();
    if let Some(env) = list(map, "env") {
        let ports = ports_of(env);
        for variable in env {
            environment_variable(redactor, variable, &ports, &mut variables);
        }
    }
    for key in ["command", "args"] {
        if let Some(words) = list(map, key) {
            arguments(redactor, words, key == "command", &variables);
        } else if let Some(entry) = map.entries_mut().iter_mut().find(|entry| &*entry.key == key) {
            drop_value(&mut entry.value, false);
        }
    }
}

/// Whether a value has been looked at: public words may stay.
pub(super) fn is_settled(node: &Node) -> bool {
    match &node.value {
        Value::Text(text) => harmless::is_setting(text),
        Value::Int(_) | Value::Float(_) | Value::List(_) | Value::Map(_) => false,
        Value::Null | Value::Bool(_) | Value::Redacted(_) => true,
    }
}

fn list<'m>(map: &'m mut Map, key: &str) -> Option<&'m mut Vec<Node>> {
    let entry = map.entries_mut().iter_mut().find(|entry| &*entry.key == key)?;
    match &mut entry.value.value {
        Value::List(items) => Some(items),
        _ => None,
    }
}

fn ports_of(env: &[Node]) -> Ports {
    let mut ports = Ports::default();
    for variable in env {
        if let (Some(name), Some(value)) = (variable.text(&["name"]), variable.text(&["value"])) {
            ports.note(name, value);
        }
    }
    ports
}

fn environment_variable(
    redactor: &Redactor<'_>,
    variable: &mut Node,
    ports: &Ports,
    variables: &mut BTreeMap<String, String>,
) {
    let Some(name) = variable.text(&["name"]).map(str::to_owned) else {
        return;
    };
    let Value::Map(map) = &mut variable.value else { return };
    let Some(entry) = map.entries_mut().iter_mut().find(|entry| &*entry.key == "value") else {
        return;
    };
    let node = &mut entry.value;
    let expanded = node.as_str().map(|text| expand(text, variables));
    if let Some(expanded) = expanded {
        let is_reference = node.as_str().is_some_and(|text| text != expanded);
        if is_reference {
            // The addresses are those of the expanded text; whether it holds a credential is told by what is written.
            let mark = node.as_str().is_some_and(holds_credential);
            let source = redactor.source(&expanded, node.position);
            let addresses = if is_credential_name(&name) {
                addresses_of_urls(source)
            } else {
                endpoints::find(source, &name, ports)
            };
            node.value = redacted(mark, addresses);
        } else {
            redactor.setting(&name, node, ports);
        }
        // What is secret is not handed on: an address does not need it.
        let known = if is_credential_name(&name) {
            "x".to_owned()
        } else {
            expanded
        };
        variables.insert(name, known);
    } else {
        redactor.setting(&name, node, ports);
    }
}

fn arguments(redactor: &Redactor<'_>, words: &mut [Node], is_command: bool, variables: &BTreeMap<String, String>) {
    let ports = ports_of_flags(words);
    let mut flag: Option<String> = None;
    for (index, word) in words.iter_mut().enumerate() {
        let Some(text) = word.as_str() else {
            drop_value(word, false);
            continue;
        };
        let value_of = flag.take();
        let is_value_of_credential = value_of.as_deref().is_some_and(is_credential_flag) && !text.starts_with("--");
        let value = if is_value_of_credential {
            redacted(is_credential_value(text), Vec::new())
        } else if harmless::is_bare_flag(text) {
            flag = Some(text.to_owned());
            continue;
        } else if is_public(text, is_command && index == 0) {
            continue;
        } else {
            let (name, value) = match text.split_once('=') {
                Some((name, value)) if name.starts_with('-') => (name, value),
                _ => (value_of.as_deref().unwrap_or_default(), text),
            };
            let is_credential = is_credential_flag(name);
            let mark = (is_credential && is_credential_value(value)) || holds_credential(text);
            let expanded = expand(value, variables);
            let source = redactor.source(&expanded, word.position);
            let addresses = if is_credential {
                addresses_of_urls(source)
            } else {
                endpoints::find(source, name, &ports)
            };
            let mut value = redacted(mark, addresses);
            if let Value::Redacted(kept) = &mut value {
                kept.flag = flag_of(text);
            }
            value
        };
        word.value = value;
    }
}

/// The flag of `--flag=value`.
fn flag_of(text: &str) -> Option<Box<str>> {
    let (flag, _) = text.split_once('=')?;
    let name = flag.strip_prefix("--")?;
    (!name.is_empty() && harmless::is_bare_flag(flag)).then(|| name.into())
}

/// Flags that take a credential, those that take `user:password` included.
fn is_credential_flag(flag: &str) -> bool {
    is_credential_name(flag) || matches!(flag.trim_start_matches('-'), "u" | "user" | "auth" | "p" | "basic-auth")
}

fn is_public(text: &str, is_program: bool) -> bool {
    match text.split_once('=') {
        Some((flag, value)) => {
            let name = flag.trim_start_matches('-');
            flag.starts_with("--")
                && harmless::is_bare_flag(flag)
                && (harmless::is_component_value(name, value)
                    || (!is_credential_flag(flag) && harmless::is_flag_value(name, value)))
        }
        None => harmless::is_setting(text) || harmless::is_path(text) || (is_program && harmless::is_program(text)),
    }
}

/// `--db-port=5432` beside `--db-host=db`.
fn ports_of_flags(words: &[Node]) -> Ports {
    let mut ports = Ports::default();
    let texts: Vec<&str> = words.iter().map(|word| word.as_str().unwrap_or_default()).collect();
    for pair in texts.windows(2) {
        if let [flag, value] = pair
            && flag.starts_with('-')
        {
            ports.note(flag, value);
        }
    }
    for (flag, value) in texts.iter().filter_map(|text| text.split_once('=')) {
        ports.note(flag, value);
    }
    ports
}

/// The text with `$(NAME)`, `${NAME}` and `$NAME` replaced where the variable is known.
fn expand(text: &str, variables: &BTreeMap<String, String>) -> String {
    /// Variables that refer to variables must not grow without end.
    const LONGEST: usize = 64 << 10;
    if variables.is_empty() || !text.contains('$') {
        return text.to_owned();
    }
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, behind) = match after.chars().next() {
            Some('(') => after
                .get(1..)
                .and_then(|after| after.split_once(')'))
                .unwrap_or(("", after)),
            Some('{') => after
                .get(1..)
                .and_then(|after| after.split_once('}'))
                .unwrap_or(("", after)),
            _ => {
                let end = after
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                    .unwrap_or(after.len());
                after.split_at(end)
            }
        };
        match variables.get(name) {
            Some(value) if expanded.len() + value.len() <= LONGEST => {
                expanded.push_str(value);
                rest = behind;
            }
            _ => {
                expanded.push('$');
                rest = after;
            }
        }
    }
    expanded.push_str(rest);
    expanded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_expanded() {
        let variables = BTreeMap::from([("HOST".to_owned(), "db".to_owned())]);
        assert_eq!(
            expand("http://$(HOST):80/${HOST}/$HOST", &variables),
            "http://db:80/db/db"
        );
        assert_eq!(
            expand("$(UNKNOWN) $ $( ${ $HOSTS", &variables),
            "$(UNKNOWN) $ $( ${ $HOSTS"
        );
    }
}
