//! What a question is about: who connects to whom.

use std::sync::Arc;

use palisade_inventory::Resource;
use thiserror::Error;

use super::address::{self, Address, Addresses, Range};
use super::controllers::STAND_IN;
use super::decide::{Decision, Other};
use super::intervals::Intervals;
use super::policy::{Direction, Peer};
use super::ports::Ports;
use super::{Network, PodGroup};
use crate::system::{ElementId, Resources};

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Pods, by the numbers of their groups. Never empty.
    Pods(Vec<usize>),
    /// Addresses outside the cluster.
    Outside(Addresses),
}

/// Why an end is not clear.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unclear {
    /// Nothing is called so.
    #[error("nothing here is called `{0}`")]
    Unknown(String),
    /// Several things are.
    #[error("`{name}` may be any of {}", .candidates.join(", "))]
    Several {
        /// What was asked for.
        name: String,
        /// Ids that tell them apart.
        candidates: Vec<String>,
    },
}

/// What comes of a question, for one pair of ends that policies treat alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The source: a workload or a range of addresses.
    pub from: String,
    /// The target.
    pub to: String,
    /// The ports that get through.
    pub ports: Ports,
    /// What the source's policies say; none for what is outside.
    pub egress: Option<Decision>,
    /// What the target's policies say; none for what is outside.
    pub ingress: Option<Decision>,
}

/// A piece of an end that policies treat alike.
#[derive(Clone, Copy)]
enum Piece<'n> {
    Pods(&'n PodGroup),
    Outside(Range),
}

impl Network {
    /// Finds an end: an element's id (`Deployment/shop/web`), a pod's name, `namespace/name`, a name,
    /// `External/internet`, `internet` where nothing else is called so, an address or a range of them,
    /// `ingress-controller`.
    pub fn end(&self, text: &str, resources: &Resources) -> Result<End, Unclear> {
        let outside = text.strip_prefix("External/").unwrap_or(text);
        if text == ElementId::INTERNET {
            return Ok(End::Outside(self.everywhere()));
        }
        if let Some(addresses) = address::parse(outside) {
            return Ok(End::Outside(addresses));
        }
        let matching = |is_it: &dyn Fn(&PodGroup) -> bool| -> Vec<usize> {
            let groups = self.groups.iter().enumerate();
            groups
                .filter(|(_, group)| is_it(group))
                .map(|(index, _)| index)
                .collect()
        };
        if outside == "ingress-controller" || text == STAND_IN {
            return Ok(End::Pods(matching(&|group| &*group.shown == STAND_IN)));
        }
        let exact = matching(&|group| group.element.as_str() == text || &*group.shown == text);
        if !exact.is_empty() {
            return Ok(End::Pods(exact));
        }
        let (namespace, name) = match text.split('/').collect::<Vec<_>>()[..] {
            ["Pod", namespace, name] | [namespace, name] => (Some(namespace), name),
            [name] => (None, name),
            _ => return Err(Unclear::Unknown(text.to_owned())),
        };
        let is_in = |of: &str| namespace.is_none_or(|namespace| namespace == of);
        let pods = resources
            .of_kind("Pod")
            .filter(|pod| &*pod.id.name == name && is_in(&pod.id.namespace));
        let pods: Vec<&Arc<Resource>> = pods.collect();
        let by_workload = |group: &PodGroup| {
            let is_named = |id: &str| id.rsplit('/').next() == Some(name);
            is_in(&group.namespace)
                && (is_named(group.element.as_str())
                    || group.shown.rsplit_once('[').is_some_and(|(shown, _)| is_named(shown)))
        };
        let found = matching(&|group| by_workload(group) || pods.iter().any(|pod| group.holds(pod)));
        let mut candidates: Vec<String> = found
            .iter()
            .filter_map(|&index| Some(self.groups.get(index)?.element.to_string()))
            .collect();
        candidates.sort();
        candidates.dedup();
        match candidates.len() {
            0 if text == "internet" => Ok(End::Outside(self.everywhere())),
            0 => Err(Unclear::Unknown(text.to_owned())),
            1 => Ok(End::Pods(found)),
            _ => Err(Unclear::Several {
                name: text.to_owned(),
                candidates,
            }),
        }
    }

