//! What LimitRanges give to the containers of their namespace: pods come to be with it, so it is looked at so.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_knowledge::ContainerDefaults;

use crate::system::{PodTemplate, Resources, System};
use crate::views::holder;

/// Completes the pod templates of namespaces with a LimitRange.
///
/// A pod that runs on a node shows already what it was given; a LimitRange that came later says nothing of it.
pub(super) fn apply(resources: &Resources, system: &mut System) {
    let mut of_namespace: BTreeMap<&str, ContainerDefaults> = BTreeMap::new();
    for range in resources
        .of_kind("LimitRange")
        .filter(|range| range.id.group.is_empty())
    {
        of_namespace.entry(&range.id.namespace).or_default().add(&range.content);
    }
    of_namespace.retain(|_, defaults| !defaults.is_empty());
    for element in &mut system.elements {
        let namespace = element.namespace.as_deref().unwrap_or_default();
        let Some(defaults) = of_namespace.get(namespace) else {
            continue;
        };
        let mut templates = element.templates.clone();
        for template in templates.iter_mut().filter(|template| !runs(template)) {
            if let Some(completed) = defaults.applied(&holder(element, template), &template.document) {
                template.document = Arc::new(completed);
            }
        }
        element.templates = templates;
    }
}

fn runs(template: &PodTemplate) -> bool {
    &*template.kind == "Pod" && template.node().at(&["spec", "nodeName"]).is_some()
}
