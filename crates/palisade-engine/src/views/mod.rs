//! What the catalogue's conditions look at, over a whole system.
//!
//! A view names a sort of thing; this module finds those things in a [`System`](crate::System), with what they are called
//! and where they stand, and remembers verdicts, so that a condition is evaluated once for all things that look alike to it.
//! [`Joins`] makes the views that join several objects: one module each.

mod availability;
mod built;
mod control_plane;
mod documents;
mod identity;
mod joined;
mod login;
mod mesh_member;
pub(crate) mod nodes;
mod protection;
mod store;
mod subject;
mod verdicts;

#[cfg(test)]
mod tests;

pub(crate) use built::BuiltViews;
pub(crate) use control_plane::{Component, components as control_plane_components};
pub(crate) use documents::Documents;
pub(crate) use joined::{Joined, Joins};
pub(crate) use subject::{Subject, holder, is_own, of_kinds, of_resource, of_template, of_templates, own_templates};
pub(crate) use verdicts::Verdicts;
