//! What must hold for every picture: nothing overlaps, everything is within, and it is well-formed.

use palisade_engine::system::Basis;
use proptest::prelude::*;

use super::layout::{Layout, Rect, full_height, layout};
use super::svg;
use crate::diagram::DiagramOptions;
use crate::diagram::graph::{Area, Edge, Graph, Node, Shape, Zone};
use crate::sample;

fn graph(areas: usize, nodes: &[usize], edges: &[(usize, usize)]) -> Graph {
    let zone = |area| match area {
        0 => Zone::Outside,
        area if area + 1 == areas => Zone::ExternalServices,
        _ => Zone::Cluster,
    };
    let mut in_area: Vec<usize> = nodes.iter().map(|area| area % areas).collect();
    in_area.sort_unstable();
    let nodes: Vec<Node> = in_area
        .into_iter()
        .enumerate()
        .map(|(at, area)| Node {
            id: format!("Deployment/area-{area}/workload-{at}").as_str().into(),
            name: format!("workload-{at}"),
            remark: "Deployment".to_owned(),
            shape: Shape::Process,
            area,
            attached: Vec::new(),
            findings: None,
            is_context: false,
        })
        .collect();
    let mut edges: Vec<(usize, usize)> = edges
        .iter()
        .map(|(from, to)| (from % nodes.len().max(1), to % nodes.len().max(1)))
        .filter(|(from, to)| from != to)
        .collect();
    edges.sort_unstable();
    edges.dedup();
    // Areas without nodes are never drawn.
    Graph {
        title: "test".to_owned(),
        areas: (0..areas)
            .map(|area| Area {
                name: format!("area {area}"),
                zone: zone(area),
            })
            .collect(),
        edges: edges
            .into_iter()
            .map(|(from, to)| Edge {
                from,
                to,
                label: format!("{}", 8000 + to % 3),
                basis: Basis::Declared,
                written: String::new(),
            })
            .collect(),
        nodes,
    }
}

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

fn contains(outer: Rect, inner: Rect) -> bool {
    outer.x <= inner.x && outer.y <= inner.y && outer.right() >= inner.right() && outer.bottom() >= inner.bottom()
}

fn check(graph: &Graph) {
    let Layout {
        width,
        height,
        nodes,
        areas,
        ..
    } = layout(graph);
    let page = Rect {
        x: 0,
        y: 0,
        width,
        height,
    };
    let full: Vec<Rect> = graph
        .nodes
        .iter()
        .zip(&nodes)
        .map(|(node, rect)| Rect {
            height: full_height(node, rect.height),
            ..*rect
        })
        .collect();
    for (at, (node, rect)) in graph.nodes.iter().zip(&full).enumerate() {
        assert!(contains(page, *rect), "{} is off the page", node.id);
        assert!(contains(areas[node.area], *rect), "{} is outside its area", node.id);
        for (other, other_rect) in graph.nodes.iter().zip(&full).skip(at + 1) {
            assert!(!overlap(*rect, *other_rect), "{} covers {}", node.id, other.id);
        }
        for (area, rect_of_area) in areas.iter().enumerate().filter(|(area, _)| *area != node.area) {
            assert!(!overlap(*rect, *rect_of_area), "{} is in area {area} as well", node.id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_overlaps(
        nodes in prop::collection::vec(0_usize..100, 1..40),
        edges in prop::collection::vec((0_usize..100, 0_usize..100), 0..80),
    ) {
        // Every area has a node.
        let areas = nodes.len().min(6);
        let mut spread: Vec<usize> = (0..areas).collect();
        spread.extend(nodes.into_iter().skip(areas));
        check(&graph(areas, &spread, &edges));
    }
}

#[test]
fn the_sample_is_drawn() {
    let assessment = sample::assessment();
    insta::assert_snapshot!(svg(&assessment.systems, DiagramOptions::default()));
}

#[test]
fn nothing_is_a_picture_too() {
    let text = svg(&[], DiagramOptions::default());
    assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
}
