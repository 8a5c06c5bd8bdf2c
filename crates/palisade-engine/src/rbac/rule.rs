//! One rule of a role.

use palisade_inventory::Node;
use palisade_knowledge::Permission;

use super::request::Request;

/// A rule of a Role or ClusterRole. Everything is allowed that matches one word of each list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rule {
    /// `get`, `create` … or `*`.
    pub verbs: Vec<Box<str>>,
    /// API groups; the empty one is the core group; or `*`.
    pub groups: Vec<Box<str>>,
    /// `pods`, `pods/exec`, `*/scale` or `*`.
    pub resources: Vec<Box<str>>,
    /// The only objects that it is about; empty: all.
    pub names: Vec<Box<str>>,
    /// Paths that are no resources: `/healthz`, `/metrics/*`, `*`.
    pub urls: Vec<Box<str>>,
}

impl Rule {
    /// Reads an item of a role's `rules`.
    pub fn of(node: &Node) -> Self {
        let words = |key| {
            let items = node.items(&[key]).iter();
            items.filter_map(Node::as_str).map(Box::from).collect()
        };
        Self {
            verbs: words("verbs"),
            groups: words("apiGroups"),
            resources: words("resources"),
            names: words("resourceNames"),
            urls: words("nonResourceURLs"),
        }
    }

    /// Whether it allows a request, wherever the role is bound.
    pub fn allows(&self, request: &Request<'_>) -> bool {
        match request.url {
            Some(url) => is_word(&self.verbs, request.verb) && self.covers_url(url),
            None => {
                self.covers(request.verb, request.group, request.resource, request.subresource)
                    && (self.names.is_empty() || self.names.iter().any(|name| **name == *request.name))
            }
        }
    }

    /// Whether it grants a permission for some object, and for which: none means all of them.
    ///
    /// A request to create an object does not carry its name, so that a rule with names never allows it; a request to
    /// create a subresource does. The outer none: it is not granted.
    pub fn grants(&self, permission: &Permission) -> Option<Option<&[Box<str>]>> {
        let Permission {
            verb,
            group,
            resource,
            subresource,
            name,
        } = permission;
        if !self.covers(verb, group, resource, subresource) {
            return None;
        }
        if self.names.is_empty() {
            return Some(None);
        }
        if &**verb == "create" && subresource.is_empty() {
            return None;
        }
        match name {
            Some(name) => self.names.contains(name).then_some(None),
            None => Some(Some(&self.names)),
        }
    }

    fn covers(&self, verb: &str, group: &str, resource: &str, subresource: &str) -> bool {
        is_word(&self.verbs, verb)
            && is_word(&self.groups, group)
            && self
                .resources
                .iter()
                .any(|rule| covers_resource(rule, resource, subresource))
    }

    fn covers_url(&self, url: &str) -> bool {
        self.urls.iter().any(|rule| url_covers(rule, url))
    }
}

/// A path ends with `*` for whatever follows.
pub(super) fn url_covers(rule: &str, url: &str) -> bool {
    rule == url || (rule.ends_with('*') && url.starts_with(rule.trim_end_matches('*')))
}

fn is_word(words: &[Box<str>], wanted: &str) -> bool {
    words.iter().any(|word| **word == *"*" || **word == *wanted)
}

/// `*` is every resource and subresource; `*/scale` that subresource of every resource; `pods` never means `pods/exec`.
fn covers_resource(rule: &str, resource: &str, subresource: &str) -> bool {
    let of = || rule.strip_suffix(subresource)?.strip_suffix('/');
    match subresource {
        "" => rule == "*" || rule == resource,
        _ => rule == "*" || of().is_some_and(|of| of == "*" || of == resource),
    }
}
