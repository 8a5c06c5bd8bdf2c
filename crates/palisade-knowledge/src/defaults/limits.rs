//! What a LimitRange adds to containers that say nothing themselves.

use palisade_inventory::{Entry, Node, ResourceId};

use super::edit::{below, fill as put, items, map};
use crate::lift::pod_template;

/// The limits and requests that the LimitRanges of a namespace give to each container without its own.
///
/// As the admission plugin `LimitRanger` and the defaulting of `LimitRangeItem` have it: a default is the `default`, else
/// the `max`; a request the `defaultRequest`, else the default, else the `min`.
#[derive(Clone, Debug, Default)]
pub struct ContainerDefaults {
    limits: Vec<Entry>,
    requests: Vec<Entry>,
}

impl ContainerDefaults {
    /// Adds what one more LimitRange of the namespace says. What another said before it stays.
    pub fn add(&mut self, limit_range: &Node) {
        let items = limit_range.items(&["spec", "limits"]).iter();
        for item in items.filter(|item| item.text(&["type"]) == Some("Container")) {
            for key in ["default", "max"] {
                fill(&mut self.limits, item.entries(&[key]));
            }
            for key in ["defaultRequest", "default", "max", "min"] {
                fill(&mut self.requests, item.entries(&[key]));
            }
        }
    }

    /// Whether they add nothing.
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty() && self.requests.is_empty()
    }

    /// An object with a pod template, as its pods come to be; none where it holds no template.
    pub fn applied(&self, id: &ResourceId, content: &Node) -> Option<Node> {
        let (_, path) = pod_template(id, content)?;
        let mut content = content.clone();
        let spec = below(&mut content, &path.child("spec"))?;
        for list in ["containers", "initContainers"] {
            for container in items(spec, list) {
                self.complete(container);
            }
        }
        Some(content)
    }

    fn complete(&self, container: &mut Node) {
        let Some(resources) = map(container, "resources") else {
            return;
        };
        // What is limited is requested before the plugin comes.
        let own = resources.entries(&["limits"]).to_vec();
        for (key, entries) in [
            ("requests", &own),
            ("limits", &self.limits),
            ("requests", &self.requests),
        ] {
            if entries.is_empty() {
                continue;
            }
            let Some(amounts) = map(resources, key) else { continue };
            for entry in entries {
                put(amounts, &entry.key, entry.value.value.clone());
            }
        }
    }
}

/// Adds the amounts of resources that have none yet.
fn fill(amounts: &mut Vec<Entry>, more: &[Entry]) {
    for entry in more.iter().filter(|entry| !entry.value.is_null()) {
        if !amounts.iter().any(|known| known.key == entry.key) {
            amounts.push(entry.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  template:
    spec:
      containers:
        - {name: bare, image: a}
        - {name: limited, image: a, resources: {limits: {memory: 1Gi}}}
      initContainers:
        - {name: first, image: a, resources: null}
";

    fn one(manifest: &str) -> palisade_inventory::Resource {
        let mut reading = palisade_sources::read_bytes("test.yaml", manifest.as_bytes());
        reading.resources.pop().expect("it is understood")
    }

    /// `name limits… / requests…` of each container.
    fn amounts(limits: &str) -> Vec<String> {
        let mut defaults = ContainerDefaults::default();
        let range = format!("{{apiVersion: v1, kind: LimitRange, metadata: {{name: l}}, spec: {{limits: {limits}}}}}");
        defaults.add(&one(&range).content);
        let deployment = one(DEPLOYMENT);
        let applied = defaults
            .applied(&deployment.id, &deployment.content)
            .expect("a template");
        let spec = applied.at(&["spec", "template", "spec"]).expect("it has one");
        let tell = |container: &Node| {
            let of = |key| {
                let entries = container.entries(&["resources", key]).iter();
                let amounts =
                    entries.map(|entry| format!(" {}={}", entry.key, entry.value.as_str().unwrap_or_default()));
                amounts.collect::<String>()
            };
            let name = container.text(&["name"]).unwrap_or_default();
            format!("{name}{} /{}", of("limits"), of("requests"))
        };
        let lists = ["containers", "initContainers"];
        lists.iter().flat_map(|list| spec.items(&[list])).map(tell).collect()
    }

    #[test]
    fn containers_without_their_own_take_the_defaults() {
        assert_eq!(
            amounts("[{type: Container, default: {memory: 64Mi}, defaultRequest: {cpu: 10m}}]"),
            [
                "bare memory=64Mi / cpu=10m memory=64Mi",
                "limited memory=1Gi / memory=1Gi cpu=10m",
                "first memory=64Mi / cpu=10m memory=64Mi"
            ]
        );
    }

    #[test]
    fn a_maximum_is_a_default_and_a_minimum_a_request() {
        assert_eq!(
            amounts("[{type: Container, max: {memory: 2Gi}, min: {cpu: 5m}}]"),
            [
                "bare memory=2Gi / memory=2Gi cpu=5m",
                "limited memory=1Gi / memory=1Gi cpu=5m",
                "first memory=2Gi / memory=2Gi cpu=5m"
            ]
        );
    }

    #[test]
    fn limits_of_pods_and_claims_are_no_defaults() {
        let none = ["bare /", "limited memory=1Gi / memory=1Gi", "first /"];
        assert_eq!(amounts("[{type: Pod, max: {memory: 2Gi}}]"), none);
        assert_eq!(amounts("[{type: PersistentVolumeClaim, min: {storage: 1Gi}}]"), none);
    }
}
