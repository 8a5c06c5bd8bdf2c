//! The relations of the catalogue, found in a system: one file for each group of them.
//!
//! A further relation is a further arm here. [`Relation::Reaches`], [`Relation::May`] and [`Relation::Reconciles`] go through
//! hubs instead of pairs: see [`network`](super::network), [`permission`](super::permission) and [`reconcile`](super::reconcile).

mod cloud;
mod data;
mod exposure;
mod itself;
mod kubelet;
mod placement;
mod possession;
mod supply;

pub(super) use data::is_data;
use palisade_knowledge::{AttackStep, Relation};
pub(super) use placement::{asks_node, on_each_node};
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
        Relation::Hosts => placement::hosts(step.to, world),
        Relation::ControlPlane => placement::control_plane(world),
        Relation::Kubelet => kubelet::kubelet(world),
        Relation::Tends => kubelet::tends(step.to, world),
        Relation::Faces => kubelet::faces(world),
        Relation::LogsIn => exposure::logs_in(world),
        Relation::AsksMetadata => cloud::asks_metadata(world),
        Relation::Admits => cloud::admits(world),
        Relation::UsesIdentity => possession::uses_identity(world),
        Relation::RunsAs => possession::runs_as(world),
        Relation::ReadsSecret => possession::reads_secret(world),
        Relation::TokenOf => possession::token_of(world),
        Relation::RunsImage => supply::runs_image(world),
        Relation::Reaches | Relation::May | Relation::Reconciles => Vec::new(),
    }
}
