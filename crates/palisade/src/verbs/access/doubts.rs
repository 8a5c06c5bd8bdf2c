//! What may be mistyped in a question: an answer is given all the same, as the API server gives one.

use std::sync::Arc;

use palisade_engine::kube::api_resource_names;
use palisade_engine::rbac::Identity;

use super::{Cluster, Subject, Target};

/// The verbs that some resource of Kubernetes knows, as kubectl lists them.
const VERBS: [&str; 16] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "bind",
    "impersonate",
    "approve",
    "sign",
    "escalate",
    "attest",
    "*",
];
/// The verbs of non-resource URLs.
const URL_VERBS: [&str; 8] = ["get", "post", "put", "head", "options", "delete", "patch", "*"];

/// Doubts about a question, each a sentence.
pub(crate) fn doubts(clusters: &[Cluster], subject: Option<&Subject>, target: &Target) -> Vec<String> {
    let asked: Vec<Target> = clusters
        .iter()
        .map(|cluster| target.within(&cluster.resources))
        .collect();
    let verb = of_verb(target);
    let resource = asked.iter().find(|target| target.is_unknown()).map(of_resource);
    let subject = subject.and_then(|subject| of_subject(clusters, subject));
    [verb, resource, subject].into_iter().flatten().collect()
}

fn of_verb(target: &Target) -> Option<String> {
    let verbs: &[&str] = if target.url.is_some() { &URL_VERBS } else { &VERBS };
    let is_known = verbs.contains(&&*target.verb);
    // Resources of others may have verbs of their own.
    let may_be_own = target.url.is_none() && target.group.contains('.') && !target.group.ends_with(".k8s.io");
    (!is_known && !may_be_own).then(|| {
        let like = palisade_report::most_like(verbs.iter().copied().filter(|verb| *verb != "*"), &target.verb);
        format!(
            "`{}` is no verb that Kubernetes knows; the most like it: {}",
            target.verb,
            like.join(", ")
        )
    })
}

fn of_resource(target: &Target) -> String {
    let like = palisade_report::most_like(api_resource_names(), &target.resource);
    format!(
        "Kubernetes has no resource `{}` in the core group, and the input defines none: is a .GROUP missing? The most like \
         it: {}",
        target.resource,
        like.join(", ")
    )
}

/// Somebody of whom the input knows nothing, though it has a service account of that name.
fn of_subject(clusters: &[Cluster], subject: &Subject) -> Option<String> {
    let user = subject.user.as_deref()?;
    let identity = Identity::of_user(user);
    let account = match &identity {
        Identity::ServiceAccount { name, .. } | Identity::User(name) => name,
        Identity::Group(_) => return None,
    };
    let bound = clusters.iter().flat_map(|cluster| cluster.authorizer.identities());
    let kept = clusters.iter().flat_map(|cluster| {
        let accounts = cluster.resources.of_kind("ServiceAccount");
        accounts
            .map(|account| Identity::service_account(Arc::clone(&account.id.namespace), Arc::clone(&account.id.name)))
    });
    let known: std::collections::BTreeSet<Identity> = bound.chain(kept).collect();
    if known.contains(&identity) {
        return None;
    }
    let alike: Vec<String> = known
        .iter()
        .filter(|other| matches!(other, Identity::ServiceAccount { name, .. } if name == account))
        .map(|other| other.element().to_string())
        .take(3)
        .collect();
    (!alike.is_empty()).then(|| {
        format!(
            "nothing in the input is about {}; there is {}",
            subject.shown,
            alike.join(", ")
        )
    })
}
