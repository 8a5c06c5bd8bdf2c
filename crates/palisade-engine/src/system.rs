//! What are we working on? A [`System`]: the data-flow diagram of one root, with evidence for everything in it.

use std::fmt;
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Position, ResourceId, Root, RootKind};
use palisade_knowledge::{KubernetesVersion, StoreKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::network::Network;
pub use crate::resources::{PodGroup, Resources};

/// The data-flow diagram of one root. Every list is sorted, so that equal input gives equal bytes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct System {
    /// The folder or file that holds it, as the user named it.
    pub root: Arc<str>,
    /// What made that a root.
    pub root_kind: RootKind,
    /// Elements, by id.
    pub elements: Vec<Element>,
    /// Flows, by from, to, basis, protocol.
    pub flows: Vec<Flow>,
    /// Trust boundaries, by id. Each but the outermost names its parent.
    pub boundaries: Vec<Boundary>,
    /// Addresses that something says it calls but that nothing here answers.
    pub dangling: Vec<Dangling>,
    /// What the artefacts do not tell.
    pub unknowns: Vec<Unknown>,
    /// The resources it was compiled from.
    #[serde(skip)]
    pub resources: Resources,
    /// The version of Kubernetes whose behaviour counts.
    #[serde(skip)]
    pub kubernetes_version: KubernetesVersion,
    /// What decides connections.
    #[serde(skip)]
    pub network: Arc<Network>,
}

/// The id of an element: `Kind/namespace/name`, empty parts left out. Unique within a root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ElementId(pub Arc<str>);

impl ElementId {
    /// The world outside the cluster.
    pub const INTERNET: &'static str = "External/internet";
    /// The API server.
    pub const API_SERVER: &'static str = "Platform/api-server";
    /// Cluster DNS, where the input does not hold it.
    pub const DNS: &'static str = "Platform/dns";
    /// Who reaches the cluster without being the internet: clients of internal load balancers.
    pub const INTERNAL_NETWORK: &'static str = "External/internal-network";
    /// The files of whatever node a pod runs on, as far as pods mount them.
    pub const NODE_FILES: &'static str = "Platform/node-files";
    /// The kubelets, which probe.
    pub const KUBELET: &'static str = "Platform/kubelet";

    /// An id from its text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ElementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ElementId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// A part of a system.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Element {
    /// `Deployment/shop/checkout`.
    pub id: ElementId,
    /// Its role in the diagram.
    pub kind: ElementKind,
    /// The id of the boundary it stands in.
    pub boundary: String,
    /// Its namespace, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Arc<str>>,
    /// The technology recognised in it: the id of a catalogue entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub technology: Option<String>,
    /// What kind of store it is, if it is one that was recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreKind>,
    /// Who owns it: the `owner`, `team` or `app.kubernetes.io/part-of` label or annotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Pods it runs as: those seen, else the replicas asked for; 0 for what runs no pod.
    pub instances: u32,
    /// Nodes that its pods were seen on, sorted, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<Arc<str>>,
    /// Images its containers run, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// The service account its pods run as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<ElementId>,
    /// NetworkPolicies that isolate it.
    #[serde(default, skip_serializing_if = "Isolation::is_none")]
    pub isolation: Isolation,
    /// Why it is believed to be there. Never empty.
    pub evidence: Vec<Evidence>,
    /// How sure that is.
    pub confidence: Confidence,
    /// Distinct pod templates of it: its own first, then those of pods that differ from it. Empty for what runs no pod.
    #[serde(skip)]
    pub templates: Vec<PodTemplate>,
    /// The resource it stands for, if it is one.
    #[serde(skip)]
    pub resource: Option<ResourceId>,
}

/// An element's role in the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ElementKind {
    /// Outside our control: the internet, a service of somebody else, a person.
    ExternalEntity,
    /// Runs code.
    Process,
    /// Keeps data: a database workload, a claim, a Secret, a ConfigMap.
    DataStore,
    /// Somebody that permissions are given to. Not drawn.
    Identity,
    /// Roles and bindings. Not drawn.
    Permission,
    /// A node. Not drawn as an element but as a boundary.
    Host,
    /// Service, Ingress, Gateway, route: evidence for flows. Not drawn.
    Route,
    /// What restrains: NetworkPolicy, webhook, quota. Not drawn.
    Policy,
    /// A namespace: drawn as a boundary.
    Namespace,
}

impl ElementKind {
    /// Whether it is an element of a data-flow diagram, to which STRIDE applies.
    pub const fn is_drawn(self) -> bool {
        matches!(self, Self::ExternalEntity | Self::Process | Self::DataStore)
    }
}

/// Which policies isolate all pods of an element, by direction. Empty: some may be connected with anything that no rule
/// denies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Isolation {
    /// Policies that select it for ingress.
    pub ingress: Vec<ElementId>,
    /// Policies that select it for egress.
    pub egress: Vec<ElementId>,
}

impl Isolation {
    /// Whether no policy isolates it in either direction.
    pub fn is_none(&self) -> bool {
        self.ingress.is_empty() && self.egress.is_empty()
    }
}

