//! Permissions as attack steps name them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::kubernetes_version::KubernetesVersion;

/// A request to the API server that must be allowed: `create pods`, `patch deployments.apps`, `create pods/exec`,
/// `update certificatesigningrequests/approval.certificates.k8s.io`,
/// `approve signers.certificates.k8s.io kubernetes.io/kube-apiserver-client`.
///
/// Always exact: one verb, one resource, one group. What a rule with `*` or `resourceNames` grants is for the one who
/// authorises to say. `* *.*` is what only rules with `*` in all three places grant: everything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// `create`, `get`, `impersonate` …
    pub verb: Box<str>,
    /// The API group; empty for the core group.
    pub group: Box<str>,
    /// The resource, plural: `pods`.
    pub resource: Box<str>,
    /// The subresource: `exec`; empty for the resource itself.
    pub subresource: Box<str>,
    /// The one object that it must be granted for; none: any object will do.
    pub name: Option<Box<str>>,
}

/// Permissions of which one is enough, written `create pods | create deployments.apps`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The alternatives, as written. Never empty.
    pub any_of: Vec<Alternative>,
}

/// A permission, and where and since when it is enough: `get pods/exec before 1.35`, `patch configmaps coredns in kube-system`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// What must be allowed.
    pub permission: Permission,
    /// The namespace where it must be allowed, and which is enough for what the step gains, whatever its scope.
    pub within: Option<Box<str>>,
    /// The version of Kubernetes since which it is no longer enough.
    pub before: Option<KubernetesVersion>,
}

/// A permission that does not read as `verb resource[/subresource][.group] [name]`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not a permission: write `verb resource[/subresource][.group] [name]`, after it `in NAMESPACE` and `before VERSION` where they matter"
)]
pub struct PermissionError(String);

impl FromStr for Permission {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PermissionError(text.trim().to_owned());
        let mut words = text.split_whitespace();
        let (verb, target) = words.next().zip(words.next()).ok_or_else(error)?;
        let name = words.next().map(Box::from);
        let (path, group) = target.split_once('.').unwrap_or((target, ""));
        let (resource, subresource) = path.split_once('/').unwrap_or((path, ""));
        let is_word = |text: &str| text == "*" || text.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_resource = |text: &str| {
            let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            text == "*" || text.bytes().all(is_letter)
        };
        if words.next().is_some() || resource.is_empty() || !is_word(verb) || !is_resource(resource) {
            return Err(error());
        }
        Ok(Self {
            verb: verb.into(),
            group: group.into(),
            resource: resource.into(),
            subresource: subresource.into(),
            name,
        })
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if !self.subresource.is_empty() {
            write!(f, "/{}", self.subresource)?;
        }
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        match &self.name {
            Some(name) => write!(f, " {name}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Alternative {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PermissionError(text.trim().to_owned());
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let before = last(&mut words, "before")
            .map(str::parse)
            .transpose()
            .map_err(|_| error())?;
        let within = last(&mut words, "in").map(Box::from);
        let permission = words.join(" ").parse().map_err(|_| error())?;
        Ok(Self {
            permission,
            within,
            before,
        })
    }
}

/// Takes `key word` off the end of a permission. A verb and a resource stand before it.
fn last<'a>(words: &mut Vec<&'a str>, key: &str) -> Option<&'a str> {
    let at = words.len().checked_sub(2).filter(|at| *at >= 2)?;
    match words.get(at..) {
        Some(&[found, word]) if found == key => {
            words.truncate(at);
            Some(word)
        }
        _ => None,
    }
}

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.permission.fmt(f)?;
        if let Some(namespace) = &self.within {
            write!(f, " in {namespace}")?;
        }
        match self.before {
            Some(version) => write!(f, " before {version}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Need {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let any_of = text.split('|').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { any_of })
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, alternative) in self.any_of.iter().enumerate() {
            if index > 0 {
                f.write_str(" | ")?;
            }
            alternative.fmt(f)?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Need {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl Serialize for Need {
    /// As it is written.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Need {
    fn schema_name() -> Cow<'static, str> {
        "Need".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Permissions of which one is enough: `create pods | create deployments.apps`."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_read_back_as_written() {
        for text in [
            "create pods",
            "create pods/exec",
            "create pods | patch deployments.apps",
            "update certificatesigningrequests/approval.certificates.k8s.io",
            "approve signers.certificates.k8s.io kubernetes.io/kube-apiserver-client",
            "* *.*",
            "create pods/exec | get pods/exec before 1.35",
            "patch configmaps coredns in kube-system",
            "patch configmaps in kube-system before 1.30",
        ] {
            assert_eq!(text.parse::<Need>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn the_group_is_what_follows_the_first_dot() {
        let permission: Permission = "patch roles.rbac.authorization.k8s.io".parse().expect("it is one");
        assert_eq!(&*permission.group, "rbac.authorization.k8s.io");
        assert_eq!(&*permission.resource, "roles");
    }

    #[test]
    fn what_is_no_permission_is_refused() {
        for text in [
            "",
            "pods",
            "create",
            "create pods a b",
            "create pods |",
            "get Pods",
            "g*t pods",
            "get pods before 1.x",
        ] {
            assert!(text.parse::<Need>().is_err(), "{text}");
        }
    }
}
