//! A pod as the checks see it.

use palisade_inventory::{FieldPath, Node};

/// A pod or pod template.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pod<'a> {
    node: &'a Node,
}

/// A container of a pod; init and ephemeral containers are no different.
#[derive(Clone, Debug)]
pub(super) struct Container<'a> {
    node: &'a Node,
    /// Its name.
    pub(super) name: &'a str,
    path: FieldPath,
}

impl<'a> Pod<'a> {
    pub(super) fn new(node: &'a Node) -> Self {
        Self { node }
    }

    /// A field below `spec`.
    pub(super) fn spec(self, keys: &[&str]) -> Option<&'a Node> {
        self.node.get("spec")?.at(keys)
    }

    /// Whether a field below `spec` is `true`.
    pub(super) fn is_set(self, keys: &[&str]) -> bool {
        self.spec(keys).and_then(Node::as_bool) == Some(true)
    }

    /// The annotations, sorted by key.
    pub(super) fn annotations(self) -> Vec<(&'a str, &'a str)> {
        let entries = self.node.entries(&["metadata", "annotations"]).iter();
        let mut annotations: Vec<_> = entries
            .filter_map(|entry| Some((&*entry.key, entry.value.as_str()?)))
            .collect();
        annotations.sort_unstable();
        annotations
    }

    /// Volumes, each with its index.
    pub(super) fn volumes(self) -> impl Iterator<Item = (usize, &'a Node)> {
        self.node.items(&["spec", "volumes"]).iter().enumerate()
    }

    /// Every container in the plugin's order: init containers, containers, ephemeral containers.
    pub(super) fn containers(self) -> impl Iterator<Item = Container<'a>> {
        let node = self.node;
        ["initContainers", "containers", "ephemeralContainers"]
            .into_iter()
            .flat_map(move |list| {
                let items = node.items(&["spec", list]).iter().enumerate();
                items.map(move |(index, node)| Container {
                    node,
                    name: node.text(&["name"]).unwrap_or_default(),
                    path: FieldPath::root().child("spec").child(list).child(index),
                })
            })
    }
}

impl<'a> Container<'a> {
    /// A field below the container.
    pub(super) fn at(&self, keys: &[&str]) -> Option<&'a Node> {
        self.node.at(keys)
    }

    /// A text below the container; an empty one counts as absent.
    pub(super) fn text(&self, keys: &[&str]) -> Option<&'a str> {
        self.node.text(keys).filter(|text| !text.is_empty())
    }

    /// The texts of a list below the container.
    pub(super) fn texts(&self, keys: &[&str]) -> Vec<&'a str> {
        self.node.items(keys).iter().filter_map(Node::as_str).collect()
    }

    /// The items of a list below the container.
    pub(super) fn items(&self, keys: &[&str]) -> &'a [Node] {
        self.node.items(keys)
    }

    /// The path of a field of the container below the pod.
    pub(super) fn path(&self, keys: &[&str]) -> FieldPath {
        keys.iter().fold(self.path.clone(), |path, key| path.child(*key))
    }
}

/// The path of a field below the pod's `spec`.
pub(super) fn spec_path(keys: &[&str]) -> FieldPath {
    let spec = FieldPath::root().child("spec");
    keys.iter().fold(spec, |path, key| path.child(*key))
}

/// Whether a pod says that it is for Windows nodes.
pub(super) fn is_windows(pod: Pod<'_>) -> bool {
    pod.spec(&["os", "name"]).and_then(Node::as_str) == Some("windows")
}

/// Whether a pod asks for a user namespace: root inside is nobody outside.
pub(super) fn in_user_namespace(pod: Pod<'_>) -> bool {
    pod.spec(&["hostUsers"]).and_then(Node::as_bool) == Some(false)
}
