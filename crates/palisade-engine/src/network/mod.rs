//! Who can open a connection to whom, as Kubernetes' network policies decide it.
//!
//! ```text
//! policies as written ─ words ─► classes of pods ─ decide ─► ports, and the rules that decided
//! ```
//!
//! A connection needs both ends' consent: egress of the source and ingress of the target. Each end asks its policies tier
//! by tier: admin, namespace, baseline; what nothing decides is allowed. Policies see labels, namespaces and names of ports
//! and nothing else, so pods that agree in what any policy looks at are one *class*, and whatever is asked is asked of
//! classes: the answer costs what there is to tell apart, not pods times pods.
//!
//! Where Kubernetes leaves something to the network plugin, [`HostNetwork`] says which way it is taken. An `ipBlock` is for
//! addresses outside the cluster; whether it also means pods by their address is undefined, and taken as no.

mod address;
mod classes;
mod clusterwide;
mod connections;
mod controllers;
mod decide;
mod doors;
mod ends;
mod fault;
mod intervals;
mod labels;
mod namespaced;
mod nodes;
mod pods;
mod policy;
mod ports;
#[cfg(test)]
pub(crate) mod tests;
mod workloads;

use std::collections::BTreeMap;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use palisade_inventory::{FieldPath, Resource};

pub use address::{Address, Addresses, Range};
pub use connections::{Connection, Connections};
pub use decide::{Because, Decision, Verdict};
pub use ends::{Answer, End, Unclear};
pub use fault::Fault;
pub use intervals::{Intervals, Point};
pub use pods::PodGroup;
pub use policy::{Action, Direction, Tier};
pub(crate) use policy::{Peer, Rule, Selected};
pub use ports::{Ports, Protocol};

use classes::{Class, Classes, Words};
use controllers::Admitted;
use nodes::Nodes;
use pods::Pods;
use policy::{PodSet, Written};

use crate::kube::Namespaces;
use crate::system::{ElementId, Evidence, Resources};

/// How the network plugin treats pods that share their node's network. Kubernetes leaves it undefined and names two ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostNetwork {
    /// As their node: no policy selects them, peers see the node's address, and a node always reaches its own pods. What
    /// nearly all plugins do.
    #[default]
    Nodes,
    /// As any other pod.
    Pods,
}

/// What decides connections in one root.
#[derive(Debug, Default)]
pub struct Network {
    /// Pods, by what they are shown as.
    groups: Vec<PodGroup>,
    by_element: BTreeMap<ElementId, Vec<usize>>,
    /// By class, the groups of pods that have not ended.
    by_class: Vec<Vec<usize>>,
    classes: Vec<Class>,
    policies: Vec<Policy>,
    /// By class, the policies that are asked about it, in the order in which they are.
    ingress_of: Vec<Vec<usize>>,
    egress_of: Vec<Vec<usize>>,
    /// What each class of pods in their node's network is to policies: addresses, by class.
    host_addresses: BTreeMap<usize, Vec<Addresses>>,
    /// The pods that ingress controllers lead to.
    admitted: Vec<Admitted>,
    node_names: Vec<Arc<str>>,
    faults: Vec<Fault>,
}

/// A policy, and the classes that it is about.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) resource: Arc<Resource>,
    pub(crate) tier: Tier,
    pub(crate) priority: i64,
    subject: Selected,
    ingress: Option<Vec<Rule<Selected>>>,
    egress: Option<Vec<Rule<Selected>>>,
}

impl Policy {
    fn rules(&self, direction: Direction) -> Option<&[Rule<Selected>]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }

    /// `Kind namespace/name`, for people.
    pub(crate) fn told(&self) -> String {
        let id = &self.resource.id;
        if id.namespace.is_empty() {
            format!("{} {}", id.kind, id.name)
        } else {
            format!("{} {}/{}", id.kind, id.namespace, id.name)
        }
    }
}

