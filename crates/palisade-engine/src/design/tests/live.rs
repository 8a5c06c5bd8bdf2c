//! Dumps of live clusters: pods and their owners.

use super::*;

fn pod(name: &str, node: &str, owner: &str, labels: &str, more: &str) -> String {
    format!(
        "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, labels: {{{labels}}}, ownerReferences: [{owner}]}}, \
         spec: {{nodeName: {node}, containers: [{{name: a, image: shop/web}}]}}, status: {{phase: Running}}{more}}}\n"
    )
}

const SET: &str = "{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d9c7b, uid: u, controller: true}";

#[test]
fn pods_are_grouped_under_the_deployment_that_their_replica_set_tells_of() {
    let labels = "app: web, pod-template-hash: 5d9c7b";
    let manifests = pod("web-5d9c7b-a", "n1", SET, labels, "")
        + &pod("web-5d9c7b-b", "n2", SET, labels, "")
        + &pod("web-5d9c7b-c", "n1", SET, labels, "");
    let system = system(&manifests);
    let web = system.element("Deployment/default/web").expect("it is inferred");
    assert_eq!(web.instances, 3);
    assert_eq!(web.nodes, ["n1".into(), "n2".into()]);
    assert_eq!(web.confidence, crate::system::Confidence::Medium);
    assert_eq!(web.templates.len(), 1);
    assert!(
        !ids(&system.elements)
            .iter()
            .any(|id| id.starts_with("Pod/") || id.starts_with("ReplicaSet/"))
    );
}

#[test]
fn pods_that_ended_do_not_count() {
    let ended = pod("web-5d9c7b-a", "n1", SET, "app: web, pod-template-hash: 5d9c7b", "");
    let ended = ended.replace("Running", "Succeeded");
    let system = system(&ended);
    assert!(system.element("Deployment/default/web").is_none());
}

#[test]
fn own_template_and_pods_that_differ_from_it() {
    let own = app("web", None, "")
        .replace("example/web, ", "shop/web")
        .replace("name: main", "name: a");
    let own = own.replace("automountServiceAccountToken: false, ", "");
    let labels = "app: web, pod-template-hash: 5d9c7b";
    let same = own.clone() + &pod("web-5d9c7b-a", "n1", SET, labels, "");
    let system_of_same = system(&same);
    let web = system_of_same.element("Deployment/default/web").expect("it is there");
    assert_eq!((web.templates.len(), web.instances), (1, 1));
    let privileged =
        pod("web-5d9c7b-b", "n2", SET, labels, "").replace("shop/web", "shop/web, securityContext: {privileged: true}");
    let system_of_both = system(&(same + &privileged));
    let web = system_of_both.element("Deployment/default/web").expect("it is there");
    assert_eq!((web.templates.len(), web.instances), (2, 2));
}

#[test]
fn services_select_live_pods() {
    let service = "---\n{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}\n";
    let manifests = pod("web-5d9c7b-a", "n1", SET, "app: web, pod-template-hash: 5d9c7b", "") + service;
    assert_eq!(declared(&manifests), ["External/internet → Deployment/web TCP 80"]);
}

#[test]
fn endpoints_tell_who_is_behind_a_service_without_selector() {
    let manifests = pod("web-5d9c7b-a", "n1", SET, "pod-template-hash: 5d9c7b", "")
        + "---\n{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, ports: [{port: 80}]}}\n\
           ---\n{apiVersion: v1, kind: Endpoints, metadata: {name: web}, subsets: [{addresses: [{ip: 10.0.0.9, targetRef: {kind: Pod, name: web-5d9c7b-a, namespace: default}}]}]}\n";
    assert_eq!(declared(&manifests), ["External/internet → Deployment/web TCP 80"]);
}

#[test]
fn jobs_belong_to_their_cron_job() {
    let owner = "{apiVersion: batch/v1, kind: Job, name: backup-28391820, uid: u, controller: true}";
    let system = system(&pod("backup-28391820-x", "n1", owner, "", ""));
    assert!(system.element("CronJob/default/backup").is_some());
}

#[test]
fn a_static_pod_is_itself() {
    let owner = "{apiVersion: v1, kind: Node, name: n1, uid: u, controller: true}";
    let system = system(&pod("kube-proxy-n1", "n1", owner, "", ""));
    assert!(system.element("Pod/default/kube-proxy-n1").is_some());
}
