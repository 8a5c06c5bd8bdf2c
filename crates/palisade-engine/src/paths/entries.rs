//! Where attackers start.

use palisade_knowledge::{Holding, Relation};

use super::fact::Fact;
use super::graph::{FactId, Graph, Rule};
use super::world::World;
use crate::rbac::Identity;
use crate::system::ElementId;

/// Who attacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Actor {
    /// Anybody on the internet.
    Outsider,
    /// Somebody whom a binding names, or who took their credentials.
    Insider,
    /// Whoever controls an image that is not pinned.
    SupplyChain,
    /// Whoever got into one workload, however that was.
    CompromisedWorkload,
}

/// A place to start from.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) actor: Actor,
    pub(super) element: ElementId,
    pub(super) start: FactId,
}

impl Actor {
    /// The word for it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Outsider => "outsider",
            Self::Insider => "insider",
            Self::SupplyChain => "supply-chain",
            Self::CompromisedWorkload => "compromised-workload",
        }
    }

    /// How often somebody is in that place, against the internet, where somebody always is. Ordinal.
    pub(super) const fn weight(self) -> f64 {
        match self {
            Self::Outsider => 1.0,
            Self::Insider => 0.1,
            Self::SupplyChain | Self::CompromisedWorkload => 0.05,
        }
    }

    /// Whether a search from there takes every rule, or only those of [`is_local`].
    pub(super) const fn roams(self) -> bool {
        matches!(self, Self::Outsider | Self::Insider)
    }
}

/// Whether a rule counts from an assumed foothold: only what that foothold itself gives does. Breaking into further
/// workloads is told from the outside, and what full control gives needs no telling.
pub(super) fn is_local(rule: &Rule, graph: &Graph, world: &World<'_>) -> bool {
    let step = rule.step.and_then(|index| world.steps.get(index));
    let breaks_in = step.is_some_and(|step| {
        matches!(step.via, Relation::Reaches | Relation::Exposes) || step.from == Holding::Connection
    });
    let mut premises = rule.premises.iter().filter_map(|premise| graph.fact(*premise));
    !breaks_in && !premises.any(|premise| matches!(premise, Fact::Holds(Holding::ClusterAdmin, _)))
}

/// Every place to start from that leads anywhere.
pub(super) fn entries(graph: &Graph, world: &World<'_>) -> Vec<Entry> {
    let find = |actor, holding, element: ElementId| {
        let start = graph.find(&Fact::Holds(holding, element.clone()))?;
        let leads_on = !graph.using(start).is_empty();
        leads_on.then_some(Entry { actor, element, start })
    };
    let internet = find(Actor::Outsider, Holding::Internet, ElementId::INTERNET.into());
    let people = world.identities.iter().filter_map(|identity| {
        let actor = if identity.is_anonymous() {
            Actor::Outsider
        } else {
            Actor::Insider
        };
        is_entry(identity).then(|| find(actor, Holding::Identity, identity.element()))?
    });
    let images = world
        .images
        .iter()
        .filter_map(|image| find(Actor::SupplyChain, Holding::Image, image.clone()));
    let workloads = world.workloads.iter().filter_map(|workload| {
        find(
            Actor::CompromisedWorkload,
            Holding::Workload,
            workload.element.id.clone(),
        )
    });
    internet
        .into_iter()
        .chain(people)
        .chain(images)
        .chain(workloads)
        .collect()
}

/// People and groups of people. What Kubernetes itself runs as is none, nor is a service account: code runs as those.
fn is_entry(identity: &Identity) -> bool {
    match identity {
        Identity::ServiceAccount { .. } => false,
        Identity::User(name) => identity.is_anonymous() || !name.starts_with("system:"),
        Identity::Group(name) => {
            identity.is_anonymous() || &**name == "system:authenticated" || !name.starts_with("system:")
        }
    }
}
