//! One direction of one connection: which ports policies let through, and which rules said so.

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use palisade_inventory::FieldPath;

use super::address::{Address, Addresses, everything_v4, everything_v6};
use super::policy::{Action, Direction, Peer, PortMatch, Rule, Selected, Tier};
use super::ports::Ports;
use super::{Network, Policy};
use crate::system::Evidence;

/// Who is at the other end, as rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// Pods of this class.
    Pods(usize),
    /// An address outside the cluster.
    Outside(Address),
}

/// What one direction comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The ports that get through, at the target.
    pub ports: Ports,
    /// What decided, in the order in which it was asked. Together they are about every port.
    pub because: Vec<Because>,
}

/// Something that decided about ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The direction in which it was asked.
    pub direction: Direction,
    /// The ports that it decided about.
    pub ports: Ports,
    /// What it said.
    pub verdict: Verdict,
}

/// What decided, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// A rule: policy and rule by number.
    Rule(usize, usize, Action),
    /// This policy and maybe others select the pods, and no rule lets it through.
    Isolated(usize),
    /// No policy decides: allowed.
    Default,
    /// The pods are in their node's network: policies don't apply.
    HostNetwork,
    /// Between a pod and its own node everything gets through.
    OwnNode,
}

impl Verdict {
    /// Whether it lets through.
    pub const fn allows(self) -> bool {
        match self {
            Self::Rule(_, _, action) => matches!(action, Action::Allow),
            Self::Isolated(_) => false,
            Self::Default | Self::HostNetwork | Self::OwnNode => true,
        }
    }
}

impl Network {
    /// What the policies of `subject` say of a connection with `other`. Named ports are those of `receiver`.
    pub(super) fn decide(
        &self,
        direction: Direction,
        subject: usize,
        other: Other,
        receiver: Option<usize>,
        is_own_node: bool,
    ) -> Decision {
        let mut open = Open {
            network: self,
            direction,
            other,
            receiver,
            left: Ports::All,
            decision: Decision::default(),
        };
        if self.classes.get(subject).is_some_and(|class| class.is_host) {
            open.settle(&Ports::All, Verdict::HostNetwork);
            return open.decision;
        }
        let asked = self.asked(direction, subject);
        open.ask_tier(asked, Tier::Admin);
        open.ask_namespace(asked, is_own_node);
        open.ask_tier(asked, Tier::Baseline);
        open.settle(&Ports::All, Verdict::Default);
        open.decision
    }

    /// The place of what decided; none where nothing did.
    pub fn evidence(&self, because: &Because) -> Option<Evidence> {
        let (policy, path, note) = match because.verdict {
            Verdict::Rule(policy, rule, action) => {
                let policy = self.policies.get(policy)?;
                let rule = policy.rules(because.direction)?.get(rule)?;
                let verb = match action {
                    Action::Allow => "allows",
                    Action::Deny => "denies",
                    Action::Pass => "passes on",
                };
                (
                    policy,
                    rule.path.clone(),
                    format!("{} {verb} {}", policy.told(), because.ports),
                )
            }
            Verdict::Isolated(policy) => {
                let policy = self.policies.get(policy)?;
                let note = format!("{} isolates it, and no rule allows {}", policy.told(), because.ports);
                (policy, FieldPath::parse("spec.podSelector"), note)
            }
            Verdict::Default | Verdict::HostNetwork | Verdict::OwnNode => return None,
        };
        Some(policy.at(&path, note))
    }
}

impl Policy {
    /// Evidence at one of its fields.
    pub(crate) fn at(&self, path: &FieldPath, note: impl Into<String>) -> Evidence {
        Evidence::at(&self.resource.content_file, &self.resource.content, path, note)
    }
}

/// A connection that is being decided.
struct Open<'n> {
    network: &'n Network,
    direction: Direction,
    other: Other,
    receiver: Option<usize>,
    /// Ports that nothing has decided about.
    left: Ports,
    decision: Decision,
}

