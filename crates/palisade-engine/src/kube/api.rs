//! The resources that API servers serve, by all the names that people call them.
//!
//! The core group first, so that a name that several groups have means the same as to `kubectl`.

/// A resource of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiResource {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// `pods`: what rules and requests call it.
    pub plural: &'static str,
    /// `pod`.
    pub singular: &'static str,
    /// `po`.
    pub short: &'static [&'static str],
    /// Its objects live in a namespace.
    pub is_namespaced: bool,
}

/// The resource that somebody means: by plural, singular or short name, and by its group where one is named.
pub fn api_resource(name: &str, group: Option<&str>) -> Option<&'static ApiResource> {
    let is_it = |resource: &&ApiResource| {
        resource.plural == name || resource.singular == name || resource.short.contains(&name)
    };
    let of_group = |resource: &&ApiResource| group.is_none_or(|group| resource.group == group);
    RESOURCES.iter().filter(of_group).find(is_it)
}

/// The plurals of the resources that Kubernetes has, of all groups.
pub fn api_resource_names() -> impl Iterator<Item = &'static str> {
    RESOURCES.iter().map(|resource| resource.plural)
}

const fn namespaced(
    group: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
) -> ApiResource {
    ApiResource {
        group,
        plural,
        singular,
        short,
        is_namespaced: true,
    }
}

const fn cluster(
    group: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
) -> ApiResource {
    ApiResource {
        is_namespaced: false,
        ..namespaced(group, plural, singular, short)
    }
}

