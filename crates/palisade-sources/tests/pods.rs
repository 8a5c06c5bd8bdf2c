//! Pods as a cluster shows them: what they share is held once, what differs stays exact.

use std::sync::Arc;

use palisade_inventory::{Node, Resource};
use palisade_sources::read_bytes;

fn read(text: &str) -> Vec<Resource> {
    let reading = read_bytes("dump", text.as_bytes());
    assert_eq!(reading.coverage.skipped, []);
    reading.resources
}

/// A pod of a ReplicaSet as the API server shows it.
fn pod(suffix: &str, node: &str) -> String {
    format!(
        r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"web-abc-{suffix}","namespace":"shop","uid":"{suffix}","labels":{{"app":"web","pod-template-hash":"abc"}},
  "ownerReferences":[{{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-abc","controller":true,"uid":"1"}}]}},
 "spec":{{"nodeName":"{node}","containers":[{{"name":"c","image":"i","env":[{{"name":"REDIS_ADDR","value":"redis:6379"}}],"volumeMounts":[{{"name":"kube-api-access-{suffix}","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}}]}}],
  "tolerations":[{{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}}],
  "volumes":[{{"name":"kube-api-access-{suffix}","projected":{{}}}}]}},
 "status":{{"phase":"Running","podIP":"10.0.0.1","containerStatuses":[]}}}}"#
    )
}

fn list(pods: &[String]) -> String {
    format!(r#"{{"apiVersion":"v1","items":[{}],"kind":"List"}}"#, pods.join(",\n"))
}

#[test]
fn pods_of_one_template_share_one_content() {
    let pods = read(&list(&[pod("x1", "n1"), pod("x2", "n2")]));
    let [first, second] = pods.as_slice() else { panic!() };
    assert!(Arc::ptr_eq(&first.content, &second.content));
    assert_eq!(first.id.to_string(), "Pod/shop/web-abc-x1");
    let instance = second.pod.as_ref().unwrap();
    assert_eq!(instance.node.as_deref(), Some("n2"));
    assert_eq!(instance.template_hash.as_deref(), Some("abc"));
    assert_eq!(instance.owner.as_ref().map(|owner| &*owner.name), Some("web-abc"));
    assert!(!instance.ended);
    assert_ne!(first.origin.position, second.origin.position);
}

#[test]
fn the_token_of_a_running_pod_is_told_by_its_mount() {
    let automount = |text: &str| {
        let pods = read(text);
        pods[0]
            .content
            .at(&["spec", "automountServiceAccountToken"])
            .and_then(Node::as_bool)
    };
    let with_token = pod("x", "n");
    assert_eq!(automount(&with_token), Some(true));
    assert_eq!(read(&with_token)[0].content.at(&["spec", "volumes"]), None);
    assert_eq!(automount(&with_token.replace("kube-api-access-x", "data")), Some(false));
    let written_by_hand = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}";
    assert_eq!(automount(written_by_hand), None);
}

#[test]
fn pods_that_ended_are_marked() {
    for change in [
        ("\"Running\"", "\"Succeeded\""),
        ("\"uid\":\"x\"", "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\""),
    ] {
        let pods = read(&pod("x", "n").replace(change.0, change.1));
        assert!(pods[0].pod.as_ref().unwrap().ended);
    }
}

#[test]
fn a_daemon_sets_choice_of_node_is_no_difference() {
    let on = |node: &str| {
        let affinity = format!(
            r#""affinity":{{"nodeAffinity":{{"requiredDuringSchedulingIgnoredDuringExecution":{{"nodeSelectorTerms":[{{"matchFields":[{{"key":"metadata.name","operator":"In","values":["{node}"]}}]}}]}}}}}},"nodeName""#
        );
        pod(node, node)
            .replace("ReplicaSet", "DaemonSet")
            .replace("\"nodeName\"", &affinity)
    };
    let pods = read(&list(&[on("n1"), on("n2")]));
    assert!(Arc::ptr_eq(&pods[0].content, &pods[1].content));
    assert_eq!(pods[0].content.at(&["spec", "affinity"]), None);
}

#[test]
fn pods_of_other_owners_do_not_share() {
    let pods = read(&list(&[pod("x", "n"), pod("y", "n").replace("web-abc\"", "web-def\"")]));
    assert!(!Arc::ptr_eq(&pods[0].content, &pods[1].content));
}

#[test]
fn pods_that_differ_only_in_what_is_dropped_are_told_apart_by_what_is_kept_of_it() {
    let calling = |suffix: &str, host: &str| pod(suffix, "n").replace("redis:6379", host);
    let pods = read(&list(&[
        calling("a", "redis:6379"),
        calling("b", "kafka:9092"),
        calling("c", "redis:6379"),
    ]));
    assert!(Arc::ptr_eq(&pods[0].content, &pods[2].content));
    assert_ne!(pods[0].content, pods[1].content);
}
