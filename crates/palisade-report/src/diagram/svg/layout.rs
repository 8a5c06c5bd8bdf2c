//! Where everything is drawn: from a graph to rectangles and lines, in pixels.

use std::collections::{BTreeMap, BTreeSet};

use super::lanes::Lanes;
use super::order::{self, Item};
use super::place::{self, Grid};
use super::rank::{Ranks, ranks};
use super::route::{self, Route};
use super::text;
use crate::diagram::graph::{Graph, Node, Zone};

/// Height of a node's box.
pub(super) const NODE_HEIGHT: i32 = 46;
/// Height of a store attached below a node.
pub(super) const ATTACHED_HEIGHT: i32 = 22;
/// Attached stores drawn before "and n more".
pub(super) const FEW_ATTACHED: usize = 3;
/// Height of an area's name above what stands in it.
pub(super) const AREA_TITLE: i32 = 28;
/// Room between an area's line and what stands in it.
pub(super) const AREA_PADDING: i32 = 16;
/// Size of a node's name, and of its remark and of labels.
pub(super) const NAME_SIZE: i32 = 13;
pub(super) const SMALL_SIZE: i32 = 11;

const MIN_NODE_WIDTH: i32 = 104;
const MAX_NODE_WIDTH: i32 = 240;
/// Nodes without flows widen a column no further than this.
const MAX_GRID_WIDTH: i32 = 210;
/// Lines that arrive at one side of a node with different labels stand so far apart.
const PORT_SPACING: i32 = 17;
/// Room between columns beside labels.
const MIN_GAP: i32 = 52;
/// Room that each line between two columns adds, and all of them at most: bends must not be steep.
const LINE_GAP: i32 = 3;
const MAX_LINE_GAP: i32 = 48;
/// Columns that nodes without flows fill at least.
const GRID_COLUMNS: usize = 4;

/// A rectangle: left, top, width, height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Rect {
    pub(super) const fn right(self) -> i32 {
        self.x + self.width
    }

    pub(super) const fn bottom(self) -> i32 {
        self.y + self.height
    }

    /// The smallest rectangle around both.
    pub(super) fn around(self, other: Rect) -> Rect {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Rect {
            x,
            y,
            width: self.right().max(other.right()) - x,
            height: self.bottom().max(other.bottom()) - y,
        }
    }

    /// The rectangle that is larger by so much on each side.
    pub(super) const fn grown(self, by: i32) -> Rect {
        Rect {
            x: self.x - by,
            y: self.y - by,
            width: self.width + 2 * by,
            height: self.height + 2 * by,
        }
    }
}

/// A graph with a place for everything.
pub(super) struct Layout {
    pub(super) width: i32,
    pub(super) height: i32,
    /// The box of each node, without what is attached below it.
    pub(super) nodes: Vec<Rect>,
    /// The rectangle of each area.
    pub(super) areas: Vec<Rect>,
    /// The rectangle around the areas of the cluster.
    pub(super) cluster: Option<Rect>,
    /// The line of each edge.
    pub(super) routes: Vec<Route>,
}

/// A column: where it begins and how wide it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Column {
    pub(super) x: i32,
    pub(super) width: i32,
}

