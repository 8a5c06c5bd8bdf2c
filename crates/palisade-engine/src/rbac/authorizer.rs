//! All grants of a system, found by subject.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use palisade_inventory::{Node, Resource, ResourceId};
use palisade_knowledge::Permission;

use super::grant::{Grant, Granted};
use super::identity::{ANONYMOUS, Identity};
use super::request::Request;
use super::role::{GROUP, RoleKey, Roles, SourcedRule, role_ref};
use super::scope::{Scope, is_cluster_scoped};
use crate::system::Resources;

/// The group that the API server allows everything, whatever RBAC says.
const MASTERS: &str = "system:masters";

/// All grants of a system, found by subject.
#[derive(Debug)]
pub struct Authorizer {
    grants: Vec<Grant>,
    by_user: HashMap<String, Vec<usize>>,
    by_group: HashMap<String, Vec<usize>>,
    /// Roles that some binding gives to somebody, directly or by aggregation.
    bound: BTreeSet<RoleKey>,
}

/// What the API server would answer.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'a> {
    /// Allowed by this grant.
    Allowed(&'a Grant),
    /// Allowed because the subject is in `system:masters`.
    Superuser,
    /// Nothing allows it.
    Denied,
}

impl Authorizer {
    /// Reads the roles and bindings of a system.
    pub fn new(resources: &Resources) -> Self {
        let roles = Roles::of(resources);
        let mut this = Self {
            grants: Vec::new(),
            by_user: HashMap::new(),
            by_group: HashMap::new(),
            bound: BTreeSet::new(),
        };
        for kind in ["ClusterRoleBinding", "RoleBinding"] {
            for binding in resources.of_kind(kind).filter(|binding| &*binding.id.group == GROUP) {
                this.add(binding, &roles);
            }
        }
        this
    }

    fn add(&mut self, binding: &Arc<Resource>, known: &Roles) {
        let Some(key) = role_ref(binding) else {
            return;
        };
        let Some(rules) = known.rules(&key) else {
            return;
        };
        let (role_namespace, role) = &key;
        let scope = match &*binding.id.kind {
            "RoleBinding" => Scope::Namespace(Arc::clone(&binding.id.namespace)),
            _ => Scope::Cluster,
        };
        for (subject, node) in binding.content.items(&["subjects"]).iter().enumerate() {
            let Some(identity) = identity_of(node, &binding.id) else {
                continue;
            };
            let index = self.grants.len();
            match (&identity, identity.user()) {
                (Identity::Group(name), _) => self.by_group.entry(name.to_string()).or_default().push(index),
                (_, Some(user)) => self.by_user.entry(user).or_default().push(index),
                (_, None) => continue,
            }
            self.grants.push(Grant {
                binding: Arc::clone(binding),
                subject,
                scope: scope.clone(),
                role_namespace: Arc::clone(role_namespace),
                role: Arc::clone(role),
                rules: Arc::clone(rules),
            });
            if role_namespace.is_empty() {
                let parts = known.parts(role).into_iter();
                self.bound.extend(parts.map(|part| (Arc::from(""), part)));
            } else {
                self.bound.insert(key.clone());
            }
        }
    }

    /// All that is bound to an identity or to a group that it is in.
    pub fn grants_of(&self, identity: &Identity) -> impl Iterator<Item = &Grant> {
        self.grants_for(identity.user().as_deref(), &identity.groups())
    }

