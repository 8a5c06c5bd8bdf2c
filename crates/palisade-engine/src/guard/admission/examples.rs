//! The examples of a weakness, as objects that the API server is asked to take.

use std::sync::Arc;

use palisade_inventory::{FieldPath, Map, Node, ResourceId, Value};
use palisade_knowledge::{ReadExample, Verdict, View, Weakness, containers, defaulted, pod_template, template_holders};

use super::kinds::{Kind, kinds};
use super::rule::Rule;
use crate::views::nodes::{list, map, node, text};

/// An object of an example, as the API server fills it in.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub(super) id: ResourceId,
    pub(super) object: Node,
}

/// An object with what a policy should say of it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) object: Node,
    /// What the object is called.
    pub(super) resource: String,
    pub(super) is_refused: bool,
}

/// An object that a policy is tried on.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) kind: Kind,
    pub(super) subresource: &'static str,
    pub(super) namespace: Arc<str>,
    pub(super) object: Node,
    /// Whether the weakness is in it.
    pub(super) is_weak: bool,
}

/// All objects of the examples that the weakness is about; empty where they can't be read.
pub(super) fn read(weakness: &Weakness, read: ReadExample<'_>) -> Vec<Example> {
    let examples = weakness
        .examples
        .must_match
        .iter()
        .chain(&weakness.examples.must_not_match);
    let resources = examples.filter_map(|example| read(&example.manifest).ok()).flatten();
    resources
        .filter(|resource| !weakness.applies_to.subjects(&resource.id, &resource.content).is_empty())
        .map(|resource| Example {
            object: defaulted(&resource.id, &resource.content),
            id: resource.id,
        })
        .collect()
}

/// The examples in every form in which they may come: a condition about pods or containers in every kind that holds a pod
/// template, and about containers as debug containers of a running pod.
pub(super) fn trials(rule: &Rule<'_>, examples: &[Example]) -> Vec<Trial> {
    let view = rule.weakness.applies_to;
    let mut trials = Vec::new();
    for example in examples {
        let template = pod_template(&example.id, &example.object).map(|(pod, _)| pod);
        match template {
            Some(pod) if matches!(view, View::Container | View::Pod) => {
                let holders = template_holders().filter_map(|holder| held(rule, example, pod, holder));
                trials.extend(holders);
                if view == View::Container {
                    trials.extend(debugging(rule, example, pod));
                }
            }
            _ => trials.extend(trial(rule, &example.id, example.object.clone(), "")),
        }
    }
    trials
}

/// Examples for the tests of other tools: as they are, but in a namespace that the policy looks into, and each with a name of
/// its own where names do not count. Those whose text was dropped on reading are left out.
pub(super) fn cases(rule: &Rule<'_>, examples: &[Example]) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (index, example) in examples.iter().enumerate() {
        let mut id = example.id.clone();
        if !id.namespace.is_empty() {
            id.namespace = rule.scope.namespaces.first().map_or(id.namespace, Arc::clone);
        }
        if rule.weakness.applies_to.is_of_template() {
            id.name = format!("example-{}", index + 1).into();
        }
        let object = renamed(&example.object, &id);
        let Some(is_refused) = is_weak(rule.weakness, &id, &object) else {
            continue;
        };
        let resource = id.name.to_string();
        let kind = object.text(&["kind"]);
        let is_taken = cases
            .iter()
            .any(|case| case.resource == resource && case.object.text(&["kind"]) == kind);
        if !is_taken && !holds_dropped(&object) {
            cases.push(Case {
                object,
                resource,
                is_refused,
            });
        }
    }
    cases
}

/// Whether the weakness is in an object; none where that can't be told.
pub(super) fn is_weak(weakness: &Weakness, id: &ResourceId, object: &Node) -> Option<bool> {
    let subjects = weakness.applies_to.subjects(id, object);
    let mut is_weak = false;
    for subject in subjects {
        match weakness.when.evaluate(&subject.bindings) {
            Verdict::Match => is_weak = true,
            Verdict::NoMatch => {}
            Verdict::NotEvaluated(_) => return None,
        }
    }
    Some(is_weak)
}

fn trial(rule: &Rule<'_>, id: &ResourceId, object: Node, subresource: &'static str) -> Option<Trial> {
    let kinds = kinds(rule.weakness.applies_to);
    let kind = kinds
        .into_iter()
        .find(|kind| *kind.group == *id.group && *kind.kind == *id.kind)?;
    Some(Trial {
        kind,
        subresource,
        namespace: Arc::clone(&id.namespace),
        is_weak: is_weak(rule.weakness, id, &object)?,
        object,
    })
}