    /// Ids that [`Network::end`] finds, in the order of their groups.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let groups = self.groups.iter().filter(|group| &*group.shown != STAND_IN);
        groups.map(|group| group.element.as_str())
    }

    /// What policies say of connections from one end to the other, a pair of pieces that they treat alike each. None
    /// between addresses outside: that is nobody's business here.
    pub fn between(&self, from: &End, to: &End) -> Vec<Answer> {
        let sources = self.pieces(from, Direction::Ingress);
        let targets = self.pieces(to, Direction::Egress);
        let pairs = sources
            .iter()
            .flat_map(|source| targets.iter().map(move |target| (*source, *target)));
        pairs
            .filter_map(|(source, target)| self.answer(source, target))
            .collect()
    }

    /// All addresses outside that policies may name: version 4, and 6 where some policy knows of it.
    fn everywhere(&self) -> Addresses {
        let is_6 = |addresses: &Addresses| addresses.iter().any(|(first, _)| first.0.is_ipv6());
        let both = Direction::BOTH
            .into_iter()
            .any(|direction| self.blocks(direction).any(is_6));
        if both {
            address::everything_v4().union(&address::everything_v6())
        } else {
            address::everything_v4()
        }
    }

    /// The ranges outside that policies tell apart in a direction.
    pub(super) fn ranges(&self, direction: Direction) -> Vec<Range> {
        address::cut(&self.everywhere(), self.blocks(direction))
    }

    /// The sets of addresses that the rules of a direction name.
    fn blocks(&self, direction: Direction) -> impl Iterator<Item = &Addresses> {
        let rules = self
            .policies
            .iter()
            .filter_map(move |policy| policy.rules(direction))
            .flatten();
        rules
            .flat_map(|rule| rule.peers.iter().flatten())
            .filter_map(|peer| match peer {
                Peer::Outside(addresses)
                | Peer::Anywhere(addresses)
                | Peer::Nodes(_, addresses)
                | Peer::EveryNode(addresses) => Some(addresses),
                Peer::Pods(_) => None,
            })
    }

    /// `direction` is that of the rules which see this end as a peer.
    fn pieces(&self, end: &End, direction: Direction) -> Vec<Piece<'_>> {
        match end {
            End::Pods(groups) => groups
                .iter()
                .filter_map(|&index| self.groups.get(index))
                .map(Piece::Pods)
                .collect(),
            End::Outside(addresses) => {
                let ranges = address::cut(addresses, self.blocks(direction));
                ranges.into_iter().map(Piece::Outside).collect()
            }
        }
    }

    fn answer(&self, source: Piece<'_>, target: Piece<'_>) -> Option<Answer> {
        let other = |piece| match piece {
            Piece::Pods(group) => Other::Pods(group.class),
            Piece::Outside(range) => Other::Outside(range.first),
        };
        let class = |piece| match piece {
            Piece::Pods(group) => Some(group.class),
            Piece::Outside(_) => None,
        };
        let is_own_node = match (source, target) {
            (Piece::Pods(source), Piece::Pods(target)) => self.is_own_node(source, target),
            _ => false,
        };
        let (from, to) = (class(source), class(target));
        let egress = from.map(|from| self.decide(Direction::Egress, from, other(target), to, is_own_node));
        let ingress = to.map(|to| self.decide(Direction::Ingress, to, other(source), Some(to), is_own_node));
        let ports = match (&egress, &ingress) {
            (None, None) => return None,
            (Some(one), None) | (None, Some(one)) => one.ports.clone(),
            (Some(egress), Some(ingress)) => egress.ports.intersection(&ingress.ports),
        };
        let name = |piece| match piece {
            Piece::Pods(group) => group.element.to_string(),
            Piece::Outside(range) => format!("External/{range}"),
        };
        Some(Answer {
            from: name(source),
            to: name(target),
            ports,
            egress,
            ingress,
        })
    }

    /// Whether one is in the node's network on which the other may run.
    pub(super) fn is_own_node(&self, source: &PodGroup, target: &PodGroup) -> bool {
        let is_host = |group: &PodGroup| self.classes.get(group.class).is_some_and(|class| class.is_host);
        (is_host(source) || is_host(target))
            && (source.nodes.is_empty() || target.nodes.is_empty() || !source.nodes.is_disjoint(&target.nodes))
    }

    /// The ports that get through from pods of one class to pods of another.
    pub(super) fn ports_between(&self, from: usize, to: usize) -> Ports {
        let is_own_node = self.may_be_own_node(from, to);
        let egress = self.decide(Direction::Egress, from, Other::Pods(to), Some(to), is_own_node);
        if egress.ports.is_empty() {
            return Ports::None;
        }
        let ingress = self.decide(Direction::Ingress, to, Other::Pods(from), Some(to), is_own_node);
        egress.ports.intersection(&ingress.ports)
    }

    /// The ports that get through between pods of a class and an address outside.
    pub(super) fn ports_outside(&self, direction: Direction, class: usize, address: Address) -> Ports {
        let receiver = (direction == Direction::Ingress).then_some(class);
        self.decide(direction, class, Other::Outside(address), receiver, false)
            .ports
    }
}

/// All of these addresses, as an end.
impl From<Addresses> for End {
    fn from(addresses: Intervals<Address>) -> Self {
        Self::Outside(addresses)
    }
}
