//! What the API server adds to an object before it keeps it: the defaults of the built-in kinds.
//!
//! A condition must say the same of a manifest as it is written and of the object that a cluster shows for it. The values
//! are those of Kubernetes' own defaulting (`SetDefaults_*` of its API packages); of what
//! admission plugins add, only what a LimitRange gives is here, apart: [`ContainerDefaults`].

mod edit;
mod limits;
mod objects;
mod pod;

#[cfg(test)]
mod tests;

pub use limits::ContainerDefaults;

use palisade_inventory::{Node, ResourceId};

use crate::lift::pod_template;

/// An object as the API server would show it. Objects of other kinds are left as they are.
pub fn defaulted(id: &ResourceId, content: &Node) -> Node {
    let template = pod_template(id, content).map(|(_, path)| path);
    let mut content = content.clone();
    objects::fill(&id.group, &id.kind, &mut content);
    if let Some(pod) = template.and_then(|path| edit::below(&mut content, &path)) {
        pod::fill(pod);
    }
    content
}
