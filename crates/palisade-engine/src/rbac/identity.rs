//! Those who make requests.

use std::sync::Arc;

use crate::system::ElementId;

/// Somebody who makes requests to the API server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// Somebody in this group, of whom nothing else is known.
    Group(Arc<str>),
    /// A service account.
    ServiceAccount {
        /// Its namespace.
        namespace: Arc<str>,
        /// Its name.
        name: Arc<str>,
    },
    /// A user by name.
    User(Arc<str>),
}

/// The user that an unauthenticated request is made as.
pub(super) const ANONYMOUS: &str = "system:anonymous";
/// The group of unauthenticated requests.
const UNAUTHENTICATED: &str = "system:unauthenticated";

impl Identity {
    /// A service account.
    pub fn service_account(namespace: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self::ServiceAccount {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// `ServiceAccount/ns/name`, `User/name`, `Group/name`.
    pub fn element(&self) -> ElementId {
        match self {
            Self::Group(name) => ElementId::new(format!("Group/{name}")),
            Self::ServiceAccount { namespace, name } => ElementId::new(format!("ServiceAccount/{namespace}/{name}")),
            Self::User(name) => ElementId::new(format!("User/{name}")),
        }
    }

    /// The user name that requests carry; none for a group.
    pub fn user(&self) -> Option<String> {
        match self {
            Self::Group(_) => None,
            Self::ServiceAccount { namespace, name } => Some(format!("system:serviceaccount:{namespace}:{name}")),
            Self::User(name) => Some(name.to_string()),
        }
    }

    /// The groups that requests carry, implicit ones included.
    pub fn groups(&self) -> Vec<String> {
        let authenticated = "system:authenticated".to_owned();
        match self {
            Self::ServiceAccount { namespace, .. } => vec![
                "system:serviceaccounts".to_owned(),
                format!("system:serviceaccounts:{namespace}"),
                authenticated,
            ],
            Self::User(name) if &**name == ANONYMOUS => vec![UNAUTHENTICATED.to_owned()],
            Self::User(_) => vec![authenticated],
            Self::Group(name) if matches!(&**name, UNAUTHENTICATED | "system:authenticated") => vec![name.to_string()],
            Self::Group(name) => vec![name.to_string(), authenticated],
        }
    }

    /// Whether it stands for whoever sends a request without logging in.
    pub fn is_anonymous(&self) -> bool {
        match self {
            Self::User(name) => &**name == ANONYMOUS,
            Self::Group(name) => &**name == UNAUTHENTICATED,
            Self::ServiceAccount { .. } => false,
        }
    }

    /// The service account that a user name denotes: `system:serviceaccount:ns:name`.
    pub(crate) fn of_user(name: &str) -> Self {
        name.strip_prefix("system:serviceaccount:")
            .and_then(|rest| rest.split_once(':'))
            .map_or_else(
                || Self::User(name.into()),
                |(namespace, name)| Self::service_account(namespace, name),
            )
    }
}
