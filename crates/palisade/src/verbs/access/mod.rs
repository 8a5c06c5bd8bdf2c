//! What the verbs about permissions share: what is asked, of whom, of which clusters, and how grants are told.

mod clusters;
mod doubts;
mod grants;
mod question;
mod subject;

pub(super) use clusters::{Cluster, clusters};
pub(super) use doubts::doubts;
pub(super) use grants::{Told, lines};
pub(super) use question::{Asked, Target};
pub(super) use subject::Subject;
