//! Trust boundaries: outside ⊃ (external services, cluster ⊃ (control plane, namespaces, nodes)).

use std::collections::{BTreeMap, BTreeSet};

use crate::system::{Boundary, BoundaryKind, Element, ElementKind};

pub(crate) const OUTSIDE: &str = "outside";
pub(crate) const EXTERNAL_SERVICES: &str = "external-services";
pub(crate) const CLUSTER: &str = "cluster";
pub(crate) const CONTROL_PLANE: &str = "control-plane";

/// The boundary of a namespace; of what is in none, the control plane that keeps it.
pub(super) fn of_namespace(namespace: &str) -> String {
    if namespace.is_empty() {
        CONTROL_PLANE.to_owned()
    } else {
        format!("namespace/{namespace}")
    }
}

/// The boundary of a node.
pub(super) fn of_node(node: &str) -> String {
    format!("node/{node}")
}

/// The boundaries around these elements, by id, with all that they lie in. Nodes are boundaries by being there.
pub(super) fn of<'a>(elements: impl Iterator<Item = &'a Element>) -> BTreeMap<String, Boundary> {
    let mut found = BTreeMap::new();
    let mut nodes: BTreeSet<&str> = BTreeSet::new();
    for element in elements {
        insert(&mut found, &element.boundary);
        if element.kind == ElementKind::Process || element.kind == ElementKind::DataStore {
            nodes.extend(element.nodes.iter().map(|node| &**node));
        }
    }
    for node in nodes {
        insert(&mut found, &of_node(node));
    }
    found
}

/// Adds a boundary and all that it lies in, where they are not there.
pub(crate) fn insert(found: &mut BTreeMap<String, Boundary>, id: &str) {
    if found.contains_key(id) {
        return;
    }
    let (kind, parent) = match id {
        OUTSIDE => (BoundaryKind::Outside, None),
        EXTERNAL_SERVICES => (BoundaryKind::ExternalServices, Some(OUTSIDE)),
        CLUSTER => (BoundaryKind::ClusterEdge, Some(OUTSIDE)),
        CONTROL_PLANE => (BoundaryKind::ControlPlane, Some(CLUSTER)),
        node if node.starts_with("node/") => (BoundaryKind::Node, Some(CLUSTER)),
        _ => (BoundaryKind::Namespace, Some(CLUSTER)),
    };
    let boundary = Boundary {
        id: id.to_owned(),
        kind,
        parent: parent.map(str::to_owned),
    };
    found.insert(id.to_owned(), boundary);
    if let Some(parent) = parent {
        insert(found, parent);
    }
}

/// The boundaries between two places, outermost first; at equal depth that of the start comes first.
pub(crate) fn crossed(boundaries: &BTreeMap<String, Boundary>, from: &str, to: &str) -> Vec<String> {
    let (out, back) = (chain(boundaries, from), chain(boundaries, to));
    let common = out.iter().zip(&back).take_while(|(a, b)| a == b).count();
    let depth = out.len().max(back.len());
    (common..depth)
        .flat_map(|depth| [out.get(depth), back.get(depth)])
        .flatten()
        .map(|id| (*id).to_owned())
        .collect()
}

/// A boundary and all around it, outermost first.
fn chain<'a>(boundaries: &'a BTreeMap<String, Boundary>, id: &str) -> Vec<&'a str> {
    let mut chain: Vec<&str> = std::iter::successors(boundaries.get(id), |boundary| {
        boundaries.get(boundary.parent.as_deref()?)
    })
    .map(|boundary| &*boundary.id)
    .collect();
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossed_between(from: &str, to: &str) -> Vec<String> {
        let mut all = BTreeMap::new();
        insert(&mut all, from);
        insert(&mut all, to);
        crossed(&all, from, to)
    }

    #[test]
    fn what_is_crossed_is_listed_from_outside_in() {
        let cases: [(&str, &str, &[&str]); 5] = [
            (OUTSIDE, "namespace/shop", &["cluster", "namespace/shop"]),
            ("namespace/shop", "namespace/shop", &[]),
            ("namespace/a", "namespace/b", &["namespace/a", "namespace/b"]),
            (
                "namespace/a",
                EXTERNAL_SERVICES,
                &["cluster", "external-services", "namespace/a"],
            ),
            ("namespace/a", CONTROL_PLANE, &["namespace/a", "control-plane"]),
        ];
        for (from, to, expected) in cases {
            assert_eq!(crossed_between(from, to), expected, "{from} → {to}");
        }
    }
}
