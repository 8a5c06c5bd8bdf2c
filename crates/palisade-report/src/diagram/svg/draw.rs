//! The SVG itself.

use std::fmt::Write as _;

use palisade_engine::system::{Basis, ElementId};
use palisade_knowledge::Severity;

use super::layout::{ATTACHED_HEIGHT, FEW_ATTACHED, Layout, NAME_SIZE, Rect, SMALL_SIZE, layout};
use super::text::{cut, escape};
use crate::diagram::graph::{Edge, Graph, Node, Shape, Zone};
use crate::words;

const MARGIN: i32 = 24;
const TITLE_HEIGHT: i32 = 44;
const LEGEND_HEIGHT: i32 = 56;
/// The legend is so wide.
const MIN_WIDTH: i32 = 860;

/// How everything looks: once a document.
pub(crate) const STYLE: &str = include_str!("style.css");

/// All graphs, one below the other, with one legend.
pub(super) fn picture(graphs: &[Graph]) -> String {
    let mut body = String::new();
    let mut y = 0;
    let mut width = MIN_WIDTH;
    for graph in graphs {
        let layout = layout(graph);
        let _ = writeln!(
            body,
            "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
            y + 30,
            escape(&graph.title)
        );
        let _ = writeln!(body, "<g transform=\"translate({MARGIN} {})\">", y + TITLE_HEIGHT);
        system(&mut body, graph, &layout);
        body.push_str("</g>\n");
        width = width.max(layout.width);
        y += TITLE_HEIGHT + layout.height + MARGIN;
    }
    let _ = writeln!(body, "<g transform=\"translate({MARGIN} {y})\">");
    legend(&mut body);
    body.push_str("</g>\n");
    let (width, height) = (width + 2 * MARGIN, y + LEGEND_HEIGHT);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"palisade\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"palisade-title palisade-desc\">\n\
         <title id=\"palisade-title\">{}</title>\n<desc id=\"palisade-desc\">{}</desc>\n<style>\n{STYLE}</style>\n\
         <defs>\n{MARKERS}</defs>\n<rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n",
        escape(&title(graphs)),
        escape(&description(graphs)),
    )
}

/// The heads of arrows: once a document.
pub(crate) const MARKERS: &str = "\
<marker id=\"palisade-arrow\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" \
orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path class=\"head\" d=\"M0 1L10 5L0 9z\"/></marker>\n\
<marker id=\"palisade-arrow-outside\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" \
orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path class=\"head outside\" d=\"M0 1L10 5L0 9z\"/></marker>\n";

/// One graph for a page that has [`STYLE`] and [`MARKERS`] already and gives it a heading.
pub(crate) fn picture_of(graph: &Graph, id: &str) -> String {
    let layout = layout(graph);
    let mut body = String::new();
    let _ = writeln!(body, "<g transform=\"translate({MARGIN} 4)\">");
    system(&mut body, graph, &layout);
    body.push_str("</g>\n");
    let legend_at = layout.height + MARGIN;
    let _ = writeln!(body, "<g transform=\"translate({MARGIN} {legend_at})\">");
    legend(&mut body);
    body.push_str("</g>\n");
    let (width, height) = (layout.width.max(MIN_WIDTH) + 2 * MARGIN, legend_at + LEGEND_HEIGHT);
    let graphs = std::slice::from_ref(graph);
    format!(
        "<svg class=\"palisade\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\">\n<title id=\"{id}-title\">{}</title>\n\
         <desc id=\"{id}-desc\">{}</desc>\n{body}</svg>\n",
        escape(&title(graphs)),
        escape(&description(graphs)),
    )
}

fn title(graphs: &[Graph]) -> String {
    match graphs {
        [one] => format!("Data-flow diagram of {}", one.title),
        several => format!("Data-flow diagrams of {} systems", several.len()),
    }
}

fn description(graphs: &[Graph]) -> String {
    let mut sentences = Vec::new();
    for graph in graphs {
        let of = |shape| graph.nodes.iter().filter(|node| node.shape == shape).count();
        sentences.push(format!(
            "{}: {} processes, {} data stores, {} external entities and {} flows.",
            graph.title,
            of(Shape::Process),
            of(Shape::Store),
            of(Shape::External),
            graph.edges.len()
        ));
        for edge in &graph.edges {
            if let (Some(from), Some(to)) = (graph.nodes.get(edge.from), graph.nodes.get(edge.to)) {
                sentences.push(format!("{} to {}.", from.id, to.id));
            }
        }
    }
    sentences.join(" ")
}

