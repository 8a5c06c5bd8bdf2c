//! Who a pod belongs to in the end: Pod → ReplicaSet → Deployment, Pod → Job → CronJob.

use std::collections::HashMap;
use std::sync::Arc;

use palisade_inventory::{Node, Owner, Resource, ResourceId};

use crate::system::Resources;

/// Kinds that another controller makes and that are no workload of their own then.
const INTERMEDIATE: [&str; 3] = ["ReplicaSet", "ReplicationController", "Job"];

/// Finds the owners of pods, each intermediate controller once.
pub(crate) struct Owners<'a> {
    resources: &'a Resources,
    of_controllers: HashMap<ResourceId, ResourceId>,
}

impl<'a> Owners<'a> {
    pub(crate) fn of(resources: &'a Resources) -> Self {
        Self {
            resources,
            of_controllers: HashMap::new(),
        }
    }

    /// The workload that a pod belongs to; the pod itself where nobody owns it.
    pub(crate) fn of_pod(&mut self, pod: &Resource) -> ResourceId {
        let instance = pod.pod.as_ref();
        let Some(owner) = instance.and_then(|instance| instance.owner.as_ref()) else {
            return pod.id.clone();
        };
        // The kubelet's mirror of a static pod: the node does not run it as a controller would.
        if &*owner.kind == "Node" {
            return pod.id.clone();
        }
        let controller = id_of(owner, &pod.id.namespace);
        if let Some(known) = self.of_controllers.get(&controller) {
            return known.clone();
        }
        let hash = instance.and_then(|instance| instance.template_hash.as_deref());
        let found = self.of_controller(&controller, hash);
        self.of_controllers.insert(controller, found.clone());
        found
    }

    fn of_controller(&self, controller: &ResourceId, hash: Option<&str>) -> ResourceId {
        let owner = match self.resources.get(controller) {
            Some(resource) => {
                let template = resource.content.at(&["spec", "template"]);
                template.and_then(|template| owner_of_template(resource, template))
            }
            None => inferred(controller, hash),
        };
        owner.unwrap_or_else(|| controller.clone())
    }
}

/// The workload that an object with a pod template belongs to; none where it is one itself.
pub(crate) fn owner_of_template(resource: &Resource, template: &Node) -> Option<ResourceId> {
    if !INTERMEDIATE.contains(&&*resource.id.kind) {
        return None;
    }
    let owners = resource.content.items(&["metadata", "ownerReferences"]).iter();
    let controller = owners
        .filter(|owner| owner.get("controller").and_then(Node::as_bool) == Some(true))
        .find_map(|owner| owner_of(owner, &resource.id.namespace));
    controller.or_else(|| {
        let hash = template.text(&["metadata", "labels", "pod-template-hash"]);
        hash.and_then(|hash| inferred(&resource.id, Some(hash)))
    })
}

fn owner_of(reference: &Node, namespace: &Arc<str>) -> Option<ResourceId> {
    let version = reference.text(&["apiVersion"]).unwrap_or_default();
    let owner = Owner {
        kind: reference.text(&["kind"])?.into(),
        group: version.rsplit_once('/').map_or("", |(group, _)| group).into(),
        name: reference.text(&["name"])?.into(),
    };
    Some(id_of(&owner, namespace))
}

fn id_of(owner: &Owner, namespace: &Arc<str>) -> ResourceId {
    ResourceId {
        kind: Arc::clone(&owner.kind),
        group: Arc::clone(&owner.group),
        namespace: Arc::clone(namespace),
        name: Arc::clone(&owner.name),
    }
}

/// The owner that the name of an absent controller tells of: Deployments name their ReplicaSets by the hash of the template,
/// CronJobs their Jobs by the minute.
fn inferred(controller: &ResourceId, hash: Option<&str>) -> Option<ResourceId> {
    /// Minutes since 1970 have had eight digits since 1989.
    const MINUTE_DIGITS: usize = 8;
    let (name, suffix) = controller.name.rsplit_once('-')?;
    let (kind, group) = match &*controller.kind {
        "ReplicaSet" if hash == Some(suffix) => ("Deployment", "apps"),
        "Job" if suffix.len() >= MINUTE_DIGITS && suffix.bytes().all(|byte| byte.is_ascii_digit()) => {
            ("CronJob", "batch")
        }
        _ => return None,
    };
    Some(ResourceId {
        kind: kind.into(),
        group: group.into(),
        namespace: Arc::clone(&controller.namespace),
        name: name.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(kind: &str, name: &str) -> ResourceId {
        ResourceId {
            kind: kind.into(),
            group: "".into(),
            namespace: "shop".into(),
            name: name.into(),
        }
    }

    #[test]
    fn absent_owners_are_read_from_names() {
        let shown = |controller, hash| inferred(&controller, hash).map(|id| id.to_string());
        let replica_set = id("ReplicaSet", "web-front-5d9c7b");
        assert_eq!(
            shown(replica_set.clone(), Some("5d9c7b")).as_deref(),
            Some("Deployment/shop/web-front")
        );
        assert_eq!(shown(replica_set.clone(), Some("aaaa")), None);
        assert_eq!(shown(replica_set, None), None);
        assert_eq!(
            shown(id("Job", "backup-28391820"), None).as_deref(),
            Some("CronJob/shop/backup")
        );
        assert_eq!(shown(id("Job", "migrate-2024"), None), None);
        assert_eq!(shown(id("StatefulSet", "db"), None), None);
    }
}
