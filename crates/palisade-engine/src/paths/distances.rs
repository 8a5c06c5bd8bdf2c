//! How far it is from each sort of actor to each asset: one search for each sort, from all its entry points at once.

use std::collections::BTreeMap;

use super::allowed::Allowed;
use super::assets::assets;
use super::attack_graph::AttackGraph;
use super::entries::{Actor, Entry, entries};
use super::graph::FactId;
use super::search::Searcher;
use crate::assessment::Distance;

impl AttackGraph<'_> {
    /// How far it is from each sort of actor to each asset that one of them can reach, by asset and actor.
    pub fn distances(&self) -> Vec<Distance> {
        let (graph, world) = (&self.graph, &self.world);
        let allowed = Allowed::new(graph, world, |_| false);
        let assets = assets(graph, world);
        let mut by_actor: BTreeMap<Actor, Vec<Entry>> = BTreeMap::new();
        for entry in entries(graph, world) {
            by_actor.entry(entry.actor).or_default().push(entry);
        }
        let mut searcher = Searcher::new(graph);
        let mut distances = Vec::new();
        for (actor, entries) in by_actor {
            let Some(any) = entries.first() else { continue };
            let starts: Vec<FactId> = entries.iter().map(|entry| entry.start).collect();
            searcher.search_from(&starts, u64::MAX, |rule| allowed.takes(any, rule));
            for asset in &assets {
                if let Some(found) = searcher.cost(asset.fact).filter(|found| found.steps > 0) {
                    distances.push(Distance {
                        asset: asset.element.clone(),
                        asset_kind: asset.kind,
                        actor: actor.as_str().to_owned(),
                        cost: found.cost,
                        steps: found.steps,
                    });
                }
            }
        }
        distances.sort_by(|a, b| {
            let key = |distance: &Distance| (distance.asset.clone(), distance.asset_kind, distance.actor.clone());
            key(a).cmp(&key(b))
        });
        distances
    }
}
