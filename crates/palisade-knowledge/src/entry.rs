//! The entries of the catalogue. Each is one YAML file; the fields below are its format.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::remedy::Remedy;
use crate::view::View;

/// A category of STRIDE (Shostack, *Threat Modeling*, ch. 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stride {
    /// Pretending to be another: breaks authentication.
    Spoofing,
    /// Changing what one should not: breaks integrity.
    Tampering,
    /// Denying what one did: breaks non-repudiation.
    Repudiation,
    /// Reading what one should not: breaks confidentiality.
    InformationDisclosure,
    /// Keeping others from using it: breaks availability.
    DenialOfService,
    /// Doing what one should not be able to: breaks authorisation.
    ElevationOfPrivilege,
}

impl Stride {
    /// Every category, in the order of the acronym.
    pub const ALL: [Stride; 6] = [
        Stride::Spoofing,
        Stride::Tampering,
        Stride::Repudiation,
        Stride::InformationDisclosure,
        Stride::DenialOfService,
        Stride::ElevationOfPrivilege,
    ];
}

/// When in the life of a system it arises and is best fixed (Cloud Native Security Whitepaper v2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// While code and configuration are written.
    Develop,
    /// While artefacts are built, signed and stored.
    Distribute,
    /// While it is admitted to the cluster.
    Deploy,
    /// While it runs.
    Runtime,
}

/// The part of the runtime it is about (Cloud Native Security Whitepaper v2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Workloads, orchestrator, hosts, network between them.
    Compute,
    /// Data at rest and in transit, volumes, artefacts.
    Storage,
    /// Identities, credentials, permissions.
    Access,
}

/// High, medium or low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

/// How bad a finding is, from impact and exploitability together: see [`Weakness::severity`].
pub type Severity = Level;

/// A weakness: something that makes a threat real, recognised by a condition over one thing.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weakness {
    /// `PAL-W…`, stable for ever.
    pub id: String,
    /// One line, no final dot: what is wrong.
    pub title: String,
    /// What the condition is evaluated over.
    pub applies_to: View,
    /// CEL: true where the weakness is.
    pub when: Condition,
    /// The field that a finding points at, from the view's first variable: `securityContext.privileged`. Empty: the thing itself.
    #[serde(default)]
    pub at: String,
    /// The categories of threat that it makes real.
    pub stride: Vec<Stride>,
    /// ATT&CK technique ids that it enables.
    #[serde(default)]
    pub techniques: Vec<String>,
    /// CWE ids: `CWE-250`.
    #[serde(default)]
    pub cwe: Vec<String>,
    /// When it is best fixed.
    pub stage: Stage,
    /// The part of the runtime it is about.
    pub layer: Layer,
    /// What is lost when it is used.
    pub impact: Level,
    /// How easily it is used.
    pub exploitability: Level,
    /// Plain words: what an attacker does with it.
    pub why: String,
    /// Plain words: what to change.
    pub fix: String,
    /// The same as changes that a machine can make, where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// Ids of the controls that stop it.
    #[serde(default)]
    pub controls: Vec<String>,
    /// Documents that must and must not match.
    pub examples: Examples,
}

impl Weakness {
    /// How bad a finding is: its impact, one level lower where it is hard to use.
    ///
    /// | impact ↓ exploitability → | low | medium | high |
    /// |---|---|---|---|
    /// | **high** | medium | high | high |
    /// | **medium** | low | medium | medium |
    /// | **low** | low | low | low |
    pub const fn severity(&self) -> Severity {
        use Level::{High, Low, Medium};
        match (self.impact, self.exploitability) {
            (High, High | Medium) => High,
            (High, Low) | (Medium, High | Medium) => Medium,
            (Medium, Low) | (Low, _) => Low,
        }
    }
}

/// Examples that prove an entry.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Must match. At least one.
    pub must_match: Vec<Example>,
    /// Must not match. At least one.
    pub must_not_match: Vec<Example>,
}

/// One example.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, a few words.
    pub name: String,
    /// One or more Kubernetes manifests as YAML text; for built views (element, flow) the variable's own fields as YAML.
    pub manifest: String,
}

/// A well-known program, recognised by its image or, failing that, its port.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Technology {
    /// `postgresql`.
    pub id: String,
    /// `PostgreSQL`.
    pub name: String,
    /// What kind of store it is; none: it is recognised but holds no data (a proxy, an ingress controller).
    #[serde(default)]
    pub store: Option<StoreKind>,
    /// How its images' repositories end: whole path parts, exact or with one `*`: `postgres`, `postgresql-*`, `ingress-nginx/controller`.
    pub images: Vec<String>,
    /// The same, of what looks alike but is not it (`postgres-exporter`).
    #[serde(default)]
    pub not_images: Vec<String>,
    /// Ports that tell it even where its image does not: only those that hardly anything else listens on.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// The protocol spoken there, a URL scheme: `postgres`, `redis`, `amqp`.
    #[serde(default)]
    pub application: Option<String>,
    /// Whether it asks its clients for a login. None: that differs by version or is set in files that no artefact shows.
    #[serde(default)]
    pub login: Option<Login>,
}

/// Whether a data store asks its clients for a login, and what in a container's environment or arguments says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Whether it asks when nothing is said. None: that differs by version.
    #[serde(default)]
    pub by_default: Option<bool>,
    /// Environment variables and options that make it ask: `REDIS_PASSWORD`, `--requirepass`. `NAME=value` counts with that
    /// value only.
    #[serde(default)]
    pub asked_by: Vec<String>,
    /// Those that let everybody in, whatever else is said: `POSTGRES_HOST_AUTH_METHOD=trust`, `--insecure`.
    #[serde(default)]
    pub not_asked_by: Vec<String>,
    /// Those that let everybody in where none of `asked_by` is given: `ALLOW_EMPTY_PASSWORD`.
    #[serde(default)]
    pub waived_by: Vec<String>,
}

/// What a data store is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StoreKind {
    /// Relational, document, wide-column, graph, time-series database.
    Database,
    /// Cache or in-memory store.
    Cache,
    /// Message broker or log.
    Broker,
    /// Object or file store.
    Object,
    /// Search or log index.
    Search,
    /// Key-value configuration store (etcd, Consul, Vault).
    KeyValue,
    /// Registry of images, charts or models.
    Registry,
}
