//! What guardrails are written for.

use palisade_knowledge::GuardrailKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a guardrail is written for: the machine that enforces or evaluates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// `ValidatingAdmissionPolicy` and its binding.
    AdmissionVap,
    /// Kyverno's `ValidatingPolicy`.
    Kyverno,
    /// Gatekeeper's `ConstraintTemplate` and constraint.
    Gatekeeper,
    /// Labels of namespaces that turn on Pod Security admission.
    PodSecurity,
    /// `ResourceQuota` and `LimitRange`.
    Quota,
    /// `NetworkPolicy`.
    NetworkPolicy,
    /// `CiliumNetworkPolicy`.
    Cilium,
    /// Istio's `PeerAuthentication` and `AuthorizationPolicy`.
    Istio,
    /// Roles and bindings.
    Rbac,
    /// Changes to the manifests themselves, as a kustomize component.
    WorkloadPatch,
    /// What verifies images: sigstore's `ClusterImagePolicy`, Kyverno's `ImageValidatingPolicy`, digests.
    SupplyChain,
    /// Rules for Falco.
    Falco,
    /// Tetragon's `TracingPolicy`.
    Tetragon,
    /// A policy for `KubeArmor`.
    #[serde(rename = "kubearmor")]
    KubeArmor,
    /// The audit policy of the API server.
    AuditPolicy,
    /// A workflow of GitHub Actions.
    Github,
    /// A template for GitLab CI.
    Gitlab,
}

impl Target {
    /// Every target, in the order in which a reader meets them.
    pub const ALL: [Target; 17] = [
        Target::WorkloadPatch,
        Target::AdmissionVap,
        Target::Kyverno,
        Target::Gatekeeper,
        Target::PodSecurity,
        Target::Quota,
        Target::Rbac,
        Target::NetworkPolicy,
        Target::Cilium,
        Target::Istio,
        Target::SupplyChain,
        Target::Falco,
        Target::Tetragon,
        Target::KubeArmor,
        Target::AuditPolicy,
        Target::Github,
        Target::Gitlab,
    ];

    /// The word that it is called by on the command line and in the index.
    pub const fn as_str(self) -> &'static str {
        match self {
            Target::AdmissionVap => "admission-vap",
            Target::Kyverno => "kyverno",
            Target::Gatekeeper => "gatekeeper",
            Target::PodSecurity => "pod-security",
            Target::Quota => "quota",
            Target::NetworkPolicy => "network-policy",
            Target::Cilium => "cilium",
            Target::Istio => "istio",
            Target::Rbac => "rbac",
            Target::WorkloadPatch => "workload-patch",
            Target::SupplyChain => "supply-chain",
            Target::Falco => "falco",
            Target::Tetragon => "tetragon",
            Target::KubeArmor => "kubearmor",
            Target::AuditPolicy => "audit-policy",
            Target::Github => "github",
            Target::Gitlab => "gitlab",
        }
    }

    /// The kinds of file by which controls name it.
    pub const fn kinds(self) -> &'static [GuardrailKind] {
        match self {
            Target::AdmissionVap => &[GuardrailKind::ValidatingAdmissionPolicy],
            Target::Kyverno => &[GuardrailKind::Kyverno],
            Target::Gatekeeper => &[GuardrailKind::Gatekeeper],
            Target::PodSecurity => &[GuardrailKind::PodSecurityLabels],
            Target::Quota => &[GuardrailKind::Quota],
            Target::NetworkPolicy => &[GuardrailKind::NetworkPolicy],
            Target::Cilium => &[GuardrailKind::CiliumNetworkPolicy],
            Target::Istio => &[
                GuardrailKind::IstioPeerAuthentication,
                GuardrailKind::IstioAuthorizationPolicy,
            ],
            Target::Rbac => &[GuardrailKind::Rbac],
            Target::WorkloadPatch => &[GuardrailKind::Patch],
            Target::SupplyChain => &[GuardrailKind::ImageTrust],
            Target::Falco => &[GuardrailKind::Falco],
            Target::Tetragon => &[GuardrailKind::Tetragon],
            Target::KubeArmor => &[GuardrailKind::KubeArmor],
            Target::AuditPolicy => &[GuardrailKind::AuditPolicy],
            Target::Github | Target::Gitlab => &[GuardrailKind::Pipeline],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_index() {
        for target in Target::ALL {
            assert_eq!(serde_json::to_value(target).expect("it serialises"), target.as_str());
        }
    }
}
