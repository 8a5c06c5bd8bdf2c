//! What is asked: the words of the command line as a request to the API server.

use std::fmt;
use std::path::{Path, PathBuf};

use palisade_engine::kube::api_resource;
use palisade_engine::rbac::Request;
use palisade_engine::system::Resources;
use palisade_knowledge::Permission;
use serde::Serialize;

use crate::cli::access::Question;
use crate::failure::Failure;

/// A verb on something, and the input to ask about.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) target: Target,
    /// The files and folders to read; none: the current folder.
    pub(crate) paths: Vec<PathBuf>,
}

/// A verb on something, as people call it.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) verb: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    pub(crate) group: String,
    pub(crate) resource: String,
    pub(crate) subresource: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// A group was written.
    #[serde(skip)]
    has_group: bool,
}

impl Asked {
    /// From the words and flags. `is_there` says whether a path exists.
    pub(crate) fn parse(question: &Question, is_there: impl Fn(&Path) -> bool) -> Result<Self, Failure> {
        let [verb, resource, rest @ ..] = question.words.as_slice() else {
            return Err(Failure::new(
                "a verb and a resource are asked for",
                "write for example `get secrets`, `create pods/exec`, `'*' '*'` or `get /healthz`",
            ));
        };
        let is_path = |word: &String| word == "-" || is_there(Path::new(word));
        let mut name = question.name.clone();
        let mut rest = rest;
        if name.is_none()
            && !resource.starts_with('/')
            && let [first, paths @ ..] = rest
            && !is_path(first)
        {
            if paths.is_empty() {
                return Err(Failure::new(
                    format!("`{first}` is no file or folder"),
                    format!(
                        "if `{first}` is the object's name, say where to look as well: add . for the current folder"
                    ),
                ));
            }
            name = Some(first.clone());
            rest = paths;
        }
        Ok(Self {
            target: Target::parse(verb, resource, name.unwrap_or_default(), question)?,
            paths: rest.iter().map(PathBuf::from).collect(),
        })
    }
}

impl Target {
    fn parse(verb: &str, resource: &str, name: String, question: &Question) -> Result<Self, Failure> {
        if resource.starts_with('/') {
            return Ok(Self {
                verb: verb.to_owned(),
                url: Some(resource.to_owned()),
                ..Self::default()
            });
        }
        let (written, group, below) = parts(resource);
        let subresource = match (below, &question.subresource) {
            (Some(below), Some(flag)) if below != flag => {
                return Err(Failure::new(
                    format!("`{resource}` names one subresource and --subresource `{flag}` another"),
                    "name it once",
                ));
            }
            (Some(below), _) => below.to_owned(),
            (None, flag) => flag.clone().unwrap_or_default(),
        };
        let lower = written.to_lowercase();
        let known = api_resource(&lower, group.map(unversioned));
        let group_written = group.map(|group| known.map_or_else(|| unversioned(group), |known| known.group));
        let in_namespace = known.is_none_or(|known| known.is_namespaced);
        let namespace = match (&question.namespace, in_namespace) {
            // A request for one namespace carries that namespace itself.
            (_, false) if known.is_some_and(|known| known.plural == "namespaces") => name.clone(),
            // Who may bind or write a ClusterRole is asked in the namespace of the binding.
            (Some(namespace), false) if matches!(verb, "bind" | "escalate") => namespace.clone(),
            (_, false) => String::new(),
            (Some(namespace), true) => namespace.clone(),
            (None, true) if question.all_namespaces => String::new(),
            (None, true) => "default".to_owned(),
        };
        Ok(Self {
            verb: verb.to_owned(),
            url: None,
            group: group_written
                .or_else(|| known.map(|known| known.group))
                .unwrap_or_default()
                .to_owned(),
            resource: known.map_or_else(|| lower.clone(), |known| known.plural.to_owned()),
            subresource,
            namespace,
            name,
            has_group: group.is_some(),
        })
    }

    /// Of a resource that Kubernetes itself does not have, the group that its definition in the input tells; as it is where
    /// there is none, or more than one.
    pub(crate) fn within(&self, resources: &Resources) -> Self {
        let mut target = self.clone();
        let is_known = self.resource == "*" || api_resource(&self.resource, None).is_some();
        if self.url.is_none() && !self.has_group && !is_known {
            let definitions = resources.of_kind("CustomResourceDefinition");
            let named = definitions.filter_map(|definition| definition.id.name.split_once('.'));
            let mut groups = named
                .filter(|(plural, _)| *plural == self.resource)
                .map(|(_, group)| group);
            if let (Some(group), None) = (groups.next(), groups.next()) {
                group.clone_into(&mut target.group);
            }
        }
        target
    }

    /// Whether nothing here knows the resource.
    pub(crate) fn is_unknown(&self) -> bool {
        self.url.is_none()
            && self.group.is_empty()
            && self.resource != "*"
            && api_resource(&self.resource, Some("")).is_none()
    }