/// Finds a place for everything.
pub(super) fn layout(graph: &Graph) -> Layout {
    let ranks = ranks(graph);
    let lanes = Lanes::new(graph, &ranks);
    let within = ranks.count.max(lanes.widest_grid().min(GRID_COLUMNS)).max(1);
    let has_services = graph.areas.iter().any(|area| area.zone == Zone::ExternalServices);
    let count = ranks.first + within + usize::from(has_services);

    let column_of: Vec<Option<usize>> = ranks
        .column
        .iter()
        .map(|column| column.map(|at| at.min(count - 1)))
        .collect();
    let (items, chains) = items(graph, &column_of, &lanes);
    let order = order::columns(&items, count);

    let labels = route::arrivals(graph, &column_of);
    let heights: Vec<i32> = (0..graph.nodes.len()).map(|node| box_height(&labels, node)).collect();
    let columns = columns(graph, &column_of, &ranks, within, count);
    let grid = Grid {
        first_column: ranks.first,
        columns: within,
    };
    let placed = place::place(graph, &items, &order, &lanes, &heights, &columns, grid);
    let routes = route::routes(graph, &placed, &chains, &columns, &column_of, &labels);
    let areas = areas(graph, &placed.nodes, &placed.lanes, &lanes);
    let cluster = (graph.areas.iter().zip(&areas))
        .filter(|(area, _)| area.zone == Zone::Cluster)
        .map(|(_, rect)| *rect)
        .reduce(Rect::around)
        .map(|rect| {
            let grown = rect.grown(AREA_PADDING);
            Rect {
                y: grown.y - AREA_TITLE / 2,
                height: grown.height + AREA_TITLE / 2,
                ..grown
            }
        });
    let everything = areas
        .iter()
        .copied()
        .chain(cluster)
        .reduce(Rect::around)
        .unwrap_or_default();
    Layout {
        width: everything.right(),
        height: everything.bottom(),
        nodes: placed.nodes,
        areas,
        cluster,
        routes,
    }
}

/// The height of a node with what is attached below it.
pub(super) fn full_height(node: &Node, box_height: i32) -> i32 {
    let rows = node.attached.len().min(FEW_ATTACHED) + usize::from(node.attached.len() > FEW_ATTACHED);
    box_height + ATTACHED_HEIGHT * i32::try_from(rows).unwrap_or(0)
}

fn box_height(labels: &route::Arrivals, node: usize) -> i32 {
    let most = labels.most_at(node);
    NODE_HEIGHT.max(PORT_SPACING * i32::try_from(most).unwrap_or(0) + 8)
}

/// Nodes and passing edges as items, and the items that each edge runs through from left to right.
fn items(graph: &Graph, column_of: &[Option<usize>], lanes: &Lanes) -> (Vec<Item>, Vec<Vec<usize>>) {
    let mut items = Vec::new();
    let mut item_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (node, column) in column_of.iter().enumerate() {
        if let Some(column) = *column {
            item_of.insert(node, items.len());
            items.push(Item {
                node: Some(node),
                column,
                lane: lanes.of_node(graph, node),
                left: Vec::new(),
                right: Vec::new(),
            });
        }
    }
    let mut chains = Vec::with_capacity(graph.edges.len());
    let mut passing: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for edge in &graph.edges {
        let (Some(&from), Some(&to)) = (item_of.get(&edge.from), item_of.get(&edge.to)) else {
            chains.push(Vec::new());
            continue;
        };
        let column = |item: usize| items.get(item).map_or(0, |item: &Item| item.column);
        let (left, right) = if column(from) <= column(to) {
            (from, to)
        } else {
            (to, from)
        };
        // A line passes in the lane of the end inside the cluster, the caller's where both are.
        let lane = lanes.of_edge(graph, edge);
        let (first, last) = (column(left) + 1, column(right));
        let mut chain = vec![left];
        for column in first..last {
            // Lines from one node to many run together as far as they pass the same columns.
            let key = (left * 4096 + column, lane);
            let item = *passing.entry(key).or_insert_with(|| {
                items.push(Item {
                    node: None,
                    column,
                    lane,
                    left: Vec::new(),
                    right: Vec::new(),
                });
                items.len() - 1
            });
            chain.push(item);
        }
        chain.push(right);
        chains.push(chain);
    }
    join(&mut items, &chains);
    (items, chains)
}

fn join(items: &mut [Item], chains: &[Vec<usize>]) {
    let pairs: BTreeSet<(usize, usize)> = chains
        .iter()
        .flat_map(|chain| chain.iter().copied().zip(chain.iter().copied().skip(1)))
        .collect();
    for (left, right) in pairs {
        if let Some(item) = items.get_mut(left) {
            item.right.push(right);
        }
        if let Some(item) = items.get_mut(right) {
            item.left.push(left);
        }
    }
}

