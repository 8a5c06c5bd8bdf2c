//! What changed when: each row is a pod, a level and a check, and the versions in which that check forbids the pod.

use palisade_inventory::Node;

use super::{names, pod, violations, with_spec};
use crate::pod_security::Level::{self, Baseline, Restricted};

const NEWEST: u16 = 40;

/// The check forbids the pod in exactly these versions.
#[track_caller]
fn forbidden_in(pod: &Node, level: Level, check: &str, versions: impl Fn(u16) -> bool) {
    for minor in 0..=NEWEST {
        let found = names(&violations(pod, level, minor));
        assert_eq!(
            found.contains(&check),
            versions(minor),
            "{check} at {level} in 1.{minor}: {found:?}"
        );
    }
}

#[test]
fn sysctls_became_safe_over_time() {
    for (name, safe_since) in [
        ("kernel.shm_rmid_forced", Some(0)),
        ("net.ipv4.ip_local_port_range", Some(0)),
        ("net.ipv4.tcp_syncookies", Some(0)),
        ("net.ipv4.ping_group_range", Some(0)),
        ("net.ipv4.ip_unprivileged_port_start", Some(0)),
        ("net.ipv4.ip_local_reserved_ports", Some(27)),
        ("net.ipv4.tcp_keepalive_time", Some(29)),
        ("net.ipv4.tcp_fin_timeout", Some(29)),
        ("net.ipv4.tcp_keepalive_intvl", Some(29)),
        ("net.ipv4.tcp_keepalive_probes", Some(29)),
        ("net.ipv4.tcp_rmem", Some(32)),
        ("net.ipv4.tcp_wmem", Some(32)),
        ("net.ipv4.tcp_slow_start_after_idle", Some(37)),
        ("net.ipv4.tcp_notsent_lowat", Some(37)),
        ("kernel.msgmax", None),
    ] {
        let pod = with_spec(&format!(
            "{{securityContext: {{sysctls: [{{name: {name}, value: '1'}}]}}}}"
        ));
        forbidden_in(&pod, Baseline, "sysctls", |minor| {
            safe_since.is_none_or(|since| minor < since)
        });
    }
}

#[test]
fn container_engines_have_a_selinux_type_since_1_31() {
    let typed = |kind: &str| {
        with_spec(&format!(
            "{{containers: [{{name: a, securityContext: {{seLinuxOptions: {{type: {kind}}}}}}}]}}"
        ))
    };
    forbidden_in(&typed("container_engine_t"), Baseline, "seLinuxOptions", |minor| {
        minor < 31
    });
    forbidden_in(&typed("spc_t"), Baseline, "seLinuxOptions", |_| true);
    for kind in ["container_t", "container_init_t", "container_kvm_t", "''"] {
        forbidden_in(&typed(kind), Baseline, "seLinuxOptions", |_| false);
    }
}

#[test]
fn seccomp_was_an_annotation_before_1_19() {
    let annotated = |name: &str, value: &str| {
        pod(&format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: p, annotations: {{{name}: {value}}}}},
              spec: {{containers: [{{name: a}}]}}}}"
        ))
    };
    let of_pod = "seccomp.security.alpha.kubernetes.io/pod";
    let of_container = "container.seccomp.security.alpha.kubernetes.io/a";
    let of_nobody = "container.seccomp.security.alpha.kubernetes.io/b";
    for name in [of_pod, of_container] {
        let check = "seccompProfile_baseline";
        forbidden_in(&annotated(name, "unconfined"), Baseline, check, |minor| minor < 19);
        forbidden_in(&annotated(name, "unconfined"), Restricted, check, |minor| minor < 19);
        forbidden_in(&annotated(name, "localhost/x"), Baseline, check, |_| false);
        forbidden_in(&annotated(name, "runtime/default"), Baseline, check, |_| false);
        forbidden_in(&annotated(name, "docker/default"), Baseline, check, |_| false);
    }
    forbidden_in(
        &annotated(of_nobody, "unconfined"),
        Baseline,
        "seccompProfile_baseline",
        |_| false,
    );
}

#[test]
fn seccomp_is_a_field_since_1_19_and_asked_for_by_restricted() {
    let off = with_spec("{securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: a}]}");
    forbidden_in(&off, Baseline, "seccompProfile_baseline", |minor| minor >= 19);
    forbidden_in(&off, Restricted, "seccompProfile_restricted", |minor| minor >= 19);
    let silent = with_spec("{containers: [{name: a}]}");
    forbidden_in(&silent, Baseline, "seccompProfile_baseline", |_| false);
    forbidden_in(&silent, Restricted, "seccompProfile_restricted", |minor| minor >= 19);
    // The container's own choice counts, whatever the pod's.
    let kept = "{securityContext: {seccompProfile: {type: RuntimeDefault}}, containers: [{name: a}]}";
    forbidden_in(&with_spec(kept), Restricted, "seccompProfile_restricted", |_| false);
}

#[test]
fn what_restricted_asks_of_containers_came_over_time() {
    let silent = with_spec("{containers: [{name: a}]}");
    forbidden_in(&silent, Restricted, "allowPrivilegeEscalation", |minor| minor >= 8);
    forbidden_in(&silent, Restricted, "capabilities_restricted", |minor| minor >= 22);
    forbidden_in(&silent, Restricted, "runAsNonRoot", |_| true);
    let root = with_spec("{containers: [{name: a, securityContext: {runAsUser: 0}}]}");
    forbidden_in(&root, Restricted, "runAsUser", |minor| minor >= 23);
    forbidden_in(&root, Baseline, "runAsUser", |_| false);
}

