//! The patch that repairs a weakness of an object.

use palisade_inventory::{Entry, FieldPath, Map, Node, Position, ResourceId, Segment, Value};
use palisade_knowledge::{RemedyEdit, Subject, Verdict, Weakness, containers, pod_template};

use super::merge::{combine, merge, name_of_items};
use crate::views::nodes::{list, map, text};

/// What repairs a weakness wherever it is in an object, as a strategic merge patch below the object's name. None: it is not
/// there, or its entry knows no remedy.
pub fn repair(weakness: &Weakness, id: &ResourceId, content: &Node) -> Option<Node> {
    let remedy = weakness.remedy.as_ref()?;
    let mut patch: Option<Node> = None;
    for subject in weakness.applies_to.subjects(id, content) {
        if weakness.when.evaluate(&subject.bindings) != Verdict::Match {
            continue;
        }
        for edit in &remedy.edits {
            if let Some(change) = change(weakness, edit, &subject, content) {
                patch = Some(match patch {
                    Some(before) => combine(&before, &change),
                    None => change,
                });
            }
        }
    }
    let patch = patch?;
    Some(match unmounted(id, content, &patch) {
        Some(volumes) => combine(&patch, &volumes),
        None => patch,
    })
}

/// One edit at one thing.
fn change(weakness: &Weakness, edit: &RemedyEdit, subject: &Subject<'_>, content: &Node) -> Option<Node> {
    let path = FieldPath::parse(edit.path());
    let value = match edit {
        RemedyEdit::Set { .. } => edit.value()?,
        RemedyEdit::Remove { .. } => Node::default(),
        RemedyEdit::Drop { .. } => dropped(weakness, subject, &path)?,
    };
    Some(placed(content, &subject.path.join(&path), value))
}

/// The list without the items that make the condition true by themselves: as it will be, or as the items that go where the
/// patch names items one by one.
fn dropped(weakness: &Weakness, subject: &Subject<'_>, path: &FieldPath) -> Option<Node> {
    let (variable, thing) = *subject.bindings.first()?;
    let items = thing.lookup(path)?.as_list()?;
    let is_bad = |item: &Node| {
        let alone = replaced(thing, path, list([item.clone()].into_iter()));
        let bindings: Vec<_> = subject
            .bindings
            .iter()
            .map(|(name, node)| (*name, if *name == variable { &alone } else { *node }))
            .collect();
        weakness.when.evaluate(&bindings) == Verdict::Match
    };
    let (bad, good): (Vec<&Node>, Vec<&Node>) = items.iter().partition(|item| is_bad(item));
    if bad.is_empty() {
        return None;
    }
    let key = match path.segments().last()? {
        Segment::Key(key) => &**key,
        Segment::Index(_) => return None,
    };
    if let Some(name) = name_of_items(key) {
        let deleted = bad.into_iter().filter_map(|item| deleted(item, name));
        return Some(list(deleted));
    }
    if good.is_empty() {
        return Some(Node::default());
    }
    Some(list(good.into_iter().cloned()))
}

fn deleted(item: &Node, name: &str) -> Option<Node> {
    Some(map([(name, item.get(name)?.clone()), ("$patch", text("delete"))]))
}

/// A document with another value at a path that it has.
fn replaced(document: &Node, path: &FieldPath, value: Node) -> Node {
    let change = path
        .segments()
        .iter()
        .rev()
        .fold(value, |below, segment| match segment {
            Segment::Key(key) => map([(&**key, below)]),
            Segment::Index(_) => below,
        });
    overlaid(document, &change)
}

/// Maps laid over each other, everything else replaced.
fn overlaid(below: &Node, above: &Node) -> Node {
    let (Some(lower), Some(upper)) = (below.as_map(), above.as_map()) else {
        return above.clone();
    };
    let mut entries = lower.entries().to_vec();
    for change in upper.entries() {
        match entries.iter_mut().find(|entry| entry.key == change.key) {
            Some(entry) => entry.value = overlaid(&entry.value, &change.value),
            None => entries.push(change.clone()),
        }
    }
    Node::new(Value::Map(Map::new(entries)), below.position)
}

/// The patch that puts a value at a path: items of lists are named as patches name them.
fn placed(content: &Node, path: &FieldPath, value: Node) -> Node {
    let segments = path.segments();
    let mut below = value;
    for (depth, segment) in segments.iter().enumerate().rev() {
        below = match segment {
            Segment::Key(key) => one(key, below),
            Segment::Index(_) => {
                let above = segments.iter().take(depth).cloned();
                let list_path = above.fold(FieldPath::root(), |path, segment| path.child(segment));
                let item = content.lookup(&list_path.child(segment.clone()));
                let name = match segments.get(depth.wrapping_sub(1)) {
                    Some(Segment::Key(key)) => name_of_items(key).unwrap_or("name"),
                    _ => "name",
                };
                let named = item.and_then(|item| item.get(name)).map(|node| (name, node.clone()));
                let entries = below
                    .entries(&[])
                    .iter()
                    .map(|entry| (&*entry.key, entry.value.clone()));
                list([map(named.into_iter().chain(entries))].into_iter())
            }
        };
    }
    below
}

fn one(key: &str, value: Node) -> Node {
    let entry = Entry {
        key: key.into(),
        key_position: Position::default(),
        value,
    };
    Node::new(Value::Map(Map::new(vec![entry])), Position::default())
}

/// Volumes of the node's files that no container mounts any more.
fn unmounted(id: &ResourceId, content: &Node, patch: &Node) -> Option<Node> {
    let repaired = merge(content, patch);
    let (before, template) = pod_template(id, content)?;
    let (after, _) = pod_template(id, &repaired)?;
    let mounts = |pod: &Node, name: &str| {
        containers(pod).any(|(_, container, _)| {
            let mut mounts = container.items(&["volumeMounts"]).iter();
            mounts.any(|mount| mount.text(&["name"]) == Some(name))
        })
    };
    let gone: Vec<Node> = before
        .items(&["spec", "volumes"])
        .iter()
        .filter(|volume| volume.get("hostPath").is_some())
        .filter(|volume| {
            let name = volume.text(&["name"]).unwrap_or_default();
            mounts(before, name) && !mounts(after, name)
        })
        .filter_map(|volume| deleted(volume, "name"))
        .collect();
    if gone.is_empty() {
        return None;
    }
    let volumes = template.child("spec").child("volumes");
    Some(placed(content, &volumes, list(gone.into_iter())))
}
