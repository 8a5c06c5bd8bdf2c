//! A document becomes a Kubernetes object: what it is called, and what of it is kept.

use std::sync::Arc;

use palisade_inventory::{Entry, Map, Node, Position, ResourceId, Value};

use crate::document::{Failure, ListHead};
use crate::intern::Interner;
use crate::kinds::{self, Kind, Scope};

/// A Kubernetes object, trimmed but not yet redacted.
#[derive(Debug)]
pub(crate) struct Object {
    /// Its name is empty for a configuration file, which has none.
    pub(crate) id: ResourceId,
    pub(crate) version: Arc<str>,
    pub(crate) kind: Kind,
    pub(crate) node: Node,
}

/// What a document turned out to be.
#[derive(Debug)]
pub(crate) enum Recognised {
    /// An object.
    Object(Box<Object>),
    /// A list within a list.
    List(ListHead, Vec<Node>),
    /// A build instruction of kustomize: nothing that runs.
    BuildInstruction,
    /// A configuration in the form of an object, of a kind without meaning here (`kind: Cluster` of a tool): it has no name
    /// by which it could be kept.
    Nameless(ResourceId),
}

/// Tells what a document is. `list` is the list it is an item of, whose kind it may inherit. As written, an object needs
/// no name, and all of it is kept.
pub(crate) fn recognise(
    mut node: Node,
    list: &ListHead,
    as_written: bool,
    interner: &mut Interner,
) -> Result<Recognised, Failure> {
    let (api_version, kind) = type_of(&node, list)?;
    let is_list = kind.ends_with("List") && matches!(node.get("items"), Some(items) if items.as_list().is_some());
    if is_list {
        let head = ListHead {
            api_version: Some(api_version),
            kind: Some(kind),
        };
        return Ok(Recognised::List(head, take_items(&mut node)));
    }
    let (written_group, version) = api_version.rsplit_once('/').unwrap_or(("", &api_version));
    if written_group == "kustomize.config.k8s.io" {
        return Ok(Recognised::BuildInstruction);
    }
    let group = kinds::fold_group(written_group, &kind);
    if kinds::is_misspelt(group, &kind) {
        return Err(no_kind(&node, &kind));
    }
    let known = kinds::lookup(group, &kind);
    let id = ResourceId {
        kind: interner.intern(&kind),
        group: interner.intern(group),
        namespace: namespace(&node, known.scope, interner)?,
        name: name(&node)?.unwrap_or_default(),
    };
    if id.name.is_empty() && !as_written && !kinds::is_configuration(group, &kind) {
        return if known.has_meaning {
            Err(no_name(&node))
        } else {
            Ok(Recognised::Nameless(id))
        };
    }
    let version = interner.intern(version);
    if !as_written {
        trim(&mut node, &kind, known.has_meaning);
    }
    Ok(Recognised::Object(Box::new(Object {
        id,
        version,
        kind: known,
        node,
    })))
}

/// `apiVersion` and `kind`, inherited from a typed list where the item does not say.
fn type_of(node: &Node, list: &ListHead) -> Result<(Box<str>, Box<str>), Failure> {
    if node.as_map().is_none() {
        return Err(not_kubernetes(node.position, "not a map"));
    }
    let inherited_kind = list
        .kind
        .as_deref()
        .and_then(|kind| kind.strip_suffix("List"))
        .filter(|kind| !kind.is_empty());
    let api_version = match (node.text(&["apiVersion"]), inherited_kind) {
        (Some(written), _) => Some(written),
        (None, Some(_)) => list.api_version.as_deref(),
        (None, None) => None,
    };
    let kind = node.text(&["kind"]).or(inherited_kind);
    match (api_version, kind) {
        (Some(api_version), Some(kind)) if !api_version.is_empty() && !kind.is_empty() => {
            Ok((api_version.into(), kind.into()))
        }
        (Some(_), _) => Err(not_kubernetes(node.position, "`apiVersion` without `kind`")),
        (None, Some(_)) => Err(not_kubernetes(node.position, "`kind` without `apiVersion`")),
        (None, None) => Err(not_kubernetes(node.position, "neither `apiVersion` nor `kind`")),
    }
}

/// Whether an item can only be understood once its list's kind is known.
pub(crate) fn needs_list(node: &Node) -> bool {
    node.as_map().is_some() && (node.text(&["kind"]).is_none() || node.text(&["apiVersion"]).is_none())
}

/// The failure for what is not a Kubernetes object.
pub(crate) fn not_kubernetes(position: Position, what: &str) -> Failure {
    let reason = format!("not a Kubernetes manifest: {what}");
    Failure::new(
        position,
        "not-kubernetes",
        reason,
        "nothing, unless it was meant as one",
    )
}

