//! What the workspace's own commands share with its benchmarks.

pub mod generate;
pub mod picture;
pub mod synth;
