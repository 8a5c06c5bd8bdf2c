//! Grants as people and programs read them.

use palisade_engine::rbac::{Granted, Rule};
use palisade_engine::system::Evidence;
use serde::Serialize;

/// A grant that decides.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    /// Whom the binding names: `ServiceAccount/shop/web`, `Group/devs`.
    pub(crate) subject: String,
    /// `RoleBinding/shop/readers`.
    pub(crate) binding: String,
    /// `Role/shop/reader`.
    pub(crate) role: String,
    /// Where it holds.
    pub(crate) scope: String,
    /// The only objects that it holds for; empty: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) names: Vec<String>,
    /// The rule that decides.
    rule: ToldRule,
    /// Binding and role come with every cluster.
    pub(crate) built_in: bool,
    /// Where the binding names the subject, and where the rule is written.
    evidence: Vec<Evidence>,
}

/// A rule, as a role writes it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ToldRule {
    verbs: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    api_groups: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_names: Vec<String>,
    #[serde(rename = "nonResourceURLs", skip_serializing_if = "Vec::is_empty")]
    urls: Vec<String>,
}

impl From<&Rule> for ToldRule {
    fn from(rule: &Rule) -> Self {
        let words = |words: &[Box<str>]| words.iter().map(ToString::to_string).collect();
        Self {
            verbs: words(&rule.verbs),
            api_groups: words(&rule.groups),
            resources: words(&rule.resources),
            resource_names: words(&rule.names),
            urls: words(&rule.urls),
        }
    }
}

impl From<&Granted<'_>> for Told {
    fn from(granted: &Granted<'_>) -> Self {
        let grant = granted.grant;
        let evidence = granted.evidence();
        let role = match &*grant.role_namespace {
            "" => format!("ClusterRole/{}", grant.role),
            namespace => format!("Role/{namespace}/{}", grant.role),
        };
        let names = granted.names.iter().flatten();
        Self {
            subject: grant.subject.element().to_string(),
            binding: grant.binding.to_string(),
            role,
            scope: granted.scope.to_string(),
            names: names.map(ToString::to_string).collect(),
            rule: granted.rule().map(ToldRule::from).unwrap_or_default(),
            built_in: evidence.is_empty(),
            evidence,
        }
    }
}

/// Lines of a terminal: the binding and what it refers to, then the rule, each with its place.
pub(crate) fn lines(told: &Told) -> Vec<String> {
    if told.built_in {
        return vec![format!("{} of {} comes with Kubernetes", told.binding, told.role)];
    }
    let place = |evidence: &Evidence| {
        let Evidence {
            file,
            line,
            column,
            note,
            ..
        } = evidence;
        palisade_report::clean(&format!("{file}:{line}:{column}  {note}"))
    };
    told.evidence.iter().map(place).collect()
}
