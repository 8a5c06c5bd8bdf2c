//! Whether a policy looks at a request: `matchConstraints` and `matchResources`.

use palisade_inventory::Node;

use super::Place;
use super::request::Request;
use crate::kube::{Labels, Selector};

/// Whether a request matches; no constraints at all match everything.
pub(super) fn matches(constraints: Option<&Node>, new: Request<'_>, place: &Place<'_>) -> bool {
    let Some(constraints) = constraints else {
        return true;
    };
    let rules = constraints.items(&["resourceRules"]);
    (rules.is_empty() || rules.iter().any(|rule| is_about(rule, new)))
        && !constraints
            .items(&["excludeResourceRules"])
            .iter()
            .any(|rule| is_about(rule, new))
        && (is_in_none(new) || selector(constraints, "namespaceSelector").matches(&place.labels))
        && selector(constraints, "objectSelector").matches(&Labels::of(new.object))
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

fn is_about(rule: &Node, new: Request<'_>) -> bool {
    let has = |field: &str, wanted: &str| {
        let mut words = rule.items(&[field]).iter().filter_map(Node::as_str);
        words.any(|word| word == "*" || word == wanted)
    };
    let mut resources = rule.items(&["resources"]).iter().filter_map(Node::as_str);
    // `pods/*` stands for pods as well, as the API server has it.
    let is_of = |pattern: &str| {
        let (plural, subresource) = pattern.split_once('/').unwrap_or((pattern, ""));
        (plural == "*" || plural == new.plural) && (subresource == "*" || subresource == new.subresource)
    };
    let names = rule.items(&["resourceNames"]);
    let name = new.name();
    let scope = if new.namespace.is_empty() {
        "Cluster"
    } else {
        "Namespaced"
    };
    has("operations", new.operation.word())
        && has("apiGroups", new.group)
        && has("apiVersions", new.version)
        && resources.any(is_of)
        && rule
            .text(&["scope"])
            .is_none_or(|wanted| wanted == "*" || wanted == scope)
        && (names.is_empty() || names.iter().any(|known| known.as_str() == name && name.is_some()))
}

/// Whether the object is in no namespace, so that no selector of namespaces speaks of it; a namespace is in itself.
fn is_in_none(new: Request<'_>) -> bool {
    new.namespace.is_empty() && new.kind != "Namespace"
}