/// Data that moves from one element to another.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Flow {
    /// Where it starts: the caller, or the reader of a store.
    pub from: ElementId,
    /// Where it ends. A workload, never a Service.
    pub to: ElementId,
    /// Who says so.
    pub basis: Basis,
    /// `TCP`, `UDP`, `SCTP`; `mount` and `env` for data that a pod reads from a volume or its environment; `unknown`.
    pub protocol: String,
    /// What is spoken over it, where known, as a URL scheme: `http`, `grpc`, `postgres`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Ports at the receiving end (the container's), sorted; empty when all or unknown.
    pub ports: Vec<u16>,
    /// Whether it is encrypted, where something says so.
    pub encrypted: Option<bool>,
    /// Ids of the boundaries that it crosses, outermost first.
    pub crosses: Vec<String>,
    /// Why it is believed. Never empty. The first is the caller's own word where there is one; Services on the way follow.
    pub evidence: Vec<Evidence>,
    /// How sure that is.
    pub confidence: Confidence,
}

/// Who says that a flow exists. Ordered from the strongest claim to call to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Seen at run time.
    Observed,
    /// Somebody says so: an environment variable, a route, a mount.
    Declared,
    /// A policy names both ends: it may happen.
    Allowed,
    /// Kubernetes itself does it: API server, DNS, kubelet.
    Platform,
}

/// How sure we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A guess from names.
    Low,
    /// Well-founded, but something is inferred.
    Medium,
    /// Written down.
    High,
}

/// A place in an artefact that says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The file as the user would name it.
    pub file: Arc<str>,
    /// One-based.
    pub line: u32,
    /// One-based, in characters.
    pub column: u32,
    /// The field: `spec.template.spec.containers[0].env[3].value`. Empty: the whole document.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What is said there, a few words; never a value that may be secret.
    pub note: String,
}

impl Evidence {
    /// Evidence at the field `path` of a document, or at the deepest part of it that exists.
    pub fn at(file: &Arc<str>, document: &Node, path: &FieldPath, note: impl Into<String>) -> Self {
        Self::at_position(file, document.locate(path), path, note)
    }

    /// Evidence at a position that is already known.
    pub fn at_position(file: &Arc<str>, position: Position, path: &FieldPath, note: impl Into<String>) -> Self {
        Self {
            file: Arc::clone(file),
            line: position.line.saturating_add(1),
            column: position.column.saturating_add(1),
            path: path.to_string(),
            note: note.into(),
        }
    }
}

/// A line that trust changes across.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Boundary {
    /// `outside`, `external-services`, `cluster`, `control-plane`, `namespace/shop`, `node/n1`.
    pub id: String,
    /// What kind of line it is.
    pub kind: BoundaryKind,
    /// The boundary it lies in; none for the outermost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// What kind of line a boundary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BoundaryKind {
    /// Everything that is not ours.
    Outside,
    /// Services of others that we call.
    ExternalServices,
    /// The cluster's edge.
    ClusterEdge,
    /// The control plane.
    ControlPlane,
    /// A namespace.
    Namespace,
    /// A node.
    Node,
    /// One that people declare.
    Declared,
}

/// An address that something says it calls but that nothing here answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Dangling {
    /// Who says it calls.
    pub from: ElementId,
    /// The host.
    pub host: String,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// Why nothing answers: no such Service, or one without pods.
    pub reason: String,
    /// Where it is written.
    pub evidence: Vec<Evidence>,
}

/// Something that the artefacts do not tell and a threat modeller would ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Unknown {
    /// The element it is about.
    pub element: ElementId,
    /// A stable word: `callers`, `callees`; `forbidden` (what it says it calls, policies forbid); of a policy `peer` (it
    /// names one that matches nothing), `subject` (it selects nothing), `breadth` (it allows too many flows to draw them),
    /// `refused` (Kubernetes would not take it) and `priority` (another has the same, and which decides is undefined).
    pub code: String,
    /// The question in plain words.
    pub question: String,
    /// Where the answer would be expected.
    pub evidence: Vec<Evidence>,
}

/// A pod template and where it stands.
#[derive(Clone, Debug)]
pub struct PodTemplate {
    /// The kind of the document: `Deployment`, `CronJob`, `Pod` …
    pub kind: Arc<str>,
    /// The document that holds it.
    pub document: Arc<Node>,
    /// The file whose positions the document carries.
    pub file: Arc<str>,
    /// The path to the node with `metadata` and `spec`; the document itself for a Pod.
    pub path: FieldPath,
}

impl PodTemplate {
    /// The node with `metadata` and `spec`.
    pub fn node(&self) -> &Node {
        self.document.lookup(&self.path).unwrap_or(&self.document)
    }
}

impl System {
    /// An empty system of a root.
    pub fn new(root: &Root) -> Self {
        Self {
            root: Arc::clone(&root.name),
            root_kind: root.kind,
            elements: Vec::new(),
            flows: Vec::new(),
            boundaries: Vec::new(),
            dangling: Vec::new(),
            unknowns: Vec::new(),
            resources: Resources::default(),
            kubernetes_version: KubernetesVersion::default(),
            network: Arc::default(),
        }
    }

    /// The element with this id.
    pub fn element(&self, id: &str) -> Option<&Element> {
        let index = self
            .elements
            .binary_search_by(|element| element.id.as_str().cmp(id))
            .ok()?;
        self.elements.get(index)
    }
}
