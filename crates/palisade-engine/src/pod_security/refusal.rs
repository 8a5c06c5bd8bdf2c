//! Why a check forbids a pod, in the words of the plugin.

use std::collections::BTreeSet;

use palisade_inventory::FieldPath;

use super::containers::Container;

/// Why a check forbids a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What is forbidden, in short.
    pub(super) reason: &'static str,
    /// Which containers, volumes or values.
    pub(super) detail: String,
    /// The fields below the pod that make it so.
    pub(super) paths: Vec<FieldPath>,
}

impl Refusal {
    pub(super) fn new(reason: &'static str, detail: String, paths: Vec<FieldPath>) -> Self {
        Self { reason, detail, paths }
    }
}

/// Those who set, or fail to set, a field: the pod, and containers by name.
#[derive(Debug, Default)]
pub(super) struct Setters<'a> {
    /// The pod's own security context does.
    pod: bool,
    containers: Vec<&'a str>,
    /// Where.
    pub(super) paths: Vec<FieldPath>,
}

impl<'a> Setters<'a> {
    /// The pod does, there.
    pub(super) fn add_pod(&mut self, path: FieldPath) {
        self.pod = true;
        self.paths.push(path);
    }

    /// A container does, in this field.
    pub(super) fn add(&mut self, container: &Container<'a>, keys: &[&str]) {
        self.containers.push(container.name);
        self.paths.push(container.path(keys));
    }

    /// Nobody does.
    pub(super) fn is_empty(&self) -> bool {
        !self.pod && self.containers.is_empty()
    }

    /// How many containers do.
    pub(super) fn count(&self) -> usize {
        self.containers.len()
    }

    /// `container "a"`, `containers "a", "b"`.
    pub(super) fn containers(&self) -> String {
        format!(
            "{} {}",
            plural(self.count(), "container", "containers"),
            quoted(self.containers.iter().copied())
        )
    }

    /// The pod and the containers, each where they do: `pod`, `container "a"`.
    pub(super) fn parts(&self) -> Vec<String> {
        let pod = self.pod.then(|| "pod".to_owned());
        let containers = (!self.containers.is_empty()).then(|| self.containers());
        pod.into_iter().chain(containers).collect()
    }

    /// `pod and container "a"`.
    pub(super) fn everybody(&self) -> String {
        self.parts().join(" and ")
    }
}

/// Texts in quotes, with commas between.
pub(super) fn quoted<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let quoted: Vec<String> = texts.into_iter().map(|text| format!("\"{text}\"")).collect();
    quoted.join(", ")
}

/// The values of a set in quotes.
pub(super) fn quoted_set(values: &BTreeSet<&str>) -> String {
    quoted(values.iter().copied())
}

/// The form of a word that goes with a count.
pub(super) fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}
