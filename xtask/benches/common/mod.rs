//! A made-up cluster, read and ready.

use std::sync::Arc;

use palisade_engine::{Model, Settings};
use palisade_inventory::Change;
use palisade_knowledge::Catalogue;
use xtask::synth::{self, Layout, Options};

/// How many pods the clusters have.
pub(crate) const SIZES: [usize; 2] = [1_000, 5_000];

/// A model that holds a cluster of this many pods.
pub(crate) fn model(pods: usize) -> Model {
    let options = Options {
        pods,
        seed: 1,
        layout: Layout::Compact,
        managed_fields: false,
    };
    let mut dump = Vec::new();
    synth::write(options, &mut dump).expect("memory takes all");
    let reading = palisade_sources::read_bytes("cluster.json", &dump);
    let catalogue = Catalogue::builtin().expect("the catalogue is sound");
    let mut model = Model::new(Arc::new(catalogue), Settings::default());
    let upserts = reading
        .resources
        .into_iter()
        .map(|resource| Change::Upsert(Box::new(resource)));
    model.apply(upserts);
    model
}
