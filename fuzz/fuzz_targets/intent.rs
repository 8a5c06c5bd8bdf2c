//! Any bytes must be read as intent, or something must be wrong with them at a place that is there.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use palisade_sources::{Known, read_intent};

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Known {
        actors: set(&["PAL-A001"]),
        controls: set(&["PAL-C001"]),
        rules: set(&["PAL-W001"]),
        frameworks: [("soc-2".to_owned(), set(&["low"]))].into(),
        technologies: set(&["redis"]),
        categories: set(&["spoofing"]),
        views: set(&["flow"]),
        condition: |_, _| Ok(()),
        claim: |_| Ok(()),
    }
});

fuzz_target!(|bytes: &[u8]| {
    let Err(errors) = read_intent("palisade.yaml", bytes, &KNOWN) else {
        return;
    };
    assert!(!errors.is_empty());
    let lines = bytes.split(|&byte| byte == b'\n').count();
    // YAML knows more line breaks than this.
    let is_plain = bytes.is_ascii() && !bytes.contains(&b'\r');
    for error in errors {
        assert!(!error.message.is_empty());
        // What is missing at the end is missing on the line after the last.
        assert!(!is_plain || (error.position.line as usize) <= lines);
    }
});
