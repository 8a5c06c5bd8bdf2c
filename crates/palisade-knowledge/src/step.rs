//! Attack steps: how an attacker who holds one thing gains another.
//!
//! A step is a rule of the attack graph. Read it as: *holding `from`, along `via`, where `when` holds, the attacker gains
//! `to`.* The relation names both ends of an edge; `side` says at which end `when` looks; the gain is about the far end
//! of the relation, or about everything in the scope of a grant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::entry::Examples;
use crate::permission::Need;
use crate::started_pod::StartedPod;
use crate::view::View;

/// What an attacker can hold. As a gain of [`Relation::May`]: everything of that sort in the scope of the grant; what belongs
/// to nodes is in the scope of the whole cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Holding {
    /// A place on the internet and nothing else. Only a start.
    Internet,
    /// Code in a container of a workload.
    Workload,
    /// Root on a node.
    Node,
    /// All files of the node, to read: what [`Holding::NodeCredentials`] and [`Holding::PodVolumes`] are, and the rest.
    NodeFiles,
    /// Keys and credentials among the node's files: the kubelet's, on a control-plane node the cluster's.
    NodeCredentials,
    /// The volumes of the node's pods, to read: their tokens and Secrets.
    PodVolumes,
    /// What the node's kubelet tells: logs, metrics. No code, no files. Only a gain.
    NodeLogs,
    /// A place on the node's own network: its pods let it in whatever policies say, and so does what listens there only.
    NodeNetwork,
    /// Commands to the node's kubelet, which runs them in any container of the node.
    Kubelet,
    /// A connection to the ports of a workload, past any policy.
    Connection,
    /// What goes over the network to and from a workload, or all pods of a node, to read and change.
    Traffic,
    /// An identity: requests to the API server are made as it.
    Identity,
    /// The content of a Secret.
    Secret,
    /// Control of an image's content. A start of supply-chain attacks.
    Image,
    /// The data of a store, to read and change.
    Data,
    /// A role at the cloud provider.
    CloudRole,
    /// Every permission in the cluster: whatever any [`Relation::May`] step gives, at cluster scope. A `may` step with this
    /// gain needs its permissions at cluster scope.
    ClusterAdmin,
    /// Keeping a workload, or a node, from its work. Only a gain.
    Availability,
    /// Computing capacity, as miners want it: the workload's; for [`Relation::May`], the cluster's. Only a gain.
    Compute,
    /// The identity of every node's kubelet. Only a gain of [`Relation::May`].
    NodeIdentities,
    /// The content of every Secret in the scope of the grant. Only a gain of [`Relation::May`].
    SecretsInScope,
    /// Code in every workload in the scope of the grant. Only a gain of [`Relation::May`].
    WorkloadsInScope,
    /// Every service account in the scope of the grant. Only a gain of [`Relation::May`].
    IdentitiesInScope,
    /// Root on every node on which a pod of the scope may run. Only a gain of [`Relation::May`].
    NodesInScope,
    /// Every permission in the scope of the grant; at cluster scope this is [`Holding::ClusterAdmin`].
    /// Only a gain of [`Relation::May`].
    ControlOfScope,
}

impl Holding {
    /// The word for it, as entries write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internet => "internet",
            Self::Workload => "workload",
            Self::Node => "node",
            Self::NodeFiles => "node-files",
            Self::NodeCredentials => "node-credentials",
            Self::PodVolumes => "pod-volumes",
            Self::NodeLogs => "node-logs",
            Self::NodeNetwork => "node-network",
            Self::Kubelet => "kubelet",
            Self::Connection => "connection",
            Self::Traffic => "traffic",
            Self::Identity => "identity",
            Self::Secret => "secret",
            Self::Image => "image",
            Self::Data => "data",
            Self::CloudRole => "cloud-role",
            Self::ClusterAdmin => "cluster-admin",
            Self::Availability => "availability",
            Self::Compute => "compute",
            Self::NodeIdentities => "node-identities",
            Self::SecretsInScope => "secrets-in-scope",
            Self::WorkloadsInScope => "workloads-in-scope",
            Self::IdentitiesInScope => "identities-in-scope",
            Self::NodesInScope => "nodes-in-scope",
            Self::ControlOfScope => "control-of-scope",
        }
    }
}

