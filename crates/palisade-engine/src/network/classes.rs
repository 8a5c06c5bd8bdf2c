//! What policies can see of pods: pods that all policies treat alike are one class.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::HostNetwork;
use super::pods::{Pods, named_ports};
use super::policy::{NamespaceSet, Peer, PodSet, PortMatch, Rule, Written};
use super::ports::Protocol;
use crate::kube::selector::Requirement;
use crate::kube::{LabelIndex, Labels, Namespaces, Pod, Selector};

/// Stands for every value of a label that no selector names.
const SOME_OTHER: &str = "\0";

/// Pods that policies do not tell apart.
#[derive(Debug)]
pub(super) struct Class {
    /// The ports that names in policies mean here.
    pub(super) named_ports: BTreeMap<Box<str>, BTreeSet<(Protocol, u16)>>,
    /// They are in their node's network, beyond policies.
    pub(super) is_host: bool,
    /// Where they may run; none: anywhere.
    pub(super) nodes: Option<FixedBitSet>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    namespace: NamespaceKey<'a>,
    labels: Labels<'a>,
    named_ports: BTreeMap<Box<str>, BTreeSet<(Protocol, u16)>>,
    /// The nodes of pods in their nodes' network.
    host: Option<Vec<u32>>,
}

/// A namespace that has policies of its own, and what labels policies see of it.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct NamespaceKey<'a> {
    own: Option<&'a str>,
    labels: Labels<'a>,
}

/// All classes, and how to find those that a selector means.
pub(super) struct Classes<'a> {
    pub(super) list: Vec<Class>,
    by_namespace: BTreeMap<NamespaceKey<'a>, LabelIndex<'a>>,
    selected: BTreeMap<PodSet<'a>, Arc<FixedBitSet>>,
}

impl<'a> Classes<'a> {
    /// Sorts pods into classes; says for each group its class.
    pub(super) fn of(
        pods: &'a Pods,
        namespaces: &Namespaces<'a>,
        words: &Words<'a>,
        mode: HostNetwork,
    ) -> (Self, Vec<usize>) {
        let mut classes = Self {
            list: Vec::new(),
            by_namespace: BTreeMap::new(),
            selected: BTreeMap::new(),
        };
        let mut numbers: BTreeMap<Key<'a>, usize> = BTreeMap::new();
        let mut of_groups = Vec::with_capacity(pods.groups.len());
        let node_count = pods.nodes.len();
        for group in &pods.groups {
            let is_host = group.host_network && mode == HostNetwork::Nodes;
            let key = words.key(
                group.pod(),
                &group.namespace,
                namespaces,
                is_host.then_some(&group.nodes),
            );
            let next = classes.list.len();
            let number = *numbers.entry(key).or_insert(next);
            if number == next {
                classes.list.push(Class {
                    named_ports: named_ports(group.pod(), &words.ports),
                    is_host,
                    nodes: Some(FixedBitSet::with_capacity(node_count)),
                });
            }
            if let Some(class) = classes.list.get_mut(number) {
                class.add_nodes(&group.nodes);
            }
            of_groups.push(number);
        }
        for (key, number) in numbers.into_iter().filter(|(key, _)| key.host.is_none()) {
            classes
                .by_namespace
                .entry(key.namespace)
                .or_default()
                .insert(key.labels, number);
        }
        (classes, of_groups)
    }

    /// The classes that a selector means.
    pub(super) fn select(&mut self, set: &PodSet<'a>) -> Arc<FixedBitSet> {
        if let Some(known) = self.selected.get(set) {
            return Arc::clone(known);
        }
        let mut found = FixedBitSet::with_capacity(self.list.len());
        for (namespace, index) in &self.by_namespace {
            let is_meant = match &set.namespaces {
                NamespaceSet::This(own) => namespace.own == Some(*own),
                NamespaceSet::With(selector) => selector.matches(&namespace.labels),
            };
            if is_meant {
                found.extend(index.select(&set.pods));
            }
        }
        let found = Arc::new(found);
        self.selected.insert(set.clone(), Arc::clone(&found));
        found
    }
}

