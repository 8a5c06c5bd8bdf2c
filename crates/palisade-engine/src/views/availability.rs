//! Workloads with replicas, and what keeps them there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_inventory::{Node, Resource, Value};

use super::built::store_word;
use super::joined::{Joined, Joins, places};
use super::nodes::{flag, int, list, map, text};
use crate::kube::{Pod, Selector};
use crate::system::{Basis, Element, ElementId};

/// Kinds that keep a number of replicas running.
const REPLICATED: [&str; 5] = [
    "Deployment",
    "StatefulSet",
    "ReplicaSet",
    "ReplicationController",
    "Rollout",
];

/// The workloads that keep a number of replicas running.
pub(super) fn workloads(joins: &Joins<'_>) -> Vec<Joined> {
    let mut budgets: BTreeMap<&str, Vec<&Arc<Resource>>> = BTreeMap::new();
    for budget in joins.system.resources.of_kind("PodDisruptionBudget") {
        budgets.entry(&budget.id.namespace).or_default().push(budget);
    }
    let called: BTreeSet<&ElementId> = joins
        .system
        .flows
        .iter()
        .filter(|flow| matches!(flow.basis, Basis::Declared | Basis::Observed))
        .map(|flow| &flow.to)
        .collect();
    let autoscaled: BTreeSet<(&str, &str, &str)> = joins
        .system
        .resources
        .of_kind("HorizontalPodAutoscaler")
        .filter_map(|scaler| {
            let target = |key| scaler.content.text(&["spec", "scaleTargetRef", key]);
            Some((&*scaler.id.namespace, target("kind")?, target("name")?))
        })
        .collect();
    let joined = |element: &Element| {
        let (kind, name) = kind_and_name(element)?;
        let namespace = element.namespace.as_deref().unwrap_or_default();
        let pod = Pod::new(element.templates.first()?.node());
        let of_namespace = budgets.get(namespace).map(Vec::as_slice).unwrap_or_default();
        let selecting = of_namespace.iter().filter(|budget| {
            let selector = Selector::nullable(budget.content.at(&["spec", "selector"]));
            selector.matches(&pod.labels())
        });
        let budgets = selecting.map(|budget| {
            map([
                ("name", text(&budget.id.name)),
                ("allowsNone", flag(allows_none(&budget.content, element.instances))),
            ])
        });
        let node = map([
            ("id", text(element.id.as_str())),
            ("kind", text(kind)),
            ("namespace", text(namespace)),
            ("replicas", int(element.instances)),
            ("budgets", list(budgets)),
            ("autoscaled", flag(autoscaled.contains(&(namespace, kind, name)))),
            ("exposed", flag(joins.built.is_exposed(&element.id))),
            ("called", flag(called.contains(&element.id))),
            ("storeKind", text(element.store.map_or("", store_word))),
            ("spread", flag(is_spread(pod.node()))),
        ]);
        let mut joined = Joined::new(&element.id, node, element.evidence.first()?.clone());
        joined.places = places(element);
        Some(joined)
    };
    joins.workloads().filter_map(joined).collect()
}

fn kind_and_name(element: &Element) -> Option<(&str, &str)> {
    let id = element.resource.as_ref()?;
    REPLICATED.contains(&&*id.kind).then_some((&*id.kind, &*id.name))
}

/// Whether a budget lets no pod go while all replicas run.
fn allows_none(budget: &Node, replicas: u32) -> bool {
    let is = |field: &str, number: fn(i64, i64) -> bool, share: &str| {
        budget.at(&["spec", field]).is_some_and(|node| match &node.value {
            Value::Int(value) => number(*value, replicas.into()),
            Value::Text(text) => &**text == share,
            _ => false,
        })
    };
    replicas > 0
        && (is("minAvailable", |least, replicas| least >= replicas, "100%")
            || is("maxUnavailable", |most, _| most == 0, "0%"))
}

/// Whether its replicas are told to keep apart.
fn is_spread(pod: &Node) -> bool {
    !pod.items(&["spec", "topologySpreadConstraints"]).is_empty()
        || pod.at(&["spec", "affinity", "podAntiAffinity"]).is_some()
}
