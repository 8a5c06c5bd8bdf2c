//! What is worth drawing of a system: nodes, edges and the areas they stand in.
//!
//! Secrets and ConfigMaps are drawn only where an attack path leads to them; a volume or secret of a single workload is
//! attached to that workload. Flows between the same two elements are one edge.

use std::collections::{BTreeMap, BTreeSet};

use palisade_engine::assessment::SystemAssessment;
use palisade_engine::system::{Basis, BoundaryKind, Element, ElementId, ElementKind, Flow};
use palisade_knowledge::Severity;

use super::DiagramOptions;
use crate::words;

/// What is drawn of one system.
pub(crate) struct Graph {
    /// The system's root.
    pub(crate) title: String,
    /// By area, then id.
    pub(crate) nodes: Vec<Node>,
    /// By ends.
    pub(crate) edges: Vec<Edge>,
    /// Outside first, then the areas of the cluster by name, then external services.
    pub(crate) areas: Vec<Area>,
}

/// An element that is drawn.
pub(crate) struct Node {
    pub(crate) id: ElementId,
    /// Its name without kind and namespace.
    pub(crate) name: String,
    /// What it is, in few words.
    pub(crate) remark: String,
    pub(crate) shape: Shape,
    /// An index of [`Graph::areas`].
    pub(crate) area: usize,
    /// Stores that belong to this element alone.
    pub(crate) attached: Vec<Attached>,
    /// Weaknesses found in it, and the worst severity among them.
    pub(crate) findings: Option<(usize, Severity)>,
    /// It is not part of what was asked for, but something that is has a flow with it.
    pub(crate) is_context: bool,
}

/// A store that belongs to one element.
pub(crate) struct Attached {
    pub(crate) id: ElementId,
    pub(crate) name: String,
}

/// The shapes of a data-flow diagram.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    External,
    Process,
    Store,
}

/// All flows from one node to another.
pub(crate) struct Edge {
    /// Indexes of [`Graph::nodes`].
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Ports and protocols; may be empty.
    pub(crate) label: String,
    /// The strongest claim among the flows.
    pub(crate) basis: Basis,
    /// Where the first of them is written.
    pub(crate) written: String,
}

/// A boundary with elements directly in it.
pub(crate) struct Area {
    pub(crate) name: String,
    pub(crate) zone: Zone,
}

/// On which side of the cluster's edge something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Zone {
    Outside,
    Cluster,
    ExternalServices,
}

impl Graph {
    /// What is drawn of a system.
    pub(crate) fn new(assessment: &SystemAssessment, options: DiagramOptions) -> Self {
        let system = &assessment.system;
        let on_a_path: BTreeSet<&ElementId> = assessment
            .paths
            .iter()
            .flat_map(|path| path.steps.iter().flat_map(|step| [&step.from, &step.to]))
            .collect();
        let flows: Vec<&Flow> = system
            .flows
            .iter()
            .filter(|flow| options.platform || flow.basis != Basis::Platform)
            .filter(|flow| flow.from != flow.to)
            .filter(|flow| {
                [&flow.from, &flow.to]
                    .into_iter()
                    .all(|end| !is_minor(end) || on_a_path.contains(end))
            })
            .collect();
        let partners = partners(&flows);
        let drawn: Vec<&Element> = system
            .elements
            .iter()
            .filter(|element| element.kind.is_drawn())
            .filter(|element| !is_minor(&element.id) || on_a_path.contains(&element.id))
            .filter(|element| !is_platform(&element.id) || partners.contains_key(&element.id))
            .collect();
        let mut homes: BTreeMap<&ElementId, Vec<Attached>> = BTreeMap::new();
        for element in &drawn {
            if let Some(home) = home(element, &partners) {
                homes.entry(home).or_default().push(Attached {
                    id: element.id.clone(),
                    name: name(&element.id),
                });
            }
        }

        let mut areas = Areas::default();
        let mut nodes = Vec::new();
        for element in drawn.iter().filter(|element| home(element, &partners).is_none()) {
            let kind = system
                .boundaries
                .iter()
                .find(|boundary| boundary.id == element.boundary)
                .map(|b| b.kind);
            let attached = homes.remove(&element.id).unwrap_or_default();
            nodes.push((areas.key(&element.boundary, kind), node(element, attached, assessment)));
        }
        // Ends of flows that narrowing left out.
        let known: BTreeSet<&ElementId> = drawn.iter().map(|element| &element.id).collect();
        for id in partners.keys().filter(|id| !known.contains(**id)) {
            let boundary = namespace(id).map_or_else(|| "cluster".to_owned(), |name| format!("namespace/{name}"));
            nodes.push((areas.key(&boundary, None), context(id)));
        }
        nodes.sort_by(|(a, x), (b, y)| (a, &x.id).cmp(&(b, &y.id)));

        let (areas, indexes) = areas.finish();
        let nodes: Vec<Node> = nodes
            .into_iter()
            .map(|(key, node)| Node {
                area: indexes.get(&key).copied().unwrap_or(0),
                ..node
            })
            .collect();
        Self {
            title: system.root.to_string(),
            edges: edges(&flows, &nodes),
            nodes,
            areas,
        }
    }
}

