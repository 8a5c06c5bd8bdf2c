//! Whether label selectors are ones that Kubernetes accepts.

use palisade_inventory::{FieldPath, Node};

/// The first thing wrong with a `LabelSelector`, and where below it.
pub(super) fn fault_of_selector(selector: &Node) -> Option<(FieldPath, String)> {
    if selector.as_map().is_none() {
        return Some((FieldPath::root(), "not a map".to_owned()));
    }
    let labels = selector.entries(&["matchLabels"]).iter().find_map(|entry| {
        let path = FieldPath::root().child("matchLabels").child(&*entry.key);
        let reason = fault_of_key(&entry.key).or_else(|| match entry.value.as_str() {
            Some(value) => fault_of_value(value),
            None => Some("a label's value must be a text".to_owned()),
        })?;
        Some((path, reason))
    });
    labels.or_else(|| {
        let expressions = selector.items(&["matchExpressions"]).iter().enumerate();
        expressions.into_iter().find_map(|(index, expression)| {
            let path = FieldPath::root().child("matchExpressions").child(index);
            Some((path, fault_of_expression(expression)?))
        })
    })
}

fn fault_of_expression(expression: &Node) -> Option<String> {
    let Some(key) = expression.text(&["key"]) else {
        return Some("`key` is missing".to_owned());
    };
    let has_values = !expression.items(&["values"]).is_empty();
    match (expression.text(&["operator"]), has_values) {
        (Some("In" | "NotIn"), true) | (Some("Exists" | "DoesNotExist"), false) => {}
        (Some("In" | "NotIn"), false) => return Some("`values` must hold something for `In` and `NotIn`".to_owned()),
        (Some("Exists" | "DoesNotExist"), true) => {
            return Some("`values` must be empty for `Exists` and `DoesNotExist`".to_owned());
        }
        (Some(other), _) => return Some(format!("`{other}` is no operator: In, NotIn, Exists or DoesNotExist")),
        (None, _) => return Some("`operator` is missing".to_owned()),
    }
    let mut values = expression.items(&["values"]).iter();
    fault_of_key(key).or_else(|| {
        values.find_map(|value| match value.as_str() {
            Some(value) => fault_of_value(value),
            None => Some("a label's value must be a text".to_owned()),
        })
    })
}

/// A key is a name of at most 63 characters, after an optional domain and a slash.
fn fault_of_key(key: &str) -> Option<String> {
    const LONGEST_DOMAIN: usize = 253;
    let (domain, name) = match key.split_once('/') {
        Some((domain, name)) => (Some(domain), name),
        None => (None, key),
    };
    let is_domain = |domain: &str| {
        let is_label = |label: &str| {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            is_word(label, plain, |byte| plain(byte) || byte == b'-')
        };
        domain.len() <= LONGEST_DOMAIN && domain.split('.').all(is_label)
    };
    let is_fine = is_name(name) && domain.is_none_or(is_domain);
    (!is_fine).then(|| format!("`{key}` is no label key"))
}

fn fault_of_value(value: &str) -> Option<String> {
    (!value.is_empty() && !is_name(value)).then(|| format!("`{value}` is no label value"))
}

fn is_name(text: &str) -> bool {
    const LONGEST: usize = 63;
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    text.len() <= LONGEST && is_word(text, plain, |byte| plain(byte) || matches!(byte, b'-' | b'_' | b'.'))
}

/// It begins and ends with one sort of character and has another sort between.
fn is_word(text: &str, ends: impl Fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|first| ends(*first))
        && bytes.last().is_some_and(|last| ends(*last))
        && bytes.iter().all(|byte| inner(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_checked_as_kubernetes_does() {
        for fine in ["app", "app.kubernetes.io/name", "A_b-c.d", "a/b"] {
            assert_eq!(fault_of_key(fine), None, "{fine}");
        }
        for wrong in ["", "app@b", "-a", "a-", "/a", "a/", "A.b/c", "a/b/c", "a b"] {
            assert!(fault_of_key(wrong).is_some(), "{wrong}");
        }
        assert_eq!(fault_of_value(""), None);
        assert_eq!(fault_of_value("v1.2_x"), None);
        assert!(fault_of_value("a b").is_some());
        assert!(fault_of_value(&"a".repeat(64)).is_some());
    }
}