impl Network {
    /// Compiles the policies of a root. Policies that Kubernetes would refuse are not there; [`Network::faults`] tells of
    /// them.
    pub fn new(resources: &Resources, mode: HostNetwork) -> Self {
        let namespaces = Namespaces::of(resources);
        let nodes = Nodes::of(resources);
        let mut pods = Pods::of(resources);
        controllers::add_stand_in(&mut pods);
        let mut faults = std::mem::take(&mut pods.faults);
        let written = read_policies(resources, &nodes, &mut faults);
        faults.sort();
        let words = Words::of(&written);
        let (mut classes, class_of) = Classes::of(&pods, &namespaces, &words, mode);
        let policies: Vec<Policy> = written.iter().map(|written| resolve(written, &mut classes)).collect();
        let classes = classes.list;
        for (group, class) in pods.groups.iter_mut().zip(class_of) {
            group.class = class;
        }
        let mut by_element: BTreeMap<ElementId, Vec<usize>> = BTreeMap::new();
        let mut by_class: Vec<Vec<usize>> = vec![Vec::new(); classes.len()];
        for (index, group) in pods.groups.iter().enumerate() {
            by_element.entry(group.element.clone()).or_default().push(index);
            if let Some(of_class) = by_class.get_mut(group.class)
                && !group.ended
                && !group.is_stand_in()
            {
                of_class.push(index);
            }
        }
        let mut network = Self {
            ingress_of: asked(&policies, &classes, Direction::Ingress),
            egress_of: asked(&policies, &classes, Direction::Egress),
            host_addresses: host_addresses(&classes, &pods.nodes, &nodes),
            groups: pods.groups,
            node_names: pods.nodes,
            by_element,
            by_class,
            classes,
            policies,
            admitted: Vec::new(),
            faults,
        };
        network.admitted = controllers::admitted(resources, &network);
        network
    }

    /// What Kubernetes would refuse, sorted.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Policies of one tier and priority: which of them decides is undefined. Here the first by name does.
    pub fn ambiguous(&self) -> Vec<(&Resource, Evidence)> {
        let clusterwide = self.policies.iter().filter(|policy| policy.tier != Tier::Namespace);
        let mut by_priority: BTreeMap<(Tier, i64), Vec<&Policy>> = BTreeMap::new();
        for policy in clusterwide {
            by_priority
                .entry((policy.tier, policy.priority))
                .or_default()
                .push(policy);
        }
        let ambiguous = by_priority
            .into_values()
            .filter(|policies| policies.len() > 1)
            .flatten();
        let evidence = |policy: &Policy| {
            let note = format!(
                "{} shares its priority with another: which of them decides is undefined",
                policy.told()
            );
            policy.at(&FieldPath::parse("spec.priority"), note)
        };
        ambiguous.map(|policy| (&*policy.resource, evidence(policy))).collect()
    }

    /// The pods of a workload that have not ended.
    pub(crate) fn pods_of(&self, element: &ElementId) -> impl Iterator<Item = &PodGroup> {
        let groups = self.by_element.get(element).into_iter().flatten();
        let groups = groups.filter_map(|&index| self.groups.get(index));
        groups.filter(|group| !group.ended)
    }

    /// The policies that keep everything from the pods of a workload that no rule lets through. None where some of its
    /// pods are open.
    pub(crate) fn isolating(&self, element: &ElementId, direction: Direction) -> Vec<&Policy> {
        let mut found: Vec<usize> = Vec::new();
        for group in self.pods_of(element) {
            let asked = self.asked(direction, group.class).iter().copied();
            let isolating: Vec<usize> = asked.filter(|&policy| self.isolates(policy, direction)).collect();
            if isolating.is_empty() {
                return Vec::new();
            }
            found.extend(isolating);
        }
        found.sort_unstable();
        found.dedup();
        found
            .into_iter()
            .filter_map(|policy| self.policies.get(policy))
            .collect()
    }

    /// Every NetworkPolicy isolates what it selects; a cluster's policy does where it denies everybody everything.
    fn isolates(&self, policy: usize, direction: Direction) -> bool {
        let Some(policy) = self.policies.get(policy) else {
            return false;
        };
        let hosts = self.classes.iter().filter(|class| class.is_host).count();
        let denies_everybody = |rule: &Rule<Selected>| {
            let everybody = rule.peers.as_ref().is_none_or(|peers| {
                let all = |peer: &Peer<Selected>| match peer {
                    Peer::Pods(pods) => pods.classes.count_ones(..) + hosts == self.classes.len(),
                    _ => false,
                };
                peers.iter().any(all)
            });
            rule.action == Action::Deny && rule.ports.is_none() && everybody
        };
        policy.tier == Tier::Namespace
            || policy
                .rules(direction)
                .is_some_and(|rules| rules.iter().any(denies_everybody))
    }

