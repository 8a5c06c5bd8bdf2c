//! The views that join several objects: `element` and `flow`, as the documentation of [`View`](palisade_knowledge::View) lists their fields.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use palisade_inventory::{Node, ResourceId};
use palisade_knowledge::{Catalogue, StoreKind};

use super::login::Login;
use super::nodes::{flag, int, list, map, text};
use crate::kube::Pod;
use crate::system::{Basis, BoundaryKind, Element, ElementId, ElementKind, Flow, System};

/// Makes the nodes of the built views.
#[derive(Debug)]
pub(crate) struct BuiltViews<'s> {
    system: &'s System,
    catalogue: &'s Catalogue,
    boundaries: BTreeMap<&'s str, BoundaryKind>,
    exposed: HashSet<&'s ElementId>,
}

impl<'s> BuiltViews<'s> {
    /// Prepares for a system.
    pub(crate) fn new(system: &'s System, catalogue: &'s Catalogue) -> Self {
        let from_outside = system
            .flows
            .iter()
            .filter(|flow| flow.from.as_str() == ElementId::INTERNET);
        Self {
            system,
            catalogue,
            boundaries: system
                .boundaries
                .iter()
                .map(|boundary| (boundary.id.as_str(), boundary.kind))
                .collect(),
            exposed: from_outside.map(|flow| &flow.to).collect(),
        }
    }

    /// The `element` view of an element; none for what runs no code.
    pub(crate) fn element(&self, element: &Element) -> Option<Node> {
        if element.templates.is_empty() {
            return None;
        }
        let pods = || element.templates.iter().map(|template| Pod::new(template.node()));
        let isolation = &element.isolation;
        Some(map([
            ("id", text(element.id.as_str())),
            ("kind", text(kind_word(element.kind))),
            ("namespace", text(element.namespace.as_deref().unwrap_or_default())),
            ("technology", text(element.technology.as_deref().unwrap_or_default())),
            ("storeKind", text(element.store.map_or("", store_word))),
            ("login", text(self.login(element).asked.word())),
            ("exposed", flag(self.is_exposed(&element.id))),
            ("ingressIsolated", flag(!isolation.ingress.is_empty())),
            ("egressIsolated", flag(!isolation.egress.is_empty())),
            ("replicas", int(element.instances)),
            ("tokenMounted", flag(self.token_mounted(element))),
            ("hostNetwork", flag(pods().any(Pod::host_network))),
        ]))
    }

    /// The `flow` view of a flow.
    pub(crate) fn flow(&self, flow: &Flow) -> Node {
        let kind = |id: &ElementId| {
            self.system
                .element(id.as_str())
                .map_or("", |element| kind_word(element.kind))
        };
        let store = self.system.element(flow.to.as_str()).and_then(|element| element.store);
        let crosses = flow.crosses.iter().filter_map(|id| self.boundaries.get(id.as_str()));
        let encrypted = match flow.encrypted {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        map([
            ("from", text(flow.from.as_str())),
            ("to", text(flow.to.as_str())),
            ("basis", text(basis_word(flow.basis))),
            ("protocol", text(&flow.protocol)),
            ("application", text(flow.application.as_deref().unwrap_or_default())),
            ("ports", list(flow.ports.iter().map(|&port| int(port)))),
            ("encrypted", text(encrypted)),
            ("crosses", list(crosses.map(|&kind| text(boundary_word(kind))))),
            ("fromKind", text(kind(&flow.from))),
            ("toKind", text(kind(&flow.to))),
            ("toStoreKind", text(store.map_or("", store_word))),
        ])
    }

    /// Whether it asks clients for a login, as far as its settings tell.
    pub(super) fn login(&self, element: &Element) -> Login {
        let technology = element.technology.as_ref();
        let technology = technology.and_then(|id| self.catalogue.technologies.get(id));
        Login::of(
            technology.and_then(|technology| technology.login.as_ref()),
            &element.templates,
        )
    }

    /// Whether it is reachable from outside.
    pub(super) fn is_exposed(&self, element: &ElementId) -> bool {
        self.exposed.contains(element)
    }

    /// Whether its pods hold a token for the API server.
    pub(super) fn token_mounted(&self, element: &Element) -> bool {
        let account = service_account(self.system, element);
        let mut pods = element.templates.iter().map(|template| Pod::new(template.node()));
        pods.any(|pod| pod.api_token(account.as_deref()).is_some())
    }
}

/// The ServiceAccount that an element's pods run as, where the input holds it.
fn service_account(system: &System, element: &Element) -> Option<Arc<Node>> {
    let (namespace, template) = (element.namespace.clone()?, element.templates.first()?);
    let (name, _) = Pod::new(template.node()).service_account();
    let id = ResourceId {
        kind: "ServiceAccount".into(),
        group: "".into(),
        namespace,
        name: name.into(),
    };
    system.resources.get(&id).map(|account| Arc::clone(&account.content))
}

fn kind_word(kind: ElementKind) -> &'static str {
    match kind {
        ElementKind::ExternalEntity => "external-entity",
        ElementKind::Process => "process",
        ElementKind::DataStore => "data-store",
        ElementKind::Identity => "identity",
        ElementKind::Permission => "permission",
        ElementKind::Host => "host",
        ElementKind::Route => "route",
        ElementKind::Policy => "policy",
        ElementKind::Namespace => "namespace",
    }
}

pub(super) fn store_word(store: StoreKind) -> &'static str {
    match store {
        StoreKind::Database => "database",
        StoreKind::Cache => "cache",
        StoreKind::Broker => "broker",
        StoreKind::Object => "object",
        StoreKind::Search => "search",
        StoreKind::KeyValue => "key-value",
        StoreKind::Registry => "registry",
    }
}

fn boundary_word(kind: BoundaryKind) -> &'static str {
    match kind {
        BoundaryKind::Outside => "outside",
        BoundaryKind::ExternalServices => "external-services",
        BoundaryKind::ClusterEdge => "cluster-edge",
        BoundaryKind::ControlPlane => "control-plane",
        BoundaryKind::Namespace => "namespace",
        BoundaryKind::Node => "node",
        BoundaryKind::Declared => "declared",
    }
}

/// The word for who says that a flow exists.
fn basis_word(basis: Basis) -> &'static str {
    match basis {
        Basis::Observed => "observed",
        Basis::Declared => "declared",
        Basis::Allowed => "allowed",
        Basis::Platform => "platform",
    }
}