/// Users, groups, uids, signers and the like are no objects, but permissions name them.
pub(crate) const RESOURCES: [ApiResource; 80] = [
    namespaced("", "bindings", "binding", &[]),
    cluster("", "componentstatuses", "componentstatus", &["cs"]),
    namespaced("", "configmaps", "configmap", &["cm"]),
    namespaced("", "endpoints", "endpoints", &["ep"]),
    namespaced("", "events", "event", &["ev"]),
    namespaced("", "limitranges", "limitrange", &["limits"]),
    cluster("", "namespaces", "namespace", &["ns"]),
    cluster("", "nodes", "node", &["no"]),
    namespaced("", "persistentvolumeclaims", "persistentvolumeclaim", &["pvc"]),
    cluster("", "persistentvolumes", "persistentvolume", &["pv"]),
    namespaced("", "pods", "pod", &["po"]),
    namespaced("", "podtemplates", "podtemplate", &[]),
    namespaced("", "replicationcontrollers", "replicationcontroller", &["rc"]),
    namespaced("", "resourcequotas", "resourcequota", &["quota"]),
    namespaced("", "secrets", "secret", &[]),
    namespaced("", "serviceaccounts", "serviceaccount", &["sa"]),
    namespaced("", "services", "service", &["svc"]),
    cluster("", "users", "user", &[]),
    cluster("", "groups", "group", &[]),
    cluster(
        "admissionregistration.k8s.io",
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicy",
        &[],
    ),
    cluster(
        "admissionregistration.k8s.io",
        "mutatingadmissionpolicybindings",
        "mutatingadmissionpolicybinding",
        &[],
    ),
    cluster(
        "admissionregistration.k8s.io",
        "mutatingwebhookconfigurations",
        "mutatingwebhookconfiguration",
        &[],
    ),
    cluster(
        "admissionregistration.k8s.io",
        "validatingadmissionpolicies",
        "validatingadmissionpolicy",
        &[],
    ),
    cluster(
        "admissionregistration.k8s.io",
        "validatingadmissionpolicybindings",
        "validatingadmissionpolicybinding",
        &[],
    ),
    cluster(
        "admissionregistration.k8s.io",
        "validatingwebhookconfigurations",
        "validatingwebhookconfiguration",
        &[],
    ),
    cluster(
        "apiextensions.k8s.io",
        "customresourcedefinitions",
        "customresourcedefinition",
        &["crd", "crds"],
    ),
    cluster("apiregistration.k8s.io", "apiservices", "apiservice", &[]),
    namespaced("apps", "controllerrevisions", "controllerrevision", &[]),
    namespaced("apps", "daemonsets", "daemonset", &["ds"]),
    namespaced("apps", "deployments", "deployment", &["deploy"]),
    namespaced("apps", "replicasets", "replicaset", &["rs"]),
    namespaced("apps", "statefulsets", "statefulset", &["sts"]),
    cluster("authentication.k8s.io", "selfsubjectreviews", "selfsubjectreview", &[]),
    cluster("authentication.k8s.io", "tokenreviews", "tokenreview", &[]),
    cluster("authentication.k8s.io", "uids", "uid", &[]),
    cluster("authentication.k8s.io", "userextras", "userextra", &[]),
    namespaced(
        "authorization.k8s.io",
        "localsubjectaccessreviews",
        "localsubjectaccessreview",
        &[],
    ),
    cluster(
        "authorization.k8s.io",
        "selfsubjectaccessreviews",
        "selfsubjectaccessreview",
        &[],
    ),
    cluster(
        "authorization.k8s.io",
        "selfsubjectrulesreviews",
        "selfsubjectrulesreview",
        &[],
    ),
    cluster(
        "authorization.k8s.io",
        "subjectaccessreviews",
        "subjectaccessreview",
        &[],
    ),
    namespaced(
        "autoscaling",
        "horizontalpodautoscalers",
        "horizontalpodautoscaler",
        &["hpa"],
    ),
    namespaced("batch", "cronjobs", "cronjob", &["cj"]),
    namespaced("batch", "jobs", "job", &[]),
    cluster(
        "certificates.k8s.io",
        "certificatesigningrequests",
        "certificatesigningrequest",
        &["csr"],
    ),
    cluster("certificates.k8s.io", "clustertrustbundles", "clustertrustbundle", &[]),
    namespaced(
        "certificates.k8s.io",
        "podcertificaterequests",
        "podcertificaterequest",
        &[],
    ),
    cluster("certificates.k8s.io", "signers", "signer", &[]),
    namespaced("coordination.k8s.io", "leases", "lease", &[]),
    namespaced("discovery.k8s.io", "endpointslices", "endpointslice", &[]),
    namespaced("events.k8s.io", "events", "event", &["ev"]),
    cluster("flowcontrol.apiserver.k8s.io", "flowschemas", "flowschema", &[]),
    cluster(
        "flowcontrol.apiserver.k8s.io",
        "prioritylevelconfigurations",
        "prioritylevelconfiguration",
        &[],
    ),
    cluster("networking.k8s.io", "ingressclasses", "ingressclass", &[]),
    namespaced("networking.k8s.io", "ingresses", "ingress", &["ing"]),
    cluster("networking.k8s.io", "ipaddresses", "ipaddress", &["ip"]),
    namespaced("networking.k8s.io", "networkpolicies", "networkpolicy", &["netpol"]),
    cluster("networking.k8s.io", "servicecidrs", "servicecidr", &[]),
    cluster("node.k8s.io", "runtimeclasses", "runtimeclass", &[]),
    namespaced("policy", "poddisruptionbudgets", "poddisruptionbudget", &["pdb"]),
    cluster("policy", "podsecuritypolicies", "podsecuritypolicy", &["psp"]),
    cluster(
        "rbac.authorization.k8s.io",
        "clusterrolebindings",
        "clusterrolebinding",
        &[],
    ),
    cluster("rbac.authorization.k8s.io", "clusterroles", "clusterrole", &[]),
    namespaced("rbac.authorization.k8s.io", "rolebindings", "rolebinding", &[]),
    namespaced("rbac.authorization.k8s.io", "roles", "role", &[]),
    cluster("resource.k8s.io", "deviceclasses", "deviceclass", &[]),
    namespaced("resource.k8s.io", "resourceclaims", "resourceclaim", &[]),
    namespaced(
        "resource.k8s.io",
        "resourceclaimtemplates",
        "resourceclaimtemplate",
        &[],
    ),
    cluster("resource.k8s.io", "resourceslices", "resourceslice", &[]),
    cluster("scheduling.k8s.io", "priorityclasses", "priorityclass", &["pc"]),
    cluster("storage.k8s.io", "csidrivers", "csidriver", &[]),
    cluster("storage.k8s.io", "csinodes", "csinode", &[]),
    namespaced("storage.k8s.io", "csistoragecapacities", "csistoragecapacity", &[]),
    cluster("storage.k8s.io", "storageclasses", "storageclass", &["sc"]),
    cluster("storage.k8s.io", "volumeattachments", "volumeattachment", &[]),
    cluster(
        "storage.k8s.io",
        "volumeattributesclasses",
        "volumeattributesclass",
        &["vac"],
    ),
    cluster("gateway.networking.k8s.io", "gatewayclasses", "gatewayclass", &["gc"]),
    namespaced("gateway.networking.k8s.io", "gateways", "gateway", &["gtw"]),
    namespaced("gateway.networking.k8s.io", "grpcroutes", "grpcroute", &[]),
    namespaced("gateway.networking.k8s.io", "httproutes", "httproute", &[]),
    namespaced(
        "gateway.networking.k8s.io",
        "referencegrants",
        "referencegrant",
        &["refgrant"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_go_by_plural_singular_and_short_name() {
        let name = |name, group| api_resource(name, group).map(|resource| (resource.group, resource.plural));
        assert_eq!(name("po", None), Some(("", "pods")));
        assert_eq!(name("deployment", None), Some(("apps", "deployments")));
        assert_eq!(name("deploy", Some("apps")), Some(("apps", "deployments")));
        assert_eq!(name("events", None), Some(("", "events")));
        assert_eq!(name("events", Some("events.k8s.io")), Some(("events.k8s.io", "events")));
        assert_eq!(name("secrets", Some("apps")), None);
        assert_eq!(name("widgets", None), None);
    }
}
