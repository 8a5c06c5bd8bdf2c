//! Any bytes must go all the way to every report without a panic, and twice to the same bytes.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use palisade_engine::{Model, Settings};
use palisade_inventory::Change;
use palisade_knowledge::Catalogue;
use palisade_report::{DiagramOptions, TextOptions};
use palisade_sources::{Reading, read_bytes};

static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(Catalogue::builtin().expect("the catalogue that comes along loads")));

fuzz_target!(|bytes: &[u8]| {
    let reading = read_bytes("input", bytes);
    let mut backwards = reading.clone();
    backwards.resources.reverse();
    assert_eq!(reports(reading), reports(backwards));
});

fn reports(reading: Reading) -> String {
    let mut model = Model::new(Arc::clone(&CATALOGUE), Settings::default());
    let changes = reading.resources.into_iter();
    model.apply(changes.map(|resource| Change::Upsert(Box::new(resource))));
    let assessment = model.assess(reading.coverage);
    let text = TextOptions {
        width: 80,
        verbose: true,
    };
    [
        palisade_report::pretty(&assessment).expect("an assessment is JSON"),
        palisade_report::assess(&assessment, text),
        palisade_report::svg(&assessment.systems, DiagramOptions::default()),
        palisade_report::mermaid(&assessment.systems, DiagramOptions::default()),
        palisade_report::dot(&assessment.systems, DiagramOptions::default()),
    ]
    .concat()
}
