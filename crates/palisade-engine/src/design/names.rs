//! Element ids: `Kind/namespace/name`, empty parts left out, unique within a root.

use std::collections::BTreeMap;

use palisade_inventory::ResourceId;

use crate::system::{ElementId, Resources};

/// How the kinds of one root are called.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Kinds that several API groups of this root share, and the group that the plain name belongs to, if one is built in.
    shared: BTreeMap<Box<str>, Option<&'static str>>,
}

/// Kinds that Kubernetes defines and others have taken up as well.
const BUILT_IN: [(&str, &str); 15] = [
    ("Binding", ""),
    ("ConfigMap", ""),
    ("CronJob", "batch"),
    ("Deployment", "apps"),
    ("Event", ""),
    ("Gateway", "gateway.networking.k8s.io"),
    ("Ingress", "networking.k8s.io"),
    ("Job", "batch"),
    ("NetworkPolicy", "networking.k8s.io"),
    ("Node", ""),
    ("Pod", ""),
    ("Role", "rbac.authorization.k8s.io"),
    ("Secret", ""),
    ("Service", ""),
    ("ServiceAccount", ""),
];

impl Names {
    /// Looks at all kinds of a root.
    pub(crate) fn of(resources: &Resources) -> Self {
        let shared = resources.kinds().filter(|(_, groups)| groups.len() > 1);
        Self {
            shared: shared
                .map(|(kind, _)| ((&**kind).into(), built_in_group(kind)))
                .collect(),
        }
    }

    /// The id of a resource's element.
    pub(crate) fn id(&self, id: &ResourceId) -> ElementId {
        self.of_parts(&id.kind, &id.group, &id.namespace, &id.name)
    }

    /// The id of the element that these parts name.
    pub(crate) fn of_parts(&self, kind: &str, group: &str, namespace: &str, name: &str) -> ElementId {
        let mut text = String::with_capacity(kind.len() + namespace.len() + name.len() + 2);
        text.push_str(kind);
        let plain = match self.shared.get(kind) {
            None => true,
            Some(built_in) => *built_in == Some(group) || group.is_empty(),
        };
        if !plain {
            text.push('.');
            text.push_str(group);
        }
        for part in [namespace, name] {
            if !part.is_empty() {
                text.push('/');
                text.push_str(part);
            }
        }
        ElementId::new(text)
    }
}

fn built_in_group(kind: &str) -> Option<&'static str> {
    BUILT_IN
        .iter()
        .find(|(built_in, _)| *built_in == kind)
        .map(|(_, group)| *group)
}
