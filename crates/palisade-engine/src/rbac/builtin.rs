//! The ClusterRoles that every cluster is born with and that people bind: `cluster-admin`, `admin`, `edit`, `view`.
//!
//! Manifests refer to them without holding them. The permissions are those of Kubernetes 1.36; a ClusterRole of that name
//! in the input replaces them. `admin` takes in `edit`, and `edit` takes in `view`, by aggregation.

use super::rule::Rule;

type Words = &'static [&'static str];

/// Groups, resources, verbs.
type Row = (Words, Words, Words);

const READ: Words = &["get", "list", "watch"];
const WRITE: Words = &["create", "delete", "deletecollection", "patch", "update"];

const CLUSTER_ADMIN: &[Row] = &[(&["*"], &["*"], &["*"])];

const ADMIN: &[Row] = &[
    (&["authorization.k8s.io"], &["localsubjectaccessreviews"], &["create"]),
    (
        &["rbac.authorization.k8s.io"],
        &["roles", "rolebindings"],
        &[
            "create",
            "delete",
            "deletecollection",
            "get",
            "list",
            "patch",
            "update",
            "watch",
        ],
    ),
];

const EDIT: &[Row] = &[
    (
        &[""],
        &[
            "pods/attach",
            "pods/exec",
            "pods/portforward",
            "pods/proxy",
            "secrets",
            "services/proxy",
        ],
        READ,
    ),
    (&[""], &["serviceaccounts"], &["impersonate"]),
    (
        &[""],
        &["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"],
        WRITE,
    ),
    (&[""], &["pods/eviction"], &["create"]),
    (
        &[""],
        &[
            "configmaps",
            "persistentvolumeclaims",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "secrets",
            "serviceaccounts",
            "services",
            "services/proxy",
        ],
        WRITE,
    ),
    (&[""], &["serviceaccounts/token"], &["create"]),
    (&["", "events.k8s.io"], &["events"], WRITE),
    (
        &["apps"],
        &[
            "daemonsets",
            "deployments",
            "deployments/rollback",
            "deployments/scale",
            "replicasets",
            "replicasets/scale",
            "statefulsets",
            "statefulsets/scale",
        ],
        WRITE,
    ),
    (&["autoscaling"], &["horizontalpodautoscalers"], WRITE),
    (&["batch"], &["cronjobs", "jobs"], WRITE),
    (&["policy"], &["poddisruptionbudgets"], WRITE),
    (&["networking.k8s.io"], &["ingresses", "networkpolicies"], WRITE),
    (&["coordination.k8s.io"], &["leases"], WRITE),
    (&["coordination.k8s.io"], &["leases"], READ),
    (
        &["resource.k8s.io"],
        &["resourceclaims", "resourceclaimtemplates"],
        WRITE,
    ),
];

const VIEW: &[Row] = &[
    (
        &[""],
        &[
            "bindings",
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "namespaces/status",
            "persistentvolumeclaims",
            "persistentvolumeclaims/status",
            "pods",
            "pods/log",
            "pods/status",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "replicationcontrollers/status",
            "resourcequotas",
            "resourcequotas/status",
            "serviceaccounts",
            "services",
            "services/status",
        ],
        READ,
    ),
    (&["events.k8s.io"], &["events"], READ),
    (&["discovery.k8s.io"], &["endpointslices"], READ),
    (
        &["apps"],
        &[
            "controllerrevisions",
            "daemonsets",
            "daemonsets/status",
            "deployments",
            "deployments/scale",
            "deployments/status",
            "replicasets",
            "replicasets/scale",
            "replicasets/status",
            "statefulsets",
            "statefulsets/scale",
            "statefulsets/status",
        ],
        READ,
    ),
    (
        &["autoscaling"],
        &["horizontalpodautoscalers", "horizontalpodautoscalers/status"],
        READ,
    ),
    (
        &["batch"],
        &["cronjobs", "cronjobs/status", "jobs", "jobs/status"],
        READ,
    ),
    (
        &["policy"],
        &["poddisruptionbudgets", "poddisruptionbudgets/status"],
        READ,
    ),
    (
        &["networking.k8s.io"],
        &["ingresses", "ingresses/status", "networkpolicies"],
        READ,
    ),
    (
        &["resource.k8s.io"],
        &["resourceclaims", "resourceclaims/status", "resourceclaimtemplates"],
        READ,
    ),
];

/// A built-in ClusterRole: its own rules, and the aggregation labels that it asks for and bears.
pub(super) struct BuiltIn {
    pub(super) name: &'static str,
    rows: &'static [Row],
    /// `rbac.authorization.k8s.io/aggregate-to-NAME: "true"` makes a ClusterRole part of it; built-ins that bear that label.
    pub(super) takes_in: Words,
}

/// All of them.
pub(super) const BUILT_IN: [BuiltIn; 4] = [
    BuiltIn {
        name: "cluster-admin",
        rows: CLUSTER_ADMIN,
        takes_in: &[],
    },
    BuiltIn {
        name: "admin",
        rows: ADMIN,
        takes_in: &["edit"],
    },
    BuiltIn {
        name: "edit",
        rows: EDIT,
        takes_in: &["view"],
    },
    BuiltIn {
        name: "view",
        rows: VIEW,
        takes_in: &[],
    },
];

impl BuiltIn {
    /// The built-in ClusterRole of this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        BUILT_IN.iter().find(|role| role.name == name)
    }

    /// The rules that it has of its own.
    pub(super) fn rules(&self) -> impl Iterator<Item = Rule> + use<> {
        let words = |words: Words| words.iter().copied().map(Box::from).collect();
        let everything = (self.name == "cluster-admin").then(|| Rule {
            verbs: words(&["*"]),
            urls: words(&["*"]),
            ..Rule::default()
        });
        self.rows
            .iter()
            .map(move |(groups, resources, verbs)| Rule {
                verbs: words(verbs),
                groups: words(groups),
                resources: words(resources),
                ..Rule::default()
            })
            .chain(everything)
    }
}
