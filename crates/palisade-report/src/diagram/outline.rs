//! The diagram as an outline: elements by area, and where their data goes.

use palisade_engine::Assessment;

use super::DiagramOptions;
use super::graph::{Edge, Graph, Node, Shape};
use crate::text::page::{Page, count, span};
use crate::text::{TextOptions, coverage, gaps, style, systems};
use crate::words;

/// Flows of one element before "and n more".
const FEW_FLOWS: usize = 12;

/// All systems as outlines.
pub fn outline(assessment: &Assessment, diagram: DiagramOptions, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    for system in &assessment.systems {
        systems::one(&mut page, system);
        one(&mut page, &Graph::new(system, diagram), options);
    }
    gaps::gaps(&mut page, &assessment.systems, options);
    coverage::coverage(&mut page, assessment, options);
    page.finish()
}

fn one(page: &mut Page, graph: &Graph, options: TextOptions) {
    for (number, area) in graph.areas.iter().enumerate() {
        page.gap();
        page.indented(2, &[span(style::BOLD, &*area.name)]);
        for (index, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.area == number) {
            element(page, node);
            let flows: Vec<&Edge> = graph.edges.iter().filter(|edge| edge.from == index).collect();
            let shown = options.limit(FEW_FLOWS).min(flows.len());
            for flow in flows.iter().take(shown) {
                if let Some(to) = graph.nodes.get(flow.to) {
                    one_flow(page, flow, to);
                }
            }
            if flows.len() > shown {
                page.indented(
                    8,
                    &[span(
                        style::DIM,
                        format!("and {}", count(flows.len() - shown, "more flow")),
                    )],
                );
            }
        }
    }
}

fn element(page: &mut Page, node: &Node) {
    let mark = match node.shape {
        Shape::External => "□",
        Shape::Process => "○",
        Shape::Store => "≡",
    };
    let mut spans = vec![
        span(style::NAME, node.id.as_str()),
        span(style::DIM, format!("  {}", node.remark)),
    ];
    if let Some((n, worst)) = node.findings {
        let text = format!("  {} ({})", count(n, "finding"), words::level(worst));
        spans.push(span(style::severity(worst), text));
    }
    page.line(
        &[span(style::PLAIN, format!("    {mark} "))],
        &[span(style::PLAIN, "        ")],
        &spans,
    );
    for store in &node.attached {
        page.line(
            &[span(style::PLAIN, "      ≡ ")],
            &[span(style::PLAIN, "        ")],
            &[span(style::DIM, store.id.as_str())],
        );
    }
}

fn one_flow(page: &mut Page, flow: &Edge, to: &Node) {
    let mut spans = vec![span(style::PLAIN, to.id.as_str())];
    if !flow.label.is_empty() {
        spans.push(span(style::BOLD, format!("  {}", flow.label)));
    }
    spans.push(span(
        style::DIM,
        format!("  {} {}", words::basis(flow.basis), flow.written),
    ));
    page.line(
        &[span(style::PLAIN, "      → ")],
        &[span(style::PLAIN, "          ")],
        &spans,
    );
}
