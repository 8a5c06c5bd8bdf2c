//! How high everything stands: lanes below each other, in them each item as level as may be with what it is joined with.

use super::lanes::Lanes;
use super::layout::{AREA_PADDING, AREA_TITLE, Column, NODE_HEIGHT, Rect, full_height};
use super::order::Item;
use crate::diagram::graph::Graph;

/// Room between two things in a column.
const SPACING: i32 = 16;
/// Room between two lanes.
const LANE_SPACING: i32 = 20;
/// Height that a passing line takes.
const LINE_HEIGHT: i32 = 6;
/// Rounds of looking left and right.
const ROUNDS: usize = 8;

/// The columns that nodes without flows are packed into.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub(super) first_column: usize,
    pub(super) columns: usize,
}

/// Everything in its place.
pub(super) struct Placed {
    /// The box of each node.
    pub(super) nodes: Vec<Rect>,
    /// The middle of each item's box; for a line that passes, of the line.
    pub(super) middle: Vec<i32>,
    /// Top and bottom of each lane.
    pub(super) lanes: Vec<(i32, i32)>,
}

/// Gives everything its height.
pub(super) fn place(
    graph: &Graph,
    items: &[Item],
    order: &[Vec<usize>],
    lanes: &Lanes,
    heights: &[i32],
    columns: &[Column],
    grid: Grid,
) -> Placed {
    let height = |item: &Item| match item.node.and_then(|node| graph.nodes.get(node).zip(heights.get(node))) {
        Some((node, height)) => full_height(node, *height),
        None => LINE_HEIGHT,
    };
    let item_heights: Vec<i32> = items.iter().map(height).collect();
    let in_cluster = |item: usize| {
        let node = items.get(item).map(|item| item.node);
        match node {
            Some(Some(node)) => graph
                .nodes
                .get(node)
                .is_some_and(|node| lanes.of_area(node.area).is_some()),
            Some(None) => true,
            None => false,
        }
    };

    let is_used = |column: usize, lane: usize| {
        let here = order.get(column).map_or(&[][..], Vec::as_slice);
        here.iter()
            .any(|&item| in_cluster(item) && items.get(item).map(|item| item.lane) == Some(lane))
    };

    let mut nodes = vec![Rect::default(); graph.nodes.len()];
    let mut bounds = Vec::with_capacity(lanes.count);
    let mut content = Vec::with_capacity(lanes.joined);
    let mut y = AREA_TITLE + AREA_PADDING;
    for lane in 0..lanes.joined {
        let stacks = order.iter().map(|column| {
            let here = column
                .iter()
                .filter(|&&item| in_cluster(item) && items.get(item).map(|i| i.lane) == Some(lane));
            stack(here.filter_map(|&item| item_heights.get(item)).copied())
        });
        let joined = stacks.max().unwrap_or(0);
        let top = y;
        let from = top + AREA_TITLE;
        content.push((from, from + joined));
        y = from + joined;
        if !lanes.grid(lane).is_empty() {
            // Columns through which nothing of the lane goes are free from its top, the others below what is there.
            let below = if joined > 0 { y + SPACING } else { y };
            let free_from: Vec<i32> = (grid.first_column..grid.first_column + grid.columns)
                .map(|column| if is_used(column, lane) { below } else { from })
                .collect();
            y = y.max(pack(
                graph,
                lanes.grid(lane),
                &mut nodes,
                columns,
                grid.first_column,
                &free_from,
            ));
        }
        y += AREA_PADDING;
        bounds.push((top, y));
        y += LANE_SPACING;
    }
    shelves(graph, lanes, &mut nodes, columns, grid, &mut y, &mut bounds);
    // Outside and services may need more height than all lanes together.
    let elsewhere = order.iter().map(|column| {
        let here = column.iter().filter(|&&item| !in_cluster(item));
        stack(here.filter_map(|&item| item_heights.get(item)).copied())
    });
    let top = AREA_TITLE + AREA_PADDING;
    let outer = (top, (y - LANE_SPACING).max(top + elsewhere.max().unwrap_or(0)));

    let middle = level(items, order, &item_heights, |item| {
        if in_cluster(item) {
            let lane = items.get(item).map_or(0, |item| item.lane);
            (lane, content.get(lane).copied().unwrap_or(outer))
        } else {
            (0, outer)
        }
    });
    let mut middles = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let center = middle.get(index).copied().unwrap_or(0);
        let placed = item
            .node
            .and_then(|node| Some((heights.get(node)?, nodes.get_mut(node)?)));
        let Some(((height, rect), column)) = placed.zip(columns.get(item.column)) else {
            middles.push(center);
            continue;
        };
        let full = item_heights.get(index).copied().unwrap_or(*height);
        *rect = Rect {
            x: column.x,
            y: center - full / 2,
            width: column.width,
            height: *height,
        };
        middles.push(rect.y + height / 2);
    }
    Placed {
        nodes,
        middle: middles,
        lanes: bounds,
    }
}

/// The height of things on top of each other.
fn stack(heights: impl Iterator<Item = i32>) -> i32 {
    let (sum, n) = heights.fold((0, 0), |(sum, n), height| (sum + height, n + 1));
    sum + SPACING * (n - 1).max(0)
}

