//! The relations of the catalogue, found in a system: one file for each group of them.
//!
//! A further relation is a further arm here. [`Relation::Reaches`] and [`Relation::May`] go through hubs instead of pairs:
//! see [`network`](super::network) and [`permission`](super::permission).

mod data;
mod exposure;
mod itself;
mod placement;
mod possession;
mod supply;

use palisade_knowledge::{AttackStep, Relation};
pub(super) use supply::image_id;

use super::ends::Instance;
use super::world::World;

/// Every pair of things that stand in the relation of a step.
pub(super) fn instances<'w, 'a>(step: &AttackStep, world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    match step.via {
        Relation::Itself => itself::itself(step.from, world),
        Relation::Exposes => exposure::exposes(world),
        Relation::Queries => data::queries(world),
        Relation::Stores => data::stores(world),
        Relation::RunsOn => placement::runs_on(world),
        Relation::Hosts => placement::hosts(world),
        Relation::ControlPlane => placement::control_plane(world),
        Relation::UsesIdentity => possession::uses_identity(world),
        Relation::ReadsSecret => possession::reads_secret(world),
        Relation::TokenOf => possession::token_of(world),
        Relation::RunsImage => supply::runs_image(world),
        Relation::Reaches | Relation::May => Vec::new(),
    }
}
