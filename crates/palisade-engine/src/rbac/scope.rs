//! Where a permission holds.

use std::fmt;
use std::sync::Arc;

use palisade_knowledge::Permission;

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

/// Resources that live in no namespace, so that a RoleBinding grants nothing on them.
///
/// Not here: `namespaces`, whose requests carry the namespace itself; custom resources, whose scope only their definition
/// tells.
const CLUSTER_SCOPED: [(&str, &str); 33] = [
    ("", "componentstatuses"),
    ("", "nodes"),
    ("", "persistentvolumes"),
    ("", "users"),
    ("", "groups"),
    ("authentication.k8s.io", "uids"),
    ("authentication.k8s.io", "userextras"),
    ("authentication.k8s.io", "tokenreviews"),
    ("authorization.k8s.io", "subjectaccessreviews"),
    ("rbac.authorization.k8s.io", "clusterroles"),
    ("rbac.authorization.k8s.io", "clusterrolebindings"),
    ("apiextensions.k8s.io", "customresourcedefinitions"),
    ("apiregistration.k8s.io", "apiservices"),
    ("admissionregistration.k8s.io", "mutatingadmissionpolicies"),
    ("admissionregistration.k8s.io", "mutatingadmissionpolicybindings"),
    ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
    ("admissionregistration.k8s.io", "validatingadmissionpolicies"),
    ("admissionregistration.k8s.io", "validatingadmissionpolicybindings"),
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
    ("certificates.k8s.io", "certificatesigningrequests"),
    ("certificates.k8s.io", "clustertrustbundles"),
    ("certificates.k8s.io", "signers"),
    ("flowcontrol.apiserver.k8s.io", "flowschemas"),
    ("flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations"),
    ("networking.k8s.io", "ingressclasses"),
    ("node.k8s.io", "runtimeclasses"),
    ("policy", "podsecuritypolicies"),
    ("scheduling.k8s.io", "priorityclasses"),
    ("storage.k8s.io", "csidrivers"),
    ("storage.k8s.io", "csinodes"),
    ("storage.k8s.io", "storageclasses"),
    ("storage.k8s.io", "volumeattachments"),
    ("gateway.networking.k8s.io", "gatewayclasses"),
];

/// Whether only a grant for the whole cluster allows it.
///
/// `bind` and `escalate` are asked in the namespace of the binding that is made, even when they are about ClusterRoles.
pub fn is_cluster_scoped(permission: &Permission) -> bool {
    let of_namespace = &*permission.resource == "namespaces" && permission.group.is_empty();
    let unnamed = matches!(&*permission.verb, "create" | "list" | "watch" | "deletecollection");
    (of_namespace && unnamed)
        || (!matches!(&*permission.verb, "bind" | "escalate")
            && CLUSTER_SCOPED.contains(&(&*permission.group, &*permission.resource)))
}