fn system(out: &mut String, graph: &Graph, layout: &Layout) {
    if let Some(rect) = layout.cluster {
        boundary(out, rect, "cluster", "cluster edge");
    }
    for (area, rect) in graph.areas.iter().zip(&layout.areas) {
        let class = if area.zone == Zone::Cluster {
            "area"
        } else {
            "area elsewhere"
        };
        boundary(out, *rect, class, &area.name);
    }
    for (edge, route) in graph
        .edges
        .iter()
        .zip(&layout.routes)
        .filter(|(_, route)| !route.path.is_empty())
    {
        line(out, graph, edge, &route.path);
    }
    for (node, rect) in graph.nodes.iter().zip(&layout.nodes) {
        write_node(out, node, *rect);
    }
    for label in layout.routes.iter().filter_map(|route| route.label.as_ref()) {
        let anchor = if label.ends { " text-anchor=\"end\"" } else { "" };
        let _ = writeln!(
            out,
            "<text class=\"label\" x=\"{}\" y=\"{}\"{anchor}>{}</text>",
            label.x,
            label.y,
            escape(&label.text)
        );
    }
}

fn boundary(out: &mut String, rect: Rect, class: &str, name: &str) {
    let Rect { x, y, width, height } = rect;
    let name = cut(name, SMALL_SIZE, width - 20);
    let _ = writeln!(
        out,
        "<rect class=\"boundary {class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n\
         <text class=\"boundary-name\" x=\"{}\" y=\"{}\">{}</text>",
        x + 10,
        y + 17,
        escape(&name)
    );
}

fn line(out: &mut String, graph: &Graph, edge: &Edge, path: &str) {
    let (Some(from), Some(to)) = (graph.nodes.get(edge.from), graph.nodes.get(edge.to)) else {
        return;
    };
    let is_outside = from.id.as_str() == ElementId::INTERNET;
    let (class, marker) = if is_outside { (" outside", "-outside") } else { ("", "") };
    let basis = words::basis(edge.basis);
    let label = if edge.label.is_empty() {
        String::new()
    } else {
        format!(" {}", edge.label)
    };
    let title = format!("{} → {}{label} ({basis}) {}", from.id, to.id, edge.written);
    let _ = writeln!(
        out,
        "<path class=\"flow {basis}{class}\" d=\"{path}\" marker-end=\"url(#palisade-arrow{marker})\"><title>{}</title></path>",
        escape(title.trim_end())
    );
}

fn write_node(out: &mut String, node: &Node, rect: Rect) {
    let faded = if node.is_context { " context" } else { "" };
    let findings = node.findings.map_or(String::new(), |(n, worst)| {
        format!(": {n} findings, the worst {}", words::level(worst))
    });
    let _ = writeln!(
        out,
        "<g class=\"node{faded}\"><title>{}{findings}</title>",
        escape(node.id.as_str())
    );
    shape(out, node.shape, rect);
    let middle = rect.x + rect.width / 2;
    let badge_room = if node.findings.is_some() { 14 } else { 0 };
    let name = cut(&node.name, NAME_SIZE, rect.width - 20 - badge_room);
    let remark = cut(&node.remark, SMALL_SIZE, rect.width - 16);
    let center = rect.y + rect.height / 2;
    let _ = writeln!(
        out,
        "<text class=\"name\" x=\"{middle}\" y=\"{}\">{}</text>\n<text class=\"remark\" x=\"{middle}\" y=\"{}\">{}</text>",
        center - 3,
        escape(&name),
        center + 13,
        escape(&remark)
    );
    attached(out, node, rect);
    if let Some((n, worst)) = node.findings {
        badge(out, rect.right() - 4, rect.y + 4, n, worst);
    }
    out.push_str("</g>\n");
}

