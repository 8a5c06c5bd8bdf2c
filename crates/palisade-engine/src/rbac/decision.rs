//! What the API server would answer, and why.

use std::collections::BTreeSet;
use std::fmt;

use super::grant::Granted;
use super::role::RoleKey;

/// What the API server would answer.
#[derive(Clone, Debug)]
pub enum Decision<'a> {
    /// RBAC allows it: the first grant that does, in the order of the bindings.
    Allowed(Granted<'a>),
    /// Allowed because the subject is in `system:masters`.
    Superuser,
    /// The Node authoriser allows it to a kubelet.
    Node,
    /// Nothing allows it.
    Denied(Denial<'a>),
}

/// Why nothing allows a request, as far as there is more to say than that.
#[derive(Clone, Debug, Default)]
pub struct Denial<'a> {
    /// Roles that do not exist, in the order in which bindings of the subject refer to them.
    pub(super) missing: Vec<&'a RoleKey>,
    /// The request was taken to ask for `unsafeproxy`.
    pub(super) is_unsafe_proxy: bool,
    /// What the Node authoriser says to a kubelet.
    pub(super) node: Option<String>,
}

impl Decision<'_> {
    /// Whether the request is allowed.
    pub const fn is_allowed(&self) -> bool {
        !matches!(self, Self::Denied(_))
    }
}

/// The reason in the API server's words; nothing where it gives none.
impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed(granted) => write!(f, "RBAC: allowed by {}", granted.grant.words()),
            Self::Superuser | Self::Node => Ok(()),
            Self::Denied(denial) => denial.fmt(f),
        }
    }
}

impl fmt::Display for Denial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut seen = BTreeSet::new();
        let missing = self.missing.iter().filter(|role| seen.insert(**role));
        let missing: Vec<String> = missing
            .map(|(namespace, name)| match &**namespace {
                "" => format!("clusterrole.rbac.authorization.k8s.io \"{name}\" not found"),
                _ => format!("role.rbac.authorization.k8s.io \"{name}\" not found"),
            })
            .collect();
        let rbac = match missing.as_slice() {
            [] if self.is_unsafe_proxy => Some("proxy subresource changed to unsafeproxy".to_owned()),
            [] => None,
            [one] => Some(format!("RBAC: {one}")),
            several => Some(format!("RBAC: [{}]", several.join(", "))),
        };
        let reasons: Vec<String> = self.node.iter().cloned().chain(rbac).collect();
        f.write_str(&reasons.join("\n"))
    }
}
