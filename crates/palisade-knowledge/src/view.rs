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
    /// Each Secret. Binds `object`: its type and its keys; its values are gone.
    Secret,
    /// Each Gateway of the Gateway API. Binds `object`.
    Gateway,
    /// Each route (`HTTPRoute`, `GRPCRoute` …) and `ReferenceGrant` of the Gateway API. Binds `object`.
    GatewayRoute,
    /// Each Node. Binds `object`.
    Node,
    /// Each `StorageClass`. Binds `object`.
    StorageClass,
    /// Each `APIService`. Binds `object`.
    ApiService,
    /// Each `CertificateSigningRequest`. Binds `object`; the request itself is not read.
    CertificateRequest,
    /// Each validating or mutating admission policy, and each binding of one. Binds `object`.
    AdmissionPolicy,
    /// Each `AppProject` of Argo CD. Binds `object`.
    ArgoProject,
    /// Each object that tells a service mesh what to do: of Istio `PeerAuthentication`, `AuthorizationPolicy`,
    /// `RequestAuthentication`, `DestinationRule`, `Gateway`, `Sidecar`, `ServiceEntry`; of Linkerd `Server`,
    /// `ServerAuthorization`, `AuthorizationPolicy`, `MeshTLSAuthentication`, `NetworkAuthentication`. Binds `object`.
    Mesh,
    /// Each configuration file of a component of Kubernetes: `KubeletConfiguration`, `EncryptionConfiguration`,
    /// `AdmissionConfiguration`, the audit `Policy`. Binds `object`. The API server never sees them, so that nothing
    /// is enforced at admission.
    ComponentConfig,
    /// Each component of the control plane whose command line is seen: API server, controller manager, scheduler, etcd.
    /// Built by the engine. Binds `component`: `name` (`kube-apiserver`, `kube-controller-manager`, `kube-scheduler`,
    /// `etcd`), `namespace`, `flags` (by name without dashes; `true` where no value is written, `(hidden)` where the value
    /// may be a secret).
    ControlPlane,
    /// Each identity that is given permissions or that a workload runs as. Built by the engine. Binds `identity`: `id`,
    /// `kind` (`service-account`, `user`, `group`), `namespace`, `name`, `system` (one of Kubernetes' own), `defined` (its
    /// object is there), `isDefault`, `workloads` (ids of what runs as it), `mounted` (one of those holds its token),
    /// `exposed` (one of those is reachable from outside), `clusterAdmin`, `roles` (ids), `rules` (`verbs`, `groups`,
    /// `resources`, `names`, `namespace`: empty where it holds everywhere).
    Identity,
    /// Each data store that was recognised. Built by the engine. Binds `store`: `id`, `namespace`, `technology`, `storeKind`,
    /// `exposed`, `ingressIsolated`, `replicas`, `persistent` (it keeps data on a volume that outlives the pod), `login` (as for
    /// `element`), `readsSecret`,
    /// `settings` (environment by name, as far as values are public words), `clientNamespaces`, `plaintext` (a client says
    /// that it talks in plain text).
    Store,
    /// Each workload that runs replicas. Built by the engine. Binds `availability`: `id`, `kind`, `namespace`, `replicas`,
    /// `budgets` (`name`, `allowsNone`: no pod may be evicted), `autoscaled`, `exposed`, `called` (something here says that
    /// it calls it), `storeKind`, `spread` (its replicas keep apart).
    Availability,
    /// Each namespace that is defined or runs something, and what protects it. Built by the engine. Binds `protection`:
    /// `name`, `defined`, `enforce`, `warn`, `audit` (Pod Security levels, "" if none), `workloads` (how many), `exposed`,
    /// `defaultDenyIngress`, `defaultDenyEgress`, `policies` (how many NetworkPolicies), `otherPolicies` (network policies of
    /// other engines apply), `quota`, `limitRange`, `mesh` ("", `istio`, `linkerd`), `mtls` ("", `strict`, `permissive`,
    /// `disable`, as a `PeerAuthentication` of the namespace or the mesh says), `authorised` (an authorisation policy of the
    /// mesh speaks for the whole namespace, or for one of its workloads).
    Protection,
    /// Each workload of a system that has a mesh. Built by the engine. Binds `member`: `id`, `namespace`, `mesh` ("" where it
    /// is in none), `namespaceMesh` (the mesh that its namespace is in), `optedOut`, `hostNetwork`, `exposed`, `mtls` and `authorised`
    /// (as for `protection`, `mtls` of the workload itself).
    MeshMember,
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
    pub const ALL: [View; 32] = [
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
        View::Secret,
        View::Gateway,
        View::GatewayRoute,
        View::Node,
        View::StorageClass,
        View::ApiService,
        View::CertificateRequest,
        View::AdmissionPolicy,
        View::ArgoProject,
        View::Mesh,
        View::ComponentConfig,
        View::ControlPlane,
        View::Identity,
        View::Store,
        View::Availability,
        View::Protection,
        View::MeshMember,
        View::Element,
        View::Flow,
    ];

    /// The variables that a condition over this view may use. The first is the one that `at` paths start from.
    pub const fn variables(self) -> &'static [&'static str] {
        match self {
            View::Container => &["container", "pod", "role", "kind"],
            View::Pod => &["pod", "kind"],
            View::Workload => &["object", "pod"],
            View::ControlPlane => &["component"],
            View::Identity => &["identity"],
            View::Store => &["store"],
            View::Availability => &["availability"],
            View::Protection => &["protection"],
            View::MeshMember => &["member"],
            View::Element => &["element"],
            View::Flow => &["flow"],
            _ => &["object"],
        }
    }

    /// Whether the engine makes its variable, from several objects or from a text. An example is then that variable itself.
    pub const fn is_built(self) -> bool {
        matches!(
            self,
            View::ControlPlane
                | View::Identity
                | View::Store
                | View::Availability
                | View::Protection
                | View::MeshMember
                | View::Element
                | View::Flow
        )
    }

    /// Whether it is about a pod template, wherever it stands.
    pub const fn is_of_template(self) -> bool {
        matches!(self, View::Container | View::Pod | View::Workload)
    }

    /// Whether one Kubernetes object decides it, so that admission could enforce the same expression.
    pub const fn is_enforceable(self) -> bool {
        !self.is_built() && !matches!(self, View::ComponentConfig)
    }

    /// The groups and kinds that a view over single objects is about; none for the others.
    pub const fn kinds(self) -> &'static [(&'static str, &'static str)] {
        const RBAC: &str = "rbac.authorization.k8s.io";
        const ADMISSION: &str = "admissionregistration.k8s.io";
        const GATEWAY: &str = "gateway.networking.k8s.io";
        const ISTIO: &str = "networking.istio.io";
        const ISTIO_SECURITY: &str = "security.istio.io";
        const LINKERD: &str = "policy.linkerd.io";
        match self {
            View::Service => &[("", "Service")],
            View::Ingress => &[("networking.k8s.io", "Ingress")],
            View::Role => &[(RBAC, "Role"), (RBAC, "ClusterRole")],
            View::Binding => &[(RBAC, "RoleBinding"), (RBAC, "ClusterRoleBinding")],
            View::ServiceAccount => &[("", "ServiceAccount")],
            View::Namespace => &[("", "Namespace")],
            View::NetworkPolicy => &[("networking.k8s.io", "NetworkPolicy")],
            View::ConfigMap => &[("", "ConfigMap")],
            View::PersistentVolume => &[("", "PersistentVolume")],
            View::Webhook => &[
                (ADMISSION, "ValidatingWebhookConfiguration"),
                (ADMISSION, "MutatingWebhookConfiguration"),
            ],
            View::Secret => &[("", "Secret")],
            View::Gateway => &[(GATEWAY, "Gateway")],
            View::GatewayRoute => &[
                (GATEWAY, "HTTPRoute"),
                (GATEWAY, "GRPCRoute"),
                (GATEWAY, "TLSRoute"),
                (GATEWAY, "TCPRoute"),
                (GATEWAY, "UDPRoute"),
                (GATEWAY, "ReferenceGrant"),
            ],
            View::Node => &[("", "Node")],
            View::StorageClass => &[("storage.k8s.io", "StorageClass")],
            View::ApiService => &[("apiregistration.k8s.io", "APIService")],
            View::CertificateRequest => &[("certificates.k8s.io", "CertificateSigningRequest")],
            View::AdmissionPolicy => &[
                (ADMISSION, "ValidatingAdmissionPolicy"),
                (ADMISSION, "ValidatingAdmissionPolicyBinding"),
                (ADMISSION, "MutatingAdmissionPolicy"),
                (ADMISSION, "MutatingAdmissionPolicyBinding"),
            ],
            View::ArgoProject => &[("argoproj.io", "AppProject")],
            View::Mesh => &[
                (ISTIO_SECURITY, "PeerAuthentication"),
                (ISTIO_SECURITY, "AuthorizationPolicy"),
                (ISTIO_SECURITY, "RequestAuthentication"),
                (ISTIO, "DestinationRule"),
                (ISTIO, "Gateway"),
                (ISTIO, "Sidecar"),
                (ISTIO, "ServiceEntry"),
                (LINKERD, "Server"),
                (LINKERD, "ServerAuthorization"),
                (LINKERD, "AuthorizationPolicy"),
                (LINKERD, "MeshTLSAuthentication"),
                (LINKERD, "NetworkAuthentication"),
            ],
            View::ComponentConfig => &[
                ("kubelet.config.k8s.io", "KubeletConfiguration"),
                ("apiserver.config.k8s.io", "EncryptionConfiguration"),
                ("apiserver.config.k8s.io", "AdmissionConfiguration"),
                ("audit.k8s.io", "Policy"),
            ],
            _ => &[],
        }
    }
}