fn shape(out: &mut String, shape: Shape, rect: Rect) {
    let Rect { x, y, width, height } = rect;
    let frame = format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
    let _ = match shape {
        Shape::External => writeln!(out, "<rect class=\"external\" {frame}/>"),
        Shape::Process => writeln!(out, "<rect class=\"process\" {frame} rx=\"{}\"/>", 22.min(height / 2)),
        // Open at its end, as data stores are drawn in data-flow diagrams.
        Shape::Store => writeln!(
            out,
            "<rect class=\"store\" {frame}/><path class=\"store-lines\" d=\"M{x} {y}h{width}M{x} {b}h{width}M{x} {y}v{height}M{d} {y}v{height}\"/>",
            b = y + height,
            d = x + 6
        ),
    };
}

/// Stores that belong to the node alone, hanging below it.
fn attached(out: &mut String, node: &Node, rect: Rect) {
    let mut rows: Vec<(String, String)> = node
        .attached
        .iter()
        .take(FEW_ATTACHED)
        .map(|store| (store.name.clone(), store.id.to_string()))
        .collect();
    let hidden = node.attached.len().saturating_sub(FEW_ATTACHED);
    if hidden > 0 {
        let ids: Vec<&str> = node
            .attached
            .iter()
            .skip(FEW_ATTACHED)
            .map(|store| store.id.as_str())
            .collect();
        rows.push((format!("and {hidden} more"), ids.join(", ")));
    }
    let mut y = rect.bottom() + 3;
    for (name, title) in rows {
        let (x, width, height) = (rect.x + 14, rect.width - 28, ATTACHED_HEIGHT - 4);
        let _ = writeln!(
            out,
            "<g><title>{}</title><rect class=\"store\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>\
             <path class=\"store-lines\" d=\"M{x} {y}h{width}M{x} {b}h{width}M{x} {y}v{height}\"/>\
             <text class=\"remark\" x=\"{}\" y=\"{}\">{}</text></g>",
            escape(&title),
            rect.x + rect.width / 2,
            y + 13,
            escape(&cut(&name, SMALL_SIZE, width - 10)),
            b = y + height,
        );
        y += ATTACHED_HEIGHT;
    }
}

fn badge(out: &mut String, x: i32, y: i32, n: usize, worst: Severity) {
    let text = if n > 99 { "99+".to_owned() } else { n.to_string() };
    let width = 8 + 7 * i32::try_from(text.len()).unwrap_or(1);
    let _ = writeln!(
        out,
        "<rect class=\"badge {}\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"15\" rx=\"7\"/>\
         <text class=\"badge-text\" x=\"{}\" y=\"{}\">{text}</text>",
        words::level(worst),
        x - width + 8,
        y - 9,
        x + 8 - width / 2,
        y + 2,
    );
}

/// What shapes and lines mean.
fn legend(out: &mut String) {
    let mut x = 0;
    for (kind, name) in [
        (Shape::External, "external entity"),
        (Shape::Process, "process"),
        (Shape::Store, "data store"),
    ] {
        shape(
            out,
            kind,
            Rect {
                x,
                y: 8,
                width: 30,
                height: 16,
            },
        );
        let _ = writeln!(out, "<text class=\"legend\" x=\"{}\" y=\"20\">{name}</text>", x + 38);
        x += 50 + super::text::width(name, SMALL_SIZE);
    }
    for basis in [Basis::Declared, Basis::Allowed, Basis::Platform] {
        let name = words::basis(basis);
        let _ = writeln!(
            out,
            "<path class=\"flow {name}\" d=\"M{x} 16h28\" marker-end=\"url(#palisade-arrow)\"/>\
             <text class=\"legend\" x=\"{}\" y=\"20\">{name}</text>",
            x + 36
        );
        x += 48 + super::text::width(name, SMALL_SIZE);
    }
    let _ = writeln!(
        out,
        "<rect class=\"boundary area\" x=\"{x}\" y=\"8\" width=\"30\" height=\"16\" rx=\"3\"/>\
         <text class=\"legend\" x=\"{}\" y=\"20\">trust boundary</text>",
        x + 38
    );
    x += 130;
    badge(out, x + 14, 17, 3, Severity::High);
    let _ = writeln!(
        out,
        "<text class=\"legend\" x=\"{}\" y=\"20\">findings, by the worst</text>",
        x + 28
    );
}
