//! Annotations by which other checkers are told to let something be, and what their checks are here.
//!
//! Only checks that ask the same as one of ours have a line: to bear less than what ours says is not to bear ours.
//! `docs/coverage.md` has all of them.

use std::borrow::Cow;

use super::annotation::Said;

/// A check of another tool, and the weaknesses that ask the same.
type Table = &'static [(&'static str, &'static [&'static str])];

const KUBE_LINTER: Table = &[
    ("access-to-create-pods", &["PAL-W042"]),
    ("access-to-secrets", &["PAL-W041"]),
    ("cluster-admin-role-binding", &["PAL-W051"]),
    ("docker-sock", &["PAL-W021"]),
    ("drop-net-raw-capability", &["PAL-W004"]),
    ("env-var-secret", &["PAL-W015"]),
    ("exposed-services", &["PAL-W033", "PAL-W034"]),
    ("host-ipc", &["PAL-W026"]),
    ("host-network", &["PAL-W027"]),
    ("host-pid", &["PAL-W025"]),
    ("latest-tag", &["PAL-W013"]),
    ("no-liveness-probe", &["PAL-W018"]),
    ("no-readiness-probe", &["PAL-W018"]),
    ("no-read-only-root-fs", &["PAL-W007"]),
    ("privilege-escalation-container", &["PAL-W005"]),
    ("privileged-container", &["PAL-W001"]),
    ("read-secret-from-env-var", &["PAL-W024"]),
    ("run-as-non-root", &["PAL-W006"]),
    ("sensitive-host-mounts", &["PAL-W022", "PAL-W028"]),
    ("ssh-port", &["PAL-W019"]),
    ("unsafe-proc-mount", &["PAL-W010"]),
    ("unsafe-sysctls", &["PAL-W031"]),
    ("unset-cpu-requirements", &["PAL-W012"]),
    ("unset-memory-requirements", &["PAL-W011"]),
    ("wildcard-in-rules", &["PAL-W039", "PAL-W040"]),
    ("writable-host-mount", &["PAL-W023"]),
];

const CHECKOV: Table = &[
    ("CKV_K8S_8", &["PAL-W018"]),
    ("CKV_K8S_9", &["PAL-W018"]),
    ("CKV_K8S_10", &["PAL-W012"]),
    ("CKV_K8S_12", &["PAL-W011"]),
    ("CKV_K8S_13", &["PAL-W011"]),
    ("CKV_K8S_14", &["PAL-W013"]),
    ("CKV_K8S_16", &["PAL-W001"]),
    ("CKV_K8S_17", &["PAL-W025"]),
    ("CKV_K8S_18", &["PAL-W026"]),
    ("CKV_K8S_19", &["PAL-W027"]),
    ("CKV_K8S_20", &["PAL-W005"]),
    ("CKV_K8S_22", &["PAL-W007"]),
    ("CKV_K8S_23", &["PAL-W006"]),
    ("CKV_K8S_26", &["PAL-W017"]),
    ("CKV_K8S_27", &["PAL-W021"]),
    ("CKV_K8S_31", &["PAL-W008"]),
    ("CKV_K8S_35", &["PAL-W024"]),
    ("CKV_K8S_37", &["PAL-W004"]),
    ("CKV_K8S_43", &["PAL-W014"]),
    ("CKV_K8S_49", &["PAL-W039", "PAL-W040"]),
];

const KUBE_SCORE: Table = &[
    ("container-image-tag", &["PAL-W013"]),
    ("container-resources", &["PAL-W011", "PAL-W012"]),
    ("container-security-context-privileged", &["PAL-W001"]),
    ("container-security-context-readonlyrootfilesystem", &["PAL-W007"]),
    ("container-seccomp-profile", &["PAL-W008"]),
    ("pod-probes", &["PAL-W018"]),
    ("service-type", &["PAL-W034"]),
];

const POLARIS: Table = &[
    ("clusterrolebindingClusterAdmin", &["PAL-W051"]),
    ("cpuRequestsMissing", &["PAL-W012"]),
    ("hostIPCSet", &["PAL-W026"]),
    ("hostNetworkSet", &["PAL-W027"]),
    ("hostPIDSet", &["PAL-W025"]),
    ("hostPathSet", &["PAL-W028"]),
    ("hostPortSet", &["PAL-W017"]),
    ("livenessProbeMissing", &["PAL-W018"]),
    ("memoryLimitsMissing", &["PAL-W011"]),
    ("notReadOnlyRootFilesystem", &["PAL-W007"]),
    ("privilegeEscalationAllowed", &["PAL-W005"]),
    ("procMount", &["PAL-W010"]),
    ("readinessProbeMissing", &["PAL-W018"]),
    ("runAsPrivileged", &["PAL-W001"]),
    ("runAsRootAllowed", &["PAL-W006"]),
    ("sensitiveContainerEnvVar", &["PAL-W015"]),
    ("tagNotSpecified", &["PAL-W013"]),
    ("tlsSettingsMissing", &["PAL-W036"]),
];

/// All tools, for tests.
#[cfg(test)]
pub(super) const ALL: [Table; 4] = [KUBE_LINTER, CHECKOV, KUBE_SCORE, POLARIS];

/// Reads an annotation of another checker.
pub(super) fn read(key: &str, value: &str) -> Option<Said> {
    const POLARIS_ITSELF: &str = "polaris.fairwinds.com/";
    let reason = |text: &str, tool: &str| match text.trim() {
        "" | "true" => format!("{tool} is told to ignore it; no reason is given"),
        text => text.to_owned(),
    };
    let said = |tool, rules: Vec<&'static str>, text: &str| Said {
        tool: Some(tool),
        rules: rules.into_iter().map(Cow::Borrowed).collect(),
        reason: reason(text, tool),
        owner: None,
        until: None,
    };
    if let Some(check) = key.strip_prefix("ignore-check.kube-linter.io/") {
        return Some(said("kube-linter", of(KUBE_LINTER, check), value));
    }
    if key == "kube-linter.io/ignore-all" {
        return Some(said("kube-linter", all(KUBE_LINTER), value));
    }
    if key.starts_with("checkov.io/skip") {
        let (check, text) = value.split_once('=').unwrap_or((value, ""));
        return Some(said("checkov", of(CHECKOV, check.trim()), text));
    }
    if key == "kube-score/ignore" {
        let rules = value.split(',').flat_map(|check| of(KUBE_SCORE, check.trim()));
        return Some(said("kube-score", rules.collect(), ""));
    }
    let exempt = key.strip_prefix(POLARIS_ITSELF).filter(|_| value.trim() == "true")?;
    let rules = match exempt.strip_suffix("-exempt") {
        Some(check) => of(POLARIS, check),
        None if exempt == "exempt" => all(POLARIS),
        None => return None,
    };
    Some(said("polaris", rules, ""))
}

fn of(table: Table, check: &str) -> Vec<&'static str> {
    let found = table.iter().filter(|(known, _)| *known == check);
    found.flat_map(|(_, rules)| *rules).copied().collect()
}

fn all(table: Table) -> Vec<&'static str> {
    table.iter().flat_map(|(_, rules)| *rules).copied().collect()
}
