//! Secrets and ConfigMaps that a pod reads, and where it says so.

use palisade_inventory::{FieldPath, Node};

use super::container::Container;
use super::pod::Pod;
use super::volume::VolumeSource;

/// A Secret or ConfigMap that a pod reads.
#[derive(Clone, Debug)]
pub struct Reference<'a> {
    /// Its name, in the pod's namespace.
    pub name: &'a str,
    /// The keys that are read.
    pub keys: Keys<'a>,
    /// How.
    pub via: Via<'a>,
    /// The pod starts without it too.
    pub optional: bool,
    /// Where that is written, below the pod.
    pub path: FieldPath,
}

/// The keys of a Secret or ConfigMap that are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys<'a> {
    /// All of them.
    All,
    /// These.
    Only(Vec<&'a str>),
}

/// How a pod reads a Secret or ConfigMap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via<'a> {
    /// As environment variables of the container of this name. The variable's name where there is one, none for `envFrom`.
    Env {
        /// The container.
        container: &'a str,
        /// The variable.
        variable: Option<&'a str>,
    },
    /// As files of the volume of this name, which a container mounts.
    Mount {
        /// The volume.
        volume: &'a str,
    },
}

impl Keys<'_> {
    /// Whether this key is among them.
    pub fn contain(&self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(keys) => keys.contains(&key),
        }
    }
}

impl Via<'_> {
    /// The word that flows use: `env` or `mount`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Env { .. } => "env",
            Self::Mount { .. } => "mount",
        }
    }
}

/// The names that one kind's references go by.
struct Fields {
    /// A source of a projected volume, and a volume.
    volume: &'static str,
    env: &'static str,
    env_from: &'static str,
}

const SECRET: Fields = Fields {
    volume: "secret",
    env: "secretKeyRef",
    env_from: "secretRef",
};
const CONFIG_MAP: Fields = Fields {
    volume: "configMap",
    env: "configMapKeyRef",
    env_from: "configMapRef",
};

impl<'a> Pod<'a> {
    /// Secrets that its containers read. A volume that no container mounts is not read.
    pub fn secrets(self) -> Vec<Reference<'a>> {
        self.references(&SECRET)
    }

    /// ConfigMaps that its containers read.
    pub fn config_maps(self) -> Vec<Reference<'a>> {
        self.references(&CONFIG_MAP)
    }

    /// Secrets that the kubelet uses to pull its images, with their paths. Its containers do not see them.
    pub fn image_pull_secrets(self) -> impl Iterator<Item = (&'a str, FieldPath)> + use<'a> {
        let items = self.node().items(&["spec", "imagePullSecrets"]).iter().enumerate();
        items.filter_map(|(index, item)| {
            let path = FieldPath::root().child("spec").child("imagePullSecrets").child(index);
            Some((item.text(&["name"])?, path))
        })
    }

    fn references(self, fields: &Fields) -> Vec<Reference<'a>> {
        let mut found = Vec::new();
        for container in self.containers() {
            env_references(&container, fields, &mut found);
        }
        self.volume_references(fields, &mut found);
        found.retain(|reference| !reference.name.is_empty());
        found
    }

    fn volume_references(self, fields: &Fields, found: &mut Vec<Reference<'a>>) {
        for volume in self.volumes() {
            let via = Via::Mount { volume: volume.name };
            let before = found.len();
            match volume.source {
                VolumeSource::Projected(projected) => {
                    let sources = volume.path.child("projected").child("sources");
                    let items = projected.items(&["sources"]).iter().enumerate();
                    found.extend(items.filter_map(|(index, source)| {
                        let source = source.get(fields.volume)?;
                        let path = sources.child(index).child(fields.volume);
                        Some(reference(source, source.text(&["name"])?, items_of(source), via, path))
                    }));
                }
                VolumeSource::Secret(name) | VolumeSource::ConfigMap(name) => {
                    found.extend(volume.node.get(fields.volume).map(|source| {
                        let path = volume.path.child(fields.volume);
                        reference(source, name, items_of(source), via, path)
                    }));
                }
                _ => {}
            }
            if found.len() > before && !self.mounts(volume.name) {
                found.truncate(before);
            }
        }
    }
}

fn env_references<'a>(container: &Container<'a>, fields: &Fields, found: &mut Vec<Reference<'a>>) {
    let name = container.name();
    found.extend(container.env().filter_map(|variable| {
        let source = variable.node.at(&["valueFrom", fields.env])?;
        let keys = Keys::Only(source.text(&["key"]).into_iter().collect());
        let via = Via::Env {
            container: name,
            variable: Some(variable.name),
        };
        let path = variable.path.child("valueFrom").child(fields.env);
        Some(reference(source, source.text(&["name"])?, keys, via, path))
    }));
    let items = container.node.items(&["envFrom"]).iter().enumerate();
    found.extend(items.filter_map(|(index, item)| {
        let source = item.get(fields.env_from)?;
        let via = Via::Env {
            container: name,
            variable: None,
        };
        let path = container.path.child("envFrom").child(index).child(fields.env_from);
        Some(reference(source, source.text(&["name"])?, Keys::All, via, path))
    }));
}

fn reference<'a>(source: &Node, name: &'a str, keys: Keys<'a>, via: Via<'a>, path: FieldPath) -> Reference<'a> {
    Reference {
        name,
        keys,
        via,
        optional: source.get("optional").and_then(Node::as_bool).unwrap_or(false),
        path,
    }
}

/// A volume's `items` choose keys; without any, all are there.
fn items_of(source: &Node) -> Keys<'_> {
    match source.items(&["items"]) {
        [] => Keys::All,
        items => Keys::Only(items.iter().filter_map(|item| item.text(&["key"])).collect()),
    }
}
