//! The fields that a condition looked at and that are there: where to point when it holds.

use palisade_inventory::{FieldPath, Node, Value};

use super::reads::Reads;

/// Paths of the read fields that are there, in the order of the document. What is only walked through does not count.
pub(super) fn of(node: &Node, reads: &Reads) -> Vec<FieldPath> {
    let mut found = Vec::new();
    walk(node, reads, &FieldPath::root(), &mut found);
    found
}

fn walk(node: &Node, reads: &Reads, path: &FieldPath, found: &mut Vec<FieldPath>) {
    let is_end = reads.keys.is_empty() && reads.items.is_none() && reads.values.is_none();
    if is_end {
        found.push(path.clone());
        return;
    }
    match &node.value {
        Value::Map(map) => {
            for entry in map.entries() {
                if let Some(below) = reads.keys.get(&*entry.key).or(reads.values.as_deref()) {
                    walk(&entry.value, below, &path.child(&*entry.key), found);
                }
            }
        }
        Value::List(items) => {
            if let Some(below) = &reads.items {
                for (index, item) in items.iter().enumerate() {
                    walk(item, below, &path.child(index), found);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::condition::Condition;
    use crate::testing::node;

    #[test]
    fn only_fields_that_are_there_count() {
        let condition = Condition::compile(
            "pod.spec.?hostPID.orValue(false) || pod.spec.?volumes.orValue([]).exists(v, has(v.hostPath) && v.hostPath.path == '/')",
        )
        .expect("it compiles");
        let pod =
            node(&json!({ "spec": { "volumes": [{ "name": "a" }, { "name": "b", "hostPath": { "path": "/" } }] } }));
        let paths: Vec<String> = condition.fields("pod", &pod).iter().map(ToString::to_string).collect();
        assert_eq!(paths, ["spec.volumes[1].hostPath.path"]);
    }
}
