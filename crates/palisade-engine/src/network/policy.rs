//! What a policy says, whichever kind of object says it.

use std::sync::Arc;

use fixedbitset::FixedBitSet;
use palisade_inventory::{FieldPath, Resource};

use super::address::Addresses;
use super::ports::{Ports, Protocol};
use crate::kube::Selector;

/// Which way traffic goes, seen from the pods that a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To them.
    Ingress,
    /// From them.
    Egress,
}

impl Direction {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Ingress, Self::Egress];

    /// The field that holds the rules.
    pub(crate) const fn rules(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    /// The field of a rule that holds the peers.
    pub(crate) const fn peers(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }

    /// As `policyTypes` names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }
}

/// When a policy is asked: the first tier that decides has decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// `AdminNetworkPolicy`, and `ClusterNetworkPolicy` of this tier.
    Admin,
    /// `NetworkPolicy`: decides everything about the pods that it selects.
    Namespace,
    /// `BaselineAdminNetworkPolicy`, and `ClusterNetworkPolicy` of this tier.
    Baseline,
}

/// What a rule does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Lets it through.
    Allow,
    /// Drops it.
    Deny,
    /// Leaves it to the next tier.
    Pass,
}

/// A policy as it is written. What it selects is known once the pods are.
#[derive(Debug)]
pub(super) struct Written<'a> {
    pub(super) resource: &'a Arc<Resource>,
    pub(super) tier: Tier,
    /// Lower comes first. Only within the tiers of cluster policies.
    pub(super) priority: i64,
    pub(super) subject: PodSet<'a>,
    /// The rules of each direction that it is about.
    pub(super) ingress: Option<Vec<Rule<PodSet<'a>>>>,
    pub(super) egress: Option<Vec<Rule<PodSet<'a>>>>,
}

impl<'a> Written<'a> {
    pub(super) fn rules(&self, direction: Direction) -> Option<&[Rule<PodSet<'a>>]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}

/// One rule. `P` is how pods are named: by selectors, later by the classes that they select.
#[derive(Clone, Debug)]
pub(crate) struct Rule<P> {
    pub(crate) action: Action,
    /// Whom it is about; none: everybody.
    pub(crate) peers: Option<Vec<Peer<P>>>,
    /// Which ports; none: all of them.
    pub(crate) ports: Option<Vec<PortMatch>>,
    /// Where it is written.
    pub(crate) path: FieldPath,
}

/// Whom a rule is about.
#[derive(Clone, Debug)]
pub(crate) enum Peer<P> {
    /// Pods. Those in their node's network are not among them.
    Pods(P),
    /// Addresses outside the cluster: an `ipBlock`.
    Outside(Addresses),
    /// Addresses wherever they are: `networks`.
    Anywhere(Addresses),
    /// Nodes of these names and what addresses they have.
    Nodes(Vec<Arc<str>>, Addresses),
    /// Every node, known or not.
    EveryNode(Addresses),
}

/// The classes of pods that a selector means.
#[derive(Clone, Debug)]
pub(crate) struct Selected {
    pub(crate) classes: Arc<FixedBitSet>,
    /// It asks for something, rather than simply for everything.
    pub(crate) is_named: bool,
}

/// Which pods a selector means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PodSet<'a> {
    pub(super) namespaces: NamespaceSet<'a>,
    pub(super) pods: Selector<'a>,
}

impl PodSet<'_> {
    /// Whether it asks for something beyond the policy's own namespace.
    pub(crate) fn is_named(&self) -> bool {
        let everywhere = match &self.namespaces {
            NamespaceSet::This(_) => true,
            NamespaceSet::With(selector) => *selector == Selector::Everything,
        };
        !everywhere || self.pods != Selector::Everything
    }
}

/// Which namespaces a selector means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NamespaceSet<'a> {
    /// The policy's own.
    This(&'a str),
    /// Those with such labels.
    With(Selector<'a>),
}

/// Ports that a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PortMatch {
    /// By number.
    Numbers(Ports),
    /// Whatever the receiving pod calls by this name; of this protocol, if one is given.
    Named(Option<Protocol>, Box<str>),
}
