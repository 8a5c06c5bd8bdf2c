//! The few characters of a text to change so that an object in it says something else: comments and layout stay.
//!
//! Only what is plain is written: a scalar replaced, a key added, lines taken away. What comes out is
//! read again, and where anything but that object differs, or the object is not what it was to be, there is no edit.

use std::fmt::Write as _;
use std::ops::Range;

use palisade_inventory::{Entry, Map, Node, Position, ResourceId, TextEdit, Value};

use crate::read::{Reading, read_bytes};

/// The edits after which the object of this name, which stands in the text as `before`, is as `after`. None: they can't be
/// told simply and safely.
pub fn edits(text: &str, id: &ResourceId, before: &Node, after: &Node) -> Option<Vec<TextEdit>> {
    let mut writer = Writer::new(text);
    writer.nodes(before, after)?;
    writer.edits.sort();
    let edited = writer.apply(&writer.edits)?;
    let (old, new) = (read_bytes("", text.as_bytes()), read_bytes("", edited.as_bytes()));
    let is_done = !writer.edits.is_empty() && differ_only_in(&old, &new, id, before, after);
    is_done.then_some(writer.edits)
}

/// Whether two readings are the same but for one object that is one of these in the first, and the other in the second.
fn differ_only_in(old: &Reading, new: &Reading, id: &ResourceId, before: &Node, after: &Node) -> bool {
    let is_as_wanted = |(old, new): (&palisade_inventory::Resource, &palisade_inventory::Resource)| {
        let is_it = old.id == *id && is_same(&old.content, before) && is_same(&new.content, after);
        old.id == new.id && (is_it || old.content == new.content)
    };
    let has_it = new
        .resources
        .iter()
        .any(|one| one.id == *id && is_same(&one.content, after));
    has_it
        && old.resources.len() == new.resources.len()
        && old.coverage.skipped.len() == new.coverage.skipped.len()
        && old.coverage.notices.len() == new.coverage.notices.len()
        && old.resources.iter().zip(&new.resources).all(is_as_wanted)
}

/// Equal whatever the order of the keys.
fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Map(one), Value::Map(other)) => {
            let has = |entry: &Entry| other.get(&entry.key).is_some_and(|value| is_same(&entry.value, value));
            one.entries().len() == other.entries().len() && one.entries().iter().all(has)
        }
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (one, other) => one == other,
    }
}

/// A text by lines, and what is to change in it.
struct Writer<'t> {
    text: &'t str,
    /// Where each line is, without its end.
    lines: Vec<Range<usize>>,
    line_end: &'static str,
    edits: Vec<TextEdit>,
}

