//! What the compromise of one element gives.

use palisade_knowledge::Holding;
use schemars::JsonSchema;
use serde::Serialize;

use super::allowed::Allowed;
use super::assets::kind_of;
use super::attack_graph::AttackGraph;
use super::derive::{derive, rounded};
use super::entries::{Entry, held};
use super::search::Searcher;
use crate::assessment::{AssetKind, PathStep};
use crate::system::ElementId;

/// All that whoever holds an element may come to hold.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BlastRadius {
    /// The element.
    pub element: ElementId,
    /// In which way it is held at first: `workload`, `identity`, `node` …
    pub holding: Holding,
    /// What follows, the most likely first; each but the first ones comes from another one before it.
    pub gains: Vec<Gain>,
}

/// Something that follows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Gain {
    /// What is held then.
    pub element: ElementId,
    /// In which way.
    pub holding: Holding,
    /// Why it is worth reaching, if it is by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset_kind: Option<AssetKind>,
    /// The chance that one determined attempt gets this far, 0 to 1. Ordinal, as that of paths.
    pub likelihood: f64,
    /// How many steps it takes.
    pub steps: usize,
    /// The last of them.
    pub last: PathStep,
}

impl AttackGraph<'_> {
    /// What the compromise of an element gives; none where no attack step starts from it or leads to it.
    pub fn blast_radius(&self, element: &str) -> Option<BlastRadius> {
        let element = ElementId::new(element);
        let Some(entry) = held(&element, &self.graph).into_iter().next() else {
            // Something that can be held and leads nowhere.
            let mut shown = self.graph.facts().filter_map(|(_, fact)| fact.shown());
            let (holding, _) = shown.find(|(_, held)| **held == element)?;
            return Some(BlastRadius {
                element,
                holding,
                gains: Vec::new(),
            });
        };
        let (holding, _) = self.graph.fact(entry.start)?.shown()?;
        Some(BlastRadius {
            gains: self.gains(&entry),
            element,
            holding,
        })
    }

    fn gains(&self, entry: &Entry) -> Vec<Gain> {
        let allowed = Allowed::new(&self.graph, &self.world, |_| false);
        let mut searcher = Searcher::new(&self.graph);
        searcher.search(entry.start, |rule| allowed.takes(entry, rule));
        let mut gains: Vec<Gain> = self
            .graph
            .facts()
            .filter(|(id, _)| *id != entry.start && searcher.cost(*id).is_some())
            .filter_map(|(id, fact)| {
                let (holding, element) = fact.shown()?;
                let derived = derive(id, &self.graph, &searcher);
                Some(Gain {
                    element: element.clone(),
                    holding,
                    asset_kind: kind_of(holding, element, &self.world),
                    likelihood: rounded(derived.likelihood),
                    steps: derived.steps.len(),
                    last: derived.shown_step(derived.steps.len().checked_sub(1)?, &self.graph, &self.world)?,
                })
            })
            .collect();
        gains.sort_by(|a, b| {
            let key = |gain: &Gain| (gain.steps, gain.holding, gain.element.clone());
            b.likelihood.total_cmp(&a.likelihood).then_with(|| key(a).cmp(&key(b)))
        });
        gains
    }
}
