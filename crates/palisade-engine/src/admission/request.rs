//! What the API server is asked to do, as admission sees it.

use palisade_inventory::Node;

use super::NewPod;
use crate::rbac::Identity;
use crate::views::nodes::{flag, list, map, text};

/// A request to create or change an object.
#[derive(Clone, Copy, Debug)]
pub struct Request<'p> {
    /// Whether it is created or changed.
    pub operation: Operation<'p>,
    /// The API group; empty for the core group.
    pub group: &'p str,
    /// The version of that group.
    pub version: &'p str,
    /// What rules call it: `deployments`.
    pub plural: &'p str,
    /// The part of the object that is asked for: `ephemeralcontainers`; empty for the object itself.
    pub subresource: &'p str,
    /// Its kind.
    pub kind: &'p str,
    /// Its namespace; empty for what is in none.
    pub namespace: &'p str,
    /// The object as it would be.
    pub object: &'p Node,
    /// Who asks; none: nobody in particular.
    pub user: Option<&'p Identity>,
}

/// What is to be done with an object.
#[derive(Clone, Copy, Debug)]
pub enum Operation<'p> {
    /// It is new.
    Create,
    /// It is changed; this is how it was.
    Update(&'p Node),
}

impl Operation<'_> {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update(_) => "UPDATE",
        }
    }
}

impl<'p> Request<'p> {
    /// To create a pod; `pod` is the whole object.
    pub(super) fn new_pod(new: NewPod<'p>) -> Self {
        Self {
            operation: Operation::Create,
            group: "",
            version: "v1",
            plural: "pods",
            subresource: "",
            kind: "Pod",
            namespace: new.namespace,
            object: new.pod,
            user: new.user,
        }
    }

    /// The name of the object, as far as it has one.
    pub(super) fn name(&self) -> Option<&'p str> {
        self.object.text(&["metadata", "name"])
    }

    /// The variable `request` of a policy.
    pub(super) fn variable(&self) -> Node {
        let resource = || {
            map([
                ("group", text(self.group)),
                ("version", text(self.version)),
                ("resource", text(self.plural)),
            ])
        };
        let kind = || {
            map([
                ("group", text(self.group)),
                ("version", text(self.version)),
                ("kind", text(self.kind)),
            ])
        };
        let mut entries = vec![
            ("operation", text(self.operation.word())),
            ("kind", kind()),
            ("requestKind", kind()),
            ("resource", resource()),
            ("requestResource", resource()),
            ("subResource", text(self.subresource)),
            ("requestSubResource", text(self.subresource)),
            ("namespace", text(self.namespace)),
            ("name", text(self.name().unwrap_or_default())),
            ("dryRun", flag(false)),
        ];
        if let Some(user) = self.user {
            entries.push(("userInfo", user_info(user)));
        }
        map(entries)
    }
}

fn user_info(user: &Identity) -> Node {
    let groups = user.groups();
    map([
        ("username", text(&user.user().unwrap_or_default())),
        ("groups", list(groups.iter().map(|group| text(group)))),
    ])
}
