//! The network as workloads see it: all pods of an element together.

use std::collections::BTreeSet;
use std::net::IpAddr;

use fixedbitset::FixedBitSet;

use super::address::Address;
use super::decide::{Because, Decision, Other, is_everything};
use super::policy::{Action, Direction, Peer, Rule, Selected, Tier};
use super::ports::Ports;
use super::{Network, PodGroup, Policy};
use crate::system::{ElementId, Evidence};

impl Network {
    /// The ports at which pods of one workload let pods of another in. Of what has no pods, nothing is known to keep
    /// anything out.
    pub(crate) fn allowed(&self, from: &ElementId, to: &ElementId) -> Ports {
        let sources: Vec<&PodGroup> = self.pods_of(from).collect();
        let targets: Vec<&PodGroup> = self.pods_of(to).collect();
        if sources.is_empty() || targets.is_empty() {
            return Ports::All;
        }
        let pairs = sources
            .iter()
            .flat_map(|source| targets.iter().map(move |target| (*source, *target)));
        let mut all = Ports::None;
        for (source, target) in pairs {
            let is_own_node = self.is_own_node(source, target);
            let (egress, ingress) = self.both(source.class, target.class, is_own_node);
            all = all.union(&egress.ports.intersection(&ingress.ports));
        }
        all
    }

    /// The policies that keep the pods of one workload from these ports of another, and where they say so.
    pub(crate) fn forbidding(&self, from: &ElementId, to: &ElementId, wanted: &Ports) -> Vec<Evidence> {
        let mut said = Vec::new();
        for (source, target) in self
            .pods_of(from)
            .flat_map(|source| self.pods_of(to).map(move |target| (source, target)))
        {
            let (egress, ingress) = self.both(source.class, target.class, self.is_own_node(source, target));
            for because in egress.because.iter().chain(&ingress.because) {
                let ports = because.ports.intersection(wanted);
                if !because.verdict.allows() && !ports.is_empty() {
                    let told = Because {
                        ports,
                        ..because.clone()
                    };
                    said.extend(self.evidence(&told));
                }
            }
        }
        said.sort();
        said.dedup();
        said
    }

    /// What both ends say of a connection from one class to another.
    pub(crate) fn both(&self, from: usize, to: usize, is_own_node: bool) -> (Decision, Decision) {
        (
            self.decide(Direction::Egress, from, Other::Pods(to), Some(to), is_own_node),
            self.decide(Direction::Ingress, to, Other::Pods(from), Some(to), is_own_node),
        )
    }

    /// How many classes there are.
    pub(crate) fn class_count(&self) -> usize {
        self.classes.len()
    }

    /// The classes of the pods of a workload.
    pub(crate) fn classes_of(&self, element: &ElementId) -> BTreeSet<usize> {
        self.pods_of(element).map(|group| group.class).collect()
    }

    /// Whether no policy is asked about a class in a direction.
    pub(crate) fn is_open(&self, direction: Direction, class: usize) -> bool {
        self.asked(direction, class).is_empty()
    }

    /// Whether a node of one class may be a node of the other, and one of them is in its node's network.
    pub(crate) fn may_be_own_node(&self, from: usize, to: usize) -> bool {
        self.classes
            .get(from)
            .zip(self.classes.get(to))
            .is_some_and(|(source, target)| (source.is_host || target.is_host) && source.may_share_node(target))
    }

    /// The classes that policies could let connect with a class at all; those left out they certainly don't. Cheap: so
    /// that only pairs that may come to something need to be decided.
    pub(crate) fn possible(&self, direction: Direction, class: usize) -> FixedBitSet {
        let mut everybody = FixedBitSet::with_capacity(self.classes.len());
        everybody.insert_range(..);
        let asked = || {
            self.asked(direction, class)
                .iter()
                .filter_map(|&policy| self.policies.get(policy))
        };
        if !asked().any(|policy| policy.tier == Tier::Namespace) {
            return everybody;
        }
        let hosts = self.classes.iter().enumerate().filter(|(_, class)| class.is_host);
        let mut possible = FixedBitSet::with_capacity(self.classes.len());
        possible.extend(hosts.map(|(index, _)| index));
        let rules = asked().flat_map(|policy| policy.rules(direction).unwrap_or_default());
        for rule in rules.filter(|rule| rule.action == Action::Allow) {
            let Some(peers) = &rule.peers else { return everybody };
            for peer in peers {
                match peer {
                    Peer::Pods(pods) => possible.union_with(&pods.classes),
                    Peer::Anywhere(addresses) if is_everything(addresses) => return everybody,
                    Peer::Outside(_) | Peer::Anywhere(_) | Peer::Nodes(..) | Peer::EveryNode(_) => {}
                }
            }
        }
        possible
    }

    /// The workloads that have pods in some of these classes.
    pub(crate) fn elements_in(&self, pods: &Selected) -> BTreeSet<&ElementId> {
        self.groups_in(pods).map(|group| &group.element).collect()
    }

    /// Whether there are pods in some of these classes.
    pub(crate) fn has_pods_in(&self, pods: &Selected) -> bool {
        self.groups_in(pods).next().is_some()
    }

    fn groups_in(&self, pods: &Selected) -> impl Iterator<Item = &PodGroup> {
        let classes = pods.classes.ones().filter_map(|class| self.by_class.get(class));
        classes.flatten().filter_map(|&group| self.groups.get(group))
    }

    /// The ports of a workload's pods at which some address outside is let in.
    pub(crate) fn open_to_outside(&self, to: &ElementId) -> Ports {
        let ranges = self.ranges(Direction::Ingress);
        let mut all = Ports::None;
        for class in self.classes_of(to) {
            for range in &ranges {
                all = all.union(&self.ports_outside(Direction::Ingress, class, range.first));
            }
        }
        all
    }

    /// Whether a pod of a workload may connect to one of these ports of an address outside.
    pub(crate) fn reaches_outside(&self, from: &ElementId, address: IpAddr, ports: &Ports) -> bool {
        self.classes_of(from).into_iter().any(|class| {
            let allowed = self.ports_outside(Direction::Egress, class, Address(address));
            !allowed.intersection(ports).is_empty()
        })
    }

    /// The ports of a workload's pods that a rule is about, whoever connects.
    pub(crate) fn ports_of_rule(&self, rule: &Rule<Selected>, receiver: Option<&ElementId>) -> Ports {
        let Some(receiver) = receiver else {
            return self.ports_meant(rule, None);
        };
        let classes = self.classes_of(receiver).into_iter();
        classes.fold(Ports::None, |all, class| {
            all.union(&self.ports_meant(rule, Some(class)))
        })
    }
}

impl Policy {
    /// Whom it is about.
    pub(crate) fn subject(&self) -> &Selected {
        &self.subject
    }

    /// Its rules of a direction; none where it is not about that.
    pub(crate) fn rules_of(&self, direction: Direction) -> &[Rule<Selected>] {
        self.rules(direction).unwrap_or_default()
    }
}
