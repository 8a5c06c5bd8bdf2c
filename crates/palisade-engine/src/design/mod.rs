//! What are we working on? Resources → [`System`]: a data-flow diagram with evidence for everything in it.
//!
//! [`compile`] is the whole way. What is there is joined first (pods with owners, Services with what is behind them); then
//! each step adds what one kind of artefact tells. What a later step needs of an earlier one is read from the drawing.

mod addresses;
mod application;
pub(crate) mod boundaries;
mod calls;
mod cluster;
mod drawing;
mod elements;
mod exposure;
mod externals;
mod hosts;
mod limits;
mod mentions;
mod mesh;
mod mounts;
pub(crate) mod names;
pub(crate) mod ownership;
mod platform;
mod policies;
mod recognition;
mod routes;
mod services;
mod stores;
mod unknowns;
mod variants;
mod webhooks;
mod workloads;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use palisade_inventory::Root;
use palisade_knowledge::Catalogue;

use crate::network::{HostNetwork, Network};
use crate::system::{Resources, System};

use addresses::Addresses;
use cluster::Cluster;
use drawing::Drawing;

/// Compiles the data-flow diagram of one root.
pub(crate) fn compile(root: &Root, resources: &Resources, catalogue: &Catalogue) -> System {
    let cluster = Cluster::of(resources, catalogue);
    let addresses = Addresses::of(&cluster, routes::public_hosts(resources));
    let network = Arc::new(Network::new(resources, HostNetwork::Nodes));
    let mut drawing = Drawing::default();

    elements::add(&cluster, &mut drawing);
    calls::add(&cluster, &addresses, &mut drawing);
    stores::add(catalogue, &mut drawing);
    routes::add(&cluster, &mut drawing);
    exposure::add(&cluster, &mut drawing);
    policies::add(&cluster, &network, &mut drawing);
    mounts::add(&cluster, &mut drawing);
    webhooks::add(&cluster, &addresses, &mut drawing);
    platform::add(&cluster, &mut drawing);
    mesh::apply(&cluster, &mut drawing);
    policies::doubt(&network, &mut drawing);
    unknowns::add(&cluster, &mut drawing);

    let mut system = System::new(root);
    system.resources = resources.clone();
    system.network = network;
    drawing.finish(&mut system);
    limits::apply(resources, &mut system);
    system
}
