//! Lanes: each area of the cluster has one of its own. Areas without flows share the shelves below.

use std::collections::BTreeMap;

use super::rank::Ranks;
use crate::diagram::graph::{Edge, Graph, Zone};

/// Rounds of swapping neighbours; more than areas there are changes nothing.
const ROUNDS: usize = 64;

/// Which lane each area of the cluster is in, the highest first.
pub(super) struct Lanes {
    /// Lane of each area; none outside the cluster.
    lane: Vec<Option<usize>>,
    /// Nodes without flows of each area.
    grids: Vec<Vec<usize>>,
    /// Lanes that have flows; those after have none.
    pub(super) joined: usize,
    /// All lanes.
    pub(super) count: usize,
}

impl Lanes {
    /// Orders the areas so that lines between them are short.
    pub(super) fn new(graph: &Graph, ranks: &Ranks) -> Self {
        let mut grids = vec![Vec::new(); graph.areas.len()];
        let mut has_flows = vec![false; graph.areas.len()];
        for (index, node) in graph.nodes.iter().enumerate() {
            match ranks.column.get(index) {
                Some(Some(_)) => {
                    if let Some(has_flows) = has_flows.get_mut(node.area) {
                        *has_flows = true;
                    }
                }
                _ => {
                    if let Some(grid) = grids.get_mut(node.area) {
                        grid.push(index);
                    }
                }
            }
        }
        let in_cluster = |area: &usize| graph.areas.get(*area).is_some_and(|area| area.zone == Zone::Cluster);
        let with_flows = |area: &usize| has_flows.get(*area) == Some(&true);
        let areas: Vec<usize> = (0..graph.areas.len()).filter(in_cluster).collect();
        let joined: Vec<usize> = shortened(graph, areas.iter().copied().filter(with_flows).collect());
        let mut quiet: Vec<usize> = areas.into_iter().filter(|area| !with_flows(area)).collect();
        // Large ones first, so that shelves fill up.
        quiet.sort_by_key(|area| (std::cmp::Reverse(grids.get(*area).map_or(0, Vec::len)), *area));
        let mut lane = vec![None; graph.areas.len()];
        for (at, area) in joined.iter().chain(&quiet).enumerate() {
            if let Some(lane) = lane.get_mut(*area) {
                *lane = Some(at);
            }
        }
        Self {
            lane,
            grids,
            joined: joined.len(),
            count: joined.len() + quiet.len(),
        }
    }

    /// The lane of an area; none outside the cluster.
    pub(super) fn of_area(&self, area: usize) -> Option<usize> {
        self.lane.get(area).copied().flatten()
    }

    /// The lane of a node; outside the cluster there is but one.
    pub(super) fn of_node(&self, graph: &Graph, node: usize) -> usize {
        graph
            .nodes
            .get(node)
            .and_then(|node| self.of_area(node.area))
            .unwrap_or(0)
    }

    /// The lane in which a line passes columns: its caller's, or that of the end inside the cluster.
    pub(super) fn of_edge(&self, graph: &Graph, edge: &Edge) -> usize {
        let of = |node: usize| graph.nodes.get(node).and_then(|node| self.of_area(node.area));
        of(edge.from).or_else(|| of(edge.to)).unwrap_or(0)
    }

    /// The area in a lane and its nodes without flows.
    pub(super) fn grid(&self, lane: usize) -> &[usize] {
        let area = self.lane.iter().position(|of_area| *of_area == Some(lane));
        area.and_then(|area| self.grids.get(area)).map_or(&[], Vec::as_slice)
    }

    /// Nodes without flows in the area that has the most of them.
    pub(super) fn widest_grid(&self) -> usize {
        (0..self.count).map(|lane| self.grid(lane).len()).max().unwrap_or(0)
    }
}

/// The areas in an order in which joined ones are near each other: neighbours swap while that helps.
fn shortened(graph: &Graph, mut areas: Vec<usize>) -> Vec<usize> {
    let mut weight: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for edge in &graph.edges {
        let area = |node: usize| graph.nodes.get(node).map(|node| node.area);
        if let (Some(from), Some(to)) = (area(edge.from), area(edge.to))
            && from != to
        {
            *weight.entry((from.min(to), from.max(to))).or_default() += 1;
        }
    }
    let length = |areas: &[usize]| -> usize {
        let place: BTreeMap<usize, usize> = areas.iter().enumerate().map(|(at, &area)| (area, at)).collect();
        weight
            .iter()
            .filter_map(|((a, b), weight)| Some(place.get(a)?.abs_diff(*place.get(b)?) * weight))
            .sum()
    };
    let mut best = length(&areas);
    for _ in 0..ROUNDS {
        let before = best;
        for at in 1..areas.len() {
            areas.swap(at - 1, at);
            let swapped = length(&areas);
            if swapped < best {
                best = swapped;
            } else {
                areas.swap(at - 1, at);
            }
        }
        if best == before {
            break;
        }
    }
    areas
}
