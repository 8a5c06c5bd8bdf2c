//! The words, the positions, and what is refused as no pod at all.

use palisade_knowledge::KubernetesVersion;

use super::{violations, with_spec};
use crate::pod_security::{Level, evaluate, strictest};

#[test]
fn the_words_are_those_of_the_plugin() {
    let pod = with_spec(
        "{hostNetwork: true, hostPID: true,
          securityContext: {runAsUser: 0, seLinuxOptions: {user: root, type: spc_t},
            sysctls: [{name: kernel.msgmax, value: '1'}, {name: net.core.somaxconn, value: '1'}],
            appArmorProfile: {type: Unconfined}, seccompProfile: {type: Unconfined}, windowsOptions: {hostProcess: true}},
          volumes: [{name: root, hostPath: {path: /}}, {name: files, nfs: {server: a, path: /}}],
          initContainers: [{name: setup, securityContext: {procMount: Unmasked, runAsNonRoot: false}}],
          containers: [
            {name: web, ports: [{containerPort: 80}, {containerPort: 9, hostPort: 443}],
             livenessProbe: {httpGet: {host: example.com, port: 80}},
             securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN, NET_RAW]}}},
            {name: log, securityContext: {capabilities: {drop: [ALL], add: [CHOWN]}, allowPrivilegeEscalation: false}}]}",
    );
    let lines = |level| {
        let violations = violations(&pod, level, 37);
        violations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(lines(Level::Baseline), @r#"
    forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")
    non-default capabilities (container "web" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add)
    host namespaces (hostNetwork=true, hostPID=true)
    hostPath volumes (volume "root")
    hostPort (container "web" uses hostPorts 443, 80)
    probe or lifecycle host (container "web" uses probe or lifecycle host "example.com")
    privileged (container "web" must not set securityContext.privileged=true)
    procMount (container "setup" must not set securityContext.procMount to "Unmasked")
    seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)
    seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")
    forbidden sysctls (kernel.msgmax, net.core.somaxconn)
    hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)
    "#);
    insta::assert_snapshot!(lines(Level::Restricted), @r#"
    forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")
    host namespaces (hostNetwork=true, hostPID=true)
    hostPort (container "web" uses hostPorts 443, 80)
    probe or lifecycle host (container "web" uses probe or lifecycle host "example.com")
    privileged (container "web" must not set securityContext.privileged=true)
    seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)
    forbidden sysctls (kernel.msgmax, net.core.somaxconn)
    hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)
    allowPrivilegeEscalation != false (containers "setup", "web" must set securityContext.allowPrivilegeEscalation=false)
    unrestricted capabilities (containers "setup", "web" must set securityContext.capabilities.drop=["ALL"]; containers "web", "log" must not include "CHOWN", "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add)
    procMount (container "setup" must not set securityContext.procMount to "Unmasked")
    restricted volume types (volumes "root", "files" use restricted volume types "hostPath", "nfs")
    runAsNonRoot != true (container "setup" must not set securityContext.runAsNonRoot=false)
    runAsUser=0 (pod must not set runAsUser=0)
    seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")
    "#);
}

#[test]
fn paths_lead_to_what_is_forbidden_or_missing() {
    let pod = with_spec(
        "{hostNetwork: true, initContainers: [{name: a, securityContext: {privileged: true}}],
          containers: [{name: b}], volumes: [{name: v, hostPath: {path: /}}]}",
    );
    let paths: Vec<_> = violations(&pod, Level::Restricted, 37)
        .into_iter()
        .map(|violation| {
            let paths: Vec<_> = violation.paths.iter().map(ToString::to_string).collect();
            format!("{}: {}", violation.check, paths.join(", "))
        })
        .collect();
    insta::assert_snapshot!(paths.join("\n"), @"
    hostNamespaces: spec.hostNetwork
    privileged: spec.initContainers[0].securityContext.privileged
    allowPrivilegeEscalation: spec.initContainers[0].securityContext.allowPrivilegeEscalation, spec.containers[0].securityContext.allowPrivilegeEscalation
    capabilities_restricted: spec.initContainers[0].securityContext.capabilities.drop, spec.containers[0].securityContext.capabilities.drop
    restrictedVolumes: spec.volumes[0].hostPath
    runAsNonRoot: spec.initContainers[0].securityContext.runAsNonRoot, spec.containers[0].securityContext.runAsNonRoot
    seccompProfile_restricted: spec.initContainers[0].securityContext.seccompProfile.type, spec.containers[0].securityContext.seccompProfile.type
    ");
}

#[test]
fn the_strictest_level_and_what_keeps_from_the_next() {
    let level = |spec: &str| {
        let (level, missing) = strictest(&with_spec(spec), KubernetesVersion::NEWEST).expect("it is well-formed");
        (level, missing.len())
    };
    assert_eq!(
        level("{hostPID: true, containers: [{name: a}]}"),
        (Level::Privileged, 1)
    );
    assert_eq!(level("{containers: [{name: a}]}"), (Level::Baseline, 4));
    let hardened =
        "{securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: a,
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]}";
    assert_eq!(level(hardened), (Level::Restricted, 0));
}

#[test]
fn what_the_api_server_refuses_is_not_judged() {
    for (spec, said) in [
        ("{hostNetwork: 'yes'}", "`spec.hostNetwork` must be a boolean"),
        (
            "{containers: [{name: a, securityContext: {privileged: 1}}]}",
            "`spec.containers[0].securityContext.privileged` must be a boolean",
        ),
        ("{containers: {name: a}}", "`spec.containers` must be a list of maps"),
        ("{initContainers: [a]}", "`spec.initContainers[0]` must be a map"),
        (
            "{securityContext: {runAsUser: root}}",
            "`spec.securityContext.runAsUser` must be an integer",
        ),
        (
            "{containers: [{name: a, securityContext: {capabilities: {drop: ALL}}}]}",
            "`spec.containers[0].securityContext.capabilities.drop` must be a list of texts",
        ),
        (
            "{volumes: [{name: a, hostPath: /}]}",
            "`spec.volumes[0].hostPath` must be a map",
        ),
    ] {
        let error = evaluate(&with_spec(spec), Level::Baseline, KubernetesVersion::NEWEST).expect_err(spec);
        assert_eq!(error.to_string(), format!("{said}; the API server refuses the object"));
    }
}
