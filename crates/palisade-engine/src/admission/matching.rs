//! Whether a policy looks at a request to create a pod: `matchConstraints` and `matchResources`.

use palisade_inventory::Node;

use super::{NewPod, Place};
use crate::kube::{Labels, Selector};

/// Whether a request to create a pod matches; no constraints at all match everything.
pub(super) fn matches(constraints: Option<&Node>, new: NewPod<'_>, place: &Place<'_>) -> bool {
    let Some(constraints) = constraints else {
        return true;
    };
    let rules = constraints.items(&["resourceRules"]);
    (rules.is_empty() || rules.iter().any(|rule| is_about(rule, new)))
        && !constraints
            .items(&["excludeResourceRules"])
            .iter()
            .any(|rule| is_about(rule, new))
        && selector(constraints, "namespaceSelector").matches(&place.labels)
        && selector(constraints, "objectSelector").matches(&Labels::of(new.pod))
}

/// Whether labels of the object decide whether a policy looks at it.
pub(super) fn selects_objects(constraints: Option<&Node>) -> bool {
    constraints.is_some_and(|constraints| selector(constraints, "objectSelector") != Selector::Everything)
}

/// Absent selects everything, as empty does.
fn selector<'a>(constraints: &'a Node, field: &str) -> Selector<'a> {
    constraints
        .get(field)
        .map_or(Selector::Everything, Selector::label_selector)
}

fn is_about(rule: &Node, new: NewPod<'_>) -> bool {
    let has = |field: &str, wanted: &str| {
        let mut words = rule.items(&[field]).iter().filter_map(Node::as_str);
        words.any(|word| word == "*" || word == wanted)
    };
    let mut resources = rule.items(&["resources"]).iter().filter_map(Node::as_str);
    let names = rule.items(&["resourceNames"]);
    let name = new.pod.text(&["metadata", "name"]);
    has("operations", "CREATE")
        && has("apiGroups", "")
        && has("apiVersions", "v1")
        && resources.any(|resource| matches!(resource, "pods" | "*" | "pods/*" | "*/*"))
        && matches!(rule.text(&["scope"]), None | Some("*" | "Namespaced"))
        && (names.is_empty() || names.iter().any(|known| known.as_str() == name && name.is_some()))
}
