//! The attack graph in the languages of other tools.

use std::fmt::Write as _;

use palisade_engine::{BlastRadius, GraphEdge, GraphExport, GraphNode};
use palisade_inventory::Coverage;
use serde::Serialize;

use crate::diagram::quoted;

/// What is written of a system: its root, and the graph or what was found in it.
type Rooted<'a, T> = (&'a str, T);

#[derive(Serialize)]
struct Frame<'a, T> {
    schema: u32,
    coverage: &'a Coverage,
    systems: Vec<InRoot<'a, T>>,
}

#[derive(Serialize)]
struct InRoot<'a, T> {
    root: &'a str,
    #[serde(flatten)]
    of: &'a T,
}

/// Attack graphs as JSON, one for each system.
pub fn graphs_json(coverage: &Coverage, graphs: &[Rooted<'_, GraphExport>]) -> Result<String, serde_json::Error> {
    in_frame(coverage, graphs)
}

/// Blast radii as JSON, one for each system that has the element.
pub fn blast_radius_json(coverage: &Coverage, found: &[Rooted<'_, BlastRadius>]) -> Result<String, serde_json::Error> {
    in_frame(coverage, found)
}

fn in_frame<T: Serialize>(coverage: &Coverage, found: &[Rooted<'_, T>]) -> Result<String, serde_json::Error> {
    let systems = found.iter().map(|(root, of)| InRoot { root, of }).collect();
    let frame = Frame {
        schema: 1,
        coverage,
        systems,
    };
    let mut text = serde_json::to_string_pretty(&frame)?;
    text.push('\n');
    Ok(text)
}

/// `GraphML` (<http://graphml.graphdrawing.org>): one `graph` for each system, named after its root.
pub fn graphml(graphs: &[Rooted<'_, GraphExport>]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n\
         <key id=\"kind\" for=\"node\" attr.name=\"kind\" attr.type=\"string\"/>\n\
         <key id=\"element\" for=\"node\" attr.name=\"element\" attr.type=\"string\"/>\n\
         <key id=\"step\" for=\"edge\" attr.name=\"step\" attr.type=\"string\"/>\n\
         <key id=\"techniques\" for=\"edge\" attr.name=\"techniques\" attr.type=\"string\"/>\n\
         <key id=\"likelihood\" for=\"edge\" attr.name=\"likelihood\" attr.type=\"double\"/>\n\
         <key id=\"evidence\" for=\"edge\" attr.name=\"evidence\" attr.type=\"string\"/>\n",
    );
    for (root, graph) in graphs {
        let _ = writeln!(text, "<graph id=\"{}\" edgedefault=\"directed\">", escaped(root));
        graph.nodes.iter().for_each(|node| graphml_node(&mut text, node));
        graph.edges.iter().for_each(|edge| graphml_edge(&mut text, edge));
        text.push_str("</graph>\n");
    }
    text.push_str("</graphml>\n");
    text
}

fn graphml_node(text: &mut String, node: &GraphNode) {
    let _ = write!(text, "<node id=\"{}\">", escaped(&node.id));
    data(text, "kind", &node.kind);
    if let Some(element) = &node.element {
        data(text, "element", element.as_str());
    }
    text.push_str("</node>\n");
}

fn graphml_edge(text: &mut String, edge: &GraphEdge) {
    let (from, to) = (escaped(&edge.from), escaped(&edge.to));
    let _ = write!(text, "<edge source=\"{from}\" target=\"{to}\">");
    if let Some(step) = &edge.step {
        data(text, "step", step);
    }
    if !edge.techniques.is_empty() {
        data(text, "techniques", &edge.techniques.join(" "));
    }
    data(text, "likelihood", &edge.likelihood.to_string());
    let places: Vec<String> = edge.evidence.iter().map(crate::words::position).collect();
    if !places.is_empty() {
        data(text, "evidence", &places.join(" "));
    }
    text.push_str("</edge>\n");
}

fn data(text: &mut String, key: &str, value: &str) {
    let _ = write!(text, "<data key=\"{key}\">{}</data>", escaped(value));
}

/// Text as XML takes it, between tags and within quotes. What no XML can hold is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// One Graphviz digraph with a cluster for each system.
pub fn attack_dot(graphs: &[Rooted<'_, GraphExport>]) -> String {
    let mut text = String::from(
        "digraph attacks {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=11];\n  \
         edge [fontname=\"sans-serif\", fontsize=9];\n",
    );
    for (number, (root, graph)) in graphs.iter().enumerate() {
        let id = |id: &str| quoted(&format!("{number}/{id}"));
        let _ = writeln!(text, "  subgraph \"cluster_{number}\" {{\n    label={};", quoted(root));
        for node in &graph.nodes {
            let (shape, label) = match (&*node.kind, &node.element) {
                ("and", _) => ("shape=point", String::new()),
                (kind, Some(element)) => ("shape=box, style=rounded", format!("{element}\n{kind}")),
                (_, None) => ("shape=ellipse, color=gray50", node.id.clone()),
            };
            let _ = writeln!(text, "    {} [{shape}, label={}];", id(&node.id), quoted(&label));
        }
        for edge in &graph.edges {
            let label = quoted(edge.step.as_deref().unwrap_or_default());
            let _ = writeln!(text, "    {} -> {} [label={label}];", id(&edge.from), id(&edge.to));
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

#[cfg(test)]
mod tests {
    use palisade_engine::system::ElementId;

    use super::*;
    use crate::sample;

    fn graph() -> GraphExport {
        let node = |id: &str, kind: &str, element: Option<&str>| GraphNode {
            id: id.to_owned(),
            kind: kind.to_owned(),
            element: element.map(ElementId::from),
        };
        let edge = |from: &str, to: &str, step: Option<&str>| GraphEdge {
            from: from.to_owned(),
            to: to.to_owned(),
            step: step.map(str::to_owned),
            techniques: step.iter().map(|_| "T1552.007".to_owned()).collect(),
            likelihood: 0.75,
            evidence: step.iter().map(|_| sample::evidence(7, "may read <Secrets>")).collect(),
        };
        GraphExport {
            nodes: vec![
                node("and:0", "and", None),
                node("every-secret:namespace/shop", "hub", None),
                node("identity:Group/a\"<b>&", "identity", Some("Group/a\"<b>&")),
            ],
            edges: vec![
                edge("identity:Group/a\"<b>&", "and:0", None),
                edge("and:0", "every-secret:namespace/shop", Some("PAL-S044")),
            ],
            not_evaluated: Vec::new(),
        }
    }

    #[test]
    fn a_graph_in_every_language() {
        let graphs = [("shop", graph())];
        insta::assert_snapshot!("graphml", graphml(&graphs));
        insta::assert_snapshot!("attack_dot", attack_dot(&graphs));
        insta::assert_snapshot!("graphs_json", graphs_json(&Coverage::default(), &graphs).unwrap());
    }

    #[test]
    fn xml_can_not_be_broken_out_of() {
        assert_eq!(escaped("a\"<b>&\u{1}\n"), "a&quot;&lt;b&gt;&amp; ");
    }
}
