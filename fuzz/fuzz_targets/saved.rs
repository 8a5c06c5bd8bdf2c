//! Any bytes must be read as a saved assessment or refused; what is read must compare with itself as the same, and with
//! nothing without a panic, in every format.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use palisade_engine::diff::{ChangeVerdict, Snapshot, compare};
use palisade_knowledge::Catalogue;
use palisade_report::{Compared, Comparison, TextOptions};

static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::builtin().expect("the catalogue that comes along loads"));

fuzz_target!(|bytes: &[u8]| {
    let snapshot = match palisade_report::saved(bytes) {
        Ok(Some(snapshot)) => snapshot,
        Ok(None) => return,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let nothing = Snapshot::default();
    let _ = compare(&snapshot, &snapshot, &CATALOGUE);
    for (base, head) in [(&nothing, &snapshot), (&snapshot, &nothing)] {
        let difference = compare(base, head, &CATALOGUE);
        assert!(snapshot.systems.is_empty() || difference.verdict != ChangeVerdict::Same);
        let side = |name| Compared { name, coverage: None };
        let comparison = Comparison {
            difference: &difference,
            base: side("base"),
            head: side("head"),
        };
        let options = TextOptions {
            width: 80,
            verbose: true,
        };
        assert!(!palisade_report::difference(&comparison, options).is_empty());
        assert!(!palisade_report::difference_markdown(&comparison).is_empty());
        palisade_report::difference_json(&comparison).expect("a comparison is JSON");
    }
});
