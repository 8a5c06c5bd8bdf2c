//! The lines: from caller to called, level where they pass a column, bending only between columns.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::layout::{Column, SMALL_SIZE};
use super::place::Placed;
use super::text;
use crate::diagram::graph::{Edge, Graph};

/// Room for the head of an arrow.
const ARROW: i32 = 9;
/// Room beside a label.
const LABEL_ROOM: i32 = 6;
/// Lines that arrive at one side of a node stand so far apart.
const SPACING: i32 = 17;

/// The line of one edge.
#[derive(Clone, Debug, Default)]
pub(super) struct Route {
    /// An SVG path; empty when an end is not drawn.
    pub(super) path: String,
    /// The label, where this edge is the one to carry it.
    pub(super) label: Option<Label>,
}

/// A label and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) x: i32,
    pub(super) y: i32,
    /// It ends at `x` rather than beginning there.
    pub(super) ends: bool,
}

/// The side of a node that a line arrives at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Left,
    Right,
}

/// The labels with which lines arrive: lines to one side of a node with the same label arrive as one.
pub(super) struct Arrivals {
    /// By node, side and label: the edges.
    labels: BTreeMap<(usize, Side), BTreeMap<String, Vec<usize>>>,
}

impl Arrivals {
    /// The most labels at one side of a node.
    pub(super) fn most_at(&self, node: usize) -> usize {
        let at = |side| self.labels.get(&(node, side)).map_or(0, BTreeMap::len);
        at(Side::Left).max(at(Side::Right))
    }
}

/// Which labels arrive where.
pub(super) fn arrivals(graph: &Graph, column_of: &[Option<usize>]) -> Arrivals {
    let mut labels: BTreeMap<_, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
    for (index, edge) in graph.edges.iter().enumerate() {
        let side = side(edge, column_of);
        labels
            .entry((edge.to, side))
            .or_default()
            .entry(edge.label.clone())
            .or_default()
            .push(index);
    }
    Arrivals { labels }
}

fn side(edge: &Edge, column_of: &[Option<usize>]) -> Side {
    if column_of.get(edge.from) < column_of.get(edge.to) {
        Side::Left
    } else {
        Side::Right
    }
}

/// The line of each edge.
pub(super) fn routes(
    graph: &Graph,
    placed: &Placed,
    chains: &[Vec<usize>],
    columns: &[Column],
    column_of: &[Option<usize>],
    arrivals: &Arrivals,
) -> Vec<Route> {
    let mut routes = vec![Route::default(); graph.edges.len()];
    for ((node, side), labels) in &arrivals.labels {
        let Some(rect) = placed.nodes.get(*node) else { continue };
        // Labels stand in the order in which their callers do, so that lines to them do not cross.
        let mut labels: Vec<(&String, &Vec<usize>)> = labels.iter().collect();
        labels.sort_by_key(|(label, edges)| (mean_start(graph, placed, edges), *label));
        let n = i32::try_from(labels.len()).unwrap_or(1);
        // A line back arrives below the place that lines leave from.
        let shift = if *side == Side::Right { SPACING / 2 + 2 } else { 0 };
        let mut y = rect.y + rect.height / 2 - (n - 1) * SPACING / 2 + shift;
        for (label, edges) in labels {
            let mut carries = Some(label.clone()).filter(|label| !label.is_empty());
            for &edge in edges {
                let chain = chains.get(edge).filter(|chain| !chain.is_empty());
                if let (Some(chain), Some(ends), Some(route)) = (chain, graph.edges.get(edge), routes.get_mut(edge)) {
                    let line = Line {
                        start: placed.nodes.get(ends.from).copied().unwrap_or_default(),
                        end: (if *side == Side::Left { rect.x } else { rect.right() }, y),
                        side: *side,
                        label_width: text::width(label, SMALL_SIZE),
                    };
                    let passes = passes(chain, column_of, ends, placed, columns);
                    *route = line.route(&passes, carries.take());
                }
            }
            y += SPACING;
        }
    }
    routes
}

fn mean_start(graph: &Graph, placed: &Placed, edges: &[usize]) -> i32 {
    let starts = edges
        .iter()
        .filter_map(|&edge| placed.nodes.get(graph.edges.get(edge)?.from));
    let sum: i32 = starts.map(|rect| rect.y).sum();
    sum / i32::try_from(edges.len()).unwrap_or(1).max(1)
}

/// The columns that a line passes on its way from the caller: left, right and height.
fn passes(
    chain: &[usize],
    column_of: &[Option<usize>],
    edge: &Edge,
    placed: &Placed,
    columns: &[Column],
) -> Vec<(i32, i32, i32)> {
    let columns_of_ends = [edge.from, edge.to].map(|end| column_of.get(end).copied().flatten().unwrap_or(0));
    let first = columns_of_ends.iter().min().copied().unwrap_or(0) + 1;
    let inner = chain.get(1..chain.len().saturating_sub(1)).unwrap_or_default();
    let mut passes: Vec<(i32, i32, i32)> = inner
        .iter()
        .enumerate()
        .filter_map(|(at, &item)| {
            let column = columns.get(first + at)?;
            Some((column.x, column.x + column.width, placed.middle.get(item).copied()?))
        })
        .collect();
    let [from, to] = columns_of_ends;
    if from > to {
        passes.reverse();
    }
    passes
}

/// A line to draw.
struct Line {
    start: super::layout::Rect,
    end: (i32, i32),
    side: Side,
    label_width: i32,
}

impl Line {
    fn route(&self, passes: &[(i32, i32, i32)], label: Option<String>) -> Route {
        let (sign, start_x) = match self.side {
            Side::Left => (1, self.start.right()),
            Side::Right => (-1, self.start.x),
        };
        let (end_x, end_y) = self.end;
        let tip = end_x - sign * 2;
        let straight = end_x - sign * (ARROW + self.label_width + LABEL_ROOM);
        let middle = self.start.y + self.start.height / 2;
        // Lines back leave above the place that lines arrive at.
        let start_y = if self.side == Side::Right {
            middle - SPACING / 2
        } else {
            middle
        };

        let mut path = format!("M{start_x} {start_y}");
        let mut at = (start_x + sign * 4, start_y);
        let _ = write!(path, "H{}", at.0);
        for &(left, right, y) in passes {
            let (enter, leave) = if sign > 0 { (left, right) } else { (right, left) };
            bend(&mut path, at, (enter, y));
            let _ = write!(path, "H{leave}");
            at = (leave, y);
        }
        bend(&mut path, at, (straight, end_y));
        let _ = write!(path, "H{tip}");
        Route {
            path,
            label: label.map(|text| Label {
                text,
                x: end_x - sign * (ARROW + LABEL_ROOM / 2),
                y: end_y - 4,
                ends: sign > 0,
            }),
        }
    }
}

/// A curve that leaves and arrives level.
fn bend(path: &mut String, from: (i32, i32), to: (i32, i32)) {
    if from.1 == to.1 {
        let _ = write!(path, "H{}", to.0);
    } else {
        let half = i32::midpoint(from.0, to.0);
        let _ = write!(path, "C{half} {} {half} {} {} {}", from.1, to.1, to.0, to.1);
    }
}
