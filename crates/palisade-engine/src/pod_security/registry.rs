//! Which checks apply at which level, since which version.

use palisade_knowledge::KubernetesVersion;

use super::Level;
use super::checks::{
    app_armor, capabilities, host_namespaces, host_ports, host_probes, host_process, privilege_escalation, privileged,
    proc_mount, run_as_non_root, run_as_user, se_linux, seccomp, sysctls, volumes,
};
use super::containers::{Pod, in_user_namespace, is_windows};
use super::refusal::Refusal;

/// A control of the standards.
#[derive(Debug)]
pub(super) struct Check {
    /// Its name in the plugin.
    pub(super) id: &'static str,
    /// `baseline` checks apply to `restricted` as well, unless overridden.
    pub(super) level: Level,
    /// Its revisions, each with the minor version since which it applies, oldest first.
    revisions: &'static [(u16, Judge)],
    /// The `baseline` check that it replaces at level `restricted`, wherever it applies.
    overrides: Option<&'static str>,
}

/// Says why a pod is forbidden, if it is.
pub(super) type Judge = fn(Pod<'_>) -> Option<Refusal>;

/// In the order in which the plugin reports: `baseline` first, by name.
static CHECKS: [Check; 19] = [
    baseline("appArmorProfile", &[(0, app_armor::check)]),
    baseline("capabilities_baseline", &[(0, capabilities::baseline)]),
    baseline("hostNamespaces", &[(0, host_namespaces::check)]),
    baseline("hostPathVolumes", &[(0, volumes::host_path)]),
    baseline("hostPorts", &[(0, host_ports::check)]),
    baseline("hostProbesAndHostLifecycle", &[(34, host_probes::check)]),
    baseline("privileged", &[(0, privileged::check)]),
    // A user namespace makes /proc harmless, which counts since 1.35; `restricted` asks for the mask all the same.
    baseline(
        "procMount",
        &[
            (0, proc_mount::check),
            (35, |pod| unless(in_user_namespace(pod), pod, proc_mount::check)),
        ],
    ),
    baseline(
        "seLinuxOptions",
        &[(0, se_linux::since_1_0), (31, se_linux::since_1_31)],
    ),
    baseline(
        "seccompProfile_baseline",
        &[(0, seccomp::annotations), (19, seccomp::baseline)],
    ),
    baseline(
        "sysctls",
        &[
            (0, sysctls::since_1_0),
            (27, sysctls::since_1_27),
            (29, sysctls::since_1_29),
            (32, sysctls::since_1_32),
            (37, sysctls::since_1_37),
        ],
    ),
    baseline("windowsHostProcess", &[(0, host_process::check)]),
    restricted(
        "allowPrivilegeEscalation",
        &[
            (8, privilege_escalation::check),
            (25, |pod| unless(is_windows(pod), pod, privilege_escalation::check)),
        ],
        None,
    ),
    restricted(
        "capabilities_restricted",
        &[
            (22, capabilities::restricted),
            (25, |pod| unless(is_windows(pod), pod, capabilities::restricted)),
        ],
        Some("capabilities_baseline"),
    ),
    restricted("procMount_restricted", &[(35, proc_mount::check)], Some("procMount")),
    restricted(
        "restrictedVolumes",
        &[(0, volumes::restricted)],
        Some("hostPathVolumes"),
    ),
    restricted(
        "runAsNonRoot",
        &[
            (0, run_as_non_root::check),
            (35, |pod| unless(in_user_namespace(pod), pod, run_as_non_root::check)),
        ],
        None,
    ),
    restricted(
        "runAsUser",
        &[
            (23, run_as_user::check),
            (35, |pod| unless(in_user_namespace(pod), pod, run_as_user::check)),
        ],
        None,
    ),
    restricted(
        "seccompProfile_restricted",
        &[
            (19, seccomp::restricted),
            (25, |pod| unless(is_windows(pod), pod, seccomp::restricted)),
        ],
        Some("seccompProfile_baseline"),
    ),
];

const fn baseline(id: &'static str, revisions: &'static [(u16, Judge)]) -> Check {
    Check {
        id,
        level: Level::Baseline,
        revisions,
        overrides: None,
    }
}

const fn restricted(id: &'static str, revisions: &'static [(u16, Judge)], overrides: Option<&'static str>) -> Check {
    Check {
        id,
        level: Level::Restricted,
        revisions,
        overrides,
    }
}

fn unless(exempt: bool, pod: Pod<'_>, judge: Judge) -> Option<Refusal> {
    if exempt { None } else { judge(pod) }
}

impl Check {
    /// The revision that a version has.
    fn revision(&self, version: KubernetesVersion) -> Option<Judge> {
        let mut past = self.revisions.iter().rev();
        past.find(|(since, _)| *since <= version.minor())
            .map(|(_, judge)| *judge)
    }
}

/// The checks of a level as of a version, in the plugin's order.
pub(super) fn applicable(level: Level, version: KubernetesVersion) -> Vec<(&'static Check, Judge)> {
    let applying = || {
        CHECKS
            .iter()
            .filter(move |check| check.level <= level)
            .filter_map(move |check| Some((check, check.revision(version)?)))
    };
    let overridden: Vec<_> = applying().filter_map(|(check, _)| check.overrides).collect();
    applying()
        .filter(|(check, _)| !overridden.contains(&check.id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_in_order_and_override_what_there_is() {
        assert!(CHECKS.is_sorted_by_key(|check| (check.level, check.id)));
        for check in &CHECKS {
            assert!(check.revisions.is_sorted_by_key(|(since, _)| *since), "{}", check.id);
            if let Some(overridden) = check.overrides {
                assert!(CHECKS.iter().any(|other| other.id == overridden), "{overridden}");
            }
        }
    }

    #[test]
    fn nothing_applies_to_privileged() {
        assert!(applicable(Level::Privileged, KubernetesVersion::NEWEST).is_empty());
    }
}
