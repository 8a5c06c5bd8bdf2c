//! Strategic merge, as `kubectl apply` and kustomize lay a patch over an object.

use palisade_inventory::{Entry, Map, Node, Value};

/// Lists whose items are told apart by a field, and which: of built-in kinds, as far as patches of ours touch them.
const MERGED_LISTS: [(&str, &str); 10] = [
    ("containers", "name"),
    ("initContainers", "name"),
    ("ephemeralContainers", "name"),
    ("env", "name"),
    ("volumes", "name"),
    ("volumeMounts", "mountPath"),
    ("volumeDevices", "devicePath"),
    ("imagePullSecrets", "name"),
    ("hostAliases", "ip"),
    ("topologySpreadConstraints", "topologyKey"),
];

/// The document with a patch laid over it: maps are merged, null removes a key, items of the lists above are merged with the
/// item of the same name (or removed, with `$patch: delete`), and everything else is replaced.
///
/// Positions of what the patch does not touch stay.
#[must_use]
pub fn merge(document: &Node, patch: &Node) -> Node {
    Merge::Document.nodes(document, patch)
}

/// One patch that does what two do, one after the other: what they remove stays in it, to be removed.
#[must_use]
pub fn combine(first: &Node, second: &Node) -> Node {
    Merge::Patch.nodes(first, second)
}

/// The field that tells the items of a list apart in patches; none: the list is replaced as a whole.
pub(super) fn name_of_items(list: &str) -> Option<&'static str> {
    MERGED_LISTS
        .iter()
        .find(|(known, _)| *known == list)
        .map(|(_, name)| *name)
}

/// What a patch is laid over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Merge {
    Document,
    Patch,
}

impl Merge {
    fn nodes(self, document: &Node, patch: &Node) -> Node {
        match (&document.value, &patch.value) {
            (Value::Map(below), Value::Map(above)) => Node::new(Value::Map(self.maps(below, above)), document.position),
            _ => patch.clone(),
        }
    }

    fn maps(self, below: &Map, above: &Map) -> Map {
        let mut entries: Vec<Entry> = below.entries().to_vec();
        for change in above.entries() {
            if change.value.is_null() && self == Self::Document {
                entries.retain(|entry| entry.key != change.key);
                continue;
            }
            match entries.iter_mut().find(|entry| entry.key == change.key) {
                Some(entry) => entry.value = self.under(&change.key, &entry.value, &change.value),
                None => entries.push(Entry {
                    value: self.under(&change.key, &Node::default(), &change.value),
                    ..change.clone()
                }),
            }
        }
        Map::new(entries)
    }

    /// What stands under a key once the patch's value is laid over it.
    fn under(self, key: &str, below: &Node, above: &Node) -> Node {
        let merged = name_of_items(key);
        match (merged, &above.value) {
            (Some(name), Value::List(changes)) => {
                let items = below.as_list().unwrap_or_default();
                Node::new(Value::List(self.lists(name, items, changes)), below.position)
            }
            (_, Value::Map(_)) if below.as_map().is_none() => {
                self.nodes(&Node::new(Value::Map(Map::default()), below.position), above)
            }
            _ => self.nodes(below, above),
        }
    }

    fn lists(self, name: &str, below: &[Node], changes: &[Node]) -> Vec<Node> {
        let mut items = below.to_vec();
        for change in changes {
            let wanted = change.get(name);
            let at = items
                .iter()
                .position(|item| wanted.is_some() && item.get(name) == wanted);
            let is_deleted = self == Self::Document && change.text(&["$patch"]) == Some("delete");
            match at {
                Some(at) if is_deleted => {
                    items.remove(at);
                }
                Some(at) => {
                    if let Some(item) = items.get_mut(at) {
                        *item = self.nodes(item, change);
                    }
                }
                None if is_deleted => {}
                None => items.push(self.nodes(&Node::new(Value::Map(Map::default()), change.position), change)),
            }
        }
        items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(yaml: &str) -> Node {
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: x}}\n{yaml}");
        let mut reading = palisade_sources::read_bytes("test.yaml", text.as_bytes());
        let resource = reading.resources.pop().expect("it is read");
        Node::clone(&resource.content)
    }

    fn check(document: &str, patch: &str, merged: &str) {
        // Null keys of a document are dropped on reading, so that a patch that has one is given as text.
        assert_eq!(merge(&node(document), &node(patch)), node(merged));
    }

    #[test]
    fn maps_are_merged_and_scalars_replaced() {
        check(
            "spec: {hostPID: true, securityContext: {runAsUser: 0}}",
            "spec: {hostPID: false, securityContext: {runAsNonRoot: true}}",
            "spec: {hostPID: false, securityContext: {runAsUser: 0, runAsNonRoot: true}}",
        );
    }

    #[test]
    fn containers_are_merged_by_name() {
        check(
            "spec: {containers: [{name: a, image: 'a:1'}, {name: b, image: 'b:1'}]}",
            "spec: {containers: [{name: b, securityContext: {privileged: false}}, {name: c, image: 'c:1'}]}",
            "spec: {containers: [{name: a, image: 'a:1'}, {name: b, image: 'b:1', securityContext: {privileged: false}}, {name: c, image: 'c:1'}]}",
        );
    }

    #[test]
    fn items_are_deleted_where_the_patch_says_so() {
        check(
            "spec: {volumes: [{name: a, emptyDir: {}}, {name: host, hostPath: {path: /}}]}",
            "spec: {volumes: [{name: host, $patch: delete}, {name: none, $patch: delete}]}",
            "spec: {volumes: [{name: a, emptyDir: {}}]}",
        );
    }

    #[test]
    fn other_lists_are_replaced() {
        check(
            "spec: {containers: [{name: a, args: [x, y]}]}",
            "spec: {containers: [{name: a, args: [z]}]}",
            "spec: {containers: [{name: a, args: [z]}]}",
        );
    }

    #[test]
    fn null_removes_a_key() {
        let document = node("spec: {hostPID: true, hostIPC: true}");
        let nothing = crate::views::nodes::map([("hostPID", Node::default())]);
        let patch = crate::views::nodes::map([("spec", nothing)]);
        assert_eq!(merge(&document, &patch), node("spec: {hostIPC: true}"));
    }
}
