//! A made-up cluster, read and ready.

#![allow(dead_code, reason = "no benchmark uses all of it")]

use std::sync::Arc;

use palisade_engine::{Model, Settings};
use palisade_inventory::Change;
use palisade_knowledge::Catalogue;
use xtask::synth::{self, Layout, Options};

/// How many pods the clusters have; `PALISADE_PODS` names another size.
pub(crate) fn sizes() -> Vec<usize> {
    match std::env::var("PALISADE_PODS") {
        Ok(pods) => vec![pods.parse().expect("PALISADE_PODS is a number")],
        Err(_) => vec![1_000, 5_000],
    }
}

/// The dump of a cluster of this many pods.
pub(crate) fn dump(pods: usize) -> Vec<u8> {
    let options = Options {
        pods,
        seed: 1,
        layout: Layout::Compact,
        managed_fields: false,
    };
    let mut dump = Vec::new();
    synth::write(options, &mut dump).expect("memory takes all");
    dump
}

/// A model that holds a cluster of this many pods.
pub(crate) fn model(pods: usize) -> Model {
    model_of(&dump(pods))
}

/// A model that holds the cluster of this dump.
pub(crate) fn model_of(dump: &[u8]) -> Model {
    let reading = palisade_sources::read_bytes("cluster.json", dump);
    let catalogue = Catalogue::builtin().expect("the catalogue is sound");
    let mut model = Model::new(Arc::new(catalogue), Settings::default());
    let upserts = reading
        .resources
        .into_iter()
        .map(|resource| Change::Upsert(Box::new(resource)));
    model.apply(upserts);
    model
}
