//! What an audit policy (`audit.k8s.io`) leaves out. As in the API server, the first rule that fits a request decides.

use palisade_inventory::{FieldPath, Node, Resource};

use crate::system::Evidence;

/// Where the policy says that a change of a core resource, by whomever, leaves no record; none where it is recorded.
pub(super) fn left_out(policy: &Resource, resource: &str) -> Option<Evidence> {
    let rules = policy.content.items(&["rules"]);
    let index = rules.iter().position(|rule| fits(rule, resource))?;
    let level = rules.get(index)?.text(&["level"])?;
    let path = FieldPath::root().child("rules").child(index);
    (level == "None").then(|| {
        Evidence::at(
            &policy.content_file,
            &policy.content,
            &path,
            "the audit policy leaves it out",
        )
    })
}

/// Whether a rule is for an update of any object of the resource by anybody. Narrower rules decide nothing here.
fn fits(rule: &Node, resource: &str) -> bool {
    let narrow = ["users", "userGroups", "namespaces", "nonResourceURLs"];
    if narrow.iter().any(|field| !rule.items(&[field]).is_empty()) {
        return false;
    }
    let verbs = rule.items(&["verbs"]);
    let of_verb = verbs.is_empty() || verbs.iter().any(|verb| matches!(verb.as_str(), Some("update" | "*")));
    let resources = rule.items(&["resources"]);
    let of_resource = resources.is_empty()
        || resources.iter().any(|group| {
            let named = group.items(&["resources"]);
            group.text(&["group"]).unwrap_or_default().is_empty()
                && group.items(&["resourceNames"]).is_empty()
                && (named.is_empty()
                    || named
                        .iter()
                        .any(|name| matches!(name.as_str(), Some(name) if name == resource || name == "*")))
        });
    of_verb && of_resource
}
