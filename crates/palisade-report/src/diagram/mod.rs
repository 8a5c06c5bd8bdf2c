//! Diagrams of a system: one graph of what is worth drawing, written in several languages.

mod dot;
mod graph;
mod mermaid;
mod outline;
mod svg;

pub use dot::dot;
pub(crate) use dot::quoted;
pub(crate) use graph::Graph;
pub use mermaid::mermaid;
pub use outline::outline;
pub use svg::svg;
pub(crate) use svg::{MARKERS, STYLE, cut as cut_text, escape, picture_of};

/// What is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiagramOptions {
    /// Flows of Kubernetes itself as well: API server, DNS, kubelet.
    pub platform: bool,
}