impl Graph {
    /// Leaves so many nodes: those that are on the worst paths, then those that are exposed to the internet, then those that
    /// most flows meet in. Gives how many there were.
    pub(crate) fn keep_most_important(&mut self, assessment: &SystemAssessment, most: usize) -> usize {
        let all = self.nodes.len();
        if all <= most {
            return all;
        }
        let mut on_paths: BTreeMap<&ElementId, usize> = BTreeMap::new();
        for (rank, path) in assessment.paths.iter().enumerate() {
            for id in path.steps.iter().flat_map(|step| [&step.from, &step.to]) {
                on_paths.entry(id).or_insert(rank);
            }
        }
        let mut degrees = vec![0_usize; all];
        let mut exposed = vec![false; all];
        for edge in &self.edges {
            let is_internet = |at: usize| {
                self.nodes
                    .get(at)
                    .is_some_and(|node| node.id.as_str() == ElementId::INTERNET)
            };
            for (end, other) in [(edge.from, edge.to), (edge.to, edge.from)] {
                if let (Some(degree), Some(is_exposed)) = (degrees.get_mut(end), exposed.get_mut(end)) {
                    *degree += 1;
                    *is_exposed |= is_internet(other);
                }
            }
        }
        let mut order: Vec<usize> = (0..all).collect();
        order.sort_by_key(|at| {
            let rank = self
                .nodes
                .get(*at)
                .and_then(|node| on_paths.get(&node.id))
                .copied()
                .unwrap_or(usize::MAX);
            let degree = degrees.get(*at).copied().unwrap_or(0);
            let is_exposed = exposed.get(*at).copied().unwrap_or(false);
            (rank, std::cmp::Reverse(is_exposed), std::cmp::Reverse(degree), *at)
        });
        let kept: BTreeSet<usize> = order.into_iter().take(most).collect();
        let renumbered: BTreeMap<usize, usize> =
            kept.iter().copied().enumerate().map(|(new, old)| (old, new)).collect();
        let mut at = 0;
        self.nodes.retain(|_| {
            at += 1;
            kept.contains(&(at - 1))
        });
        self.edges
            .retain_mut(|edge| match (renumbered.get(&edge.from), renumbered.get(&edge.to)) {
                (Some(from), Some(to)) => {
                    (edge.from, edge.to) = (*from, *to);
                    true
                }
                _ => false,
            });
        self.drop_empty_areas();
        all
    }

    fn drop_empty_areas(&mut self) {
        let used: BTreeSet<usize> = self.nodes.iter().map(|node| node.area).collect();
        let renumbered: BTreeMap<usize, usize> =
            used.iter().copied().enumerate().map(|(new, old)| (old, new)).collect();
        let mut at = 0;
        self.areas.retain(|_| {
            at += 1;
            used.contains(&(at - 1))
        });
        for node in &mut self.nodes {
            node.area = renumbered.get(&node.area).copied().unwrap_or(0);
        }
    }
}

/// Secrets and ConfigMaps: there are many, and they say little.
fn is_minor(id: &ElementId) -> bool {
    id.as_str().starts_with("Secret/") || id.as_str().starts_with("ConfigMap/")
}

fn is_platform(id: &ElementId) -> bool {
    id.as_str().starts_with("Platform/")
}

/// Whom each element has flows with.
fn partners<'a>(flows: &[&'a Flow]) -> BTreeMap<&'a ElementId, BTreeSet<&'a ElementId>> {
    let mut partners: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for flow in flows {
        partners.entry(&flow.from).or_default().insert(&flow.to);
        partners.entry(&flow.to).or_default().insert(&flow.from);
    }
    partners
}

