//! Lifting: from a Kubernetes object to the things a view's conditions are evaluated over.
//!
//! A condition about containers says nothing of Deployments or CronJobs; this module knows where each kind keeps its pod
//! template, and where a pod keeps its containers. Whoever evaluates a condition, or needs a pod template, asks here, so
//! that there is one answer.

use std::sync::LazyLock;

use palisade_inventory::{FieldPath, Node, Position, ResourceId, Value};

use crate::condition::Binding;
use crate::view::View;

/// One thing that a view's conditions are evaluated over.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The view's variables, in the order of [`View::variables`].
    pub bindings: Vec<Binding<'a>>,
    /// Where the first variable's node stands in the object.
    pub path: FieldPath,
}

/// What a container is for in its pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContainerRole {
    /// A container of `containers`.
    Container,
    /// Runs to its end before the containers start.
    Init,
    /// An init container with `restartPolicy: Always`: it keeps running beside the containers.
    Sidecar,
    /// Added to a running pod for debugging.
    Ephemeral,
}

impl ContainerRole {
    const ALL: [Self; 4] = [Self::Container, Self::Init, Self::Sidecar, Self::Ephemeral];

    /// The word that conditions see as `role`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Init => "init",
            Self::Sidecar => "sidecar",
            Self::Ephemeral => "ephemeral",
        }
    }

    fn node(self) -> Option<&'static Node> {
        static NODES: LazyLock<Vec<(ContainerRole, Node)>> =
            LazyLock::new(|| ContainerRole::ALL.map(|role| (role, text(role.as_str()))).into());
        NODES.iter().find(|(role, _)| *role == self).map(|(_, node)| node)
    }
}

/// A kind that holds a pod template, and the keys that lead to it. A Pod is its own template.
const TEMPLATE_HOLDERS: [(&str, &str, &[&str]); 11] = [
    ("", "Pod", &[]),
    ("", "PodTemplate", &["template"]),
    ("", "ReplicationController", &["spec", "template"]),
    ("apps", "ReplicaSet", &["spec", "template"]),
    ("apps", "Deployment", &["spec", "template"]),
    ("apps", "StatefulSet", &["spec", "template"]),
    ("apps", "DaemonSet", &["spec", "template"]),
    ("batch", "Job", &["spec", "template"]),
    ("batch", "CronJob", &["spec", "jobTemplate", "spec", "template"]),
    ("argoproj.io", "Rollout", &["spec", "template"]),
    ("apps.openshift.io", "DeploymentConfig", &["spec", "template"]),
];

/// The group and kind of everything that holds a pod template, and the keys that lead to the template there: none for a Pod.
pub fn template_holders() -> impl Iterator<Item = (&'static str, &'static str, &'static [&'static str])> {
    TEMPLATE_HOLDERS.into_iter()
}

/// The pod template of an object and where it stands; a Pod is its own. None for kinds that hold none, and where it is missing.
///
/// The node has `metadata` and `spec`, as a Pod has.
pub fn pod_template<'a>(id: &ResourceId, content: &'a Node) -> Option<(&'a Node, FieldPath)> {
    let (_, _, keys) = TEMPLATE_HOLDERS
        .iter()
        .find(|(group, kind, _)| *group == &*id.group && *kind == &*id.kind)?;
    let template = content.at(keys)?;
    template.get("spec")?;
    let path = keys.iter().fold(FieldPath::root(), |path, key| path.child(*key));
    Some((template, path))
}

/// The containers of a pod or pod template with their roles, each with its path below the pod: containers first, then init
/// and ephemeral ones.
pub fn containers(pod: &Node) -> impl Iterator<Item = (ContainerRole, &Node, FieldPath)> {
    const LISTS: [(&str, ContainerRole); 3] = [
        ("containers", ContainerRole::Container),
        ("initContainers", ContainerRole::Init),
        ("ephemeralContainers", ContainerRole::Ephemeral),
    ];
    LISTS.into_iter().flat_map(move |(list, role)| {
        let items = pod.items(&["spec", list]).iter().enumerate();
        items
            .filter(|(_, item)| item.as_map().is_some())
            .map(move |(index, item)| {
                let restarts = item.text(&["restartPolicy"]) == Some("Always");
                let role = match role {
                    ContainerRole::Init if restarts => ContainerRole::Sidecar,
                    role => role,
                };
                (role, item, FieldPath::root().child("spec").child(list).child(index))
            })
    })
}

impl View {
    /// The things of this view that an object holds, in the order of the document. Empty where the object's kind is not
    /// the view's, and for the views that the engine builds from several objects.
    pub fn subjects<'a>(self, id: &ResourceId, content: &'a Node) -> Vec<Subject<'a>> {
        match self {
            View::Container => container_subjects(id, content),
            View::Pod => pod_template(id, content)
                .zip(kind_node(id))
                .map(|((pod, path), kind)| Subject {
                    bindings: vec![("pod", pod), ("kind", kind)],
                    path,
                })
                .into_iter()
                .collect(),
            View::Workload => pod_template(id, content)
                .map(|(pod, _)| Subject {
                    bindings: vec![("object", content), ("pod", pod)],
                    path: FieldPath::root(),
                })
                .into_iter()
                .collect(),
            _ if self.is_of(id) => vec![Subject {
                bindings: vec![("object", content)],
                path: FieldPath::root(),
            }],
            _ => Vec::new(),
        }
    }

    /// Whether a single-object view is about objects of this group and kind.
    fn is_of(self, id: &ResourceId) -> bool {
        self.kinds().contains(&(&*id.group, &*id.kind))
    }
}

