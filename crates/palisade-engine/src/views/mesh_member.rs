//! Workloads of a system that has a mesh: whether each is in it, and whether it demands mutual TLS.

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_inventory::{Node, Resource};

use super::joined::{Joined, Joins};
use super::nodes::{flag, map, text};
use crate::kube::{Mesh, Pod, Selector};
use crate::system::Element;

/// The namespace whose policies speak for the whole mesh, unless it was installed elsewhere.
const ROOT: &str = "istio-system";

/// The workloads of namespaces that are in a mesh, and those that are in one by themselves.
pub(super) fn members(joins: &Joins<'_>) -> Vec<Joined> {
    let authentications = Authentications::of(joins);
    let authorisations = Authorisations::of(joins);
    let of_namespace = |(name, elements): (&&str, &Vec<&Element>)| {
        let namespace = joins.namespace(name);
        let namespace_mesh = namespace.and_then(Mesh::of_namespace);
        let joined = |element: &&Element| {
            let pod = Pod::new(element.templates.first()?.node());
            let mesh = Mesh::of_pod(pod, namespace);
            if mesh.is_none() && namespace_mesh.is_none() {
                return None;
            }
            let node = map([
                ("id", text(element.id.as_str())),
                ("namespace", text(name)),
                ("mesh", text(mesh.map_or("", Mesh::as_str))),
                ("namespaceMesh", text(namespace_mesh.map_or("", Mesh::as_str))),
                ("optedOut", flag(mesh.is_none())),
                ("hostNetwork", flag(pod.host_network())),
                ("exposed", flag(joins.built.is_exposed(&element.id))),
                ("mtls", text(authentications.of_pod(name, pod))),
                ("authorised", flag(authorisations.of_namespace(name, namespace))),
            ]);
            Some(Joined::new(&element.id, node, element.evidence.first()?.clone()))
        };
        elements.iter().filter_map(joined).collect::<Vec<_>>()
    };
    joins.running.iter().flat_map(of_namespace).collect()
}

/// Where authorisation policies of a mesh speak.
#[derive(Debug)]
pub(super) struct Authorisations<'s> {
    namespaces: BTreeSet<&'s str>,
}

impl<'s> Authorisations<'s> {
    /// Those of a system.
    pub(super) fn of(joins: &Joins<'s>) -> Self {
        let policies = joins.system.resources.of_kind("AuthorizationPolicy");
        Self {
            namespaces: policies.map(|policy| &*policy.id.namespace).collect(),
        }
    }

    /// Whether one speaks for a namespace, or for something in it.
    pub(super) fn of_namespace(&self, name: &str, object: Option<&Node>) -> bool {
        let field = ["metadata", "annotations", "config.linkerd.io/default-inbound-policy"];
        let by_default = object.and_then(|object| object.text(&field));
        matches!(by_default, Some("deny" | "all-authenticated" | "cluster-authenticated"))
            || self.namespaces.contains(name)
            || self.namespaces.contains(ROOT)
    }
}

/// What Istio's `PeerAuthentication` objects demand.
#[derive(Debug)]
pub(super) struct Authentications<'s> {
    all: Vec<&'s Arc<Resource>>,
}

impl<'s> Authentications<'s> {
    /// Those of a system.
    pub(super) fn of(joins: &Joins<'s>) -> Self {
        Self {
            all: joins.system.resources.of_kind("PeerAuthentication").collect(),
        }
    }

    /// What is demanded of a whole namespace: `strict`, `permissive`, `disable`, or nothing.
    pub(super) fn of_namespace(&self, namespace: &str) -> &'static str {
        let unselective = |wanted: &str| {
            let of_namespace = self.all.iter().filter(|one| &*one.id.namespace == wanted);
            of_namespace
                .filter(|one| selector(&one.content).is_none())
                .map(|one| mode(&one.content))
                .find(|mode| !mode.is_empty())
        };
        unselective(namespace).or_else(|| unselective(ROOT)).unwrap_or_default()
    }

    fn of_pod(&self, namespace: &str, pod: Pod<'_>) -> &'static str {
        let labels = pod.labels();
        let selecting = self.all.iter().filter(|one| &*one.id.namespace == namespace);
        selecting
            .filter(|one| selector(&one.content).is_some_and(|selector| selector.matches(&labels)))
            .map(|one| mode(&one.content))
            .find(|mode| !mode.is_empty())
            .unwrap_or_else(|| self.of_namespace(namespace))
    }
}

fn selector(policy: &Node) -> Option<Selector<'_>> {
    match Selector::label_selector(policy.at(&["spec", "selector"])?) {
        Selector::Everything => None,
        selector => Some(selector),
    }
}

fn mode(policy: &Node) -> &'static str {
    match policy.text(&["spec", "mtls", "mode"]) {
        Some("STRICT") => "strict",
        Some("PERMISSIVE") => "permissive",
        Some("DISABLE") => "disable",
        _ => "",
    }
}
