//! What keeps data, and who reads it.

use super::*;
use crate::system::ElementKind::{DataStore, Process};

fn reads(manifests: &str) -> Vec<String> {
    let system = system(manifests);
    let reads = system
        .flows
        .iter()
        .filter(|flow| matches!(&*flow.protocol, "mount" | "env"));
    reads.map(shown).collect()
}

#[test]
fn secrets_are_read_by_environment_and_mount() {
    let container =
        "env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: p}}}], envFrom: [{secretRef: {name: all}}]";
    assert_eq!(
        reads(&app("web", None, container)),
        ["Deployment/web → Secret/all env", "Deployment/web → Secret/db env"]
    );
    let mounted = "---\n{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: a, volumeMounts: [{name: s, mountPath: /s}]}], \
                   volumes: [{name: s, secret: {secretName: used}}, {name: t, secret: {secretName: unused}}]}}\n";
    assert_eq!(reads(mounted), ["Pod/p → Secret/used mount"]);
}

#[test]
fn claims_of_a_stateful_set_are_one_store() {
    let set = "---\n{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, \
               spec: {containers: [{name: a, image: postgres, volumeMounts: [{name: data, mountPath: /d}]}]}}, volumeClaimTemplates: [{metadata: {name: data}}]}}\n\
               ---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-0}}\n\
               ---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: other-0}}\n";
    assert_eq!(reads(set), ["StatefulSet/db → PersistentVolumeClaim/data-db mount"]);
    let system = system(set);
    let claims = system
        .elements
        .iter()
        .filter(|element| element.id.as_str().starts_with("Persistent"));
    assert_eq!(
        ids(claims),
        [
            "PersistentVolumeClaim/default/data-db",
            "PersistentVolumeClaim/default/other-0"
        ]
    );
}

#[test]
fn stores_are_recognised_by_image_port_and_callers() {
    let kind = |manifests: &str, id: &str| {
        let system = system(manifests);
        let element = system.element(id).expect("it is there");
        (element.kind, element.technology.clone())
    };
    let postgres = app("a", None, "").replace("example/a", "docker.io/library/postgres:16");
    assert_eq!(
        kind(&postgres, "Deployment/default/a"),
        (DataStore, Some("postgresql".into()))
    );
    let port = app("user-db", None, "ports: [{name: mysql, containerPort: 3306}]");
    assert_eq!(
        kind(&port, "Deployment/default/user-db"),
        (DataStore, Some("mysql".into()))
    );
    let exporter = app("mysql-exporter", None, "ports: [{name: mysql, containerPort: 3306}]");
    assert_eq!(kind(&exporter, "Deployment/default/mysql-exporter").0, Process);
    let called = app("docs", Some(10260), "") + &app("web", None, &env("URI", "mongodb://docs:10260/"));
    assert_eq!(kind(&called, "Deployment/default/docs"), (DataStore, None));
}

#[test]
fn a_token_leads_to_the_api_server_unless_somebody_says_no() {
    let calls_api = |manifests: &str| {
        let system = system(manifests);
        system
            .flows
            .iter()
            .any(|flow| flow.to.as_str() == "Platform/api-server")
    };
    let with = |spec: &str, account: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {{{spec} containers: [{{name: a, image: a}}]}}}}\n\
             ---\n{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: default}}, {account}}}\n"
        )
    };
    let (no, yes) = (
        "automountServiceAccountToken: false,",
        "automountServiceAccountToken: true,",
    );
    assert!(calls_api(&with("", "")));
    assert!(!calls_api(&with(no, yes)));
    assert!(calls_api(&with(yes, no)));
    assert!(!calls_api(&with("", no)));
}