fn take_items(node: &mut Node) -> Vec<Node> {
    let Value::Map(map) = &mut node.value else {
        return Vec::new();
    };
    let items = map.entries_mut().iter_mut().find(|entry| &*entry.key == "items");
    match items.map(|entry| std::mem::take(&mut entry.value.value)) {
        Some(Value::List(items)) => items,
        _ => Vec::new(),
    }
}

fn namespace(node: &Node, scope: Scope, interner: &mut Interner) -> Result<Arc<str>, Failure> {
    let written = metadata_text(node, "namespace")?.unwrap_or_default();
    Ok(match scope {
        Scope::Cluster => interner.intern(""),
        Scope::Namespaced if written.is_empty() => interner.intern("default"),
        Scope::Namespaced | Scope::AsWritten => interner.intern(written),
    })
}

fn name(node: &Node) -> Result<Option<Arc<str>>, Failure> {
    if let Some(name) = metadata_text(node, "name")?.filter(|name| !name.is_empty()) {
        return Ok(Some(name.into()));
    }
    let prefix = metadata_text(node, "generateName")?.filter(|prefix| !prefix.is_empty());
    Ok(prefix.map(|prefix| format!("{prefix}*").into()))
}

fn no_kind(node: &Node, kind: &str) -> Failure {
    let position = node.get("kind").map_or(node.position, |kind| kind.position);
    let reason = format!("`{kind}` is no kind of the core API");
    Failure::new(position, "unknown-kind", reason, "correct `kind` or `apiVersion`")
}

fn no_name(node: &Node) -> Failure {
    let help = "give it `metadata.name`; Kubernetes refuses it too";
    let position = node.get("metadata").map_or(node.position, |metadata| metadata.position);
    Failure::new(position, "no-name", "an object without a name", help)
}

fn metadata_text<'n>(node: &'n Node, field: &'static str) -> Result<Option<&'n str>, Failure> {
    let help = "correct the type; Kubernetes refuses it too";
    let Some(metadata) = node.get("metadata") else {
        return Ok(None);
    };
    if metadata.as_map().is_none() {
        let reason = "`metadata` is not a map";
        return Err(Failure::new(metadata.position, "wrong-type", reason, help));
    }
    let Some(value) = metadata.get(field) else {
        return Ok(None);
    };
    if let Some(text) = value.as_str() {
        return Ok(Some(text));
    }
    let reason = format!("`metadata.{field}` is not a text");
    Err(Failure::new(value.position, "wrong-type", reason, help))
}

/// Drops what the server keeps for itself, null values, and all but `metadata` of kinds without meaning here.
fn trim(node: &mut Node, kind: &str, has_meaning: bool) {
    let Value::Map(map) = &mut node.value else { return };
    map.entries_mut().retain_mut(|entry| match &*entry.key {
        "apiVersion" | "kind" => true,
        "metadata" => {
            let is_kept = |field: &str| METADATA.contains(&field) || (kind == "Secret" && field == CREATED);
            keep_fields(&mut entry.value, is_kept);
            true
        }
        "status" => {
            keep_fields(&mut entry.value, |field| kinds::kept_status(kind).contains(&field));
            has_meaning && entry.value.as_map().is_some_and(|map| !map.entries().is_empty())
        }
        _ => has_meaning,
    });
    drop_nulls(node);
}

/// Fields of `metadata` that are kept; the others are the server's.
pub(crate) const METADATA: &[&str] = &[
    "name",
    "generateName",
    "namespace",
    "labels",
    "annotations",
    "ownerReferences",
    "deletionTimestamp",
];

/// What tells an object of a cluster from one that somebody wrote: for Secrets it makes the difference.
const CREATED: &str = "creationTimestamp";

fn keep_fields(node: &mut Node, is_kept: impl Fn(&str) -> bool) {
    match &mut node.value {
        Value::Map(map) => map.entries_mut().retain(|entry| is_kept(&entry.key)),
        other => *other = Value::Null,
    }
}

/// Null in a map is as if the key were not there. An item of a list that is null is there, with nothing in it: for a rule
/// of a `NetworkPolicy` that means *everything*.
fn drop_nulls(node: &mut Node) {
    match &mut node.value {
        Value::Map(map) => {
            if map.entries().iter().any(|entry| entry.value.is_null()) {
                map.entries_mut().retain(|entry| !entry.value.is_null());
            }
            for entry in map.entries_mut() {
                drop_nulls(&mut entry.value);
                fill_rules(entry);
            }
        }
        Value::List(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn fill_rules(entry: &mut Entry) {
    if let Value::List(items) = &mut entry.value.value
        && matches!(&*entry.key, "ingress" | "egress" | "from" | "to" | "rules")
    {
        for item in items.iter_mut().filter(|item| item.is_null()) {
            item.value = Value::Map(Map::default());
        }
    }
}
