//! What a workload is, by its images and, failing that, its ports.

use palisade_knowledge::{Catalogue, ContainerRole, Technology};

use crate::design::workloads::Workload;
use crate::kube::Container;

/// What a workload was recognised as.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recognised<'a> {
    /// The technology.
    pub(super) technology: Option<&'a Technology>,
    /// Only its port and name speak for it, not its image.
    pub(super) by_port: bool,
}

/// Recognises a workload: a container that keeps data decides, then any that is known, then ports.
pub(super) fn of<'a>(workload: &Workload<'_>, catalogue: &'a Catalogue) -> Recognised<'a> {
    let Some(shape) = workload.shapes.first() else {
        return Recognised::default();
    };
    let containers: Vec<Container<'_>> = shape
        .pod()
        .containers()
        .filter(|container| matches!(container.role, ContainerRole::Container | ContainerRole::Sidecar))
        .collect();
    let by_image: Vec<&Technology> = containers
        .iter()
        .filter_map(|container| catalogue.technology_of_image(container.image()?))
        .collect();
    let store = by_image.iter().find(|technology| technology.store.is_some());
    if let Some(technology) = store.or(by_image.first()) {
        return Recognised {
            technology: Some(technology),
            by_port: false,
        };
    }
    let technology = containers
        .iter()
        .find_map(|container| by_port(container, &workload.name, catalogue));
    Recognised {
        technology,
        by_port: technology.is_some(),
    }
}

/// A port alone says little (9000 may be anything): the port's, the container's or the workload's name must agree.
fn by_port<'a>(container: &Container<'_>, workload: &str, catalogue: &'a Catalogue) -> Option<&'a Technology> {
    container.ports().find_map(|port| {
        let said = [port.name.unwrap_or_default(), container.name(), workload];
        if said.iter().any(|name| is_beside_store(name)) {
            return None;
        }
        let on_port = |technology: &&Technology| technology.store.is_some() && technology.ports.contains(&port.port);
        let stores: Vec<&Technology> = catalogue.technologies.values().filter(on_port).collect();
        let says = |word: &str| said.iter().any(|name| name.contains(word));
        let speaks = |technology: &&&Technology| technology.application.as_deref().is_some_and(says);
        let keeps_data = said.iter().any(|name| has_part(name, &KEEPERS));
        let named = stores.iter().find(|technology| says(&technology.id));
        let spoken = named.or_else(|| stores.iter().find(speaks));
        spoken.or_else(|| stores.first().filter(|_| keeps_data)).copied()
    })
}

/// Parts of the names of things that only talk to a store.
const BESIDE: [&str; 10] = [
    "admin",
    "backup",
    "bouncer",
    "client",
    "exporter",
    "operator",
    "pgbouncer",
    "pooler",
    "proxy",
    "router",
];
/// Parts of the names of things that keep data.
const KEEPERS: [&str; 6] = ["db", "database", "sql", "cache", "queue", "broker"];

/// Whether a name says that this only talks to a store.
pub(super) fn is_beside_store(name: &str) -> bool {
    has_part(name, &BESIDE)
}

fn has_part(name: &str, words: &[&str]) -> bool {
    name.split(['-', '_', '.']).any(|part| words.contains(&part))
}

impl Recognised<'_> {
    /// What it speaks on this port.
    pub(super) fn application(&self, port: u16) -> Option<&str> {
        let technology = self.technology.filter(|technology| technology.ports.contains(&port))?;
        technology.application.as_deref()
    }

    /// Whether data is kept there.
    pub(super) fn is_store(&self) -> bool {
        self.technology.is_some_and(|technology| technology.store.is_some())
    }
}
