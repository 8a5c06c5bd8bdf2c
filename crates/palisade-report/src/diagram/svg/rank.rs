//! Which column each node stands in: what calls stands left of what it calls.

use crate::diagram::graph::{Graph, Zone};

/// Where nodes stand from left to right.
pub(super) struct Ranks {
    /// Column of each node; none for a node of the cluster without any edge.
    pub(super) column: Vec<Option<usize>>,
    /// The first column of the cluster.
    pub(super) first: usize,
    /// Columns of the cluster; none when it has no node with an edge.
    pub(super) count: usize,
}

/// Gives each node its column.
///
/// Within the cluster: the longest chain of calls that leads to it, cycles cut where a walk from outside closes them.
pub(super) fn ranks(graph: &Graph) -> Ranks {
    let zone = |node: usize| {
        graph
            .nodes
            .get(node)
            .and_then(|n| graph.areas.get(n.area))
            .map(|area| area.zone)
    };
    let n = graph.nodes.len();
    let mut has_edge = vec![false; n];
    let mut exposed = vec![false; n];
    let mut calls: Vec<Vec<usize>> = vec![Vec::new(); n];
    let mut is_called = vec![false; n];
    for edge in &graph.edges {
        for end in [edge.from, edge.to] {
            set(&mut has_edge, end);
        }
        match (zone(edge.from), zone(edge.to)) {
            (Some(Zone::Cluster), Some(Zone::Cluster)) => {
                set(&mut is_called, edge.to);
                if let Some(calls) = calls.get_mut(edge.from) {
                    calls.push(edge.to);
                }
            }
            (Some(Zone::Outside), _) => set(&mut exposed, edge.to),
            _ => {}
        }
    }

    let mut starts: Vec<usize> = (0..n).collect();
    starts.sort_by_key(|&node| {
        (
            !exposed.get(node).copied().unwrap_or(false),
            is_called.get(node).copied().unwrap_or(false),
            node,
        )
    });
    let (order, back) = walk(&calls, &starts);
    let rank = longest(&calls, &order, &back, &is_called, &exposed);

    let first = usize::from(graph.areas.iter().any(|area| area.zone == Zone::Outside));
    let in_cluster = |node: &usize| zone(*node) == Some(Zone::Cluster) && has_edge.get(*node) == Some(&true);
    let count = (0..n)
        .filter(in_cluster)
        .filter_map(|node| rank.get(node))
        .max()
        .map_or(0, |max| max + 1);
    let column = (0..n)
        .map(|node| match zone(node) {
            Some(Zone::Outside) => Some(0),
            Some(Zone::ExternalServices) => Some(usize::MAX),
            _ => rank.get(node).filter(|_| in_cluster(&node)).map(|rank| first + rank),
        })
        .collect();
    Ranks { column, first, count }
}

fn set(flags: &mut [bool], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

/// Depth-first walk: nodes in the order in which they were left, and the edges that close a cycle.
fn walk(calls: &[Vec<usize>], starts: &[usize]) -> (Vec<usize>, Vec<(usize, usize)>) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; calls.len()];
    let mut order = Vec::with_capacity(calls.len());
    let mut back = Vec::new();
    for &start in starts {
        if state.get(start) != Some(&State::New) {
            continue;
        }
        // An explicit stack: chains of calls may be long.
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.pop() {
            if let Some(state) = state.get_mut(node) {
                *state = State::Open;
            }
            if let Some(&called) = calls.get(node).and_then(|calls| calls.get(next)) {
                stack.push((node, next + 1));
                match state.get(called) {
                    Some(State::New) => stack.push((called, 0)),
                    Some(State::Open) => back.push((node, called)),
                    _ => {}
                }
            } else {
                if let Some(state) = state.get_mut(node) {
                    *state = State::Done;
                }
                order.push(node);
            }
        }
    }
    back.sort_unstable();
    (order, back)
}

/// The longest chain to each node, without the edges that close cycles. Callers that nothing calls move next to what they call.
fn longest(
    calls: &[Vec<usize>],
    order: &[usize],
    back: &[(usize, usize)],
    is_called: &[bool],
    exposed: &[bool],
) -> Vec<usize> {
    let mut rank = vec![0_usize; calls.len()];
    let forward = |node: usize| {
        let called = calls.get(node).map(Vec::as_slice).unwrap_or_default();
        called
            .iter()
            .copied()
            .filter(move |&to| back.binary_search(&(node, to)).is_err())
    };
    // Callers are left after what they call, so backwards each is final before what it calls is looked at.
    for &node in order.iter().rev() {
        let next = rank.get(node).map_or(0, |rank| rank + 1);
        for called in forward(node) {
            if let Some(rank) = rank.get_mut(called) {
                *rank = (*rank).max(next);
            }
        }
    }
    for &node in order {
        let is_source = is_called.get(node) == Some(&false) && exposed.get(node) == Some(&false);
        let nearest = forward(node).filter_map(|called| rank.get(called)).min().copied();
        if let (true, Some(nearest), Some(rank)) = (is_source, nearest, rank.get_mut(node)) {
            *rank = nearest.saturating_sub(1);
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_call_goes_right_unless_it_closes_a_cycle(edges in prop::collection::vec((0_usize..12, 0_usize..12), 0..40)) {
            let mut calls = vec![Vec::new(); 12];
            let mut is_called = vec![false; 12];
            for (from, to) in edges.into_iter().filter(|(from, to)| from != to) {
                calls[from].push(to);
                is_called[to] = true;
            }
            let starts: Vec<usize> = (0..12).collect();
            let (order, back) = walk(&calls, &starts);
            prop_assert_eq!(order.len(), 12);
            let rank = longest(&calls, &order, &back, &is_called, &[false; 12]);
            for (from, called) in calls.iter().enumerate() {
                for &to in called {
                    prop_assert!(rank[from] < rank[to] || back.contains(&(from, to)));
                }
            }
        }
    }
}
