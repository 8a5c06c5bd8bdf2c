//! Components of the control plane, by their command lines.

use std::collections::BTreeMap;

use palisade_inventory::{Node, Value};

use super::joined::{Joined, Joins};
use super::nodes::{map, text};
use crate::kube::{Container, Pod};
use crate::system::{Element, Evidence, PodTemplate};

const COMPONENTS: [&str; 4] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

/// What stands for a value that was dropped while loading.
const HIDDEN: &str = "(hidden)";

/// Fewer flags than this are no command line of such a component: it is set up by other means, which are not seen.
const FEWEST_FLAGS: usize = 2;

/// The components whose command line is seen.
pub(super) fn components(joins: &Joins<'_>) -> Vec<Joined> {
    let of_element = |element: &Element| {
        let of_template = |template| of_template(element, template);
        element.templates.iter().flat_map(of_template).collect::<Vec<_>>()
    };
    joins.workloads().flat_map(of_element).collect()
}

fn of_template(element: &Element, template: &PodTemplate) -> Vec<Joined> {
    let pod = Pod::new(template.node());
    let components = pod.containers().filter_map(|container| {
        let (name, flags) = component(&container)?;
        let path = template.path.join(&container.path).child("command");
        let note = format!("the command line of {name}");
        Some(Joined {
            element: element.id.clone(),
            node: map([
                ("name", text(name)),
                ("namespace", text(element.namespace.as_deref().unwrap_or_default())),
                (
                    "flags",
                    map(flags.iter().map(|(flag, value)| (flag.as_str(), text(value)))),
                ),
            ]),
            evidence: Evidence::at(&template.file, &template.document, &path, note),
        })
    });
    components.collect()
}

/// The component that a container runs, and its flags.
fn component(container: &Container<'_>) -> Option<(&'static str, BTreeMap<String, String>)> {
    let words = || {
        let list = |key| container.node.items(&[key]).iter();
        list("command").chain(list("args"))
    };
    let program = words().next()?.as_str()?;
    let program = program.rsplit('/').next().unwrap_or(program);
    let name = COMPONENTS.into_iter().find(|name| *name == program)?;
    let flags = flags(words());
    (flags.len() >= FEWEST_FLAGS).then_some((name, flags))
}

/// `--flag=value`, `--flag value` and `--flag`, by name. The last one counts.
fn flags<'n>(words: impl Iterator<Item = &'n Node>) -> BTreeMap<String, String> {
    let mut flags = BTreeMap::new();
    let mut open: Option<String> = None;
    for word in words {
        match &word.value {
            Value::Text(word) if word.starts_with("--") => {
                let bare = word.trim_start_matches('-');
                let (flag, value) = bare.split_once('=').unwrap_or((bare, "true"));
                flags.insert(flag.to_owned(), value.to_owned());
                open = (flag == bare).then(|| flag.to_owned());
            }
            Value::Text(word) => {
                if let Some(flag) = open.take() {
                    flags.insert(flag, word.to_string());
                }
            }
            Value::Redacted(redacted) => {
                let flag = redacted.flag.as_deref().map(str::to_owned);
                if let Some(flag) = flag.or_else(|| open.take()) {
                    flags.insert(flag, HIDDEN.to_owned());
                }
                open = None;
            }
            _ => open = None,
        }
    }
    flags
}
