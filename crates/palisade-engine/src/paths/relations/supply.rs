//! Where what runs comes from.

use std::collections::BTreeSet;

use crate::kube::Pod;
use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance};
use crate::paths::graph::Reason;
use crate::paths::world::World;
use crate::system::{ElementId, Evidence};

/// image → workload: a container of the workload runs the image.
pub(super) fn runs_image<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let mut instances = Vec::new();
    for workload in &world.workloads {
        let mut seen = BTreeSet::new();
        for template in &workload.element.templates {
            for container in Pod::new(template.node()).containers() {
                let Some(image) = container.image().filter(|image| seen.insert(*image)) else {
                    continue;
                };
                let Some(id) = world.images.get(&image_id(image)) else {
                    continue;
                };
                let path = template.path.join(&container.path.child("image"));
                let note = format!("{} runs {image}", workload.element.id);
                instances.push(Instance {
                    from: End::Image(id),
                    to: End::Workload(workload),
                    chance: Chance::CERTAIN,
                    reason: Reason::Written(vec![Evidence::at(&template.file, &template.document, &path, note)]),
                    flow: None,
                });
            }
        }
    }
    instances
}

/// The element id of an image: `Image/` and its reference as written.
pub(in crate::paths) fn image_id(reference: &str) -> ElementId {
    ElementId::new(format!("Image/{reference}"))
}