    /// As the API server sees it.
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            verb: &self.verb,
            group: &self.group,
            resource: &self.resource,
            subresource: &self.subresource,
            namespace: &self.namespace,
            name: &self.name,
            url: self.url.as_deref(),
            on_node: None,
        }
    }

    /// As a permission, wherever it is granted.
    pub(crate) fn permission(&self) -> Permission {
        Permission {
            verb: self.verb.as_str().into(),
            group: self.group.as_str().into(),
            resource: self.resource.as_str().into(),
            subresource: self.subresource.as_str().into(),
            name: (!self.name.is_empty()).then(|| self.name.as_str().into()),
        }
    }
}

/// `get pods/log.apps web in namespace shop`, without the namespace.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.url {
            Some(url) => write!(f, "{} {url}", self.verb),
            None => self.permission().fmt(f),
        }
    }
}

/// Resource, group and subresource of `pods/exec`, `deployments.apps/scale` or `deployments/scale.apps`.
fn parts(text: &str) -> (&str, Option<&str>, Option<&str>) {
    let (before, below) = match text.split_once('/') {
        Some((before, below)) => (before, Some(below)),
        None => (text, None),
    };
    match (before.split_once('.'), below.and_then(|below| below.split_once('.'))) {
        (Some((resource, group)), _) => (resource, Some(group), below),
        (None, Some((below, group))) => (before, Some(group), Some(below)),
        (None, None) => (before, None, below),
    }
}

/// `deployments.v1.apps` names a version as well, which authorisation does not look at.
fn unversioned(group: &str) -> &str {
    let is_version = |text: &str| {
        let mut rest = text.strip_prefix('v').unwrap_or_default().chars();
        rest.next().is_some_and(|c| c.is_ascii_digit())
    };
    match group.split_once('.') {
        Some((version, group)) if is_version(version) => group,
        _ => group,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(words: &[&str]) -> Question {
        Question {
            words: words.iter().map(ToString::to_string).collect(),
            name: None,
            namespace: None,
            all_namespaces: false,
            subresource: None,
            systems: Vec::new(),
            render: false,
            output: None,
        }
    }

    /// What is asked and where, if only `rbac.yaml` exists.
    fn asked(words: &[&str]) -> Result<String, String> {
        let asked = Asked::parse(&question(words), |path| path == Path::new("rbac.yaml"));
        let asked = asked.map_err(|failure| failure.to_string())?;
        Ok(format!(
            "{} @{} {:?}",
            asked.target, asked.target.namespace, asked.paths
        ))
    }

    #[test]
    fn resources_are_known_by_all_their_names() {
        for (words, expected) in [
            (&["get", "po", "rbac.yaml"][..], r#"get pods @default ["rbac.yaml"]"#),
            (&["create", "deploy"], "create deployments.apps @default []"),
            (&["create", "deployments.apps"], "create deployments.apps @default []"),
            (
                &["create", "deployments.v1.apps"],
                "create deployments.apps @default []",
            ),
            (&["get", "Deployment/scale"], "get deployments/scale.apps @default []"),
            (
                &["get", "deployments.apps/scale"],
                "get deployments/scale.apps @default []",
            ),
            (
                &["get", "deployments/scale.apps"],
                "get deployments/scale.apps @default []",
            ),
            (&["create", "pods/exec"], "create pods/exec @default []"),
            (&["get", "no"], "get nodes @ []"),
            (&["get", "widgets.example.com"], "get widgets.example.com @default []"),
            (&["get", "secrets.apps"], "get secrets.apps @default []"),
            (&["*", "*"], "* * @default []"),
            (&["*", "*.*"], "* *.* @default []"),
            (&["get", "/healthz", "rbac.yaml"], r#"get /healthz @ ["rbac.yaml"]"#),
            (
                &["get", "ns", "shop", "rbac.yaml"],
                r#"get namespaces shop @shop ["rbac.yaml"]"#,
            ),
        ] {
            assert_eq!(asked(words).as_deref(), Ok(expected), "{words:?}");
        }
    }

    #[test]
    fn a_word_is_the_name_unless_it_is_there_to_be_read() {
        let is = |words: &[&str], expected: &str| assert_eq!(asked(words).as_deref(), Ok(expected));
        is(
            &["get", "pods", "web", "rbac.yaml"],
            r#"get pods web @default ["rbac.yaml"]"#,
        );
        is(&["get", "pods", "web", "-"], r#"get pods web @default ["-"]"#);
        is(&["get", "pods", "-"], r#"get pods @default ["-"]"#);
        is(
            &["get", "pods", "rbac.yaml", "more.yaml"],
            r#"get pods @default ["rbac.yaml", "more.yaml"]"#,
        );
        assert_eq!(
            asked(&["get", "pods", "typo.yaml"]),
            Err("`typo.yaml` is no file or folder".to_owned())
        );
        assert!(asked(&["get"]).is_err());
    }
}
