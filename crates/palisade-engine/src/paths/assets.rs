//! What is worth reaching, by default rules.

use std::collections::BTreeSet;

use palisade_knowledge::{Difficulty, Holding, Relation, StoreKind};

use super::fact::Fact;
use super::graph::{FactId, Graph, Rule};
use super::world::World;
use crate::assessment::AssetKind;
use crate::system::ElementId;

/// Something worth reaching.
#[derive(Clone, Debug)]
pub(super) struct Asset {
    pub(super) fact: FactId,
    pub(super) element: ElementId,
    pub(super) kind: AssetKind,
}

/// Technologies that serve models or keep them.
const MODELS: [&str; 9] = [
    "kserve",
    "mlflow",
    "ollama",
    "ray",
    "tensorflow-serving",
    "tgi",
    "torchserve",
    "triton",
    "vllm",
];
/// Technologies that keep source code, or build and deploy from it.
const SOURCE: [&str; 6] = ["argocd", "flux", "gitea", "gitlab", "jenkins", "tekton"];

/// All of them that some rule leads to, in the order of the facts.
pub(super) fn assets(graph: &Graph, world: &World<'_>) -> Vec<Asset> {
    graph
        .facts()
        .filter_map(|(id, fact)| {
            let (holding, element) = fact.shown()?;
            Some(Asset {
                fact: id,
                element: element.clone(),
                kind: kind_of(holding, element, world)?,
            })
        })
        .collect()
}

pub(super) fn kind_of(holding: Holding, id: &ElementId, world: &World<'_>) -> Option<AssetKind> {
    let element = || world.system.element(id.as_str());
    match holding {
        Holding::ClusterAdmin => Some(AssetKind::ClusterAdmin),
        Holding::Node => Some(AssetKind::Node),
        Holding::Secret => Some(AssetKind::Secret),
        Holding::Compute => Some(AssetKind::Compute),
        Holding::Availability => Some(AssetKind::Availability),
        Holding::Data if element()?.store == Some(StoreKind::Registry) => Some(AssetKind::Image),
        Holding::Data => Some(AssetKind::DataStore),
        Holding::Workload => {
            let technology = element()?.technology.as_deref()?;
            let is = |list: &[&str]| list.contains(&technology);
            if is(&MODELS) {
                Some(AssetKind::Model)
            } else {
                is(&SOURCE).then_some(AssetKind::Source)
            }
        }
        _ => None,
    }
}

impl AssetKind {
    /// What it is worth against everything, which is 1. Ordinal.
    pub(super) const fn worth(self) -> f64 {
        match self {
            Self::ClusterAdmin => 1.0,
            Self::Node => 0.9,
            Self::DataStore | Self::Secret | Self::Model | Self::Source | Self::Image => 0.6,
            Self::Compute => 0.06,
            Self::Availability => 0.02,
        }
    }
}

/// The greater asset that holding a fact amounts to. Whoever may do everything in the cluster by one trivial step holds it
/// already.
pub(super) fn greater(fact: &Fact, administrators: &BTreeSet<&Fact>) -> Option<AssetKind> {
    match fact.shown()? {
        (Holding::ClusterAdmin, _) => Some(AssetKind::ClusterAdmin),
        _ if administrators.contains(fact) => Some(AssetKind::ClusterAdmin),
        (Holding::Node, _) => Some(AssetKind::Node),
        _ => None,
    }
}

/// Identities that one trivial step parts from control over the cluster.
pub(super) fn administrators<'g>(graph: &'g Graph, world: &World<'_>) -> BTreeSet<&'g Fact> {
    let is_trivial = |rule: &&Rule| {
        let step = rule.step.and_then(|index| world.steps.get(index));
        step.is_some_and(|step| step.via == Relation::May && step.difficulty == Difficulty::Trivial)
    };
    let gives_all = |rule: &&Rule| {
        matches!(graph.fact(rule.conclusion), Some(Fact::Holds(Holding::ClusterAdmin, _))) && rule.premises.len() == 1
    };
    let rules = graph.written().iter().filter(gives_all).filter(is_trivial);
    rules.filter_map(|rule| graph.fact(*rule.premises.first()?)).collect()
}
