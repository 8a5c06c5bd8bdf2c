//! Graphviz.

use std::fmt::Write as _;

use palisade_engine::assessment::SystemAssessment;
use palisade_engine::system::Basis;

use super::DiagramOptions;
use super::graph::{Graph, Node, Shape};

/// All systems as one Graphviz digraph.
pub fn dot(systems: &[SystemAssessment], options: DiagramOptions) -> String {
    let mut text = String::from(
        "digraph palisade {\n  \
         rankdir=LR; compound=true; fontname=\"sans-serif\";\n  \
         node [fontname=\"sans-serif\", fontsize=11];\n  \
         edge [fontname=\"sans-serif\", fontsize=9];\n",
    );
    for (number, assessment) in systems.iter().enumerate() {
        let graph = Graph::new(assessment, options);
        let _ = writeln!(text, "  subgraph \"cluster_s{number}\" {{");
        let _ = writeln!(text, "    label={}; color=none;", quoted(&graph.title));
        one(&mut text, &graph, number);
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

fn one(text: &mut String, graph: &Graph, system: usize) {
    let id = |node: &Node| quoted(&format!("{system}/{}", node.id));
    for (number, area) in graph.areas.iter().enumerate() {
        let _ = writeln!(text, "    subgraph \"cluster_s{system}a{number}\" {{");
        let _ = writeln!(text, "      label={}; style=dashed; color=gray40;", quoted(&area.name));
        for node in graph.nodes.iter().filter(|node| node.area == number) {
            let shape = match node.shape {
                Shape::External => "shape=box",
                Shape::Process => "shape=box, style=rounded",
                Shape::Store => "shape=cylinder",
            };
            let label = quoted(&format!("{}\n{}", node.name, node.remark));
            let _ = writeln!(text, "      {} [{shape}, label={label}];", id(node));
            for attached in &node.attached {
                let store = quoted(&format!("{system}/{}", attached.id));
                let _ = writeln!(
                    text,
                    "      {store} [shape=cylinder, fontsize=9, label={}];",
                    quoted(&attached.name)
                );
                let _ = writeln!(text, "      {} -> {store} [dir=none, weight=9];", id(node));
            }
        }
        text.push_str("    }\n");
    }
    for edge in &graph.edges {
        if let (Some(from), Some(to)) = (graph.nodes.get(edge.from), graph.nodes.get(edge.to)) {
            let style = match edge.basis {
                Basis::Observed => "bold",
                Basis::Declared => "solid",
                Basis::Allowed => "dotted",
                Basis::Platform => "dashed",
            };
            let label = quoted(&edge.label);
            let tooltip = quoted(&edge.written);
            let _ = writeln!(
                text,
                "    {} -> {} [style={style}, label={label}, tooltip={tooltip}];",
                id(from),
                id(to)
            );
        }
    }
}

/// A string as Graphviz reads it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_sample_is_drawn() {
        let assessment = sample::assessment();
        insta::assert_snapshot!(dot(&assessment.systems, DiagramOptions::default()));
    }

    #[test]
    fn names_can_not_leave_their_quotes() {
        assert_eq!(quoted("a\"b\\c\nd"), r#""a\"b\\c\nd""#);
    }
}