/// A named relation between two things of a system, along which an attack step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The thing itself: there is no other end.
    Itself,
    /// internet → workload: a route from outside ends there.
    Exposes,
    /// workload → workload: a network path is open and something listens.
    Reaches,
    /// workload → data store: a declared flow goes there, so the workload holds whatever the store asks of a client.
    Queries,
    /// workload → node: it runs there.
    RunsOn,
    /// workload → its node: no policy keeps it from the metadata service that answers for the node.
    AsksMetadata,
    /// node, or what is held of one → workload: it runs there. A gain that is not the workload itself is what the workload
    /// holds: the identity whose token is mounted in it, the Secrets that it is given. Of a [`Holding::Connection`]: it listens.
    Hosts,
    /// workload → identity: its service account's token is mounted.
    UsesIdentity,
    /// workload → identity: its service account, whether or not a token of it is mounted.
    RunsAs,
    /// workload → secret: mounted or in its environment.
    ReadsSecret,
    /// workload → the data that it keeps: it is a data store, or mounts a claim.
    Stores,
    /// secret → identity: the Secret is a token of that service account.
    TokenOf,
    /// identity → what the permission gives: all of the step's `permissions` are granted together.
    May,
    /// identity → controller: all of the step's `permissions` are granted together, and a workload for which the condition
    /// holds acts on what they let one write. [`Holding::Identity`] is whom that workload runs as; other gains are those of
    /// [`Relation::May`]. A permission `in .` must be granted in the controller's own namespace.
    Reconciles,
    /// image → workload: the workload runs the image.
    RunsImage,
    /// node → cluster: it is a control-plane node.
    ControlPlane,
    /// node, node credentials → identity: the node's kubelet makes requests as it.
    Kubelet,
    /// identity of a kubelet → workload: it runs on that node, so that the API server hands its kubelet what the workload
    /// holds.
    Tends,
    /// internet → node: the node has an address outside.
    Faces,
    /// internet → identity: a user or group that permissions are bound to.
    LogsIn,
    /// cloud role → cluster: something here gives the role of that service account the whole cluster.
    Admits,
}

/// An end of a relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// What the attacker already holds.
    #[default]
    From,
    /// The other end. For a gain in the scope of a grant: each namespace in that scope, one by one; a namespace that no
    /// manifest defines counts as one without labels.
    To,
}

/// An attack step: holding `from`, along `via`, where `when` holds, the attacker gains `to`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttackStep {
    /// `PAL-S…`, stable for ever.
    pub id: String,
    /// One line, what the attacker does: "load a kernel module".
    pub title: String,
    /// What the attacker holds.
    pub from: Holding,
    /// The relation it goes along.
    pub via: Relation,
    /// What is gained.
    pub to: Holding,
    /// The view that `when` looks at; none: the relation is enough. Over [`View::Container`] one container of the
    /// workload for which it holds is enough, and that container is the evidence.
    #[serde(default)]
    pub applies_to: Option<View>,
    /// The end of the relation that `when` looks at.
    #[serde(default)]
    pub side: Side,
    /// CEL: true where the step works.
    #[serde(default)]
    pub when: Option<Condition>,
    /// What must hold as well. For [`Relation::May`] each is about some object of the system.
    #[serde(default)]
    pub also: Vec<Clause>,
    /// For [`Relation::May`] and [`Relation::Reconciles`]: what must be granted, all of it, in one scope. Each entry is met by
    /// one rule of one role; different entries may be met by different roles bound to the same subject. For other relations
    /// of a workload: what somebody whom the attacker also holds must be granted in the workload's namespace.
    #[serde(default)]
    pub permissions: Vec<Need>,
    /// The pod that the step starts, along [`Relation::May`] or [`Relation::Reconciles`]: it works in the namespaces whose admission lets it in.
    #[serde(default)]
    pub starts: Option<StartedPod>,
    /// ATT&CK technique ids.
    pub techniques: Vec<String>,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// Plain words: why it works.
    pub why: String,
    /// Plain words: what closes it.
    pub fix: String,
    /// The weakness whose finding shows the same condition, if one does.
    #[serde(default)]
    pub weakness: Option<String>,
    /// What would notice it at run time, plain words.
    #[serde(default)]
    pub detected_by: Vec<String>,
    /// Systems in which it must and must not fire.
    pub examples: Examples,
}

/// A further condition of a step.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// What it looks at. A view of neither end: some object of the system for which it holds is enough, and where the
    /// system has none of them, an object without fields counts as one.
    pub applies_to: View,
    /// The end that it looks at.
    #[serde(default)]
    pub side: Side,
    /// CEL: true where the step works.
    pub when: Condition,
}

impl AttackStep {
    /// All its conditions.
    pub fn conditions(&self) -> impl Iterator<Item = (View, Side, &Condition)> {
        let first = self.applies_to.zip(self.when.as_ref());
        let first = first.map(|(view, when)| (view, self.side, when));
        let also = self
            .also
            .iter()
            .map(|clause| (clause.applies_to, clause.side, &clause.when));
        first.into_iter().chain(also)
    }
}

/// How hard an attack step is for one who holds its starting point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Difficulty {
    /// One documented command; works every time.
    Trivial,
    /// Public tools do it.
    Easy,
    /// Needs skill, or a further condition that often holds.
    Moderate,
    /// Needs a vulnerability that must first be found, or luck.
    Hard,
}
