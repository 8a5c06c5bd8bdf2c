//! Where in a subject a finding points.

use palisade_inventory::{FieldPath, Node, Segment, Value};
use palisade_knowledge::{Binding, Verdict, Weakness};

/// The field that a finding points at, below the first variable. Where that is a list (environment, rules, volumes), the
/// first of its items that makes the condition true by itself; the list, where no single one does.
pub(super) fn place(weakness: &Weakness, bindings: &[Binding<'_>]) -> FieldPath {
    let at = FieldPath::parse(&weakness.at);
    let Some(((variable, subject), others)) = bindings.split_first() else {
        return at;
    };
    let Some(Value::List(items)) = subject.lookup(&at).map(|node| &node.value) else {
        return at;
    };
    if at.is_root() || items.is_empty() {
        return at;
    }
    let decides = |item: &Node| {
        let mut alone = (*subject).clone();
        if !replace(&mut alone, at.segments(), Value::List(vec![item.clone()])) {
            return false;
        }
        let mut bindings = vec![(*variable, &alone)];
        bindings.extend_from_slice(others);
        weakness.when.evaluate(&bindings) == Verdict::Match
    };
    match items.iter().position(decides) {
        Some(index) => at.child(index),
        None => at,
    }
}

/// Puts a value where a path of keys leads; whether it led anywhere.
fn replace(node: &mut Node, path: &[Segment], value: Value) -> bool {
    let Some((first, rest)) = path.split_first() else {
        node.value = value;
        return true;
    };
    let (Segment::Key(key), Value::Map(map)) = (first, &mut node.value) else {
        return false;
    };
    let entry = map.entries_mut().iter_mut().find(|entry| *entry.key == **key);
    entry.is_some_and(|entry| replace(&mut entry.value, rest, value))
}

#[cfg(test)]
mod tests {
    use crate::testing::{catalogue, system};
    use crate::threats::{Memory, find};

    fn path(rule: &str, manifest: &str) -> String {
        let found = find(&system(manifest), catalogue(), &mut Memory::default());
        let finding = found.findings.into_iter().find(|finding| finding.rule == rule);
        finding.expect("it is found").path
    }

    #[test]
    fn the_item_that_decides_is_pointed_at() {
        let pod = "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: app, image: 'app:1', env: \
                   [{name: LOG, value: debug}, {name: DB_PASSWORD, value: hunter2}]}]}}";
        assert_eq!(path("PAL-W015", pod), "spec.containers[0].env[1]");
    }

    #[test]
    fn the_list_is_pointed_at_where_no_item_decides_alone() {
        let pod =
            "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: app, image: 'app:1'}]}}";
        assert_eq!(path("PAL-W012", pod), "spec.containers[0].resources.requests");
    }
}