    /// The policies that Kubernetes would take, by tier, priority and id.
    pub(crate) fn policies(&self) -> &[Policy] {
        &self.policies
    }

    fn asked(&self, direction: Direction, class: usize) -> &[usize] {
        let asked = match direction {
            Direction::Ingress => &self.ingress_of,
            Direction::Egress => &self.egress_of,
        };
        asked.get(class).map(Vec::as_slice).unwrap_or_default()
    }
}

fn read_policies<'a>(resources: &'a Resources, nodes: &Nodes, faults: &mut Vec<Fault>) -> Vec<Written<'a>> {
    let of_group = |kind, group: &'static str| {
        let of_kind = resources.of_kind(kind);
        of_kind.filter(move |resource| &*resource.id.group == group)
    };
    let namespaced = of_group("NetworkPolicy", "networking.k8s.io").map(namespaced::read);
    let clusterwide = clusterwide::KINDS
        .into_iter()
        .flat_map(|kind| of_group(kind, clusterwide::GROUP))
        .map(|resource| clusterwide::read(resource, nodes));
    let mut policies = Vec::new();
    for read in namespaced.chain(clusterwide) {
        match read {
            Ok(policy) => policies.push(policy),
            Err(fault) => faults.push(fault),
        }
    }
    // Names of kinds break ties of priorities, so that the order of files can't.
    policies.sort_by_cached_key(|policy| (policy.tier, policy.priority, policy.resource.id.clone()));
    policies
}

fn resolve<'a>(written: &Written<'a>, classes: &mut Classes<'a>) -> Policy {
    let subject = select(&written.subject, classes);
    let mut rules = |direction| {
        let rules = written.rules(direction)?.iter();
        Some(rules.map(|rule| resolve_rule(rule, classes)).collect())
    };
    Policy {
        resource: Arc::clone(written.resource),
        tier: written.tier,
        priority: written.priority,
        ingress: rules(Direction::Ingress),
        egress: rules(Direction::Egress),
        subject,
    }
}

fn select<'a>(set: &PodSet<'a>, classes: &mut Classes<'a>) -> Selected {
    Selected {
        classes: classes.select(set),
        is_named: set.is_named(),
    }
}

fn resolve_rule<'a>(rule: &Rule<PodSet<'a>>, classes: &mut Classes<'a>) -> Rule<Selected> {
    let mut resolve = |peer: &Peer<PodSet<'a>>| match peer {
        Peer::Pods(set) => Peer::Pods(select(set, classes)),
        Peer::Outside(addresses) => Peer::Outside(addresses.clone()),
        Peer::Anywhere(addresses) => Peer::Anywhere(addresses.clone()),
        Peer::Nodes(names, addresses) => Peer::Nodes(names.clone(), addresses.clone()),
        Peer::EveryNode(addresses) => Peer::EveryNode(addresses.clone()),
    };
    Rule {
        action: rule.action,
        peers: rule
            .peers
            .as_ref()
            .map(|peers| peers.iter().map(&mut resolve).collect()),
        ports: rule.ports.clone(),
        path: rule.path.clone(),
    }
}

/// By class, the policies that are about it in a direction, in the order in which they are asked.
fn asked(policies: &[Policy], classes: &[Class], direction: Direction) -> Vec<Vec<usize>> {
    let mut asked = vec![Vec::new(); classes.len()];
    for (index, policy) in policies.iter().enumerate() {
        if policy.rules(direction).is_some() {
            for class in policy.subject.classes.ones() {
                if let Some(asked) = asked.get_mut(class) {
                    asked.push(index);
                }
            }
        }
    }
    asked
}

/// The addresses of each node that the pods of a class in their node's network run on.
fn host_addresses(classes: &[Class], names: &[Arc<str>], nodes: &Nodes) -> BTreeMap<usize, Vec<Addresses>> {
    let hosts = classes.iter().enumerate().filter(|(_, class)| class.is_host);
    hosts
        .map(|(index, class)| {
            let on = class.nodes.iter().flat_map(FixedBitSet::ones);
            let addresses = on.filter_map(|node| names.get(node)).map(|name| nodes.addresses(name));
            (index, addresses.collect())
        })
        .collect()
}
