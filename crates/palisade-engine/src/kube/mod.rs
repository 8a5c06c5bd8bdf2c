//! Kubernetes' semantics over documents: what a field means, never whether it is good.

pub mod api;
pub mod container;
pub mod labels;
pub mod mesh;
pub(crate) mod namespaces;
pub mod pod;
pub mod reference;
pub mod selector;
pub mod token;
pub mod volume;
pub mod workload;

pub use api::{ApiResource, api_resource, api_resource_names};
pub use container::{Container, ContainerPort, EnvVar, Mount};
pub use labels::{LabelIndex, Labels};
pub use mesh::Mesh;
pub(crate) use namespaces::Namespaces;
pub use palisade_knowledge::ContainerRole;
pub use pod::Pod;
pub use reference::{Keys, Reference, Via};
pub use selector::Selector;
pub use token::ApiToken;
pub use volume::{Volume, VolumeSource};
