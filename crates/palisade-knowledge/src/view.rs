//! What a condition looks at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of thing that an entry's condition is evaluated over, and the variables it binds.
///
/// Variables named after a Kubernetes object hold that object as the API server would show it; the others are built by
/// the engine from several objects, so that admission can't enforce their conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// Each container of a pod or pod template, init and ephemeral ones too. Binds `container`, `pod` (`metadata`, `spec`),
    /// `role` (`container`, `init`, `sidecar` or `ephemeral`) and `kind` (of the object that holds it: `Deployment`, `Pod` …).
    Container,
    /// Each pod or pod template. Binds `pod` (`metadata`, `spec`) and `kind` (of the object that holds it).
    Pod,
    /// Each workload: Deployment, StatefulSet, DaemonSet, Job, CronJob, bare Pod … Binds `object` and `pod`.
    Workload,
    /// Each Service. Binds `object`.
    Service,
    /// Each Ingress. Binds `object`.
    Ingress,
    /// Each Role and ClusterRole. Binds `object`.
    Role,
    /// Each RoleBinding and ClusterRoleBinding. Binds `object`.
    Binding,
    /// Each ServiceAccount. Binds `object`.
    ServiceAccount,
    /// Each Namespace. Binds `object`.
    Namespace,
    /// Each NetworkPolicy. Binds `object`.
    NetworkPolicy,
    /// Each ConfigMap. Binds `object`; its values are redacted.
    ConfigMap,
    /// Each PersistentVolume. Binds `object`.
    PersistentVolume,
    /// Each validating or mutating webhook configuration. Binds `object`.
    Webhook,
    /// Each element that runs code. Built by the engine. Binds `element`: `id`, `kind` (`process`, `data-store`),
    /// `namespace`, `technology` (id or ""), `storeKind` ("" or as in the technology entry), `exposed` (reachable from outside),
    /// `login` (a store "asked" its clients for one, "not-asked", or "unknown"),
    /// `ingressIsolated`, `egressIsolated` (a NetworkPolicy selects it for that direction), `replicas`, `tokenMounted`, `hostNetwork`.
    Element,
    /// Each flow. Built by the engine. Binds `flow`: `from`, `to`, `basis`, `protocol`, `application`, `ports`,
    /// `encrypted` ("yes", "no", "unknown"), `crosses` (kinds of boundaries), `fromKind`, `toKind`, `toStoreKind`.
    Flow,
}

impl View {
    /// Every view, in the order of the documentation.
    pub const ALL: [View; 15] = [
        View::Container,
        View::Pod,
        View::Workload,
        View::Service,
        View::Ingress,
        View::Role,
        View::Binding,
        View::ServiceAccount,
        View::Namespace,
        View::NetworkPolicy,
        View::ConfigMap,
        View::PersistentVolume,
        View::Webhook,
        View::Element,
        View::Flow,
    ];

    /// The variables that a condition over this view may use. The first is the one that `at` paths start from.
    pub const fn variables(self) -> &'static [&'static str] {
        match self {
            View::Container => &["container", "pod", "role", "kind"],
            View::Pod => &["pod", "kind"],
            View::Workload => &["object", "pod"],
            View::Element => &["element"],
            View::Flow => &["flow"],
            _ => &["object"],
        }
    }

    /// Whether the engine makes its variable, from several objects or from a text. An example is then that variable itself.
    pub const fn is_built(self) -> bool {
        matches!(self, View::Element | View::Flow)
    }

    /// Whether one Kubernetes object decides it, so that admission could enforce the same expression.
    pub const fn is_enforceable(self) -> bool {
        !matches!(self, View::Element | View::Flow)
    }
}