impl Open<'_> {
    /// The rules of cluster policies in order: the first that matches a port decides, unless it passes it on.
    fn ask_tier(&mut self, asked: &[usize], tier: Tier) {
        let mut passed = Ports::None;
        for (index, policy) in Self::of_tier(self.network, asked, tier) {
            for (number, rule) in policy.rules(self.direction).unwrap_or_default().iter().enumerate() {
                if self.left.is_empty() {
                    break;
                }
                let matched = self.matched(rule);
                if rule.action == Action::Pass {
                    let matched = matched.intersection(&self.left);
                    self.left = self.left.difference(&matched);
                    passed = passed.union(&matched);
                } else {
                    self.settle(&matched, Verdict::Rule(index, number, rule.action));
                }
            }
        }
        self.left = self.left.union(&passed);
    }

    /// NetworkPolicies: what any rule allows is allowed, and nothing else once one selects the pods.
    fn ask_namespace(&mut self, asked: &[usize], is_own_node: bool) {
        let policies: Vec<_> = Self::of_tier(self.network, asked, Tier::Namespace).collect();
        let Some(&(first, _)) = policies.first() else { return };
        if is_own_node {
            return self.settle(&Ports::All, Verdict::OwnNode);
        }
        for (index, policy) in policies {
            for (number, rule) in policy.rules(self.direction).unwrap_or_default().iter().enumerate() {
                let matched = self.matched(rule);
                self.settle(&matched, Verdict::Rule(index, number, Action::Allow));
            }
        }
        self.settle(&Ports::All, Verdict::Isolated(first));
    }

    fn of_tier<'p>(network: &'p Network, asked: &'p [usize], tier: Tier) -> impl Iterator<Item = (usize, &'p Policy)> {
        let known = asked
            .iter()
            .filter_map(|&index| Some((index, network.policies.get(index)?)));
        known.filter(move |(_, policy)| policy.tier == tier)
    }

    /// Decides about those of these ports that nothing has decided about.
    fn settle(&mut self, ports: &Ports, verdict: Verdict) {
        let ports = ports.intersection(&self.left);
        if ports.is_empty() {
            return;
        }
        self.left = self.left.difference(&ports);
        if verdict.allows() {
            self.decision.ports = self.decision.ports.union(&ports);
        }
        self.decision.because.push(Because {
            direction: self.direction,
            ports,
            verdict,
        });
    }

    /// The ports that a rule is about, as far as it is about the other end.
    fn matched(&self, rule: &Rule<Selected>) -> Ports {
        let is_met = rule.peers.as_ref().is_none_or(|peers| {
            let mut peers = peers.iter();
            peers.any(|peer| self.network.is_met(peer, self.other, rule.action))
        });
        if !is_met {
            return Ports::None;
        }
        self.network.ports_meant(rule, self.receiver)
    }
}

impl Network {
    /// The ports that a rule is about at a receiver.
    pub(super) fn ports_meant(&self, rule: &Rule<Selected>, receiver: Option<usize>) -> Ports {
        let Some(ports) = &rule.ports else { return Ports::All };
        let each = ports.iter().map(|port| match port {
            PortMatch::Numbers(ports) => ports.clone(),
            PortMatch::Named(protocol, name) => {
                let receiver = receiver.and_then(|class| self.classes.get(class));
                let named = receiver
                    .and_then(|class| class.named_ports.get(name))
                    .into_iter()
                    .flatten();
                let named = named.filter(|(one, _)| protocol.is_none_or(|wanted| wanted == *one));
                named.fold(Ports::None, |all, &(protocol, port)| {
                    all.union(&Ports::one(protocol, port))
                })
            }
        });
        each.fold(Ports::None, |all, one| all.union(&one))
    }

    fn is_met(&self, peer: &Peer<Selected>, other: Other, action: Action) -> bool {
        match (peer, other) {
            (Peer::Pods(pods), Other::Pods(class)) => pods.classes.contains(class),
            (Peer::Pods(_), Other::Outside(_)) => false,
            (
                Peer::Outside(addresses)
                | Peer::Anywhere(addresses)
                | Peer::Nodes(_, addresses)
                | Peer::EveryNode(addresses),
                Other::Outside(address),
            ) => addresses.contains(address),
            (Peer::Outside(addresses), Other::Pods(class)) => self.is_at(addresses, class, action),
            (Peer::Anywhere(addresses), Other::Pods(class)) => match self.host_addresses.get(&class) {
                Some(_) => self.is_at(addresses, class, action),
                // Nobody knows the addresses of pods, unless the range is all there are.
                None => is_everything(addresses),
            },
            (Peer::EveryNode(_), Other::Pods(class)) => self.host_addresses.contains_key(&class),
            (Peer::Nodes(names, _), Other::Pods(class)) => {
                let Some(host) = self.classes.get(class).filter(|class| class.is_host) else {
                    return false;
                };
                let on: Vec<&Arc<str>> = host
                    .nodes
                    .iter()
                    .flat_map(FixedBitSet::ones)
                    .filter_map(|node| self.node_names.get(node))
                    .collect();
                !on.is_empty() && holds_for(on.into_iter().map(|node| names.contains(node)), action)
            }
        }
    }

    /// Whether pods in their node's network are at these addresses.
    fn is_at(&self, addresses: &Addresses, class: usize, action: Action) -> bool {
        let Some(nodes) = self.host_addresses.get(&class) else {
            return false;
        };
        if is_everything(addresses) {
            return true;
        }
        let within = |node: &Addresses| !node.is_empty() && !node.intersection(addresses).is_empty();
        !nodes.is_empty() && holds_for(nodes.iter().map(within), action)
    }
}

/// Of pods on several nodes: one that is let through is enough, and all must be kept out.
fn holds_for(mut each: impl Iterator<Item = bool>, action: Action) -> bool {
    match action {
        Action::Allow => each.any(|one| one),
        Action::Deny | Action::Pass => each.all(|one| one),
    }
}

pub(super) fn is_everything(addresses: &Addresses) -> bool {
    [everything_v4(), everything_v6()]
        .iter()
        .any(|all| all.difference(addresses).is_empty())
}
