//! What the catalogue's conditions look at, over a whole system.
//!
//! A view names a sort of thing; this module finds those things in a [`System`](crate::System), with what they are called
//! and where they stand, and remembers verdicts, so that a condition is evaluated once for all things that look alike to it.

mod built;
mod login;
mod subject;
mod verdicts;

pub(crate) use built::BuiltViews;
pub(crate) use subject::{Subject, of_resource, of_templates};
pub(crate) use verdicts::Verdicts;
