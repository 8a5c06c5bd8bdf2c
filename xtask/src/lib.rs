//! What the workspace's own commands share with its benchmarks.

pub mod generate;
pub mod noise;
pub mod picture;
mod rng;
pub mod synth;
