//! A plan carried out on a copy of the objects, as far as it is about what artefacts show.

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource, ResourceId};
use palisade_knowledge::{AttackStep, Catalogue, GuardrailKind, Permission, containers, pod_template};

use super::{merge, narrow, repair};
use crate::assessment::PlanStep;
use crate::system::{ElementId, Resources, System};
use crate::views::nodes::{list, map, text};

/// What came of carrying steps of a plan out.
#[derive(Clone, Debug, Default)]
pub struct CarriedOut {
    /// The objects as they are afterwards.
    pub resources: Resources,
    /// What was done, and where: control, weakness or attack step, element.
    pub done: Vec<(String, String, ElementId)>,
    /// What no object shows, so that nothing could be changed.
    pub left: Vec<(String, String, ElementId)>,
}

/// Carries steps of a plan out on a copy of a system's objects.
pub fn carry_out(system: &System, catalogue: &Catalogue, steps: &[&PlanStep]) -> CarriedOut {
    let mut carried = CarriedOut {
        resources: system.resources.clone(),
        ..CarriedOut::default()
    };
    for step in steps {
        let Some(control) = catalogue.controls.get(&step.control) else {
            continue;
        };
        for rule in &step.answers {
            for element in &step.elements {
                let resource = system.element(element.as_str()).and_then(|one| one.resource.as_ref());
                let is_done = if let Some(weakness) = catalogue.weaknesses.get(rule) {
                    resource.is_some_and(|id| match rule.as_str() {
                        "PAL-W013" | "PAL-W014" => carried.patch(id, pinned),
                        "PAL-W028" => carried.patch(id, off_the_node),
                        _ => carried.patch(id, |id, content| repair(weakness, id, content)),
                    })
                } else if control.guardrails.contains(&GuardrailKind::PodSecurityLabels) {
                    carried.label(system);
                    true
                } else if control.guardrails.contains(&GuardrailKind::Rbac) {
                    let step = catalogue.steps.get(rule);
                    step.zip(resource)
                        .is_some_and(|(step, binding)| carried.narrow(step, binding))
                } else {
                    false
                };
                let told = (step.control.clone(), rule.clone(), element.clone());
                if is_done {
                    carried.done.push(told);
                } else {
                    carried.left.push(told);
                }
            }
        }
    }
    carried
}

impl CarriedOut {
    fn patch(&mut self, id: &ResourceId, patch: impl Fn(&ResourceId, &Node) -> Option<Node>) -> bool {
        let Some(resource) = self.resources.get(id) else {
            return false;
        };
        let Some(patch) = patch(id, &resource.content) else {
            return false;
        };
        let content = Arc::new(merge(&resource.content, &patch));
        let resource = Resource {
            content,
            ..Resource::clone(resource)
        };
        self.resources.upsert(Arc::new(resource));
        true
    }

    /// Takes what a step needs out of the role that a binding gives: the first thing that it can't do without.
    fn narrow(&mut self, step: &AttackStep, binding: &ResourceId) -> bool {
        let Some(need) = step.permissions.first() else {
            return false;
        };
        let permissions: Vec<Permission> = need.any_of.iter().map(|one| one.permission.clone()).collect();
        let Some(role) = self.resources.get(binding).and_then(|binding| role_of(binding)) else {
            return false;
        };
        self.patch(&role, |_, content| {
            let rules = narrow::without(content.items(&["rules"]), &permissions)?;
            Some(map([("rules", list(rules.into_iter()))]))
        })
    }

    /// Every namespace that runs something enforces the level that closes the known ways to the node.
    fn label(&mut self, system: &System) {
        let namespaces: BTreeSet<&Arc<str>> = system
            .elements
            .iter()
            .filter(|element| !element.templates.is_empty())
            .filter_map(|element| element.namespace.as_ref())
            .collect();
        let labels = map([("pod-security.kubernetes.io/enforce", text("baseline"))]);
        for name in namespaces {
            let id = ResourceId {
                kind: "Namespace".into(),
                group: "".into(),
                namespace: "".into(),
                name: Arc::clone(name),
            };
            self.patch(&id, |_, _| Some(map([("metadata", map([("labels", labels.clone())]))])));
        }
    }
}

/// The role that a binding gives.
pub(crate) fn role_of(binding: &Resource) -> Option<ResourceId> {
    let kind = binding.content.text(&["roleRef", "kind"])?;
    Some(ResourceId {
        kind: kind.into(),
        group: Arc::clone(&binding.id.group),
        namespace: if kind == "Role" {
            Arc::clone(&binding.id.namespace)
        } else {
            "".into()
        },
        name: binding.content.text(&["roleRef", "name"])?.into(),
    })
}

/// Images by digest. Which digest, the registry has to say; that there is one is what counts in the model.
fn pinned(id: &ResourceId, content: &Node) -> Option<Node> {
    let (pod, path) = pod_template(id, content)?;
    let mut lists: Vec<(&str, Vec<Node>)> = Vec::new();
    for (_, container, below) in containers(pod) {
        let (Some(name), Some(image)) = (container.get("name"), container.text(&["image"])) else {
            continue;
        };
        if image.contains('@') {
            continue;
        }
        let image = format!("{image}@sha256:{}", "0".repeat(64));
        let item = map([("name", name.clone()), ("image", text(&image))]);
        let key = ["containers", "initContainers", "ephemeralContainers"]
            .into_iter()
            .find(|key| below.to_string().contains(&format!(".{key}[")))?;
        match lists.iter_mut().find(|(known, _)| *known == key) {
            Some((_, items)) => items.push(item),
            None => lists.push((key, vec![item])),
        }
    }
    if lists.is_empty() {
        return None;
    }
    let spec = map(lists.into_iter().map(|(key, items)| (key, list(items.into_iter()))));
    Some(under(&path, map([("spec", spec)])))
}

/// No volume is a folder of the node.
fn off_the_node(id: &ResourceId, content: &Node) -> Option<Node> {
    let (pod, path) = pod_template(id, content)?;
    let volumes = pod.items(&["spec", "volumes"]).iter();
    let names: Vec<&Node> = volumes
        .filter(|volume| volume.get("hostPath").is_some())
        .filter_map(|volume| volume.get("name"))
        .collect();
    if names.is_empty() {
        return None;
    }
    let delete = |name: &str, value: &Node| map([(name, value.clone()), ("$patch", text("delete"))]);
    let mut spec = vec![("volumes", list(names.iter().map(|name| delete("name", name))))];
    for key in ["containers", "initContainers"] {
        let items = pod.items(&["spec", key]).iter().filter_map(|container| {
            let mounts = container.items(&["volumeMounts"]).iter();
            let mounts: Vec<Node> = mounts
                .filter(|mount| names.iter().any(|name| mount.get("name") == Some(name)))
                .filter_map(|mount| Some(delete("mountPath", mount.get("mountPath")?)))
                .collect();
            let name = container.get("name")?;
            Some(map([
                ("name", name.clone()),
                ("volumeMounts", list(mounts.into_iter())),
            ]))
        });
        let items: Vec<Node> = items.collect();
        if !items.is_empty() {
            spec.push((key, list(items.into_iter())));
        }
    }
    Some(under(&path, map([("spec", map(spec))])))
}

/// A patch of a pod template as a patch of what holds it.
pub(crate) fn under(path: &FieldPath, below: Node) -> Node {
    path.segments()
        .iter()
        .rev()
        .fold(below, |below, segment| match segment {
            palisade_inventory::Segment::Key(key) => map([(&**key, below)]),
            palisade_inventory::Segment::Index(_) => below,
        })
}
