//! Changes to the text of an entry that leave all the rest of it as it was written.

/// Replaces a technique's id wherever it stands as a word of its own: `T1053` in `[T1053, T1610]`, but neither in
/// `T1053.007` nor in a link to `…/T1053/007`.
pub(super) fn replace_id(text: &str, old: &str, new: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (before, after) = rest.split_at(at);
        let after = after.get(old.len()..).unwrap_or_default();
        replaced.push_str(before);
        replaced.push_str(if is_word(before, after) { new } else { old });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// Whether what stands between these texts is a whole id.
fn is_word(before: &str, after: &str) -> bool {
    let begins = !before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/'));
    let mut following = after.chars();
    let ends = match following.next() {
        Some('.') => !following.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !c.is_ascii_alphanumeric() && !matches!(c, '-' | '/'),
        None => true,
    };
    begins && ends
}

/// Takes an id out of lists that have it twice.
pub(super) fn without_repeats(text: &str, id: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    // Lists in brackets.
    while let Some(open) = rest.find('[') {
        let (before, list) = rest.split_at(open);
        kept.push_str(before);
        let Some(close) = list.find(']') else {
            rest = list;
            break;
        };
        let (list, after) = list.split_at(close);
        kept.push_str(&once(list, id));
        rest = after;
    }
    kept.push_str(rest);
    lines_once(&kept, id)
}

/// `[T1, T2, T1` → `[T1, T2`.
fn once(list: &str, id: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut seen = false;
    for item in list.split(',') {
        let is_it = item.trim_start_matches('[').trim() == id;
        if !(is_it && seen) {
            kept.push(item);
        }
        seen |= is_it;
    }
    kept.join(",")
}

/// The same for lists with an item a line.
fn lines_once(text: &str, id: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut seen = false;
    for line in text.split_inclusive('\n') {
        let item = line.trim().strip_prefix("- ");
        let is_it = item == Some(id);
        if item.is_none() {
            seen = false;
        }
        if !(is_it && seen) {
            kept.push_str(line);
        }
        seen |= is_it;
    }
    kept
}

/// Gives a field at the top of an entry another value, or adds it below `after`.
pub(super) fn set_field(text: &str, field: &str, value: &str, after: &str) -> String {
    let line = format!("{field}: {value}\n");
    let (before, found, rest) = without_field(text, field);
    if found {
        return before + &line + &rest;
    }
    match text
        .split_inclusive('\n')
        .find(|old| old.starts_with(&format!("{after}:")))
    {
        Some(place) => text.replacen(place, &format!("{place}{line}"), 1),
        None => format!("{text}{line}"),
    }
}

/// Takes a field at the top of an entry away.
pub(super) fn drop_field(text: &str, field: &str) -> String {
    let (before, _, rest) = without_field(text, field);
    before + &rest
}

/// What stands before and after a field at the top of an entry, and whether it is there.
fn without_field(text: &str, field: &str) -> (String, bool, String) {
    let (mut before, mut rest) = (String::new(), String::new());
    let (mut is_found, mut is_inside) = (false, false);
    for line in text.split_inclusive('\n') {
        // A field goes on as long as lines are indented or items of a list.
        if !line.starts_with([' ', '-']) {
            is_inside = line.split_once(':').is_some_and(|(key, _)| key == field);
            is_found |= is_inside;
        }
        match (is_inside, is_found) {
            (true, _) => {}
            (false, false) => before.push_str(line),
            (false, true) => rest.push_str(line),
        }
    }
    (before, is_found, rest)
}

/// A text as a scalar of YAML: quoted where it could be read as something else.
pub(super) fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(|c: char| c.is_control() || matches!(c, '[' | ']' | '{' | '}' | ','))
        && !matches!(
            &*text.to_ascii_lowercase(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if is_plain {
        text.to_owned()
    } else {
        serde_json::Value::String(text.to_owned()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_ids_are_replaced() {
        let replaced = |text| replace_id(text, "T1053", "T1999");
        for (text, expected) in [
            ("techniques: [T1053, T1053.007]", "techniques: [T1999, T1053.007]"),
            ("- T1053\n", "- T1999\n"),
            (
                "url: https://attack.mitre.org/techniques/T1053/007",
                "url: https://attack.mitre.org/techniques/T1053/007",
            ),
            ("as T1053.\n", "as T1999.\n"),
            ("MS-T1053 T10530 xT1053", "MS-T1053 T10530 xT1053"),
        ] {
            assert_eq!(replaced(text), expected);
        }
    }

    #[test]
    fn what_stands_twice_is_taken_out() {
        assert_eq!(
            without_repeats("a: [T1, T2, T1]\nb: [T1]\n", "T1"),
            "a: [T1, T2]\nb: [T1]\n"
        );
        assert_eq!(
            without_repeats("a:\n  - T1\n  - T2\n  - T1\nb:\n  - T1\n", "T1"),
            "a:\n  - T1\n  - T2\nb:\n  - T1\n"
        );
        assert_eq!(
            without_repeats("a: [\n  T2,\n  T1, T1,\n]\n", "T1"),
            "a: [\n  T2,\n  T1,\n]\n"
        );
        assert_eq!(without_repeats("a: [T1, T1", "T1"), "a: [T1, T1");
    }

    #[test]
    fn fields_are_set_and_the_rest_stays() {
        let text = "id: T1\nname: Old # as it was\ntactics:\n  - a\n  - b\nsummary: >-\n  name: stays.\n";
        let renamed = set_field(text, "name", "New", "id");
        let moved = set_field(&renamed, "tactics", "[c]", "id");
        let versioned = set_field(&moved, "version", "'2.0'", "name");
        assert_eq!(
            versioned,
            "id: T1\nname: New\nversion: '2.0'\ntactics: [c]\nsummary: >-\n  name: stays.\n"
        );
    }

    #[test]
    fn fields_are_taken_away_whole() {
        let text = "id: T1\nparent: T0\nlinks:\n  - a\nurl: u\n";
        assert_eq!(drop_field(&drop_field(text, "links"), "parent"), "id: T1\nurl: u\n");
        assert_eq!(drop_field(text, "name"), text);
    }

    #[test]
    fn names_are_quoted_where_they_must() {
        assert_eq!(scalar("Escape to Host"), "Escape to Host");
        assert_eq!(scalar("Obtain Capabilities: Tool"), "\"Obtain Capabilities: Tool\"");
        assert_eq!(scalar("No"), "\"No\"");
        assert_eq!(scalar("1.0"), "\"1.0\"");
    }
}
