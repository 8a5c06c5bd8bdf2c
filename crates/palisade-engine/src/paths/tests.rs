//! The attack graph over whole systems.

use super::{AttackGraph, Attacks, Question};
use crate::assessment::AttackPath;
use crate::testing::{catalogue, system};

const SHOP: &str = include_str!("../../tests/data/shop.yaml");

fn attacks(manifest: &str) -> Attacks {
    AttackGraph::new(&system(manifest), catalogue()).ask(&Question::default())
}

/// `step: from → to` of each step of the path of an actor to an asset.
fn told(attacks: &Attacks, actor: &str, asset: &str) -> Option<Vec<String>> {
    let is_it = |path: &&AttackPath| path.actor == actor && path.asset.as_str() == asset;
    let path = attacks.paths.iter().find(is_it)?;
    let step = |step: &crate::assessment::PathStep| format!("{}: {} → {}", step.step, step.from, step.to);
    Some(path.steps.iter().map(step).collect())
}

#[test]
fn outsiders_go_through_what_is_exposed() {
    let attacks = attacks(SHOP);
    assert_eq!(
        told(&attacks, "outsider", "Secret/shop/db-password").expect("there is a path"),
        [
            "PAL-S001: External/internet → Deployment/shop/cart",
            "PAL-S023: Deployment/shop/cart → Secret/shop/db-password",
        ]
    );
    assert_eq!(
        told(&attacks, "outsider", "StatefulSet/shop/db").expect("there is a path"),
        [
            "PAL-S001: External/internet → Deployment/shop/cart",
            "PAL-S026: Deployment/shop/cart → StatefulSet/shop/db",
        ]
    );
}

#[test]
fn permissions_lead_through_hubs_in_one_step() {
    let attacks = attacks(SHOP);
    assert_eq!(
        told(&attacks, "compromised-workload", "Secret/shop/db-password").expect("there is a path"),
        [
            "PAL-S022: Deployment/shop/worker → ServiceAccount/shop/worker",
            "PAL-S044: ServiceAccount/shop/worker → Secret/shop/db-password",
        ]
    );
}

/// All files of a node are told as that, and not as each part of them.
#[test]
fn nodes_lead_on_through_their_kubelets() {
    let attacks = attacks(
        "apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  nodeName: n1
  automountServiceAccountToken: false
  containers: [{name: app, image: 'app:1', securityContext: {capabilities: {add: [DAC_READ_SEARCH]}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop}
spec:
  nodeName: n1
  serviceAccountName: api
  automountServiceAccountToken: false
  containers: [{name: app, image: 'api:1'}]
---
apiVersion: v1
kind: Secret
metadata: {name: key, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: api, namespace: shop}
rules: [{apiGroups: [''], resources: [secrets], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: api, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: api}
subjects: [{kind: ServiceAccount, name: api, namespace: shop}]
",
    );
    assert_eq!(
        told(&attacks, "compromised-workload", "Secret/shop/key").expect("there is a path"),
        [
            "PAL-S014: Pod/shop/web → Node/n1",
            "PAL-S083: Node/n1 → User/system:node:n1",
            "PAL-S084: User/system:node:n1 → ServiceAccount/shop/api",
            "PAL-S044: ServiceAccount/shop/api → Secret/shop/key",
        ]
    );
}

#[test]
fn every_step_says_why() {
    let attacks = attacks(SHOP);
    assert!(!attacks.paths.is_empty());
    for path in &attacks.paths {
        let product: f64 = path.steps.iter().map(|step| step.likelihood).product();
        assert!((product - path.likelihood).abs() < 0.01, "{path:?}");
        for pair in path.steps.windows(2) {
            assert!(
                path.steps.iter().any(|step| step.to == pair[1].from) || pair[1].from == path.entry,
                "{path:?}"
            );
        }
        for step in &path.steps {
            assert!(
                !step.evidence.is_empty() && !step.why.is_empty() && !step.fix.is_empty(),
                "{step:?}"
            );
            assert!(step.evidence.iter().all(|evidence| evidence.line > 0), "{step:?}");
        }
    }
}

/// What the first fix says that it closes is out of reach once it is done.
#[test]
fn fixes_close_what_they_say() {
    let of_worker = |document: &&str| !document.contains("cart") && !document.contains("name: db,");
    let documents: Vec<&str> = SHOP.split("---\n").filter(of_worker).collect();
    let before = attacks(&documents.join("---\n"));
    let is_it = |element: &str| element == "RoleBinding/shop/worker";
    let fix = before
        .fixes
        .iter()
        .find(|fix| is_it(fix.element.as_str()))
        .expect("the binding is worth taking away");
    assert!(!fix.closes.is_empty());
    let without: Vec<&str> = documents
        .into_iter()
        .filter(|document| !document.contains("kind: RoleBinding"))
        .collect();
    let after = attacks(&without.join("---\n"));
    for id in &fix.closes {
        let closed = before
            .paths
            .iter()
            .find(|path| path.id == *id)
            .expect("it closes a path that is listed");
        let same = |path: &AttackPath| path.entry == closed.entry && path.asset == closed.asset;
        assert!(!after.paths.iter().any(same), "{closed:?}");
    }
}

/// The same manifests in another order are the same system.
#[test]
fn the_order_of_documents_does_not_matter() {
    let documents: Vec<&str> = SHOP.split("---\n").collect();
    let reversed: Vec<&str> = documents.iter().rev().copied().collect();
    let shown = |documents: &[&str]| {
        let attacks = attacks(&documents.join("---\n"));
        let paths = attacks
            .paths
            .iter()
            .map(|path| (path.id.clone(), path.likelihood.to_string()));
        let fixes = attacks
            .fixes
            .into_iter()
            .map(|fix| (fix.rule, fix.element, fix.closes, fix.weakens));
        (paths.collect::<Vec<_>>(), fixes.collect::<Vec<_>>())
    };
    assert_eq!(shown(&documents), shown(&reversed));
}
