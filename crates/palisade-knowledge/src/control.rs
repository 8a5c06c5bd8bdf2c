//! Controls: what stops an attack, shows it, or limits what it costs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::entry::{Layer, Stage};
use crate::view::View;

/// A control.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// `PAL-C…`, stable for ever.
    pub id: String,
    /// One line, no final dot: what is in place once it is done.
    pub title: String,
    /// What it does to an attack.
    pub kind: ControlKind,
    /// When it acts.
    pub stage: Stage,
    /// The part of the runtime it protects.
    pub layer: Layer,
    /// The row of the white paper's runtime table that it is part of; none: it is part of no row.
    #[serde(default)]
    pub family: Option<Family>,
    /// Plain words: what it does, and what it does not do.
    pub does: String,
    /// Technique ids that it prevents, detects or limits, as [`ControlKind`] says.
    pub techniques: Vec<String>,
    /// Attack steps (`PAL-S…`) that it prevents, detects or limits.
    #[serde(default)]
    pub steps: Vec<String>,
    /// How it is seen to be in place.
    pub evidence: Evidence,
    /// What it takes to introduce it.
    pub effort: Effort,
    /// Requirement ids by framework id. At least one.
    pub references: BTreeMap<String, Vec<String>>,
    /// Ids of the projects that implement it. Kubernetes itself counts.
    #[serde(default)]
    pub projects: Vec<String>,
    /// Why no open-source project implements it, where none does.
    #[serde(default)]
    pub no_project: Option<String>,
    /// The files that can put it in place.
    #[serde(default)]
    pub guardrails: Vec<GuardrailKind>,
}

/// What a control does to an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlKind {
    /// It keeps the technique from working, or makes it much harder.
    Preventive,
    /// It shows that the technique is being used.
    Detective,
    /// It limits or undoes what the technique did.
    Corrective,
}

/// The sixteen rows of the runtime table of the Cloud Native Security Whitepaper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Compute: a hardened baseline for hosts, runtimes and containers.
    HardenedBaseline,
    /// Compute: the orchestrator's control plane is locked down and monitored.
    ControlPlane,
    /// Compute: control plane and workloads prove who they are to each other.
    ComponentAuthentication,
    /// Compute: what runs is what was built, by whom it should be.
    ImageProvenance,
    /// Compute: secrets are encrypted where they are kept.
    SecretEncryption,
    /// Compute: a mesh keeps communication between workloads authenticated and encrypted.
    ServiceMesh,
    /// Storage: access to it follows the orchestrator's policies.
    StorageAccess,
    /// Storage: it stays available and unchanged.
    StorageIntegrity,
    /// Storage: caches are as protected as what they copy.
    CacheHardening,
    /// Storage: databases, brokers and object stores authenticate, authorise and log.
    DataServices,
    /// Storage: data is encrypted in transit and at rest.
    StorageEncryption,
    /// Storage: artefact registries and the paths to them are secured.
    ArtefactRegistries,
    /// Access: one identity system with strong identities for services.
    UnifiedIdentity,
    /// Access: roles, refined by attributes.
    Authorisation,
    /// Access: every operator signs in as an enterprise identity.
    EnterpriseIdentity,
    /// Access: secrets are short-lived and injected at run time.
    ShortLivedSecrets,
}

impl Family {
    /// Every family, in the order of the table.
    pub const ALL: [Family; 16] = [
        Family::HardenedBaseline,
        Family::ControlPlane,
        Family::ComponentAuthentication,
        Family::ImageProvenance,
        Family::SecretEncryption,
        Family::ServiceMesh,
        Family::StorageAccess,
        Family::StorageIntegrity,
        Family::CacheHardening,
        Family::DataServices,
        Family::StorageEncryption,
        Family::ArtefactRegistries,
        Family::UnifiedIdentity,
        Family::Authorisation,
        Family::EnterpriseIdentity,
        Family::ShortLivedSecrets,
    ];