/// Columns wide enough for their nodes, as far apart as the labels between them need.
fn columns(graph: &Graph, column_of: &[Option<usize>], ranks: &Ranks, within: usize, count: usize) -> Vec<Column> {
    let mut widths = vec![MIN_NODE_WIDTH; count];
    let all_in_grids = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(node, _)| column_of.get(*node) == Some(&None));
    let widest_in_grid = all_in_grids.map(|(_, node)| node_width(node)).max().unwrap_or(0);
    for (at, width) in widths.iter_mut().enumerate() {
        let here = (graph.nodes.iter().zip(column_of)).filter(|(_, column)| **column == Some(at));
        *width = here
            .map(|(node, _)| node_width(node))
            .max()
            .unwrap_or(MIN_NODE_WIDTH)
            .max(*width);
        if at >= ranks.first && at < ranks.first + within {
            *width = (*width).max(widest_in_grid.min(MAX_GRID_WIDTH));
        }
    }
    let mut arriving = vec![0; count + 1];
    let mut returning = vec![0; count + 1];
    let mut lines = vec![0; count + 1];
    for edge in &graph.edges {
        let ends = (
            column_of.get(edge.from).copied().flatten(),
            column_of.get(edge.to).copied().flatten(),
        );
        if let (Some(from), Some(to)) = ends {
            let room = text::width(&edge.label, SMALL_SIZE);
            let side = if from < to {
                arriving.get_mut(to)
            } else {
                returning.get_mut(to + 1)
            };
            if let Some(side) = side {
                *side = room.max(*side);
            }
            for lines in lines.iter_mut().take(from.max(to) + 1).skip(from.min(to) + 1) {
                *lines += LINE_GAP;
            }
        }
    }
    let mut x = AREA_PADDING;
    let mut columns = Vec::with_capacity(count);
    for (at, width) in widths.into_iter().enumerate() {
        if at > 0 {
            let labels = arriving.get(at).copied().unwrap_or(0) + returning.get(at).copied().unwrap_or(0);
            // Two lines of boundaries run between outside, cluster and services.
            let at_the_edge = at == ranks.first || at + 1 == count;
            let lines = lines.get(at).copied().unwrap_or(0).min(MAX_LINE_GAP);
            x += MIN_GAP + labels + lines + if at_the_edge { 3 * AREA_PADDING } else { 0 };
        }
        columns.push(Column { x, width });
        x += width;
    }
    columns
}

fn node_width(node: &Node) -> i32 {
    let attached = node
        .attached
        .iter()
        .map(|store| text::width(&store.name, SMALL_SIZE) + 12);
    let badge = if node.findings.is_some() { 14 } else { 0 };
    let own = [
        text::width(&node.name, NAME_SIZE) + badge,
        text::width(&node.remark, SMALL_SIZE),
    ];
    let widest = attached.chain(own).max().unwrap_or(0);
    (widest + 26).clamp(MIN_NODE_WIDTH, MAX_NODE_WIDTH)
}

/// The rectangle of each area: around its nodes, as high as its lane.
fn areas(graph: &Graph, nodes: &[Rect], lane_rects: &[(i32, i32)], lanes: &Lanes) -> Vec<Rect> {
    (0..graph.areas.len())
        .map(|area| {
            let members = graph.nodes.iter().zip(nodes).filter(|(node, _)| node.area == area);
            let around = members
                .map(|(node, rect)| Rect {
                    height: full_height(node, rect.height),
                    ..*rect
                })
                .reduce(Rect::around)
                .unwrap_or_default()
                .grown(AREA_PADDING);
            match lanes.of_area(area).and_then(|lane| lane_rects.get(lane)) {
                Some(&(top, bottom)) => Rect {
                    y: top,
                    height: bottom - top,
                    ..around
                },
                None => Rect {
                    y: around.y - AREA_TITLE + AREA_PADDING / 2,
                    height: around.height + AREA_TITLE - AREA_PADDING / 2,
                    ..around
                },
            }
        })
        .collect()
}
