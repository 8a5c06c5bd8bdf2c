//! The kinds of Kubernetes objects that have a meaning here, and where each of them lives.

/// Whether objects of a kind live in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// In a namespace; in `default` if none is named.
    Namespaced,
    /// In none.
    Cluster,
    /// Nobody knows without the cluster: as it is written.
    AsWritten,
}

/// What is known of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Where its objects live.
    pub(crate) scope: Scope,
    /// Its content is read; of other kinds only `metadata` is kept.
    pub(crate) has_meaning: bool,
}

/// Today's group of a kind that moved.
pub(crate) fn fold_group<'a>(group: &'a str, kind: &str) -> &'a str {
    match (group, kind) {
        ("extensions", "Deployment" | "DaemonSet" | "ReplicaSet") => "apps",
        ("extensions", "Ingress" | "NetworkPolicy") => "networking.k8s.io",
        ("extensions", "PodSecurityPolicy") => "policy",
        _ => group,
    }
}

/// What is known of a kind of a (folded) group.
pub(crate) fn lookup(group: &str, kind: &str) -> Kind {
    let has_meaning = has_meaning(group, kind);
    let scope = if is_cluster_scoped(group, kind) {
        Scope::Cluster
    } else if is_of_project(group, kind) {
        Scope::AsWritten
    } else if has_meaning || is_built_in(group) {
        Scope::Namespaced
    } else {
        Scope::AsWritten
    };
    Kind { scope, has_meaning }
}

/// The fields of `status` that say something that the rest of the object does not.
pub(crate) fn kept_status(kind: &str) -> &'static [&'static str] {
    match kind {
        "Pod" => &["phase"],
        "Node" => &["nodeInfo", "addresses"],
        "Service" | "Ingress" => &["loadBalancer"],
        "CertificateSigningRequest" => &["conditions"],
        _ => &[],
    }
}

fn has_meaning(group: &str, kind: &str) -> bool {
    match group {
        "" => matches!(
            kind,
            "Pod"
                | "PodTemplate"
                | "ReplicationController"
                | "Service"
                | "Endpoints"
                | "ServiceAccount"
                | "Secret"
                | "ConfigMap"
                | "PersistentVolume"
                | "PersistentVolumeClaim"
                | "Node"
                | "Namespace"
                | "ResourceQuota"
                | "LimitRange"
        ),
        "apps" => matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet"),
        "batch" => matches!(kind, "Job" | "CronJob"),
        "autoscaling" => kind == "HorizontalPodAutoscaler",
        "policy" => matches!(kind, "PodDisruptionBudget" | "PodSecurityPolicy"),
        "discovery.k8s.io" => kind == "EndpointSlice",
        "networking.k8s.io" => matches!(kind, "Ingress" | "IngressClass" | "NetworkPolicy"),
        "rbac.authorization.k8s.io" => {
            matches!(kind, "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding")
        }
        "storage.k8s.io" => kind == "StorageClass",
        "node.k8s.io" => kind == "RuntimeClass",
        "admissionregistration.k8s.io" => is_admission(kind),
        "apiregistration.k8s.io" => kind == "APIService",
        "certificates.k8s.io" => kind == "CertificateSigningRequest",
        "gateway.networking.k8s.io" => matches!(
            kind,
            "GatewayClass"
                | "Gateway"
                | "HTTPRoute"
                | "GRPCRoute"
                | "TLSRoute"
                | "TCPRoute"
                | "UDPRoute"
                | "ReferenceGrant"
                | "BackendTLSPolicy"
        ),
        "networking.istio.io" => {
            matches!(
                kind,
                "Gateway" | "VirtualService" | "DestinationRule" | "ServiceEntry" | "Sidecar"
            )
        }
        "security.istio.io" => {
            matches!(
                kind,
                "PeerAuthentication" | "AuthorizationPolicy" | "RequestAuthentication"
            )
        }
        "argoproj.io" => matches!(kind, "Application" | "AppProject" | "Rollout"),
        "kustomize.toolkit.fluxcd.io" => kind == "Kustomization",
        "helm.toolkit.fluxcd.io" => kind == "HelmRelease",
        "apps.openshift.io" => kind == "DeploymentConfig",
        "eks.services.k8s.aws" | "eks.aws.upbound.io" => matches!(kind, "AccessEntry" | "AccessPolicyAssociation"),
        "iam.cnrm.cloud.google.com" => kind == "IAMPolicyMember",
        "cloudplatform.gcp.upbound.io" => kind == "ProjectIAMMember",
        "authorization.azure.com" => kind == "RoleAssignment",
        "route.openshift.io" => kind == "Route",
        _ => is_configuration(group, kind) || is_of_project(group, kind) || is_evidence(group, kind),
    }
}

/// Files that components of Kubernetes read: they have the form of an object, but no name and no place in the API.
pub(crate) fn is_configuration(group: &str, kind: &str) -> bool {
    matches!(
        (group, kind),
        ("kubelet.config.k8s.io", "KubeletConfiguration")
            | (
                "apiserver.config.k8s.io",
                "EncryptionConfiguration" | "AdmissionConfiguration"
            )
            | ("audit.k8s.io", "Policy")
    )
}