    /// The column of the table that the row stands in.
    pub const fn layer(self) -> Layer {
        match self {
            Family::HardenedBaseline
            | Family::ControlPlane
            | Family::ComponentAuthentication
            | Family::ImageProvenance
            | Family::SecretEncryption
            | Family::ServiceMesh => Layer::Compute,
            Family::StorageAccess
            | Family::StorageIntegrity
            | Family::CacheHardening
            | Family::DataServices
            | Family::StorageEncryption
            | Family::ArtefactRegistries => Layer::Storage,
            Family::UnifiedIdentity
            | Family::Authorisation
            | Family::EnterpriseIdentity
            | Family::ShortLivedSecrets => Layer::Access,
        }
    }
}

/// How a control is seen to be in place. Any sign and any running project is evidence; a control with neither can only
/// be declared, and its note says why.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What shows it in what was read.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// Ids of projects whose presence in the system shows it, weakly: that it runs, not how it is configured.
    #[serde(default)]
    pub running: Vec<String>,
    /// What the above can't show, or why nothing does, plain words.
    #[serde(default)]
    pub note: Option<String>,
}

/// A condition that holds where a control is in place. Over a view, or over objects of a kind that has none.
///
/// It says nothing of what it does not match: each thing is judged for itself, as far as [`Sign::covers`] reaches.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// What the condition is evaluated over.
    #[serde(default)]
    pub applies_to: Option<View>,
    /// Instead of a view: a kind with its API group, `PeerAuthentication.security.istio.io`, or a built-in kind of the
    /// core group, `ResourceQuota`. Binds `object`.
    #[serde(default)]
    pub kind: Option<String>,
    /// Only what is called so, exact or after one `*`: the object, or the workload that holds the template.
    #[serde(default)]
    pub named: Option<String>,
    /// CEL: true where the control is in place. None: that the object is there is enough.
    #[serde(default)]
    pub when: Option<Condition>,
    /// How far a match speaks.
    pub covers: Reach,
}

impl Sign {
    /// Whether it is about things of this name.
    pub fn is_about(&self, name: &str) -> bool {
        match self.named.as_deref() {
            None => true,
            Some(pattern) => match pattern.strip_prefix('*') {
                Some(ending) => name.ends_with(ending),
                None => name == pattern,
            },
        }
    }
}

/// How far one match of a [`Sign`] speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// For the thing that matched; of a container's pod, every container must match.
    Thing,
    /// For everything in the namespace that matched, or in the namespace of the object that matched.
    Namespace,
    /// For the whole system.
    System,
}

/// What it takes to introduce a control in one system, in days of work of one engineer who knows the field.
/// Running it costs about a tenth of that a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// Up to two days: a setting, a label, a policy that breaks nothing that works.
    Low,
    /// Two to ten days: workloads have to be changed or tested, or a component is added.
    Medium,
    /// Ten to forty days: a new service that others depend on, or a change of how people work.
    High,
}

impl Effort {
    /// From how many days to how many.
    pub const fn days(self) -> (f64, f64) {
        match self {
            Effort::Low => (0.5, 2.0),
            Effort::Medium => (2.0, 10.0),
            Effort::High => (10.0, 40.0),
        }
    }
}

/// A kind of file that a machine enforces or evaluates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GuardrailKind {
    /// A change to the manifest itself.
    Patch,
    /// A `ValidatingAdmissionPolicy` with its binding.
    ValidatingAdmissionPolicy,
    /// A policy for Kyverno.
    Kyverno,
    /// A constraint template and constraint for Gatekeeper.
    Gatekeeper,
    /// Labels that turn on Pod Security admission.
    PodSecurityLabels,
    /// A `ResourceQuota` or `LimitRange`.
    Quota,
    /// A `NetworkPolicy`.
    NetworkPolicy,
    /// A `CiliumNetworkPolicy`.
    CiliumNetworkPolicy,
    /// An Istio `PeerAuthentication`.
    IstioPeerAuthentication,
    /// An Istio `AuthorizationPolicy`.
    IstioAuthorizationPolicy,
    /// Roles and bindings.
    Rbac,
    /// Rules for Falco.
    Falco,
    /// A `TracingPolicy` for Tetragon.
    Tetragon,
    /// A policy for `KubeArmor`.
    #[serde(rename = "kubearmor")]
    KubeArmor,
    /// A policy that verifies images' signatures and attestations.
    ImageTrust,
    /// An audit policy for the API server.
    AuditPolicy,
    /// A step of a build or delivery pipeline.
    Pipeline,
}
