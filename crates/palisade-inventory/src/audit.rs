//! What the API server's audit log tells: who asked for what, and was allowed it.

use std::collections::BTreeSet;

/// Requests that an audit log tells of, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditLog {
    /// What was asked and allowed.
    pub requests: BTreeSet<AuditedRequest>,
    /// Events that were read, those of refused requests included.
    pub events: usize,
    /// The (one-based) lines that are no audit event.
    pub not_understood: Vec<usize>,
}

/// A request that the API server allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditedRequest {
    /// Whose permissions counted: whoever was impersonated, or else who asked.
    pub user: Box<str>,
    /// The groups of that user.
    pub groups: Vec<Box<str>>,
    /// `get`, `list`, `create` …
    pub verb: Box<str>,
    /// The API group; empty for the core group.
    pub group: Box<str>,
    /// The resource, plural; empty where a path was asked for.
    pub resource: Box<str>,
    /// The subresource; empty for the resource itself.
    pub subresource: Box<str>,
    /// The namespace; empty for what is asked of the whole cluster.
    pub namespace: Box<str>,
    /// The object; empty where none is named.
    pub name: Box<str>,
    /// The path that is no resource; empty where a resource was asked for.
    pub url: Box<str>,
}
