//! Tests of the built binary.

#![expect(
    clippy::unwrap_used,
    reason = "tests may panic; helpers outside of test functions as well"
)]

mod access;
mod catalogue;
mod common;
mod decide;
mod diff;
mod docs;
mod eval;
mod fixes;
mod graph;
mod guard;
mod intent;
mod pipeline;
mod plan;
mod pod_security;
mod reach;
mod recipes;
mod report;
mod repudiation;
mod run;
mod secrets;
mod tour;
mod verify;
