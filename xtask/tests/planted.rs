//! The attack paths that were put into a made-up cluster are found there.

use std::sync::Arc;

use palisade_engine::{Model, Settings};
use palisade_inventory::Change;
use palisade_knowledge::Catalogue;
use xtask::synth::{self, Layout, Options};

#[test]
fn every_planted_path_is_found() {
    let mut dump = Vec::new();
    let options = Options {
        pods: 400,
        seed: 1,
        layout: Layout::Compact,
        managed_fields: true,
    };
    let planted = synth::write(options, &mut dump).unwrap();
    let reading = palisade_sources::read_bytes("cluster.json", &dump);
    assert_eq!(reading.coverage.skipped, []);

    let mut model = Model::new(Arc::new(Catalogue::builtin().unwrap()), Settings::default());
    let upserts = reading
        .resources
        .into_iter()
        .map(|resource| Change::Upsert(Box::new(resource)));
    model.apply(upserts);
    let assessment = model.assess(reading.coverage);
    let found: Vec<_> = assessment.systems.iter().flat_map(|system| &system.paths).collect();
    for path in &planted {
        let to_asset = || found.iter().filter(|found| found.asset.as_str() == path.asset);
        let from_entry = to_asset().find(|found| found.entry.as_str() == path.entry);
        assert!(
            from_entry.is_some(),
            "{}: no path from {} to {}; from elsewhere: {:?}",
            path.name,
            path.entry,
            path.asset,
            to_asset().map(|found| found.entry.as_str()).collect::<Vec<_>>(),
        );
    }
}
