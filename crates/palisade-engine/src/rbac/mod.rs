//! Who may do what: RBAC as the API server decides it, over all bindings of a subject and its implicit groups.
//!
//! [`Authorizer::decide`] answers one request, `system:masters` and the Node authoriser included; [`Authorizer::granted`]
//! answers the attack graph's question, which is turned round: in which namespaces, and for which objects, does anything
//! grant this permission?

mod authorizer;
mod builtin;
mod by_subject;
mod decision;
mod escalation;
mod grant;
mod identity;
mod node;
mod request;
mod role;
mod rule;
mod scope;

#[cfg(test)]
mod tests;

pub use authorizer::Authorizer;
pub use decision::{Decision, Denial};
pub use escalation::Bindable;
pub use grant::{Grant, Granted};
pub use identity::Identity;
pub use request::Request;
pub use rule::Rule;
pub use scope::{Scope, is_cluster_scoped};