/// Puts nodes without flows one by one where a column has the most room; gives where they end.
fn pack(
    graph: &Graph,
    members: &[usize],
    nodes: &mut [Rect],
    columns: &[Column],
    first_column: usize,
    free_from: &[i32],
) -> i32 {
    let mut free: Vec<i32> = free_from.to_vec();
    let mut end = free.iter().min().copied().unwrap_or(0);
    for &member in members {
        let highest = free.iter().enumerate().min_by_key(|(at, from)| (**from, *at));
        let Some((at, &y)) = highest else { continue };
        let full = graph
            .nodes
            .get(member)
            .map_or(NODE_HEIGHT, |node| full_height(node, NODE_HEIGHT));
        if let (Some(rect), Some(column)) = (nodes.get_mut(member), columns.get(first_column + at)) {
            *rect = Rect {
                x: column.x,
                y,
                width: column.width,
                height: NODE_HEIGHT,
            };
        }
        if let Some(free) = free.get_mut(at) {
            *free = y + full + SPACING;
        }
        end = end.max(y + full);
    }
    end
}

/// Lanes without flows, side by side as far as columns go.
fn shelves(
    graph: &Graph,
    lanes: &Lanes,
    nodes: &mut [Rect],
    columns: &[Column],
    grid: Grid,
    y: &mut i32,
    bounds: &mut Vec<(i32, i32)>,
) {
    let mut used = 0;
    let mut shelf_top = *y;
    let mut shelf_bottom = *y;
    let mut shelf_starts = bounds.len();
    for lane in lanes.joined..lanes.count {
        let members = lanes.grid(lane);
        let wanted = members.len().min(grid.columns).max(1);
        if used > 0 && used + wanted > grid.columns {
            level_out(bounds, shelf_starts, shelf_bottom);
            shelf_top = shelf_bottom + LANE_SPACING;
            shelf_starts = bounds.len();
            used = 0;
        }
        let free_from = vec![shelf_top + AREA_TITLE; wanted];
        let first_column = grid.first_column + used;
        let bottom = pack(graph, members, nodes, columns, first_column, &free_from) + AREA_PADDING;
        bounds.push((shelf_top, bottom));
        shelf_bottom = if used == 0 { bottom } else { shelf_bottom.max(bottom) };
        used += wanted;
    }
    if used > 0 {
        level_out(bounds, shelf_starts, shelf_bottom);
        *y = shelf_bottom + LANE_SPACING;
    }
}

/// Gives all lanes of a shelf the same bottom.
fn level_out(bounds: &mut [(i32, i32)], from: usize, bottom: i32) {
    for (_, lane_bottom) in bounds.iter_mut().skip(from) {
        *lane_bottom = bottom;
    }
}

/// The middle of each item: where what it is joined with stands in the mean, kept apart and within its bounds.
///
/// `within` gives an item's group, whose items stand together, and the bounds of that group.
fn level(
    items: &[Item],
    order: &[Vec<usize>],
    heights: &[i32],
    within: impl Fn(usize) -> (usize, (i32, i32)),
) -> Vec<i32> {
    let mut middle: Vec<i32> = (0..items.len()).map(|item| within(item).1.0).collect();
    for round in 0..ROUNDS {
        let columns: Vec<&Vec<usize>> = if round.is_multiple_of(2) {
            order.iter().collect()
        } else {
            order.iter().rev().collect()
        };
        for column in columns {
            for group in column.chunk_by(|a, b| within(*a).0 == within(*b).0) {
                let Some(&first) = group.first() else { continue };
                let bounds = within(first).1;
                let wants: Vec<i32> = group
                    .iter()
                    .map(|&item| wish(items, &middle, item, round).unwrap_or(i32::midpoint(bounds.0, bounds.1)))
                    .collect();
                let heights: Vec<i32> = group
                    .iter()
                    .map(|&item| heights.get(item).copied().unwrap_or(0))
                    .collect();
                for (&item, place) in group.iter().zip(apart(&wants, &heights, bounds)) {
                    if let Some(middle) = middle.get_mut(item) {
                        *middle = place;
                    }
                }
            }
        }
    }
    middle
}

/// Where an item would stand: level with its neighbours on the side looked at, in the last rounds on both sides.
fn wish(items: &[Item], middle: &[i32], item: usize, round: usize) -> Option<i32> {
    let item = items.get(item)?;
    let (mut left, mut right) = (item.left.as_slice(), item.right.as_slice());
    if round + 2 < ROUNDS && !left.is_empty() && !right.is_empty() {
        if round.is_multiple_of(2) {
            right = &[];
        } else {
            left = &[];
        }
    }
    let places: Vec<i32> = left
        .iter()
        .chain(right)
        .filter_map(|&item| middle.get(item).copied())
        .collect();
    let n = i32::try_from(places.len()).ok().filter(|&n| n > 0)?;
    Some(places.iter().sum::<i32>() / n)
}

/// Places as near to the wishes as the order, the room between them and the bounds allow.
fn apart(wants: &[i32], heights: &[i32], (top, bottom): (i32, i32)) -> Vec<i32> {
    let mut places = Vec::with_capacity(wants.len());
    let mut end = top;
    for (&want, &height) in wants.iter().zip(heights) {
        let place = (want - height / 2).max(end);
        places.push(place);
        end = place + height + SPACING;
    }
    let mut limit = bottom;
    for (place, &height) in places.iter_mut().zip(heights).rev() {
        *place = (*place).min(limit - height);
        limit = *place - SPACING;
    }
    places
        .iter()
        .zip(heights)
        .map(|(place, height)| place + height / 2)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn things_stay_in_order_apart_and_within(
            things in prop::collection::vec((-500_i32..900, 1_i32..80), 1..12),
            extra in 0_i32..300,
        ) {
            let (wants, heights): (Vec<i32>, Vec<i32>) = things.into_iter().unzip();
            let bounds = (10, 10 + stack(heights.iter().copied()) + extra);
            let places = apart(&wants, &heights, bounds);
            let mut end = bounds.0;
            for (place, height) in places.iter().zip(&heights) {
                prop_assert!(place - height / 2 >= end);
                end = place - height / 2 + height + SPACING;
            }
            prop_assert!(end - SPACING <= bounds.1);
        }
    }
}