#[test]
fn windows_pods_are_exempt_from_what_is_of_linux_since_1_25() {
    let windows = with_spec("{os: {name: windows}, containers: [{name: a}]}");
    forbidden_in(&windows, Restricted, "allowPrivilegeEscalation", |minor| {
        (8..25).contains(&minor)
    });
    forbidden_in(&windows, Restricted, "capabilities_restricted", |minor| {
        (22..25).contains(&minor)
    });
    forbidden_in(&windows, Restricted, "seccompProfile_restricted", |minor| {
        (19..25).contains(&minor)
    });
    forbidden_in(&windows, Restricted, "runAsNonRoot", |_| true);
    let linux = with_spec("{os: {name: linux}, containers: [{name: a}]}");
    forbidden_in(&linux, Restricted, "allowPrivilegeEscalation", |minor| minor >= 8);
}

#[test]
fn restricted_overrides_what_baseline_says_of_the_same_field() {
    let adds = with_spec("{containers: [{name: a, securityContext: {capabilities: {add: [SYS_TIME]}}}]}");
    forbidden_in(&adds, Baseline, "capabilities_baseline", |_| true);
    forbidden_in(&adds, Restricted, "capabilities_baseline", |minor| minor < 22);
    forbidden_in(&adds, Restricted, "capabilities_restricted", |minor| minor >= 22);
    let host_path = with_spec("{volumes: [{name: a, hostPath: {path: /}}]}");
    forbidden_in(&host_path, Baseline, "hostPathVolumes", |_| true);
    forbidden_in(&host_path, Restricted, "hostPathVolumes", |_| false);
    forbidden_in(&host_path, Restricted, "restrictedVolumes", |_| true);
}

#[test]
fn user_namespaces_relax_since_1_35() {
    let unmasked = |host_users: &str| {
        with_spec(&format!(
            "{{{host_users} containers: [{{name: a, securityContext: {{procMount: Unmasked, runAsUser: 0}}}}]}}"
        ))
    };
    let inside = unmasked("hostUsers: false,");
    forbidden_in(&inside, Baseline, "procMount", |minor| minor < 35);
    forbidden_in(&inside, Restricted, "procMount", |minor| minor < 35);
    forbidden_in(&inside, Restricted, "procMount_restricted", |minor| minor >= 35);
    forbidden_in(&inside, Restricted, "runAsNonRoot", |minor| minor < 35);
    forbidden_in(&inside, Restricted, "runAsUser", |minor| (23..35).contains(&minor));
    for host_users in ["", "hostUsers: true,"] {
        let outside = unmasked(host_users);
        forbidden_in(&outside, Baseline, "procMount", |_| true);
        forbidden_in(&outside, Restricted, "procMount_restricted", |minor| minor >= 35);
        forbidden_in(&outside, Restricted, "runAsNonRoot", |_| true);
        forbidden_in(&outside, Restricted, "runAsUser", |minor| minor >= 23);
    }
}

#[test]
fn probes_and_hooks_may_not_name_a_host_since_1_34() {
    for field in [
        "livenessProbe: {httpGet: {host: example.com, port: 80}}",
        "readinessProbe: {tcpSocket: {host: example.com, port: 80}}",
        "startupProbe: {httpGet: {host: 127.0.0.1, port: 80}}",
        "lifecycle: {postStart: {httpGet: {host: example.com, port: 80}}}",
        "lifecycle: {preStop: {tcpSocket: {host: example.com, port: 80}}}",
    ] {
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            let pod = with_spec(&format!("{{{list}: [{{name: a, {field}}}]}}"));
            forbidden_in(&pod, Baseline, "hostProbesAndHostLifecycle", |minor| minor >= 34);
        }
    }
    let empty = with_spec("{containers: [{name: a, livenessProbe: {httpGet: {host: '', port: 80}}}]}");
    forbidden_in(&empty, Baseline, "hostProbesAndHostLifecycle", |_| false);
}

/// These say in every version what they say in the newest: the plugin changed them without a new version.
#[test]
fn some_rules_know_no_version() {
    let app_armor = with_spec("{containers: [{name: a, securityContext: {appArmorProfile: {type: Unconfined}}}]}");
    forbidden_in(&app_armor, Baseline, "appArmorProfile", |_| true);
    for kind in [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ] {
        let pod = with_spec(&format!("{{volumes: [{{name: a, {kind}: {{}}}}]}}"));
        forbidden_in(&pod, Restricted, "restrictedVolumes", |_| false);
    }
    for kind in ["nfs", "hostPath", "gitRepo", "flexVolume", "somethingNew"] {
        let pod = with_spec(&format!("{{volumes: [{{name: a, {kind}: {{}}}}]}}"));
        forbidden_in(&pod, Restricted, "restrictedVolumes", |_| true);
    }
    let nothing = with_spec("{volumes: [{name: a}, {name: b, emptyDir: null}]}");
    forbidden_in(&nothing, Restricted, "restrictedVolumes", |_| false);
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        let privileged = with_spec(&format!(
            "{{{list}: [{{name: a, securityContext: {{privileged: true}}}}]}}"
        ));
        forbidden_in(&privileged, Baseline, "privileged", |_| true);
    }
}
