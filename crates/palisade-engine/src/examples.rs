//! Whether attack steps do on their examples what they say: each example is a system, whole and small.

use std::sync::Arc;

use palisade_inventory::Resource;
use palisade_knowledge::{AttackStep, Catalogue, Disproof, ReadExample, disproofs};

use crate::system::{Resources, System};
use crate::{design, paths};

/// Runs the examples of a step, as they are written and as the API server defaults them.
pub fn disproofs_of_step(step: &AttackStep, catalogue: &Catalogue, read: ReadExample<'_>) -> Vec<Disproof> {
    disproofs(&step.id, &step.examples, read, &|resources| {
        let system = system(resources, catalogue).ok_or("it holds no object")?;
        let firings = paths::firings(step, &system, catalogue)?;
        Ok(!firings.is_empty())
    })
}

fn system(resources: &[Resource], catalogue: &Catalogue) -> Option<System> {
    let root = Arc::clone(&resources.first()?.root);
    let mut all = Resources::default();
    for resource in resources {
        all.upsert(Arc::new(resource.clone()));
    }
    Some(design::compile(&root, &all, catalogue))
}
