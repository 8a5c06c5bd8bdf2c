//! What is there, indexed: everything that the steps of the compilation look things up in.

use std::sync::Arc;

use palisade_inventory::{Resource, ResourceId};
use palisade_knowledge::Catalogue;

use crate::design::names::Names;
use crate::design::recognition::{self, Recognised};
use crate::design::services::Services;
use crate::design::workloads::{Workload, Workloads};
use crate::kube::Namespaces;
use crate::system::{ElementId, Resources};

/// The resources of one root, joined.
pub(super) struct Cluster<'a> {
    pub(super) resources: &'a Resources,
    pub(super) names: Names,
    pub(super) namespaces: Namespaces<'a>,
    pub(super) workloads: Workloads<'a>,
    pub(super) services: Services<'a>,
    /// What each workload was recognised as.
    recognised: Vec<Recognised<'a>>,
}

impl<'a> Cluster<'a> {
    /// Joins pods with owners and Services with what is behind them.
    pub(super) fn of(resources: &'a Resources, catalogue: &'a Catalogue) -> Self {
        let names = Names::of(resources);
        let workloads = Workloads::of(resources, &names);
        let services = Services::of(resources, &names, &workloads);
        let recognised = workloads
            .iter()
            .map(|workload| recognition::of(workload, catalogue))
            .collect();
        Self {
            resources,
            names,
            namespaces: Namespaces::of(resources),
            workloads,
            services,
            recognised,
        }
    }

    /// All workloads with their numbers.
    pub(super) fn workloads(&self) -> impl Iterator<Item = (usize, &Workload<'a>)> {
        self.workloads.iter().enumerate()
    }

    /// What a workload was recognised as.
    pub(super) fn recognised(&self, workload: usize) -> Recognised<'a> {
        self.recognised.get(workload).copied().unwrap_or_default()
    }

    /// The object of a kind of the core group.
    pub(super) fn core(&self, kind: &str, namespace: &str, name: &str) -> Option<&'a Arc<Resource>> {
        self.resources.get(&ResourceId {
            kind: kind.into(),
            group: "".into(),
            namespace: namespace.into(),
            name: name.into(),
        })
    }

    /// The id of the service account that a workload's pods run as.
    pub(super) fn account_of(&self, workload: &Workload<'_>) -> Option<ElementId> {
        let (name, _) = workload.shapes.first()?.pod().service_account();
        let id = self.names.of_parts("ServiceAccount", "", &workload.namespace, name);
        Some(id)
    }
}
