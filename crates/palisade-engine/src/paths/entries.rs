//! Where attackers start.

use palisade_knowledge::Holding;

use super::fact::Fact;
use super::graph::{FactId, Graph};
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
    /// Somebody whom a binding names, by mistake: what their own permission does at once.
    Accident,
}

/// A place to start from.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) actor: Actor,
    pub(super) element: ElementId,
    pub(super) start: FactId,
    /// Somebody asked what can be done from just there.
    pub(super) asked: bool,
}

impl Actor {
    /// The word for it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Outsider => "outsider",
            Self::Insider => "insider",
            Self::SupplyChain => "supply-chain",
            Self::CompromisedWorkload => "compromised-workload",
            Self::Accident => "accident",
        }
    }

    /// How often somebody is in that place, against the internet, where somebody always is. Ordinal.
    pub(super) const fn weight(self) -> f64 {
        match self {
            Self::Outsider => 1.0,
            // Most outages are somebody's mistake.
            Self::Accident => 0.5,
            Self::Insider => 0.1,
            Self::SupplyChain | Self::CompromisedWorkload => 0.05,
        }
    }
}

impl Entry {
    /// Whether a search from there takes every rule, or only what an assumed foothold itself gives.
    pub(super) const fn roams(&self) -> bool {
        self.asked || matches!(self.actor, Actor::Outsider | Actor::Insider)
    }
}

/// Every place to start from that leads anywhere.
pub(super) fn entries(graph: &Graph, world: &World<'_>) -> Vec<Entry> {
    let find = |actor, holding, element| entry(actor, holding, element, false, graph);
    let internet = find(Actor::Outsider, Holding::Internet, ElementId::INTERNET.into());
    let people = || world.identities.iter().filter(|identity| is_entry(identity));
    let insiders = people().filter_map(|identity| {
        let actor = if identity.is_anonymous() {
            Actor::Outsider
        } else {
            Actor::Insider
        };
        find(actor, Holding::Identity, identity.element())
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
    let careless = people().filter(|identity| !identity.is_anonymous());
    let accidents = careless.filter_map(|identity| find(Actor::Accident, Holding::Identity, identity.element()));
    internet
        .into_iter()
        .chain(insiders)
        .chain(images)
        .chain(workloads)
        .chain(accidents)
        .collect()
}

/// Every way to hold an element, as a place to start from, the most that it gives first.
pub(super) fn held(element: &ElementId, graph: &Graph) -> Vec<Entry> {
    const WAYS: [(Holding, Actor); 10] = [
        (Holding::Internet, Actor::Outsider),
        (Holding::Workload, Actor::CompromisedWorkload),
        (Holding::Node, Actor::CompromisedWorkload),
        (Holding::Identity, Actor::Insider),
        (Holding::Secret, Actor::Insider),
        (Holding::Image, Actor::SupplyChain),
        (Holding::CloudRole, Actor::Insider),
        (Holding::ClusterAdmin, Actor::Insider),
        (Holding::Data, Actor::CompromisedWorkload),
        (Holding::NodeFiles, Actor::CompromisedWorkload),
    ];
    let ways = WAYS.into_iter();
    ways.filter_map(|(holding, actor)| entry(actor, holding, element.clone(), true, graph))
        .collect()
}

/// A place to start from, if it leads anywhere.
fn entry(actor: Actor, holding: Holding, element: ElementId, asked: bool, graph: &Graph) -> Option<Entry> {
    let start = graph.find(&Fact::Holds(holding, element.clone()))?;
    let leads_on = graph.using(start).next().is_some();
    leads_on.then_some(Entry {
        actor,
        element,
        start,
        asked,
    })
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
