//! One folder often defines the same objects several times: releases beside sources, samples, versions, environments.
//!
//! Equal definitions are one. A folder, or else a file, that defines an object differently is a variant: a system of its
//! own with everything it holds. So nothing is merged blindly and nothing is lost.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use palisade_inventory::{Coverage, Notice, Resource, ResourceId, Root, RootKind};

use crate::kinds;

/// Settles what is defined more than once within a root.
pub(crate) fn settle(resources: Vec<Resource>, coverage: &mut Coverage) -> Vec<Resource> {
    let mut by_root: BTreeMap<Arc<Root>, Vec<Resource>> = BTreeMap::new();
    for resource in resources {
        by_root.entry(Arc::clone(&resource.root)).or_default().push(resource);
    }
    let mut settled = Vec::new();
    for (_, resources) in by_root {
        let mut kept = System::default();
        for (folder, resources) in split(resources, folder_of) {
            if kept.contradicts(&resources) {
                let variant = variant_root(&folder);
                let mut system = System::default();
                system.add_folder(relocate(resources, &variant), coverage, &mut settled);
                settled.extend(system.finish());
            } else {
                kept.add_folder(resources, coverage, &mut settled);
            }
        }
        settled.extend(kept.finish());
    }
    settled
}

/// The resources of one root that agree.
#[derive(Default)]
struct System {
    resources: Vec<Resource>,
    by_id: HashMap<ResourceId, usize, foldhash::fast::RandomState>,
}

impl System {
    /// Whether one of these is known, and known to be different. Kinds without meaning make no difference, and neither do
    /// namespaces: parts of one system often repeat theirs, each with the labels that matter to it. Nor do custom resources
    /// of projects: collections of samples call many of theirs the same.
    fn contradicts(&self, resources: &[Resource]) -> bool {
        resources.iter().any(|resource| {
            let is_named = !resource.id.name.ends_with('*');
            is_named
                && !is_namespace(resource)
                && !is_of_project(resource)
                && self.known(resource).is_some_and(|known| !is_equal(known, resource))
        })
    }

    fn known(&self, resource: &Resource) -> Option<&Resource> {
        self.resources.get(*self.by_id.get(&resource.id)?)
    }

    /// Adds the files of a folder that does not contradict; a file of it that contradicts another becomes a variant.
    fn add_folder(&mut self, resources: Vec<Resource>, coverage: &mut Coverage, variants: &mut Vec<Resource>) {
        for (file, resources) in split(resources, |resource| resource.origin.file.to_string()) {
            if self.contradicts(&resources) {
                let variant = variant_root(&file);
                let mut system = Self::default();
                system.add_file(relocate(resources, &variant), coverage);
                variants.extend(system.finish());
            } else {
                self.add_file(resources, coverage);
            }
        }
    }

    /// Within a file the last definition counts, as it does when the file is applied.
    fn add_file(&mut self, resources: Vec<Resource>, coverage: &mut Coverage) {
        for mut resource in resources {
            self.tell_apart(&mut resource);
            match self.by_id.get(&resource.id).copied() {
                None => {
                    self.by_id.insert(resource.id.clone(), self.resources.len());
                    self.resources.push(resource);
                }
                Some(index) => {
                    let Some(known) = self.resources.get_mut(index) else {
                        continue;
                    };
                    if is_opaque(known) {
                        continue;
                    }
                    if is_equal(known, &resource) {
                        coverage
                            .notices
                            .push(notice(&resource, "defined-twice", "defined before, in the same words"));
                    } else if is_of_project(&resource) {
                        let message = "defined before, in other words; the first definition counts";
                        coverage.notices.push(notice(&resource, "redefined", message));
                    } else {
                        let message = "defined before, in other words; the last definition counts";
                        coverage.notices.push(notice(&resource, "redefined", message));
                        *known = resource;
                    }
                }
            }
        }
    }

    /// The server makes up the rest of the name of what has only a prefix: such objects never are the same.
    fn tell_apart(&self, resource: &mut Resource) {
        if !resource.id.name.ends_with('*') {
            return;
        }
        let prefix = Arc::clone(&resource.id.name);
        let mut number = 1u32;
        while self.known(resource).is_some_and(|known| !is_equal(known, resource)) {
            number += 1;
            resource.id.name = format!("{prefix}{number}").into();
        }
    }

    fn finish(self) -> Vec<Resource> {
        self.resources
    }
}

fn is_equal(a: &Resource, b: &Resource) -> bool {
    is_opaque(a) || (a.pod == b.pod && (Arc::ptr_eq(&a.content, &b.content) || a.content == b.content))
}

fn is_of_project(resource: &Resource) -> bool {
    kinds::is_of_project(&resource.id.group, &resource.id.kind)
}

fn is_namespace(resource: &Resource) -> bool {
    &*resource.id.kind == "Namespace" && resource.id.group.is_empty()
}

fn is_opaque(resource: &Resource) -> bool {
    !crate::kinds::lookup(&resource.id.group, &resource.id.kind).has_meaning
}

/// In the order of their names, each with its resources in their order.
fn split(resources: Vec<Resource>, name: impl Fn(&Resource) -> String) -> BTreeMap<String, Vec<Resource>> {
    // The dump of a cluster is one file: nothing of it needs to be moved.
    if let Some(first) = resources.first()
        && resources
            .iter()
            .all(|resource| resource.origin.file == first.origin.file)
    {
        return BTreeMap::from([(name(first), resources)]);
    }
    let mut parts: BTreeMap<String, Vec<Resource>> = BTreeMap::new();
    for resource in resources {
        parts.entry(name(&resource)).or_default().push(resource);
    }
    parts
}

fn folder_of(resource: &Resource) -> String {
    resource
        .origin
        .file
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder)
        .to_owned()
}

fn variant_root(name: &str) -> Arc<Root> {
    Arc::new(Root {
        name: name.into(),
        kind: RootKind::Variant,
    })
}

fn relocate(mut resources: Vec<Resource>, root: &Arc<Root>) -> Vec<Resource> {
    for resource in &mut resources {
        resource.root = Arc::clone(root);
    }
    resources
}

fn notice(resource: &Resource, code: &str, message: &str) -> Notice {
    Notice {
        file: resource.origin.file.to_string(),
        line: resource.origin.position.line.saturating_add(1),
        column: resource.origin.position.column.saturating_add(1),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}
