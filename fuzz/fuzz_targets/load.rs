//! Any bytes must load without a panic, and what is loaded must hang together.
//!
//! Panics of the YAML parser are contained by the loader and silenced by its hook, which keeps the fuzzer's own hook for
//! all others: only a panic that escapes ends the run.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_sources::read_bytes;

fuzz_target!(|bytes: &[u8]| {
    let reading = read_bytes("input", bytes);
    let coverage = &reading.coverage;
    assert!(coverage.understood <= coverage.documents);
    assert!(reading.resources.len() as u64 <= coverage.understood);
    for resource in &reading.resources {
        assert!(!resource.id.name.is_empty() && !resource.id.kind.is_empty());
        let lines = bytes.split(|&byte| byte == b'\n').count();
        // YAML knows more line breaks than this.
        let is_plain = bytes.is_ascii() && !bytes.contains(&b'\r');
        assert!(!is_plain || (resource.origin.position.line as usize) < lines);
    }
});