/// The one workload that a store without code of its own belongs to.
fn home<'a>(element: &Element, partners: &BTreeMap<&'a ElementId, BTreeSet<&'a ElementId>>) -> Option<&'a ElementId> {
    let is_passive = element.kind == ElementKind::DataStore && element.images.is_empty();
    let partners = partners.get(&element.id).filter(|_| is_passive)?;
    let mut partners = partners.iter();
    match (partners.next(), partners.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

fn node(element: &Element, attached: Vec<Attached>, assessment: &SystemAssessment) -> Node {
    let findings = || {
        assessment
            .findings
            .iter()
            .filter(|finding| finding.element == element.id)
    };
    Node {
        id: element.id.clone(),
        name: name(&element.id),
        remark: remark(element),
        shape: match element.kind {
            ElementKind::ExternalEntity => Shape::External,
            ElementKind::DataStore => Shape::Store,
            _ => Shape::Process,
        },
        area: 0,
        attached,
        findings: findings()
            .map(|finding| finding.severity)
            .max()
            .map(|worst| (findings().count(), worst)),
        is_context: false,
    }
}

/// A node for an end of a flow of which nothing but the id is at hand.
fn context(id: &ElementId) -> Node {
    Node {
        id: id.clone(),
        name: name(id),
        remark: kind(id).to_owned(),
        shape: Shape::Process,
        area: 0,
        attached: Vec::new(),
        findings: None,
        is_context: true,
    }
}

fn remark(element: &Element) -> String {
    let mut words = Vec::new();
    match kind(&element.id) {
        "External" => {}
        kind => words.push(kind.to_owned()),
    }
    words.extend(element.technology.clone());
    if element.instances > 1 {
        words.push(format!("×{}", element.instances));
    }
    if words.is_empty() {
        words.push(words::role(element).to_owned());
    }
    words.join(" · ")
}

/// The last part of an id.
fn name(id: &ElementId) -> String {
    id.as_str().rsplit('/').next().unwrap_or_default().to_owned()
}

/// The first part of an id.
fn kind(id: &ElementId) -> &str {
    id.as_str().split('/').next().unwrap_or_default()
}

/// The middle part of an id.
fn namespace(id: &ElementId) -> Option<&str> {
    let mut parts = id.as_str().split('/').skip(1);
    let namespace = parts.next();
    parts.next().and(namespace)
}

fn edges(flows: &[&Flow], nodes: &[Node]) -> Vec<Edge> {
    let mut index: BTreeMap<&ElementId, usize> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        index.insert(&node.id, at);
    }
    let mut edges: BTreeMap<(usize, usize), Vec<&Flow>> = BTreeMap::new();
    for flow in flows {
        if let (Some(&from), Some(&to)) = (index.get(&flow.from), index.get(&flow.to)) {
            edges.entry((from, to)).or_default().push(flow);
        }
    }
    edges
        .into_iter()
        .filter_map(|((from, to), flows)| {
            Some(Edge {
                from,
                to,
                label: label(&flows),
                basis: flows.iter().map(|flow| flow.basis).min()?,
                written: flows.first()?.evidence.first().map(words::position).unwrap_or_default(),
            })
        })
        .collect()
}

/// Ports and protocols of all flows between two nodes. What one flow says less of than another is left out.
fn label(flows: &[&Flow]) -> String {
    let labels: BTreeSet<String> = flows
        .iter()
        .map(|flow| words::ports(&flow.ports, &flow.protocol, flow.application.as_deref()))
        .filter(|label| !label.is_empty())
        .collect();
    let says_more = |label: &String| {
        labels.iter().any(|other| {
            other
                .strip_prefix(label.as_str())
                .is_some_and(|rest| rest.starts_with(' '))
        })
    };
    let labels: Vec<&str> = labels
        .iter()
        .filter(|label| !says_more(label))
        .map(String::as_str)
        .collect();
    labels.join(", ")
}

/// Areas as they turn up: their order is their key's.
#[derive(Default)]
struct Areas {
    seen: BTreeSet<(Zone, String)>,
}

impl Areas {
    fn key(&mut self, boundary: &str, kind: Option<BoundaryKind>) -> (Zone, String) {
        let zone = match kind {
            Some(BoundaryKind::Outside) => Zone::Outside,
            Some(BoundaryKind::ExternalServices) => Zone::ExternalServices,
            _ => Zone::Cluster,
        };
        let key = (zone, boundary.to_owned());
        self.seen.insert(key.clone());
        key
    }

    fn finish(self) -> (Vec<Area>, BTreeMap<(Zone, String), usize>) {
        let indexes = self
            .seen
            .iter()
            .cloned()
            .enumerate()
            .map(|(index, key)| (key, index))
            .collect();
        let areas = self
            .seen
            .into_iter()
            .map(|(zone, boundary)| Area {
                name: match boundary.split_once('/') {
                    Some((kind, name)) => format!("{kind} {name}"),
                    None if boundary == "cluster" => "cluster-wide".to_owned(),
                    None => boundary.replace('-', " "),
                },
                zone,
            })
            .collect();
        (areas, indexes)
    }
}
