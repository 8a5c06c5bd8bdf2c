//! Where a permission holds.

use std::fmt;
use std::sync::Arc;

use palisade_knowledge::Permission;

use crate::kube::api_resource;

/// Where a permission holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everywhere.
    Cluster,
    /// In one namespace.
    Namespace(Arc<str>),
}

impl Scope {
    /// Where two permissions hold together; none: nowhere.
    pub fn and(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Cluster, scope) | (scope, Self::Cluster) => Some(scope.clone()),
            (a, b) => (a == b).then(|| a.clone()),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster => f.write_str("the whole cluster"),
            Self::Namespace(name) => write!(f, "namespace {name}"),
        }
    }
}

/// Whether only a grant for the whole cluster allows it. Of custom resources nobody knows here: a RoleBinding counts.
///
/// `bind` and `escalate` are asked in the namespace of the binding that is made, even when they are about ClusterRoles. A
/// request for one namespace carries that namespace itself.
pub fn is_cluster_scoped(permission: &Permission) -> bool {
    if &*permission.resource == "namespaces" && permission.group.is_empty() {
        return matches!(&*permission.verb, "create" | "list" | "watch" | "deletecollection");
    }
    let known = api_resource(&permission.resource, Some(&permission.group));
    !matches!(&*permission.verb, "bind" | "escalate") && known.is_some_and(|resource| !resource.is_namespaced)
}