impl<'t> Writer<'t> {
    fn new(text: &'t str) -> Self {
        let mut lines = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            lines.push(at..at + line.trim_end_matches(['\n', '\r']).len());
            at += line.len();
        }
        lines.push(at..at);
        Self {
            text,
            lines,
            line_end: if text.contains("\r\n") { "\r\n" } else { "\n" },
            edits: Vec::new(),
        }
    }

    fn nodes(&mut self, before: &Node, after: &Node) -> Option<()> {
        match (&before.value, &after.value) {
            _ if is_same(before, after) => Some(()),
            (Value::Map(old), Value::Map(new)) => self.maps(before.position, old, new),
            (Value::List(old), Value::List(new)) if old.len() == new.len() => {
                old.iter().zip(new).try_for_each(|(old, new)| self.nodes(old, new))
            }
            (Value::List(old), Value::List(new)) => self.lists(before.position, old, new),
            _ => {
                let length = self.scalar(before.position)?;
                let to = Position::new(before.position.line, before.position.column + length);
                self.replace(before.position, to, flow(after, false)?);
                Some(())
            }
        }
    }

    fn maps(&mut self, at: Position, old: &Map, new: &Map) -> Option<()> {
        for entry in old.entries() {
            match new.get(&entry.key) {
                Some(value) => self.nodes(&entry.value, value)?,
                None => self.take_lines(entry.key_position, &entry.value)?,
            }
        }
        let is_added = |entry: &&Entry| old.get(&entry.key).is_none();
        let added: Vec<&Entry> = new.entries().iter().filter(is_added).collect();
        if added.is_empty() {
            return Some(());
        }
        if self.rest(at)?.starts_with('{') {
            let quoted = self.rest(at)?.get(1..)?.trim_start().starts_with(['"', '}']) && self.is_json();
            let entries = added.iter().map(|entry| flow_entry(entry, quoted));
            let mut entries: Vec<String> = entries.collect::<Option<_>>()?;
            if !old.entries().is_empty() {
                entries.push(String::new());
            }
            self.insert(Position::new(at.line, at.column + 1), entries.join(", "));
            return Some(());
        }
        // Between the first two keys between which nothing else stands, so that no comment changes its subject.
        let entries = old.entries();
        let is_below = |pair: &&[Entry]| match pair {
            [one, other] => other.key_position.line == one.key_position.line + 1,
            _ => false,
        };
        let at = entries.windows(2).find(is_below).and_then(<[Entry]>::last);
        let at = at.or_else(|| entries.first())?.key_position;
        let indent = " ".repeat(usize::try_from(at.column).ok()?);
        let mut text = String::new();
        for entry in added {
            block(entry, &indent, self.line_end, &mut text)?;
        }
        // What comes first takes the place of the key that stands there, which moves to a line of its own.
        let text = text.strip_prefix(&indent)?.to_owned() + &indent;
        self.insert(at, text);
        Some(())
    }

    /// A list that loses items, or that is another one: where it stands on one line, or each item on a line of its own.
    fn lists(&mut self, at: Position, old: &[Node], new: &[Node]) -> Option<()> {
        if self.rest(at)?.starts_with('[') {
            let length = u32::try_from(self.rest(at)?.find(']')? + 1).ok()?;
            let items = new.iter().map(|item| flow(item, self.is_json()));
            let items: Vec<String> = items.collect::<Option<_>>()?;
            let to = Position::new(at.line, at.column + length);
            self.replace(at, to, format!("[{}]", items.join(", ")));
            return Some(());
        }
        let mut kept = new.iter().peekable();
        for item in old {
            if kept.next_if(|next| is_same(item, next)).is_none() {
                let dash = self.line(item.position.line)?.find("- ")?;
                let dash = Position::new(item.position.line, u32::try_from(dash).ok()?);
                self.take_lines(dash, item)?;
            }
        }
        kept.next().is_none().then_some(())
    }

    /// Takes away the lines on which a value stands, with its key or dash, and nothing else.
    fn take_lines(&mut self, from: Position, value: &Node) -> Option<()> {
        let before = self.line(from.line)?.get(..usize::try_from(from.column).ok()?)?;
        if !before.chars().all(|c| c == ' ') {
            return None;
        }
        let to = Position::new(last_line(value).max(from.line) + 1, 0);
        self.replace(Position::new(from.line, 0), to, String::new());
        Some(())
    }

    /// How many characters a scalar on one line takes.
    fn scalar(&self, at: Position) -> Option<u32> {
        let rest = self.rest(at)?;
        let mut chars = rest.char_indices();
        let end = match chars.next()?.1 {
            '|' | '>' | '&' | '*' | '!' | '[' | '{' => return None,
            quote @ ('"' | '\'') => chars.find(|(_, c)| *c == quote)?.0 + 1,
            _ => {
                let ends = [" #", ",", "}", "]"].iter().filter_map(|end| rest.find(end));
                ends.min().unwrap_or(rest.len())
            }
        };
        u32::try_from(rest.get(..end)?.trim_end().chars().count()).ok()
    }

    fn replace(&mut self, from: Position, to: Position, text: String) {
        self.edits.push(TextEdit { from, to, text });
    }

    fn insert(&mut self, at: Position, text: String) {
        self.replace(at, at, text);
    }

    fn is_json(&self) -> bool {
        self.text.trim_start().starts_with(['{', '['])
    }

    fn line(&self, line: u32) -> Option<&'t str> {
        self.text.get(self.lines.get(usize::try_from(line).ok()?)?.clone())
    }

    /// What stands from here to the end of the line.
    fn rest(&self, at: Position) -> Option<&'t str> {
        self.text
            .get(self.offset(at)?..self.lines.get(usize::try_from(at.line).ok()?)?.end)
    }

    fn offset(&self, at: Position) -> Option<usize> {
        let line = self.lines.get(usize::try_from(at.line).ok()?)?;
        let column = usize::try_from(at.column).ok()?;
        let mut chars = self.text.get(line.clone())?.char_indices().map(|(at, _)| at);
        let inside = chars.nth(column);
        let is_end = || {
            self.text
                .get(line.clone())
                .is_some_and(|text| text.chars().count() == column)
        };
        Some(line.start + inside.or_else(|| is_end().then_some(line.len()))?)
    }

    /// The text with these edits made, which are in order. None: two of them overlap.
    fn apply(&self, edits: &[TextEdit]) -> Option<String> {
        let mut edited = String::with_capacity(self.text.len());
        let mut done = 0;
        for edit in edits {
            edited.push_str(self.text.get(done..self.offset(edit.from)?)?);
            edited.push_str(&edit.text);
            done = self.offset(edit.to)?;
        }
        edited.push_str(self.text.get(done..)?);
        Some(edited)
    }
}

