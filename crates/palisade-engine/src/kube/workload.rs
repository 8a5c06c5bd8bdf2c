//! Kinds that run pods.

use std::sync::Arc;

use palisade_inventory::{Node, Resource, ResourceId};
use palisade_knowledge::pod_template;

use crate::system::PodTemplate;

/// The pod template of a resource; none for kinds that run no pods.
pub fn template_of(resource: &Resource) -> Option<PodTemplate> {
    let (_, path) = pod_template(&resource.id, &resource.content)?;
    Some(PodTemplate {
        kind: Arc::clone(&resource.id.kind),
        document: Arc::clone(&resource.content),
        file: Arc::clone(&resource.content_file),
        path,
    })
}

/// How many pods a workload asks for. A DaemonSet's number is only known from its status; otherwise it counts as one.
pub fn replicas(id: &ResourceId, content: &Node) -> u32 {
    let wanted = match &*id.kind {
        "DaemonSet" => content.at(&["status", "desiredNumberScheduled"]),
        "Job" => content.at(&["spec", "parallelism"]),
        "CronJob" => content.at(&["spec", "jobTemplate", "spec", "parallelism"]),
        "Pod" => None,
        "PodTemplate" => return 0,
        _ => content.at(&["spec", "replicas"]),
    };
    wanted
        .and_then(Node::as_int)
        .map_or(1, |wanted| u32::try_from(wanted.max(0)).unwrap_or(u32::MAX))
}