impl Class {
    fn add_nodes(&mut self, nodes: &BTreeSet<u32>) {
        match &mut self.nodes {
            Some(all) if !nodes.is_empty() => all.extend(nodes.iter().map(|node| *node as usize)),
            nodes => *nodes = None,
        }
    }

    /// Whether a pod of one may run on the node of a pod of the other.
    pub(super) fn may_share_node(&self, other: &Self) -> bool {
        match (&self.nodes, &other.nodes) {
            (Some(own), Some(other)) => !own.is_disjoint(other),
            _ => true,
        }
    }
}

/// The words that policies use: what else pods and namespaces say does not matter.
#[derive(Debug, Default)]
pub(super) struct Words<'a> {
    /// Namespaces that have policies of their own.
    namespaces: BTreeSet<&'a str>,
    namespace_labels: BTreeMap<&'a str, BTreeSet<&'a str>>,
    pod_labels: BTreeMap<&'a str, BTreeSet<&'a str>>,
    ports: BTreeSet<&'a str>,
}

impl<'a> Words<'a> {
    pub(super) fn of(policies: &'a [Written<'a>]) -> Self {
        let mut words = Self::default();
        for policy in policies {
            words.add_pods(&policy.subject);
            for rule in [&policy.ingress, &policy.egress].into_iter().flatten().flatten() {
                words.add_rule(rule);
            }
        }
        words
    }

    fn add_rule(&mut self, rule: &'a Rule<PodSet<'a>>) {
        for peer in rule.peers.iter().flatten() {
            if let Peer::Pods(pods) = peer {
                self.add_pods(pods);
            }
        }
        for port in rule.ports.iter().flatten() {
            if let PortMatch::Named(_, name) = port {
                self.ports.insert(name);
            }
        }
    }

    fn add_pods(&mut self, set: &PodSet<'a>) {
        match &set.namespaces {
            NamespaceSet::This(own) => {
                self.namespaces.insert(own);
            }
            NamespaceSet::With(selector) => add_labels(selector, &mut self.namespace_labels),
        }
        add_labels(&set.pods, &mut self.pod_labels);
    }

    fn key(
        &self,
        pod: Pod<'a>,
        namespace: &'a str,
        namespaces: &Namespaces<'a>,
        host: Option<&BTreeSet<u32>>,
    ) -> Key<'a> {
        let named_ports = named_ports(pod, &self.ports);
        let Some(nodes) = host else {
            return Key {
                namespace: NamespaceKey {
                    own: self.namespaces.get(namespace).copied(),
                    labels: seen(&namespaces.labels(namespace), &self.namespace_labels),
                },
                labels: seen(&pod.labels(), &self.pod_labels),
                named_ports,
                host: None,
            };
        };
        Key {
            namespace: NamespaceKey::default(),
            labels: Labels::default(),
            named_ports,
            host: Some(nodes.iter().copied().collect()),
        }
    }
}

fn add_labels<'a>(selector: &Selector<'a>, words: &mut BTreeMap<&'a str, BTreeSet<&'a str>>) {
    let Selector::All(requirements) = selector else { return };
    for requirement in requirements {
        let (key, values): (_, &[&str]) = match requirement {
            Requirement::Equals(key, value) => (key, std::slice::from_ref(value)),
            Requirement::In(key, values) | Requirement::NotIn(key, values) => (key, values),
            Requirement::Exists(key) | Requirement::DoesNotExist(key) => (key, &[]),
        };
        words.entry(key).or_default().extend(values);
    }
}

/// What selectors see of labels.
fn seen<'a>(labels: &Labels<'a>, words: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Labels<'a> {
    let mut seen = Labels::default();
    for (key, value) in labels.iter() {
        if let Some(values) = words.get(key) {
            seen = seen.with(key, if values.contains(value) { value } else { SOME_OTHER });
        }
    }
    seen
}