/// The last line on which something of a value begins.
fn last_line(node: &Node) -> u32 {
    let below = match &node.value {
        Value::Map(map) => map.entries().iter().map(|entry| last_line(&entry.value)).max(),
        Value::List(items) => items.iter().map(last_line).max(),
        _ => None,
    };
    node.position.line.max(below.unwrap_or_default())
}

/// A key and its value on lines of their own.
fn block(entry: &Entry, indent: &str, line_end: &str, out: &mut String) -> Option<()> {
    let key = scalar(&entry.key, false)?;
    match &entry.value.value {
        Value::Map(map) if !map.entries().is_empty() => {
            let _ = write!(out, "{indent}{key}:{line_end}");
            let below = format!("{indent}  ");
            map.entries()
                .iter()
                .try_for_each(|entry| block(entry, &below, line_end, out))
        }
        _ => {
            let _ = write!(out, "{indent}{key}: {}{line_end}", flow(&entry.value, false)?);
            Some(())
        }
    }
}

fn flow_entry(entry: &Entry, quoted: bool) -> Option<String> {
    Some(format!(
        "{}: {}",
        scalar(&entry.key, quoted)?,
        flow(&entry.value, quoted)?
    ))
}

/// A value on one line, as JSON where everything is quoted.
fn flow(node: &Node, quoted: bool) -> Option<String> {
    Some(match &node.value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Text(text) => scalar(text, quoted)?,
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| flow(item, quoted)).collect::<Option<_>>()?;
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entries = map.entries().iter().map(|entry| flow_entry(entry, quoted));
            format!("{{{}}}", entries.collect::<Option<Vec<_>>>()?.join(", "))
        }
        Value::Null | Value::Float(_) | Value::Redacted(_) => return None,
    })
}

/// A text as it can stand anywhere: bare where it is a simple word that means nothing else.
fn scalar(text: &str, quoted: bool) -> Option<String> {
    const MEAN_MORE: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"];
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && !MEAN_MORE.contains(&&*text.to_ascii_lowercase());
    if is_word && !quoted {
        return Some(text.to_owned());
    }
    // What needs no escape reads the same in JSON and YAML.
    let is_plain = text.chars().all(|c| !c.is_control() && c != '"' && c != '\\');
    is_plain.then(|| format!("\"{text}\""))
}

#[cfg(test)]
mod tests {
    use palisade_inventory::Resource;

    use super::*;

    fn first(text: &str) -> Resource {
        read_bytes("", text.as_bytes()).resources.swap_remove(0)
    }

    /// The text with the edits made that lead from its first object to that of another text.
    fn edited(text: &str, wanted: &str) -> Option<String> {
        let (before, after) = (first(text), first(wanted));
        let edits = edits(text, &before.id, &before.content, &after.content)?;
        Writer::new(text).apply(&edits)
    }