    /// All that is bound to this user or one of these groups, in the order of the bindings.
    fn grants_for(&self, user: Option<&str>, groups: &[String]) -> impl Iterator<Item = &Grant> + use<'_> {
        let of_user = user.and_then(|user| self.by_user.get(user)).into_iter().flatten();
        let of_groups = groups.iter().filter_map(|group| self.by_group.get(group)).flatten();
        let mut indexes: Vec<usize> = of_user.chain(of_groups).copied().collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes.into_iter().filter_map(|index| self.grants.get(index))
    }

    /// What the API server would answer to a request with this user name and these groups.
    pub fn decide(&self, user: Option<&str>, groups: &[String], request: &Request<'_>) -> Decision<'_> {
        if groups.iter().any(|group| group == MASTERS) {
            return Decision::Superuser;
        }
        let request = Request {
            subresource: asked_subresource(user == Some(ANONYMOUS), request.subresource),
            ..*request
        };
        self.grants_for(user, groups)
            .find(|grant| {
                let in_scope = match &grant.scope {
                    Scope::Cluster => true,
                    Scope::Namespace(namespace) => request.url.is_none() && **namespace == *request.namespace,
                };
                in_scope && grant.rules.iter().any(|sourced| sourced.rule.allows(&request))
            })
            .map_or(Decision::Denied, Decision::Allowed)
    }

    /// Everything that grants a permission to an identity: where and for which objects. Several grants may overlap.
    pub fn granted<'a>(&'a self, identity: &Identity, permission: &Permission) -> Vec<Granted<'a>> {
        let cluster_only = is_cluster_scoped(permission);
        let permission = &Permission {
            subresource: asked_subresource(identity.is_anonymous(), &permission.subresource).into(),
            ..permission.clone()
        };
        self.grants_of(identity)
            .filter(|grant| !cluster_only || grant.scope == Scope::Cluster)
            .flat_map(|grant| granted_by(grant, permission))
            .collect()
    }

    /// Whether an identity is in the group that may do everything.
    pub fn is_superuser(identity: &Identity) -> bool {
        identity.groups().iter().any(|group| group == MASTERS)
    }

    /// Whether some binding gives this Role or ClusterRole to somebody, itself or through one that takes it in.
    pub fn is_bound(&self, role: &ResourceId) -> bool {
        let namespace = match &*role.kind {
            "ClusterRole" => "".into(),
            _ => Arc::clone(&role.namespace),
        };
        self.bound.contains(&(namespace, Arc::clone(&role.name)))
    }

    /// Everybody whom a binding of this system names, each once.
    pub fn identities(&self) -> BTreeSet<Identity> {
        let subject = |grant: &Grant| {
            let node = grant.binding.content.items(&["subjects"]).get(grant.subject)?;
            identity_of(node, &grant.binding.id)
        };
        self.grants.iter().filter_map(subject).collect()
    }

    /// All grants, in the order of the bindings.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }
}

/// Since Kubernetes 1.36, who has not logged in and asks for `proxy` is taken to ask for `unsafeproxy`.
fn asked_subresource(is_anonymous: bool, subresource: &str) -> &str {
    match subresource {
        "proxy" if is_anonymous => "unsafeproxy",
        other => other,
    }
}

fn granted_by<'a>(grant: &'a Grant, permission: &Permission) -> Vec<Granted<'a>> {
    let granting = |(rule, sourced): (usize, &SourcedRule)| {
        let names = sourced.rule.grants(permission)?;
        Some(Granted {
            scope: grant.scope.clone(),
            names: names.map(|names| names.iter().map(|name| Arc::from(&**name)).collect()),
            grant,
            rule,
        })
    };
    grant.rules.iter().enumerate().filter_map(granting).collect()
}

/// Whom an item of a binding's `subjects` denotes. A service account without a namespace is one of the binding's, if it has one.
fn identity_of(subject: &Node, binding: &ResourceId) -> Option<Identity> {
    let name = subject.text(&["name"])?;
    match subject.text(&["kind"])? {
        "User" => Some(Identity::of_user(name)),
        "Group" => Some(Identity::Group(name.into())),
        "ServiceAccount" => {
            let namespace = subject.text(&["namespace"]).filter(|namespace| !namespace.is_empty());
            let namespace = namespace.unwrap_or(&binding.namespace);
            (!namespace.is_empty()).then(|| Identity::service_account(namespace, name))
        }
        _ => None,
    }
}
