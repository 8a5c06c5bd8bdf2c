//! A picture that stands alone: light and dark, accessible, no script, no font, nothing loaded.
//!
//! A layered drawing. Outside stands left, external services right, the cluster between them; every namespace is a lane
//! of its own, so that no two boundaries overlap; what calls stands left of what it calls.

mod draw;
mod lanes;
mod layout;
mod order;
mod place;
mod rank;
mod route;
#[cfg(test)]
mod tests;
mod text;

use palisade_engine::assessment::SystemAssessment;

use super::DiagramOptions;
use super::graph::Graph;

pub(crate) use draw::{MARKERS, STYLE, picture_of};
pub(crate) use text::{cut, escape};

/// All systems as one picture, one below the other.
pub fn svg(systems: &[SystemAssessment], options: DiagramOptions) -> String {
    let graphs: Vec<Graph> = systems.iter().map(|system| Graph::new(system, options)).collect();
    draw::picture(&graphs)
}
