//! Identities: what each may do, and what runs as it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use palisade_inventory::Node;
use palisade_knowledge::Permission;

use super::joined::{Joined, Joins};
use super::nodes::{flag, list, map, text};
use crate::rbac::{Authorizer, Grant, Identity, Scope};
use crate::system::{Element, ElementId};

/// Whom bindings name, and whom workloads run as.
pub(super) fn identities(joins: &Joins<'_>) -> Vec<Joined> {
    let mut users: BTreeMap<&ElementId, Vec<&Element>> = BTreeMap::new();
    for element in joins.workloads() {
        if let Some(identity) = &element.identity {
            users.entry(identity).or_default().push(element);
        }
    }
    let mut all: BTreeSet<Identity> = joins.authorizer.identities();
    all.extend(users.keys().filter_map(|id| service_account(id)));
    let joined = |identity: Identity| {
        let id = identity.element();
        let users = users.get(&id).map(Vec::as_slice).unwrap_or_default();
        let grants: Vec<&Grant> = joins
            .authorizer
            .grants_of(&identity)
            .filter(|grant| !is_for_everybody(grant))
            .collect();
        let element = joins.system.element(id.as_str());
        let evidence = element
            .and_then(|element| element.evidence.first().cloned())
            .or_else(|| grants.first()?.evidence())?;
        let is_defined = element.is_some_and(|element| element.resource.is_some());
        let node = node(joins, &identity, &id, is_defined, users, &grants);
        Some(Joined::new(&id, node, evidence))
    };
    all.into_iter().filter_map(joined).collect()
}

fn node(
    joins: &Joins<'_>,
    identity: &Identity,
    id: &ElementId,
    is_defined: bool,
    users: &[&Element],
    grants: &[&Grant],
) -> Node {
    let (kind, namespace, name) = match identity {
        Identity::ServiceAccount { namespace, name } => ("service-account", &**namespace, &**name),
        Identity::User(name) => ("user", "", &**name),
        Identity::Group(name) => ("group", "", &**name),
    };
    let roles: BTreeSet<String> = grants.iter().map(|grant| role(grant)).collect();
    let is_system =
        name.starts_with("system:") || matches!(namespace, "kube-system" | "kube-public" | "kube-node-lease");
    map([
        ("id", text(id.as_str())),
        ("kind", text(kind)),
        ("namespace", text(namespace)),
        ("name", text(name)),
        ("system", flag(is_system)),
        ("defined", flag(is_defined)),
        ("namespaceRuns", flag(joins.running.contains_key(namespace))),
        ("isDefault", flag(kind == "service-account" && name == "default")),
        ("workloads", list(users.iter().map(|element| text(element.id.as_str())))),
        (
            "mounted",
            flag(users.iter().any(|element| joins.built.token_mounted(element))),
        ),
        (
            "exposed",
            flag(users.iter().any(|element| joins.built.is_exposed(&element.id))),
        ),
        ("clusterAdmin", flag(is_cluster_admin(joins.authorizer, identity))),
        ("roles", list(roles.iter().map(|role| text(role)))),
        ("rules", list(grants.iter().flat_map(|grant| rules(grant)))),
    ])
}

fn rules(grant: &Grant) -> impl Iterator<Item = Node> {
    let namespace = match &grant.scope {
        Scope::Cluster => "",
        Scope::Namespace(name) => name,
    };
    let words = |words: &[Box<str>]| list(words.iter().map(|word| text(word)));
    // Paths that are no resources are none of what rules are asked about.
    let of_resources = grant.rules().filter(|rule| !rule.resources.is_empty());
    of_resources.map(move |rule| {
        map([
            ("verbs", words(&rule.verbs)),
            ("groups", words(&rule.groups)),
            ("resources", words(&rule.resources)),
            ("names", words(&rule.names)),
            ("namespace", text(namespace)),
        ])
    })
}

fn role(grant: &Grant) -> String {
    match &*grant.role_namespace {
        "" => format!("ClusterRole/{}", grant.role),
        namespace => format!("Role/{namespace}/{}", grant.role),
    }
}

/// Whether it may do everything everywhere.
fn is_cluster_admin(authorizer: &Authorizer, identity: &Identity) -> bool {
    static EVERYTHING: LazyLock<Option<Permission>> = LazyLock::new(|| "* *.*".parse().ok());
    let Some(everything) = &*EVERYTHING else { return false };
    let granted = authorizer.granted(identity, everything);
    Authorizer::is_superuser(identity)
        || granted
            .iter()
            .any(|granted| granted.scope == Scope::Cluster && granted.names.is_none())
}

/// What everybody who signed in has says nothing of one identity.
fn is_for_everybody(grant: &Grant) -> bool {
    matches!(
        grant.group(),
        Some("system:authenticated" | "system:unauthenticated" | "system:serviceaccounts")
    )
}

fn service_account(id: &ElementId) -> Option<Identity> {
    let (namespace, name) = id.as_str().strip_prefix("ServiceAccount/")?.split_once('/')?;
    Some(Identity::service_account(namespace, name))
}