/// Custom resources of well-known projects that say how the project is set up. The catalogue's conditions read them.
pub(crate) fn is_of_project(group: &str, kind: &str) -> bool {
    match group {
        "bitnami.com" => kind == "SealedSecret",
        "ceph.rook.io" => kind == "CephCluster",
        "cert-manager.io" => matches!(kind, "Certificate" | "ClusterIssuer" | "Issuer"),
        "cilium.io" => matches!(kind, "CiliumEgressGatewayPolicy" | "TracingPolicy"),
        "constraints.gatekeeper.sh" => true,
        "config.gatekeeper.sh" => kind == "Config",
        "external-secrets.io" => matches!(kind, "ClusterSecretStore" | "ExternalSecret" | "SecretStore"),
        "gateway.envoyproxy.io" => matches!(
            kind,
            "BackendTrafficPolicy" | "ClientTrafficPolicy" | "EnvoyPatchPolicy" | "EnvoyProxy" | "SecurityPolicy"
        ),
        "keda.sh" => kind == "ScaledObject",
        "kubeflow.org" => kind == "Profile",
        "kyverno.io" => matches!(kind, "ClusterPolicy" | "Policy" | "PolicyException"),
        "longhorn.io" => kind == "Setting",
        "monitoring.coreos.com" => matches!(kind, "Prometheus" | "Alertmanager" | "ServiceMonitor" | "PodMonitor"),
        "pkg.crossplane.io" => matches!(kind, "Provider" | "Function" | "Configuration"),
        "policy.cert-manager.io" => kind == "CertificateRequestPolicy",
        "policy.linkerd.io" => matches!(
            kind,
            "Server"
                | "ServerAuthorization"
                | "AuthorizationPolicy"
                | "MeshTLSAuthentication"
                | "NetworkAuthentication"
        ),
        "serving.kserve.io" => kind == "InferenceService",
        "source.toolkit.fluxcd.io" => matches!(kind, "GitRepository" | "OCIRepository" | "HelmRepository" | "Bucket"),
        "tekton.dev" => matches!(kind, "PipelineRun" | "TaskRun" | "VerificationPolicy"),
        "triggers.tekton.dev" => kind == "EventListener",
        "velero.io" => matches!(kind, "BackupStorageLocation" | "Schedule"),
        _ => false,
    }
}

/// Settings that keep a record of what is done, or verify who made what runs.
fn is_evidence(group: &str, kind: &str) -> bool {
    matches!(
        (group, kind),
        ("audit.k8s.io", "Policy")
            | ("kyverno.io", "ClusterPolicy")
            | ("policies.kyverno.io", "ImageValidatingPolicy")
            | ("policy.sigstore.dev", "ClusterImagePolicy")
            | ("telemetry.istio.io", "Telemetry")
    )
}

fn is_admission(kind: &str) -> bool {
    matches!(
        kind,
        "ValidatingWebhookConfiguration"
            | "MutatingWebhookConfiguration"
            | "ValidatingAdmissionPolicy"
            | "ValidatingAdmissionPolicyBinding"
            | "MutatingAdmissionPolicy"
            | "MutatingAdmissionPolicyBinding"
    )
}

fn is_cluster_scoped(group: &str, kind: &str) -> bool {
    match group {
        "" => matches!(kind, "Namespace" | "Node" | "PersistentVolume" | "ComponentStatus"),
        "rbac.authorization.k8s.io" => matches!(kind, "ClusterRole" | "ClusterRoleBinding"),
        "storage.k8s.io" => kind != "CSIStorageCapacity",
        "networking.k8s.io" => matches!(kind, "IngressClass" | "ServiceCIDR" | "IPAddress"),
        "policy" => kind == "PodSecurityPolicy",
        "gateway.networking.k8s.io" => kind == "GatewayClass",
        "apiserver.config.k8s.io" | "audit.k8s.io" | "kubelet.config.k8s.io" => is_configuration(group, kind),
        "resource.k8s.io" => matches!(kind, "DeviceClass" | "ResourceSlice"),
        "certificates.k8s.io" => kind != "PodCertificateRequest",
        "admissionregistration.k8s.io"
        | "policy.networking.k8s.io"
        | "apiregistration.k8s.io"
        | "apiextensions.k8s.io"
        | "node.k8s.io"
        | "scheduling.k8s.io"
        | "flowcontrol.apiserver.k8s.io"
        | "internal.apiserver.k8s.io" => true,
        _ => false,
    }
}

/// A group that the API server itself serves.
fn is_built_in(group: &str) -> bool {
    matches!(
        group,
        "" | "apps"
            | "batch"
            | "autoscaling"
            | "policy"
            | "extensions"
            | "discovery.k8s.io"
            | "networking.k8s.io"
            | "coordination.k8s.io"
            | "events.k8s.io"
            | "rbac.authorization.k8s.io"
            | "storage.k8s.io"
            | "resource.k8s.io"
            | "certificates.k8s.io"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_kinds_are_found_under_todays_group() {
        assert_eq!(fold_group("extensions", "Ingress"), "networking.k8s.io");
        assert_eq!(fold_group("apps", "Deployment"), "apps");
    }

    #[test]
    fn scopes() {
        assert_eq!(lookup("", "Pod").scope, Scope::Namespaced);
        assert_eq!(lookup("", "Node").scope, Scope::Cluster);
        assert_eq!(lookup("coordination.k8s.io", "Lease").scope, Scope::Namespaced);
        assert_eq!(lookup("example.com", "Widget").scope, Scope::AsWritten);
    }

    #[test]
    fn a_service_of_another_group_is_opaque() {
        assert!(lookup("", "Service").has_meaning);
        assert!(!lookup("serving.knative.dev", "Service").has_meaning);
    }
}