/// The template of an example in another kind.
fn held(rule: &Rule<'_>, example: &Example, pod: &Node, (group, kind, keys): (&str, &str, &[&str])) -> Option<Trial> {
    let id = ResourceId {
        kind: kind.into(),
        group: group.into(),
        ..example.id.clone()
    };
    let metadata = pod.get("metadata").cloned().unwrap_or_else(|| map([]));
    let spec = pod.get("spec").cloned().unwrap_or_else(|| map([]));
    let template = map([("metadata", metadata), ("spec", spec)]);
    let below = keys.iter().rev().fold(template, |below, key| map([(*key, below)]));
    let object = defaulted(&id, &renamed(&below, &id));
    trial(rule, &id, object, "")
}

/// The containers of an example as debug containers of a running pod.
fn debugging(rule: &Rule<'_>, example: &Example, pod: &Node) -> Option<Trial> {
    let id = ResourceId {
        kind: "Pod".into(),
        group: "".into(),
        ..example.id.clone()
    };
    let debug = containers(pod).map(|(_, container, _)| container.clone());
    let spec = pod.entries(&["spec"]).iter();
    let spec = spec.filter(|entry| !entry.key.to_ascii_lowercase().ends_with("containers"));
    let spec = spec.map(|entry| (&*entry.key, entry.value.clone()));
    let spec = map(spec.chain([("ephemeralContainers", list(debug))]));
    let metadata = pod.get("metadata").cloned().unwrap_or_else(|| map([]));
    let object = renamed(&map([("metadata", metadata), ("spec", spec)]), &id);
    trial(rule, &id, object, "ephemeralcontainers")
}

/// The object under this kind, name and namespace.
fn renamed(object: &Node, id: &ResourceId) -> Node {
    let api_version = match (&*id.group, object.text(&["apiVersion"])) {
        (_, Some(there)) if there.split_once('/').map_or("", |(group, _)| group) == &*id.group => there.to_owned(),
        ("", _) => "v1".to_owned(),
        (group, _) => format!("{group}/v1"),
    };
    let metadata = object.entries(&["metadata"]).iter();
    let metadata = metadata.filter(|entry| !matches!(&*entry.key, "name" | "namespace" | "generateName"));
    let metadata = metadata.map(|entry| (&*entry.key, entry.value.clone()));
    let namespace = Some(("namespace", text(&id.namespace))).filter(|_| !id.namespace.is_empty());
    let metadata = map([("name", text(&id.name))].into_iter().chain(namespace).chain(metadata));
    let rest = object.entries(&[]).iter();
    let rest = rest.filter(|entry| !matches!(&*entry.key, "apiVersion" | "kind" | "metadata"));
    let rest = rest.map(|entry| (&*entry.key, entry.value.clone()));
    map([
        ("apiVersion", text(&api_version)),
        ("kind", text(&id.kind)),
        ("metadata", metadata),
    ]
    .into_iter()
    .chain(rest))
}

/// Whether a value of it was dropped on reading.
pub(crate) fn holds_dropped(object: &Node) -> bool {
    match &object.value {
        Value::Redacted(_) => true,
        Value::List(items) => items.iter().any(holds_dropped),
        Value::Map(map) => map.entries().iter().any(|entry| holds_dropped(&entry.value)),
        _ => false,
    }
}

/// The object as it was before anything of its pod template was there.
pub(super) fn before(object: &Node, id: &ResourceId) -> Node {
    let Some((_, path)) = pod_template(id, object) else {
        return node(Value::Map(Map::default()));
    };
    emptied(object, &path.child("spec"))
}

fn emptied(object: &Node, path: &FieldPath) -> Node {
    use palisade_inventory::Segment;
    let Some((Segment::Key(first), rest)) = path.segments().split_first() else {
        return map([]);
    };
    let rest = rest
        .iter()
        .fold(FieldPath::root(), |path, segment| path.child(segment.clone()));
    let entries = object.entries(&[]).iter().map(|entry| {
        let value = if *entry.key == **first {
            emptied(&entry.value, &rest)
        } else {
            entry.value.clone()
        };
        (&*entry.key, value)
    });
    map(entries)
}
