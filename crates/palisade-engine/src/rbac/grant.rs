//! A role bound to a subject.

use std::sync::Arc;

use palisade_inventory::{FieldPath, Resource};

use super::role::SourcedRule;
use super::rule::Rule;
use super::scope::Scope;
use crate::system::Evidence;

/// A role bound to a subject: everything that one subject of one binding gets.
#[derive(Debug)]
pub struct Grant {
    /// The RoleBinding or ClusterRoleBinding.
    pub binding: Arc<Resource>,
    /// The subject's index in the binding.
    pub subject: usize,
    /// Where it holds: a RoleBinding's namespace, or everywhere.
    pub scope: Scope,
    /// The role's namespace; empty for a ClusterRole.
    pub role_namespace: Arc<str>,
    /// The role's name.
    pub role: Arc<str>,
    pub(super) rules: Arc<[SourcedRule]>,
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
        let subject = self.binding.content.items(&["subjects"]).get(self.subject)?;
        (subject.text(&["kind"]) == Some("Group")).then(|| subject.text(&["name"]))?
    }

    /// Where the binding names the subject.
    pub fn evidence(&self) -> Evidence {
        let path = FieldPath::root().child("subjects").child(self.subject);
        let note = format!("{} binds {} {}", self.binding.id, self.role_kind(), self.role);
        Evidence::at(&self.binding.content_file, &self.binding.content, &path, note)
    }
}

impl Granted<'_> {
    /// The binding, and the rule where one is written; for a built-in role, the reference to it.
    pub fn evidence(&self) -> Vec<Evidence> {
        let grant = self.grant;
        let rule = grant.rules.get(self.rule).and_then(SourcedRule::evidence);
        let rule = rule.unwrap_or_else(|| {
            let path = FieldPath::root().child("roleRef").child("name");
            let note = format!("{} {} comes with Kubernetes", grant.role_kind(), grant.role);
            Evidence::at(&grant.binding.content_file, &grant.binding.content, &path, note)
        });
        vec![grant.evidence(), rule]
    }
}
