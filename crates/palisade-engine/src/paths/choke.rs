//! Marks the choke points of routes.

use std::collections::BTreeMap;

use super::allowed::Allowed;
use super::cut::Cuts;
use super::entries::Actor;
use super::graph::{FactId, Graph};
use super::landmarks::Landmarks;
use super::routes::Route;

/// Premises that may be looked at for one system: about a tenth of a second.
const BUDGET: usize = 10_000_000;

/// Finds the choke points of every route, the worst routes first. Gives whether all were looked into.
pub(super) fn mark(graph: &Graph, cuts: &Cuts<'_>, allowed: &Allowed, routes: &mut [Route]) -> bool {
    let mut by_entry: BTreeMap<(FactId, Actor), Vec<usize>> = BTreeMap::new();
    let mut order: Vec<(FactId, Actor)> = Vec::new();
    for (index, route) in routes.iter().enumerate() {
        let from = (route.entry.start, route.entry.actor);
        let of_entry = by_entry.entry(from).or_default();
        if of_entry.is_empty() {
            order.push(from);
        }
        of_entry.push(index);
    }
    let mut budget = BUDGET;
    for from in order {
        let of_entry = by_entry.get(&from).map(Vec::as_slice).unwrap_or_default();
        let Some(entry) = of_entry.first().and_then(|index| routes.get(*index)) else {
            continue;
        };
        let entry = entry.entry.clone();
        let takes = |rule| allowed.takes(&entry, rule);
        let Some(landmarks) = Landmarks::find(graph, cuts, entry.start, takes, &mut budget) else {
            return false;
        };
        for &index in of_entry {
            if let Some(route) = routes.get_mut(index) {
                let on_the_way = route.derived.rules().filter_map(|rule| cuts.of(rule));
                let found = on_the_way.filter(|cut| landmarks.has(route.asset, *cut)).collect();
                route.choke_points = Some(found);
            }
        }
    }
    true
}
