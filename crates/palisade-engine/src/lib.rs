//! The four questions: design → threats → paths → fixes. Pure: no I/O, no clock, no async, no printing, no unseeded randomness.
//!
//! [`Model`] holds what is known and [`Model::assess`] is the whole flow. The engine never knows where a resource came
//! from, and never learns what a secret says: resources arrive without.

pub mod admission;
pub mod assessment;
pub mod compliance;
mod controls;
mod design;
pub mod diff;
mod examples;
pub mod guard;
mod intent;
pub mod kube;
mod model;
pub mod network;
mod paths;
pub mod plan;
pub mod pod_security;
mod projects;
pub mod questions;
pub mod rbac;
pub mod remedy;
mod resources;
pub mod risk;
mod signs;
mod stable_id;
pub mod system;
#[cfg(test)]
mod testing;
mod threats;
pub mod verify;
mod views;
mod waivers;

pub use assessment::Assessment;
pub use examples::disproofs_of_step;
pub use model::{Model, Settings};
pub use paths::{
    ActorTree, AttackGraph, AttackTree, Attacks, BlastRadius, Gain, GoalState, GraphEdge, GraphExport, GraphNode,
    Question, TreeGoal, TreeWay, Without,
};
pub use system::System;

/// The page that says which categories of STRIDE apply to what, and when a row of the ledger is called what.
pub fn stride_page() -> String {
    threats::stride_page()
}