fn container_subjects<'a>(id: &ResourceId, content: &'a Node) -> Vec<Subject<'a>> {
    let Some(((pod, path), kind)) = pod_template(id, content).zip(kind_node(id)) else {
        return Vec::new();
    };
    containers(pod)
        .filter_map(|(role, container, below)| {
            Some(Subject {
                bindings: vec![
                    ("container", container),
                    ("pod", pod),
                    ("role", role.node()?),
                    ("kind", kind),
                ],
                path: path.join(&below),
            })
        })
        .collect()
}

/// The kind of a template holder as a node, to bind as `kind`.
fn kind_node(id: &ResourceId) -> Option<&'static Node> {
    static NODES: LazyLock<Vec<Node>> =
        LazyLock::new(|| TEMPLATE_HOLDERS.iter().map(|(_, kind, _)| text(kind)).collect());
    NODES.iter().find(|node| node.as_str() == Some(&*id.kind))
}

fn text(text: &str) -> Node {
    Node::new(Value::Text(text.into()), Position::default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::node;

    fn id(group: &str, kind: &str) -> ResourceId {
        ResourceId {
            kind: kind.into(),
            group: group.into(),
            namespace: "default".into(),
            name: "x".into(),
        }
    }

    /// The paths of a view's subjects, with role and kind where they are bound.
    fn subjects(view: View, group: &str, kind: &str, content: &serde_json::Value) -> Vec<String> {
        let content = node(content);
        view.subjects(&id(group, kind), &content)
            .iter()
            .map(|subject| {
                let names: Vec<_> = subject.bindings.iter().map(|(name, _)| *name).collect();
                assert_eq!(names, view.variables());
                let (_, first) = subject.bindings[0];
                assert!(std::ptr::eq(content.lookup(&subject.path).expect("it exists"), first));
                let word = |name| {
                    let node = subject.bindings.iter().find(|(variable, _)| *variable == name)?.1;
                    node.as_str()
                };
                [Some(subject.path.to_string().as_str()), word("role"), word("kind")]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }

    fn template() -> serde_json::Value {
        json!({"spec": {
            "containers": [{"name": "a"}, null, {"name": "b"}],
            "initContainers": [{"name": "c"}, {"name": "d", "restartPolicy": "Always"}],
            "ephemeralContainers": [{"name": "e"}],
        }})
    }

    #[test]
    fn containers_are_found_in_every_template_holder() {
        for (group, kind, keys) in TEMPLATE_HOLDERS {
            let content = keys.iter().rev().fold(template(), |below, key| json!({ *key: below }));
            let found = subjects(View::Container, group, kind, &content);
            let roles: Vec<_> = found.iter().filter_map(|line| line.split(' ').nth(1)).collect();
            assert_eq!(
                roles,
                ["container", "container", "init", "sidecar", "ephemeral"],
                "{kind}"
            );
            assert!(found.iter().all(|line| line.ends_with(kind)), "{found:?}");
            assert_eq!(subjects(View::Pod, group, kind, &content).len(), 1, "{kind}");
            assert_eq!(subjects(View::Workload, group, kind, &content).len(), 1, "{kind}");
        }
    }

    #[test]
    fn paths_lead_to_the_container() {
        let content = json!({"spec": {"jobTemplate": {"spec": {"template": template()}}}});
        assert_eq!(
            subjects(View::Container, "batch", "CronJob", &content)[3],
            "spec.jobTemplate.spec.template.spec.initContainers[1] sidecar CronJob"
        );
        assert_eq!(
            subjects(View::Container, "", "Pod", &template())[1],
            "spec.containers[2] container Pod"
        );
    }

    #[test]
    fn other_groups_and_kinds_hold_nothing() {
        let content = json!({"spec": {"template": template()}});
        assert!(subjects(View::Container, "example.com", "Deployment", &content).is_empty());
        assert!(subjects(View::Pod, "", "Service", &content).is_empty());
        assert!(subjects(View::Service, "serving.knative.dev", "Service", &content).is_empty());
        assert_eq!(subjects(View::Service, "", "Service", &content), [""]);
        assert!(subjects(View::Element, "", "Service", &content).is_empty());
    }

    #[test]
    fn a_missing_template_is_no_subject() {
        for content in [
            json!({}),
            json!({"spec": {"workloadRef": {}}}),
            json!({"spec": {"template": {"metadata": {}}}}),
        ] {
            assert!(subjects(View::Container, "argoproj.io", "Rollout", &content).is_empty());
        }
    }
}
