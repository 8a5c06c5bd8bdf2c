//! What Kubernetes would refuse, and where it is written.

use palisade_inventory::{FieldPath, Resource, ResourceId};
use thiserror::Error;

use crate::system::Evidence;

/// A policy or pod that Kubernetes would refuse. It counts as not there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
#[error("{}:{}:{}: {resource}: `{}`: {}", .at.file, .at.line, .at.column, .at.path, .at.note)]
pub struct Fault {
    /// What would be refused.
    pub resource: ResourceId,
    /// The field, and what is wrong with it.
    pub at: Box<Evidence>,
}

impl Fault {
    pub(super) fn new(resource: &Resource, path: &FieldPath, reason: impl Into<String>) -> Self {
        Self {
            resource: resource.id.clone(),
            at: Box::new(Evidence::at(&resource.content_file, &resource.content, path, reason)),
        }
    }

    /// Whether it is a policy that would be refused.
    pub(crate) fn is_of_policy(&self) -> bool {
        self.resource.kind.ends_with("NetworkPolicy")
    }
}
