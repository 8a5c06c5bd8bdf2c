//! Namespaces, and what protects each.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::{Node, Resource};

use super::joined::{Joined, Joins};
use super::mesh_member::{Authentications, Authorisations};
use super::nodes::{count, flag, map, text};
use crate::kube::{Labels, Mesh, Pod, Selector};
use crate::system::ElementId;

/// Namespaces that an object defines, and those that something runs in.
pub(super) fn namespaces(joins: &Joins<'_>) -> Vec<Joined> {
    let protections = Protections::of(joins);
    let defined = joins.system.resources.of_kind("Namespace");
    let defined = defined.filter(|one| one.id.group.is_empty()).map(|one| &*one.id.name);
    let names: BTreeSet<&str> = defined
        .chain(joins.running.keys().copied())
        .filter(|name| !name.is_empty())
        .collect();
    let joined = |name: &str| {
        let id = ElementId::new(format!("Namespace/{name}"));
        let element = joins.system.element(id.as_str());
        let workloads = joins.running.get(name).map(Vec::as_slice).unwrap_or_default();
        let evidence = element
            .and_then(|element| element.evidence.first())
            .or_else(|| workloads.first()?.evidence.first())?;
        Some(Joined::new(&id, protections.node(joins, name), evidence.clone()))
    };
    names.into_iter().filter_map(joined).collect()
}

/// What speaks for whole namespaces.
struct Protections<'s> {
    /// Policies, and those that deny by default for ingress and egress.
    policies: BTreeMap<&'s str, (usize, bool, bool)>,
    /// Namespaces with network policies of other engines.
    others: BTreeSet<&'s str>,
    /// A policy of another engine speaks for the whole cluster.
    others_everywhere: bool,
    quotas: BTreeSet<&'s str>,
    limit_ranges: BTreeSet<&'s str>,
    authentications: Authentications<'s>,
    authorisations: Authorisations<'s>,
}

impl<'s> Protections<'s> {
    fn of(joins: &Joins<'s>) -> Self {
        let resources = &joins.system.resources;
        let mut policies: BTreeMap<&str, (usize, bool, bool)> = BTreeMap::new();
        for policy in resources.of_kind("NetworkPolicy").filter(|one| is_built_in(one)) {
            let (number, ingress, egress) = policies.entry(&policy.id.namespace).or_default();
            *number += 1;
            *ingress |= denies(&policy.content, "Ingress", "ingress", "from");
            *egress |= denies(&policy.content, "Egress", "egress", "to");
        }
        let of_kind = |kind| resources.of_kind(kind).map(|one| &*one.id.namespace).collect();
        let others: BTreeSet<&str> = resources
            .iter()
            .filter(|one| is_other_policy(one))
            .map(|one| &*one.id.namespace)
            .collect();
        Self {
            policies,
            others_everywhere: others.contains(""),
            others,
            quotas: of_kind("ResourceQuota"),
            limit_ranges: of_kind("LimitRange"),
            authentications: Authentications::of(joins),
            authorisations: Authorisations::of(joins),
        }
    }

    fn node(&self, joins: &Joins<'_>, name: &str) -> Node {
        let object = joins.namespace(name);
        let labels = object.map(Labels::of).unwrap_or_default();
        let level = |mode: &str| {
            text(
                labels
                    .get(&format!("pod-security.kubernetes.io/{mode}"))
                    .unwrap_or_default(),
            )
        };
        let workloads = joins.running.get(name).map(Vec::as_slice).unwrap_or_default();
        let (number, ingress, egress) = self.policies.get(name).copied().unwrap_or_default();
        let in_mesh = |element: &&crate::system::Element| {
            let template = element.templates.first()?;
            Mesh::of_pod(Pod::new(template.node()), object)
        };
        let mesh = object
            .and_then(Mesh::of_namespace)
            .or_else(|| workloads.iter().find_map(in_mesh));
        map([
            ("name", text(name)),
            ("defined", flag(object.is_some())),
            ("enforce", level("enforce")),
            ("warn", level("warn")),
            ("audit", level("audit")),
            ("workloads", count(workloads.len())),
            (
                "exposed",
                flag(workloads.iter().any(|element| joins.built.is_exposed(&element.id))),
            ),
            ("defaultDenyIngress", flag(ingress)),
            ("defaultDenyEgress", flag(egress)),
            ("policies", count(number)),
            (
                "otherPolicies",
                flag(self.others_everywhere || self.others.contains(name)),
            ),
            ("quota", flag(self.quotas.contains(name))),
            ("limitRange", flag(self.limit_ranges.contains(name))),
            ("mesh", text(mesh.map_or("", Mesh::as_str))),
            ("mtls", text(self.authentications.of_namespace(name))),
            ("authorised", flag(self.authorisations.of_namespace(name, object))),
        ])
    }
}

fn is_built_in(policy: &Resource) -> bool {
    &*policy.id.group == "networking.k8s.io"
}

/// Whether a NetworkPolicy selects every pod and lets through in a direction only what it names.
fn denies(policy: &Node, direction: &str, rules: &str, peers: &str) -> bool {
    let selector = policy.at(&["spec", "podSelector"]).map(Selector::label_selector);
    let rules = policy.items(&["spec", rules]);
    let types = policy.items(&["spec", "policyTypes"]);
    let has_type = if types.is_empty() {
        direction == "Ingress" || !rules.is_empty()
    } else {
        types.iter().any(|written| written.as_str() == Some(direction))
    };
    let lets_all_through = |rule: &Node| rule.items(&[peers]).is_empty() && rule.items(&["ports"]).is_empty();
    selector.is_none_or(|selector| selector == Selector::Everything) && has_type && !rules.iter().any(lets_all_through)
}

/// Network policies that other engines enforce. What they say is not read.
fn is_other_policy(resource: &Resource) -> bool {
    match &*resource.id.group {
        "cilium.io" => matches!(
            &*resource.id.kind,
            "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy"
        ),
        "crd.projectcalico.org" | "projectcalico.org" => {
            matches!(&*resource.id.kind, "NetworkPolicy" | "GlobalNetworkPolicy")
        }
        "policy.networking.k8s.io" => true,
        "crd.antrea.io" => matches!(&*resource.id.kind, "NetworkPolicy" | "ClusterNetworkPolicy"),
        _ => false,
    }
}
