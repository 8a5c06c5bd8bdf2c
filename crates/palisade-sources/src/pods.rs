//! Pods of one template: what differs between them is told apart from what they share, and that is held once.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use palisade_inventory::{Entry, Map, Node, Owner, PodInstance, Position, Value};

use crate::intern::Interner;

/// Takes the instance out of a pod, and out of its content everything the server and the controllers generated.
pub(crate) fn take_instance(pod: &mut Node, names: &mut Interner) -> PodInstance {
    let instance = PodInstance {
        node: pod.text(&["spec", "nodeName"]).map(|node| names.intern(node)),
        owner: controlling_owner(pod, names),
        template_hash: pod
            .text(&["metadata", "labels", "pod-template-hash"])
            .map(|hash| names.intern(hash)),
        ended: pod.at(&["metadata", "deletionTimestamp"]).is_some()
            || matches!(pod.text(&["status", "phase"]), Some("Succeeded" | "Failed")),
    };
    // A manifest may name a node; only the server gives an identity and a phase.
    let is_from_server = pod.at(&["metadata", "uid"]).is_some() || pod.at(&["status", "phase"]).is_some();
    let owner_kind = instance.owner.as_ref().map(|owner| &*owner.kind);
    if let Some(map) = map_mut(pod) {
        map.entries_mut().retain(|entry| &*entry.key != "status");
    }
    if let Some(metadata) = below(pod, "metadata") {
        normalise_metadata(metadata, owner_kind.is_some());
    }
    if let Some(spec) = below(pod, "spec") {
        if is_from_server {
            settle_token(spec, names);
        }
        normalise_spec(spec, owner_kind);
    }
    instance
}

/// The owner with `controller: true`.
fn controlling_owner(pod: &Node, names: &mut Interner) -> Option<Owner> {
    let owners = pod.items(&["metadata", "ownerReferences"]);
    let owner = owners
        .iter()
        .find(|owner| owner.get("controller").and_then(Node::as_bool) == Some(true))?;
    let api_version = owner.text(&["apiVersion"]).unwrap_or_default();
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    Some(Owner {
        // The API server refuses an owner without a kind; who leaves it out means pods that belong together.
        kind: names.intern(owner.text(&["kind"]).unwrap_or("Pod")),
        group: names.intern(group),
        name: names.intern(owner.text(&["name"])?),
    })
}

fn normalise_metadata(metadata: &mut Map, is_owned: bool) {
    metadata.entries_mut().retain(|entry| match &*entry.key {
        "generateName" | "ownerReferences" | "deletionTimestamp" => false,
        "name" => !is_owned,
        _ => true,
    });
    retain_below(metadata, "labels", |label| {
        !matches!(
            label,
            "pod-template-hash"
                | "controller-revision-hash"
                | "pod-template-generation"
                | "apps.kubernetes.io/pod-index"
                | "statefulset.kubernetes.io/pod-name"
                | "batch.kubernetes.io/job-completion-index"
                | "batch.kubernetes.io/controller-uid"
                | "controller-uid"
        )
    });
    retain_below(metadata, "annotations", |annotation| {
        !(annotation.starts_with("cni.projectcalico.org/")
            || annotation.starts_with("k8s.v1.cni.cncf.io/network")
            || annotation.starts_with("k8s.ovn.org/")
            || annotation.starts_with("cni.cilium.io/")
            || matches!(
                annotation,
                "kubernetes.io/config.hash"
                    | "kubernetes.io/config.seen"
                    | "kubernetes.io/limit-ranger"
                    | "batch.kubernetes.io/job-completion-index"
            ))
    });
}

fn normalise_spec(spec: &mut Map, owner_kind: Option<&str>) {
    spec.entries_mut().retain(|entry| match &*entry.key {
        "nodeName" => false,
        "hostname" => owner_kind != Some("StatefulSet"),
        _ => true,
    });
    if let Some(Value::List(tolerations)) = value_mut(spec, "tolerations") {
        tolerations.retain(|toleration| !is_default_toleration(toleration));
    }
    drop_if_empty(spec, "tolerations");
    if owner_kind == Some("DaemonSet") {
        drop_node_choice(spec);
    }
}

/// Added by admission to every pod.
fn is_default_toleration(toleration: &Node) -> bool {
    let is_default_key = matches!(
        toleration.text(&["key"]),
        Some("node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable")
    );
    is_default_key && toleration.get("tolerationSeconds").and_then(Node::as_int) == Some(300)
}

/// The `DaemonSet` controller chooses each pod's node by an affinity for its name.
fn drop_node_choice(spec: &mut Map) {
    const PATH: [&str; 4] = [
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ];
    fn drop_below(map: &mut Map, path: &[&str]) {
        let Some((key, rest)) = path.split_first() else { return };
        match value_mut(map, key) {
            Some(Value::Map(below)) => drop_below(below, rest),
            Some(Value::List(terms)) => {
                for term in terms.iter_mut().filter_map(map_mut) {
                    term.entries_mut().retain(|entry| &*entry.key != "matchFields");
                }
                terms.retain(|term| term.as_map().is_none_or(|term| !term.entries().is_empty()));
            }
            _ => {}
        }
        drop_if_empty(map, key);
    }
    drop_below(spec, &PATH);
}

