//! Which element is which part of a project.

use std::collections::{BTreeMap, BTreeSet};

use palisade_knowledge::{Project, ProjectElement, ProjectElementKind as Kind};

use super::recognise::Sighting;
use crate::assessment::ProjectPart;
use crate::kube::Pod;
use crate::system::{Element, ElementId, System};

/// Elements shown of each part: a mesh has a proxy in every pod.
const SHOWN: usize = 20;

/// The parts of a project that were found.
#[derive(Debug)]
pub(super) struct Parts<'s> {
    /// Elements by part, in the order of their ids.
    by_part: BTreeMap<&'s str, Vec<&'s Element>>,
    /// All workloads of the project.
    pub(super) workloads: BTreeSet<&'s ElementId>,
    /// Whom they run as.
    pub(super) identities: BTreeSet<&'s ElementId>,
    /// The namespaces that they run in.
    pub(super) namespaces: BTreeSet<&'s str>,
    /// What stands for the project as a whole: its first process that was found.
    main: Option<&'s Element>,
}

impl<'s> Parts<'s> {
    /// Tells the workloads of a project apart by their names.
    pub(super) fn of(project: &'s Project, sighting: &Sighting<'s>, system: &'s System) -> Self {
        let mut by_part: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
        for element in &sighting.workloads {
            let names = names(project, element);
            let fitting = project.elements.iter().filter(|part| part.kind != Kind::ExternalEntity);
            // Of several parts the first that fits best.
            let mut best: Option<(u8, &ProjectElement)> = None;
            for part in fitting {
                let fit = fit(part, &names);
                if fit > best.map_or(0, |(known, _)| known) {
                    best = Some((fit, part));
                }
            }
            if let Some((_, part)) = best {
                by_part.entry(&part.id).or_default().push(element);
            }
        }
        let namespaces: BTreeSet<&str> = sighting
            .workloads
            .iter()
            .filter_map(|element| element.namespace.as_deref())
            .collect();
        for part in project.elements.iter().filter(|part| part.kind == Kind::DataStore) {
            let stores = kept_objects(part, &namespaces, system);
            if !stores.is_empty() {
                by_part.entry(&part.id).or_default().extend(stores);
            }
        }
        let mut processes = project.elements.iter().filter(|part| part.kind == Kind::Process);
        let main = processes
            .find_map(|part| by_part.get(&*part.id)?.first().copied())
            .or_else(|| sighting.workloads.first().copied());
        Self {
            by_part,
            workloads: sighting.workloads.iter().map(|element| &element.id).collect(),
            identities: sighting
                .workloads
                .iter()
                .filter_map(|element| element.identity.as_ref())
                .collect(),
            namespaces,
            main,
        }
    }

    /// The first element that is a part; else the one that stands for the project.
    pub(super) fn element(&self, part: &str) -> Option<&'s Element> {
        self.own(part).or(self.main)
    }

    /// The first element that is a part.
    pub(super) fn own(&self, part: &str) -> Option<&'s Element> {
        self.by_part.get(part)?.first().copied()
    }

    /// Parts and elements, as they are shown.
    pub(super) fn shown(&self) -> Vec<ProjectPart> {
        let of_part = |(part, elements): (&&str, &Vec<&Element>)| {
            let shown = elements.iter().take(SHOWN).map(|element| ProjectPart {
                part: (*part).to_owned(),
                element: element.id.clone(),
            });
            shown.collect::<Vec<_>>()
        };
        self.by_part.iter().flat_map(of_part).collect()
    }
}

/// What a workload is called: its own name, its containers and their images, those of the project first.
fn names(project: &Project, element: &Element) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if let Some((_, name)) = element.id.as_str().rsplit_once('/') {
        names.insert(name.to_owned());
    }
    for template in &element.templates {
        for container in Pod::new(template.node()).containers() {
            let Some(image) = container.image() else { continue };
            if project.recognised_by.image(image).is_some() {
                names.insert(container.name().to_owned());
                let last = image.rsplit('/').next().unwrap_or(image);
                let bare = last.split(['@', ':']).next().unwrap_or(last);
                names.insert(bare.to_owned());
            }
        }
    }
    names
}

/// How well a part's names fit: 2 whole, 1 as an ending, 0 not at all.
fn fit(part: &ProjectElement, names: &BTreeSet<String>) -> u8 {
    let own = || std::iter::once(&part.id).chain(&part.names);
    let fits = |name: &String| {
        own()
            .map(|own| {
                let ends = name.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('-'));
                if name == own { 2 } else { u8::from(ends) }
            })
            .max()
            .unwrap_or(0)
    };
    names.iter().map(fits).max().unwrap_or(0)
}

/// Secrets and ConfigMaps that a part's names are those of.
fn kept_objects<'s>(part: &ProjectElement, namespaces: &BTreeSet<&str>, system: &'s System) -> Vec<&'s Element> {
    let mut found = Vec::new();
    for namespace in namespaces {
        for name in &part.names {
            for kind in ["ConfigMap", "Secret"] {
                found.extend(system.element(&format!("{kind}/{namespace}/{name}")));
            }
        }
    }
    found
}
