//! Configuration files of Kubernetes' own components that a cluster keeps in ConfigMaps: kubeadm puts them there.

use std::io::Cursor;

use palisade_inventory::{Entry, Node, Position, ResourceId, Value};

use crate::document::{Block, Document, Failure, Receiver, text_of_block};
use crate::intern::Interner;
use crate::yaml;

/// A configuration file in a ConfigMap.
#[derive(Debug, Default)]
pub(crate) struct Embedded {
    /// The documents of its text, with their places in the file around it.
    pub(crate) documents: Vec<Node>,
    /// What could not be read of it.
    pub(crate) failures: Vec<Failure>,
}

/// The configuration files that an object holds.
pub(crate) fn of(id: &ResourceId, object: &Node, blocks: &[Block]) -> Embedded {
    let mut embedded = Embedded::default();
    let Some(entry) = key(id).and_then(|key| object.get("data")?.as_map()?.entry(key)) else {
        return embedded;
    };
    let Some(text) = entry.value.as_str() else {
        return embedded;
    };
    let place = Place::of(entry, blocks);
    let mut read = Read::default();
    // The stream is memory, which does not fail.
    if yaml::read(Cursor::new(text), 0, &mut Interner::default(), &mut read).is_ok() {
        embedded = read.0;
    }
    for document in &mut embedded.documents {
        place.shift(document);
    }
    for failure in &mut embedded.failures {
        failure.position = place.at(failure.position);
    }
    embedded
}

/// Under which key of its data an object holds a configuration file.
fn key(id: &ResourceId) -> Option<&'static str> {
    if &*id.kind != "ConfigMap" || !id.group.is_empty() || &*id.namespace != "kube-system" {
        return None;
    }
    match &*id.name {
        "kubeadm-config" => Some("ClusterConfiguration"),
        // Before 1.24 one for each version: `kubelet-config-1.23`.
        name if name == "kubelet-config" || name.starts_with("kubelet-config-") => Some("kubelet"),
        _ => None,
    }
}

/// Where the text stands in the file around it.
struct Place {
    value: Position,
    /// Of a literal block scalar: where its first line begins.
    block: Option<Position>,
}

impl Place {
    fn of(entry: &Entry, blocks: &[Block]) -> Self {
        let value = entry.value.position;
        Self {
            value,
            block: text_of_block(blocks, value),
        }
    }

    fn at(&self, within: Position) -> Position {
        self.block.map_or(self.value, |first| {
            let line = first.line.saturating_add(within.line);
            Position::new(line, first.column.saturating_add(within.column))
        })
    }

    fn shift(&self, node: &mut Node) {
        node.position = self.at(node.position);
        match &mut node.value {
            Value::Map(map) => {
                for entry in map.entries_mut() {
                    entry.key_position = self.at(entry.key_position);
                    self.shift(&mut entry.value);
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.shift(item)),
            _ => {}
        }
    }
}

/// Collects what is read.
#[derive(Default)]
struct Read(Embedded);

impl Receiver for Read {
    fn item(&mut self, item: Document, _: &crate::document::ListHead) {
        self.0.documents.push(item.node);
    }

    fn document(&mut self, document: Document, _: Option<u64>) {
        self.0.documents.push(document.node);
    }

    fn failed(&mut self, failure: Failure) {
        self.0.failures.push(failure);
    }

    fn duplicate_key(&mut self, _: Position) {}
}

#[cfg(test)]
mod tests {
    use crate::read_bytes;

    const CONFIG_MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: kubelet-config, namespace: kube-system}
data:
  kubelet: |
    apiVersion: kubelet.config.k8s.io/v1beta1
    kind: KubeletConfiguration
    authentication:
      anonymous: {enabled: true}
";

    #[test]
    fn a_configuration_in_a_config_map_is_read_where_it_stands() {
        let reading = read_bytes("cm.yaml", CONFIG_MAP.as_bytes());
        let kinds: Vec<&str> = reading.resources.iter().map(|resource| &*resource.id.kind).collect();
        assert_eq!(kinds, ["ConfigMap", "KubeletConfiguration"]);
        let kubelet = &reading.resources[1];
        assert_eq!(&*kubelet.id.name, "kubelet-config");
        let enabled = kubelet.content.at(&["authentication", "anonymous", "enabled"]).unwrap();
        assert_eq!((enabled.position.line, enabled.position.column), (8, 27));
        assert_eq!((reading.coverage.documents, reading.coverage.understood), (1, 1));
    }

    #[test]
    fn a_block_may_be_indented_as_far_as_one_likes() {
        for indent in [1, 2, 3, 7] {
            let (head, text) = CONFIG_MAP.split_once("|\n").unwrap();
            let spaces = " ".repeat(indent);
            let lines = text
                .lines()
                .map(|line| format!("{spaces}  {}\n", line.trim_start_matches(' ')));
            let text: String = lines.collect();
            let file = format!("{head}|\n{}", text.replace("  anonymous", "    anonymous"));
            let reading = read_bytes("cm.yaml", file.as_bytes());
            let enabled = reading.resources[1]
                .content
                .at(&["authentication", "anonymous", "enabled"]);
            let column = file.lines().nth(8).unwrap().find("true").unwrap();
            let column = u32::try_from(column).unwrap();
            assert_eq!(
                enabled.unwrap().position,
                palisade_inventory::Position::new(8, column),
                "{file}"
            );
        }
    }

    #[test]
    fn in_a_dump_all_of_it_stands_where_the_text_begins() {
        let text = CONFIG_MAP.split_once("|\n").unwrap().1.replace("    ", "");
        let dump = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "kubelet-config", "namespace": "kube-system"}, "data": {"kubelet": text}});
        let reading = read_bytes("cm.json", dump.to_string().as_bytes());
        assert_eq!(&*reading.resources[1].id.kind, "KubeletConfiguration");
        assert_eq!(reading.resources[1].content.position.line, 0);
    }

    #[test]
    fn others_are_settings_as_any() {
        for name in ["kubelet", "kubeadm-config", "my-kubelet-config"] {
            let text = CONFIG_MAP.replace("kubelet-config", name);
            assert_eq!(read_bytes("cm.yaml", text.as_bytes()).resources.len(), 1, "{name}");
        }
    }

    #[test]
    fn what_can_not_be_read_is_told() {
        let broken = CONFIG_MAP.replace("{enabled: true}", "{enabled: ");
        let reading = read_bytes("cm.yaml", broken.as_bytes());
        assert_eq!(reading.resources.len(), 1);
        assert_eq!(reading.coverage.skipped.len(), 1);
        assert!(reading.coverage.skipped[0].line >= 6, "{:?}", reading.coverage.skipped);
    }
}