const TOKEN_FOLDER: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The server mounts the service account's token as a volume of a generated name: says so in
/// `automountServiceAccountToken`, and drops volume and mounts.
fn settle_token(spec: &mut Map, names: &mut Interner) {
    let mut volumes = Vec::new();
    for_containers(spec, &mut |container| {
        if let Some(Value::List(mounts)) = value_mut(container, "volumeMounts") {
            mounts.retain(|mount| {
                let volume = mount.text(&["name"]).unwrap_or_default();
                let is_token = volume.starts_with("kube-api-access-")
                    || (mount.text(&["mountPath"]) == Some(TOKEN_FOLDER) && volume.contains("-token-"));
                if is_token {
                    volumes.push(volume.to_owned());
                }
                !is_token
            });
        }
        drop_if_empty(container, "volumeMounts");
    });
    if let Some(Value::List(declared)) = value_mut(spec, "volumes") {
        declared.retain(|volume| {
            let name = volume.text(&["name"]).unwrap_or_default();
            !volumes.iter().any(|token| token == name)
        });
    }
    drop_if_empty(spec, "volumes");
    let position = spec
        .entries()
        .first()
        .map_or(Position::default(), |entry| entry.key_position);
    let is_mounted = Value::Bool(!volumes.is_empty());
    match value_mut(spec, "automountServiceAccountToken") {
        Some(written) => *written = is_mounted,
        None => spec.entries_mut().push(Entry {
            key: names.intern("automountServiceAccountToken"),
            key_position: position,
            value: Node::new(is_mounted, position),
        }),
    }
}

fn for_containers(spec: &mut Map, change: &mut dyn FnMut(&mut Map)) {
    for key in ["initContainers", "containers", "ephemeralContainers"] {
        if let Some(Value::List(containers)) = value_mut(spec, key) {
            containers.iter_mut().filter_map(map_mut).for_each(&mut *change);
        }
    }
}

fn map_mut(node: &mut Node) -> Option<&mut Map> {
    match &mut node.value {
        Value::Map(map) => Some(map),
        _ => None,
    }
}

fn value_mut<'m>(map: &'m mut Map, key: &str) -> Option<&'m mut Value> {
    let entry = map.entries_mut().iter_mut().find(|entry| &*entry.key == key)?;
    Some(&mut entry.value.value)
}

fn below<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Map> {
    match value_mut(map_mut(node)?, key)? {
        Value::Map(map) => Some(map),
        _ => None,
    }
}

fn retain_below(map: &mut Map, key: &str, mut keep: impl FnMut(&str) -> bool) {
    if let Some(Value::Map(below)) = value_mut(map, key) {
        below.entries_mut().retain(|entry| keep(&entry.key));
        drop_if_empty(map, key);
    }
}

fn drop_if_empty(map: &mut Map, key: &str) {
    map.entries_mut().retain(|entry| {
        let is_empty = match &entry.value.value {
            Value::List(items) => items.is_empty(),
            Value::Map(map) => map.entries().is_empty(),
            _ => false,
        };
        &*entry.key != key || !is_empty
    });
}

/// Contents of pods, each held once.
///
/// Most pods are known before they are redacted, which is what costs most: by a keyed hash of everything they say, and by
/// comparing all that was kept. What was not kept is not held here either, so there only the hash tells.
#[derive(Default)]
pub(crate) struct SharedContents {
    /// Keyed by chance and not to be steered from outside, as the hash alone tells dropped values apart.
    keyed: std::hash::RandomState,
    by_written: HashMap<u64, Vec<Shared>, foldhash::fast::RandomState>,
    hasher: foldhash::fast::RandomState,
    by_content: HashMap<u64, Vec<Shared>, foldhash::fast::RandomState>,
}

#[derive(Clone)]
struct Shared {
    namespace: Arc<str>,
    owner: Option<Owner>,
    content: Arc<Node>,
    file: Arc<str>,
}

impl SharedContents {
    /// The one copy of a content among the pods of a namespace and owner, and the file it was read from.
    pub(crate) fn share(
        &mut self,
        namespace: &Arc<str>,
        owner: Option<&Owner>,
        mut written: Node,
        file: &Arc<str>,
        redact: impl FnOnce(&mut Node),
    ) -> (Arc<Node>, Arc<str>) {
        let is_sibling = |shared: &&Shared| shared.namespace == *namespace && shared.owner.as_ref() == owner;
        let written_hash = self.keyed.hash_one((namespace, owner, &written));
        let candidates = self.by_written.entry(written_hash).or_default();
        if let Some(known) = candidates
            .iter()
            .filter(is_sibling)
            .find(|known| agrees(&written, &known.content))
        {
            return (Arc::clone(&known.content), Arc::clone(&known.file));
        }
        redact(&mut written);
        let content_hash = self.hasher.hash_one((namespace, owner, &written));
        let contents = self.by_content.entry(content_hash).or_default();
        let known = contents
            .iter()
            .filter(is_sibling)
            .find(|known| *known.content == written);
        let shared = known.cloned().unwrap_or_else(|| Shared {
            namespace: Arc::clone(namespace),
            owner: owner.cloned(),
            content: Arc::new(written),
            file: Arc::clone(file),
        });
        if known.is_none() {
            contents.push(shared.clone());
        }
        candidates.push(shared.clone());
        (shared.content, shared.file)
    }
}

/// Whether everything that was kept is what is written here too.
fn agrees(written: &Node, kept: &Node) -> bool {
    match (&written.value, &kept.value) {
        (_, Value::Redacted(_)) => true,
        (Value::List(written), Value::List(kept)) => {
            written.len() == kept.len() && written.iter().zip(kept).all(|(written, kept)| agrees(written, kept))
        }
        (Value::Map(written), Value::Map(kept)) => {
            let (written, kept) = (written.entries(), kept.entries());
            let mut pairs = written.iter().zip(kept);
            written.len() == kept.len()
                && pairs.all(|(written, kept)| written.key == kept.key && agrees(&written.value, &kept.value))
        }
        (written, kept) => written == kept,
    }
}
