//! Which projects are there, by images, labels and custom resources.

use std::collections::{BTreeMap, HashMap};

use palisade_inventory::{FieldPath, Resource};
use palisade_knowledge::{Catalogue, Project};

use crate::assessment::{Recognised, RecognisedBy};
use crate::kube::{Labels, Pod};
use crate::system::{Element, Evidence, System};

/// What was seen of a project.
#[derive(Debug, Default)]
pub(super) struct Sighting<'s> {
    /// One sign of each sort, the strongest first.
    pub(super) signs: Vec<Recognised>,
    /// The workloads that are it, by id.
    pub(super) workloads: Vec<&'s Element>,
}

impl Sighting<'_> {
    /// Whether it runs here, rather than being used only.
    pub(super) fn runs(&self) -> bool {
        !self.workloads.is_empty()
    }

    fn sign(&mut self, by: RecognisedBy, sign: String, evidence: impl FnOnce() -> Evidence) {
        if !self.signs.iter().any(|known| known.by == by) {
            self.signs.push(Recognised {
                by,
                sign,
                evidence: evidence(),
            });
        }
    }
}

/// The projects of a system with what was seen of them, by id.
pub(super) fn projects<'s>(system: &'s System, catalogue: &'s Catalogue) -> Vec<(&'s Project, Sighting<'s>)> {
    let mut seen: BTreeMap<&str, Sighting<'_>> = BTreeMap::new();
    by_image(system, catalogue, &mut seen);
    by_label(system, catalogue, &mut seen);
    by_resource(system, catalogue, &mut seen);
    let known = seen.into_iter();
    known
        .filter_map(|(id, mut sighting)| {
            sighting.signs.sort_by_key(|sign| sign.by);
            Some((catalogue.projects.get(id)?, sighting))
        })
        .collect()
}

fn by_image<'s>(system: &'s System, catalogue: &'s Catalogue, seen: &mut BTreeMap<&'s str, Sighting<'s>>) {
    let mut of_image: HashMap<&str, Vec<(&Project, &str)>> = HashMap::new();
    for element in system.elements.iter().filter(|element| !element.templates.is_empty()) {
        for image in &element.images {
            let fitting = of_image.entry(image).or_insert_with(|| {
                let projects = catalogue.projects.values();
                projects
                    .filter_map(|project| Some((project, project.recognised_by.image(image)?)))
                    .collect()
            });
            for (project, _) in fitting.iter() {
                let sighting = seen.entry(&project.id).or_default();
                add(sighting, element);
                sighting.sign(RecognisedBy::Image, image.clone(), || place_of_image(element, image));
            }
        }
    }
}

fn by_label<'s>(system: &'s System, catalogue: &'s Catalogue, seen: &mut BTreeMap<&'s str, Sighting<'s>>) {
    let mut wanted: HashMap<(&str, &str), Vec<&Project>> = HashMap::new();
    for project in catalogue.projects.values() {
        for (key, value) in &project.recognised_by.labels {
            wanted.entry((key, value)).or_default().push(project);
        }
    }
    for element in &system.elements {
        let Some(template) = element.templates.first() else {
            continue;
        };
        let object = element.resource.as_ref().and_then(|id| system.resources.get(id));
        let of_object = object.map(|object| Labels::of(&object.content)).unwrap_or_default();
        let of_pod = Labels::of(template.node());
        for (key, value) in of_pod.iter().chain(of_object.iter()) {
            for project in wanted.get(&(key, value)).into_iter().flatten() {
                let sighting = seen.entry(&project.id).or_default();
                add(sighting, element);
                sighting.sign(RecognisedBy::Label, format!("{key}={value}"), || {
                    let path = template.path.child("metadata").child("labels").child(key);
                    Evidence::at(&template.file, &template.document, &path, "a label of it")
                });
            }
        }
    }
}

/// Custom resources, and definitions of them: `certificates.cert-manager.io`.
fn by_resource<'s>(system: &'s System, catalogue: &'s Catalogue, seen: &mut BTreeMap<&'s str, Sighting<'s>>) {
    let mut known: HashMap<(&str, &str), bool> = HashMap::new();
    for resource in system.resources.iter() {
        if known.insert((&resource.id.group, &resource.id.kind), true).is_some() {
            continue;
        }
        if is_definition(resource) {
            known.remove(&(&*resource.id.group, &*resource.id.kind));
            let Some((plural, group)) = resource.id.name.split_once('.') else {
                continue;
            };
            let fits = |project: &&Project| {
                let recognition = &project.recognised_by;
                let defines = |kind: &String| {
                    kind.split_once('.')
                        .is_some_and(|(kind, of)| of == group && format!("{}s", kind.to_ascii_lowercase()) == plural)
                };
                recognition.groups.iter().any(|own| own == group) || recognition.kinds.iter().any(defines)
            };
            for project in catalogue.projects.values().filter(fits) {
                let sighting = seen.entry(&project.id).or_default();
                sighting.sign(RecognisedBy::Resource, resource.id.name.to_string(), || whole(resource));
            }
            continue;
        }
        let fits = |project: &&Project| project.recognised_by.is_own(&resource.id.group, &resource.id.kind);
        for project in catalogue.projects.values().filter(fits) {
            let sign = format!("{}.{}", resource.id.kind, resource.id.group);
            let sighting = seen.entry(&project.id).or_default();
            sighting.sign(RecognisedBy::Resource, sign, || whole(resource));
        }
    }
}

fn is_definition(resource: &Resource) -> bool {
    &*resource.id.kind == "CustomResourceDefinition" && &*resource.id.group == "apiextensions.k8s.io"
}

fn whole(resource: &Resource) -> Evidence {
    let note = format!("this {}", resource.id.kind);
    Evidence::at_position(
        &resource.origin.file,
        resource.origin.position,
        &FieldPath::root(),
        note,
    )
}

fn add<'s>(sighting: &mut Sighting<'s>, element: &'s Element) {
    let is_known = |known: &&&Element| known.id == element.id;
    if sighting.workloads.iter().rev().find(is_known).is_none() {
        sighting.workloads.push(element);
        sighting.workloads.sort_by(|a, b| a.id.cmp(&b.id));
    }
}

/// Where a workload names an image.
fn place_of_image(element: &Element, image: &str) -> Evidence {
    for template in &element.templates {
        let mut containers = Pod::new(template.node()).containers();
        if let Some(container) = containers.find(|container| container.image() == Some(image)) {
            let path = template.path.join(&container.path).child("image");
            return Evidence::at(&template.file, &template.document, &path, "an image of it");
        }
    }
    let fallback = element.evidence.first().cloned();
    fallback.unwrap_or_else(|| {
        let nowhere = palisade_inventory::Position::default();
        Evidence::at_position(&"".into(), nowhere, &FieldPath::root(), "an image of it")
    })
}
