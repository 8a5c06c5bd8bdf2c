//! One thing that was read, and where.

use std::fmt;
use std::sync::Arc;

use crate::node::Node;
use crate::path::Position;

/// What a resource is called within its root: group, kind, namespace and name.
///
/// Legacy groups are already folded into today's (`extensions` Deployments are `apps`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId {
    /// `Deployment`, `Service` …
    pub kind: Arc<str>,
    /// `apps`, `rbac.authorization.k8s.io` …; empty for the core group.
    pub group: Arc<str>,
    /// Empty for what is not namespaced. Namespaced resources that name none are in `default`.
    pub namespace: Arc<str>,
    /// The name; for an object that only has `generateName`, that prefix followed by `*`.
    pub name: Arc<str>,
}

impl fmt::Display for ResourceId {
    /// `Kind/namespace/name`, empty parts left out. Whether the group must be shown is decided where all kinds are known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        for part in [&self.namespace, &self.name] {
            if !part.is_empty() {
                write!(f, "/{part}")?;
            }
        }
        Ok(())
    }
}

/// Where a resource was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file as the user would name it, `-` for standard input.
    pub file: Arc<str>,
    /// Where the resource begins in it.
    pub position: Position,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.position)
    }
}

/// What makes one system of its own: resources of different roots never join.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Root {
    /// The folder or file as the user would name it, `-` for standard input.
    pub name: Arc<str>,
    /// What made it a root.
    pub kind: RootKind,
}

/// What makes a folder or file a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RootKind {
    /// It was named on the command line.
    Given,
    /// It holds a kustomization file.
    Kustomization,
    /// It holds a `Chart.yaml`.
    Chart,
    /// It defines objects differently than another part of the folder given: a variant.
    Variant,
}

/// One Kubernetes resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What it is called.
    pub id: ResourceId,
    /// The version part of `apiVersion` as written (`v1`, `v1beta1`).
    pub version: Arc<str>,
    /// The system it belongs to.
    pub root: Arc<Root>,
    /// Where it was read.
    pub origin: Origin,
    /// Its content: secrets dropped, null map values dropped, server bookkeeping (`managedFields` …) dropped.
    ///
    /// Pods that differ only in what the server generates share one content, and it is the first pod's:
    /// positions inside it belong to [`Resource::content_file`].
    pub content: Arc<Node>,
    /// The file whose positions `content` carries; `origin.file` except for shared content.
    pub content_file: Arc<str>,
    /// For a Pod: what differs from pod to pod of one template.
    pub pod: Option<PodInstance>,
}

/// What differs between the pods of one template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodInstance {
    /// `spec.nodeName`: where it runs.
    pub node: Option<Arc<str>>,
    /// Its controlling owner (`metadata.ownerReferences` with `controller: true`).
    pub owner: Option<Owner>,
    /// The `pod-template-hash` label: with it, a ReplicaSet's name tells its Deployment's.
    pub template_hash: Option<Arc<str>>,
    /// It has ended (`Succeeded`, `Failed`) or is being deleted: nothing runs in it.
    pub ended: bool,
}

/// A controlling owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// The owner's kind.
    pub kind: Arc<str>,
    /// The group of the owner's `apiVersion`.
    pub group: Arc<str>,
    /// The owner's name; it lives in the same namespace.
    pub name: Arc<str>,
}

/// A change of what is known: a fresh reading is an upsert of everything.
#[derive(Clone, Debug)]
pub enum Change {
    /// The resource is there, or is there anew.
    Upsert(Box<Resource>),
    /// The resource is gone.
    Delete {
        /// The system it belonged to.
        root: Arc<Root>,
        /// What it was called.
        id: ResourceId,
    },
}
