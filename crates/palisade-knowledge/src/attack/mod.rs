//! Keeping up with ATT&CK: an official STIX bundle, what it changes of the techniques that the catalogue names, and how
//! entries follow.

mod bundle;
mod compare;
mod migrate;
mod text;

pub use bundle::{AttackRelease, AttackTechnique, BundleError};
pub use compare::{AttackUpdate, NewTechnique, TechniqueChange};
pub use migrate::{Edit, migrate};