    const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: x # a comment
spec:
  hostPID: true
  containers:
    # the only one
    - name: web
      # pinned next week
      image: web:1
      securityContext: {privileged: true} # why?
      ports:
        - containerPort: 80
";

    #[test]
    fn a_scalar_is_replaced_where_it_stands() {
        let wanted = POD.replace("privileged: true", "privileged: false");
        assert_eq!(edited(POD, &wanted), Some(wanted));
    }

    #[test]
    fn a_key_is_added_where_no_comment_changes_its_subject() {
        let wanted = POD.replace(
            "      image: web:1\n",
            "      image: web:1\n      resources:\n        limits:\n          memory: \"1Gi\"\n",
        );
        assert_eq!(edited(POD, &wanted), Some(wanted));
    }

    #[test]
    fn a_key_is_added_to_a_map_on_one_line() {
        let wanted = POD.replace("{privileged: true}", "{capabilities: {drop: [ALL]}, privileged: true}");
        assert_eq!(edited(POD, &wanted), Some(wanted));
    }

    #[test]
    fn a_line_is_taken_away() {
        let wanted = POD.replace("  hostPID: true\n", "");
        assert_eq!(edited(POD, &wanted), Some(wanted));
    }

    #[test]
    fn a_map_of_one_key_gets_another_before_it() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers: [{name: a}]\n";
        let wanted = text.replace("spec:\n", "spec:\n  automountServiceAccountToken: false\n");
        assert_eq!(edited(text, &wanted), Some(wanted));
    }

    #[test]
    fn json_stays_json() {
        let text = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"hostIPC": true, "containers": [{"name": "a"}]}}"#;
        let wanted = text.replace("true", "false").replace(
            r#"{"name": "a"}"#,
            r#"{"securityContext": {"runAsUser": 7}, "name": "a"}"#,
        );
        assert_eq!(edited(text, &wanted), Some(wanted));
    }

    #[test]
    fn items_go_from_lists_in_either_style() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n  - name: a\n    securityContext:\n      capabilities:\n        add:\n        - SYS_ADMIN\n        - CHOWN # needed\n        drop: [KILL, MKNOD] # all of them?\n";
        let wanted = text
            .replace("        - SYS_ADMIN\n", "")
            .replace("[KILL, MKNOD]", "[ALL]");
        assert_eq!(edited(text, &wanted), Some(wanted));
    }

    #[test]
    fn an_item_of_several_lines_goes_as_a_whole() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers: [{name: a}]\n  volumes:\n  - name: socket\n    hostPath:\n      path: /run/docker.sock\n  - name: data\n    emptyDir: {}\n";
        let wanted = text.replace("  - name: socket\n    hostPath:\n      path: /run/docker.sock\n", "");
        assert_eq!(edited(text, &wanted), Some(wanted));
    }

    #[test]
    fn windows_line_ends_stay() {
        let text = POD.replace('\n', "\r\n");
        let wanted = text.replace("  hostPID: true\r\n", "  hostPID: true\r\n  hostIPC: false\r\n");
        let edited = edited(&text, &wanted).expect("it is told");
        assert!(
            edited.contains("\r\n  hostIPC: false\r\n") && !edited.replace("\r\n", "").contains('\n'),
            "{edited}"
        );
    }

    #[test]
    fn what_is_shared_by_an_anchor_is_left_alone() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n  - {name: a, securityContext: &s {privileged: true}}\n  - {name: b, securityContext: *s}\n";
        let wanted = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n  - {name: a, securityContext: {privileged: false}}\n  - {name: b, securityContext: {privileged: true}}\n";
        assert_eq!(edited(text, wanted), None);
    }

    #[test]
    fn other_documents_stay_as_they_are() {
        let text = format!("{POD}---\n{}", POD.replace("name: x", "name: y"));
        let wanted = text.replacen("hostPID: true", "hostPID: false", 1);
        assert_eq!(edited(&text, &wanted), Some(wanted));
    }
}
