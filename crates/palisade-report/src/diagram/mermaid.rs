//! Mermaid flowcharts, as GitHub and GitLab draw them.

use std::fmt::Write as _;

use palisade_engine::assessment::SystemAssessment;
use palisade_engine::system::Basis;

use super::DiagramOptions;
use super::graph::{Graph, Node, Shape};

/// All systems as one Mermaid flowchart.
pub fn mermaid(systems: &[SystemAssessment], options: DiagramOptions) -> String {
    let mut text = String::from("flowchart LR\n");
    for (number, assessment) in systems.iter().enumerate() {
        let graph = Graph::new(assessment, options);
        if systems.len() > 1 {
            let _ = writeln!(text, "  subgraph s{number}[\"{}\"]", escape(&graph.title));
        }
        one(&mut text, &graph, number);
        if systems.len() > 1 {
            text.push_str("  end\n");
        }
    }
    text.push_str(
        "  classDef external stroke-width:2px\n  \
         classDef context stroke-dasharray:3 3,opacity:0.6\n",
    );
    text
}

fn one(text: &mut String, graph: &Graph, system: usize) {
    for (number, area) in graph.areas.iter().enumerate() {
        let _ = writeln!(text, "  subgraph s{system}a{number}[\"{}\"]", escape(&area.name));
        for (index, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.area == number) {
            write_node(text, node, &format!("s{system}n{index}"));
        }
        text.push_str("  end\n");
        let _ = writeln!(text, "  style s{system}a{number} fill:none,stroke-dasharray:6 4");
    }
    for edge in &graph.edges {
        let arrow = match edge.basis {
            Basis::Observed => "==>",
            Basis::Declared => "-->",
            Basis::Allowed | Basis::Platform => "-.->",
        };
        let label = if edge.label.is_empty() {
            String::new()
        } else {
            format!("|\"{}\"|", escape(&edge.label))
        };
        let _ = writeln!(text, "  s{system}n{} {arrow}{label} s{system}n{}", edge.from, edge.to);
    }
}

fn write_node(text: &mut String, node: &Node, id: &str) {
    let label = format!("{}<br/><small>{}</small>", escape(&node.name), escape(&node.remark));
    let _ = match node.shape {
        Shape::External => writeln!(text, "    {id}[\"{label}\"]:::external"),
        Shape::Process if node.is_context => writeln!(text, "    {id}([\"{label}\"]):::context"),
        Shape::Process => writeln!(text, "    {id}([\"{label}\"])"),
        Shape::Store => writeln!(text, "    {id}[(\"{label}\")]"),
    };
    for (number, attached) in node.attached.iter().enumerate() {
        let _ = writeln!(text, "    {id}v{number}[(\"{}\")]", escape(&attached.name));
        let _ = writeln!(text, "    {id} --- {id}v{number}");
    }
}

/// Text inside quotes: Mermaid reads `#name;` as a character, and HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("#quot;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '#' => escaped.push_str("#35;"),
            '`' => escaped.push_str("#96;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_sample_is_drawn() {
        let assessment = sample::assessment();
        insta::assert_snapshot!(mermaid(&assessment.systems, DiagramOptions::default()));
    }

    #[test]
    fn names_can_not_leave_their_quotes() {
        assert_eq!(escape("a\"]; click <b>#1"), "a#quot;]; click #lt;b#gt;#35;1");
    }
}
