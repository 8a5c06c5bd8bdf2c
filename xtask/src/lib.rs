//! What the workspace's own commands share with its benchmarks.

pub mod generate;
pub mod noise;
pub mod picture;
pub mod rng;
pub mod synth;
