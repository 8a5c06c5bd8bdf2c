//! A role bound to a subject.

use std::sync::Arc;

use palisade_inventory::{FieldPath, Resource, ResourceId};

use super::identity::Identity;
use super::role::SourcedRule;
use super::rule::Rule;
use super::scope::Scope;
use crate::system::Evidence;

/// A role bound to a subject: everything that one subject of one binding gets.
#[derive(Debug)]
pub struct Grant {
    /// The RoleBinding or ClusterRoleBinding.
    pub binding: ResourceId,
    /// The subject, as the binding names it.
    pub subject: Identity,
    /// Where it holds: a RoleBinding's namespace, or everywhere.
    pub scope: Scope,
    /// The role's namespace; empty for a ClusterRole.
    pub role_namespace: Arc<str>,
    /// The role's name.
    pub role: Arc<str>,
    pub(super) rules: Arc<[SourcedRule]>,
    /// The binding, and the subject's place in it; none for a binding that comes with Kubernetes.
    pub(super) written: Option<(Arc<Resource>, usize)>,
}

/// A permission that somebody has: where, for which objects, and by which rule of which grant.
#[derive(Clone, Debug)]
pub struct Granted<'a> {
    /// Where it holds.
    pub scope: Scope,
    /// The only objects that it holds for; none: all.
    pub names: Option<Vec<Arc<str>>>,
    /// The grant that gives it.
    pub grant: &'a Grant,
    /// The rule's place among the grant's rules.
    pub(super) rule: usize,
}

impl Grant {
    /// `Role` or `ClusterRole`.
    pub fn role_kind(&self) -> &'static str {
        if self.role_namespace.is_empty() {
            "ClusterRole"
        } else {
            "Role"
        }
    }

    /// What it allows.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|sourced| &sourced.rule)
    }

    /// The name of the group that it is bound to; none for a user or service account.
    pub fn group(&self) -> Option<&str> {
        match &self.subject {
            Identity::Group(name) => Some(name),
            _ => None,
        }
    }

    /// Where the binding names the subject; none for a binding that comes with Kubernetes.
    pub fn evidence(&self) -> Option<Evidence> {
        let (binding, subject) = self.written.as_ref()?;
        let path = FieldPath::root().child("subjects").child(*subject);
        let note = format!("{} binds {} {}", self.binding, self.role_kind(), self.role);
        Some(Evidence::at(&binding.content_file, &binding.content, &path, note))
    }

    /// Where one of its rules is written; for a rule of a built-in role, where the binding refers to that.
    fn rule_evidence(&self, rule: usize) -> Option<Evidence> {
        let written = self.rules.get(rule).and_then(SourcedRule::evidence);
        written.or_else(|| {
            let (binding, _) = self.written.as_ref()?;
            let path = FieldPath::root().child("roleRef").child("name");
            let note = format!("{} {} comes with Kubernetes", self.role_kind(), self.role);
            Some(Evidence::at(&binding.content_file, &binding.content, &path, note))
        })
    }

    /// What it is that allows something, in the API server's words: `RoleBinding "rb/ns" of Role "r" to User "u"`.
    pub(super) fn words(&self) -> String {
        let qualified = |namespace: &str, name: &str| match namespace {
            "" => name.to_owned(),
            namespace => format!("{name}/{namespace}"),
        };
        let subject = match &self.subject {
            Identity::Group(name) => format!("Group \"{name}\""),
            Identity::User(name) => format!("User \"{name}\""),
            Identity::ServiceAccount { namespace, name } => format!("ServiceAccount \"{name}/{namespace}\""),
        };
        format!(
            "{} \"{}\" of {} \"{}\" to {subject}",
            self.binding.kind,
            qualified(&self.binding.namespace, &self.binding.name),
            self.role_kind(),
            self.role
        )
    }
}

impl Granted<'_> {
    /// The rule that grants it.
    pub fn rule(&self) -> Option<&Rule> {
        self.grant.rules.get(self.rule).map(|sourced| &sourced.rule)
    }

    /// The binding, and the rule where one is written; for a built-in role, the reference to it. Empty where both come
    /// with Kubernetes.
    pub fn evidence(&self) -> Vec<Evidence> {
        let binding = self.grant.evidence();
        binding.into_iter().chain(self.grant.rule_evidence(self.rule)).collect()
    }
}
