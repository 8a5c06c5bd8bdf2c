//! Command lines of containers.

use std::collections::BTreeMap;

use palisade_inventory::{FieldPath, Value};

use super::{COMPONENTS, Component, Flag, HIDDEN};
use crate::kube::{Container, Pod};
use crate::system::{Element, Evidence, PodTemplate};

/// Fewer flags than this are no command line of such a component: it is set up by other means, which are not seen.
const FEWEST_FLAGS: usize = 2;

/// The components that the pods of an element run.
pub(super) fn components(element: &Element) -> Vec<Component> {
    let of_template = |template| of_template(element, template);
    element.templates.iter().flat_map(of_template).collect()
}

fn of_template(element: &Element, template: &PodTemplate) -> Vec<Component> {
    let pod = Pod::new(template.node());
    let components = pod.containers().filter_map(|container| {
        let (name, flags) = component(&container, template)?;
        let path = template.path.join(&container.path).child("command");
        let note = format!("the command line of {name}");
        Some(Component {
            element: element.id.clone(),
            name,
            namespace: element.namespace.as_deref().unwrap_or_default().to_owned(),
            part: container.name().to_owned(),
            flags,
            evidence: Evidence::at(&template.file, &template.document, &path, note),
        })
    });
    components.collect()
}

/// The component that a container runs, and its flags.
fn component(container: &Container<'_>, template: &PodTemplate) -> Option<(&'static str, BTreeMap<String, Flag>)> {
    let words: Vec<(&Value, FieldPath)> = ["command", "args"]
        .into_iter()
        .flat_map(|list| {
            let items = container.node.items(&[list]).iter().enumerate();
            items.map(move |(index, word)| (&word.value, container.path.child(list).child(index)))
        })
        .collect();
    let Some((Value::Text(program), _)) = words.first() else {
        return None;
    };
    let program = program.rsplit('/').next().unwrap_or(program);
    let name = COMPONENTS.into_iter().find(|name| *name == program)?;
    let flags = flags(&words, |path| {
        Evidence::at(
            &template.file,
            &template.document,
            &template.path.join(path),
            "a flag of the component",
        )
    });
    (flags.len() >= FEWEST_FLAGS).then_some((name, flags))
}

/// `--flag=value`, `--flag value` and `--flag`, by name. The last one counts.
fn flags(words: &[(&Value, FieldPath)], place: impl Fn(&FieldPath) -> Evidence) -> BTreeMap<String, Flag> {
    let mut flags = BTreeMap::new();
    let mut open: Option<(String, &FieldPath)> = None;
    let mut set = |name: String, value: &str, path| {
        let value = value.to_owned();
        let place = Some(place(path));
        flags.insert(name, Flag { value, place });
    };
    for (word, path) in words {
        match word {
            Value::Text(word) if word.starts_with("--") => {
                let bare = word.trim_start_matches('-');
                let (flag, value) = bare.split_once('=').unwrap_or((bare, "true"));
                set(flag.to_owned(), value, path);
                open = (flag == bare).then(|| (flag.to_owned(), path));
            }
            Value::Text(word) => {
                if let Some((flag, path)) = open.take() {
                    set(flag, word, path);
                }
            }
            Value::Redacted(redacted) => {
                let written = redacted.flag.as_deref().map(|flag| (flag.to_owned(), path));
                if let Some((flag, path)) = written.or_else(|| open.take()) {
                    set(flag, HIDDEN, path);
                }
                open = None;
            }
            _ => open = None,
        }
    }
    flags
}
