//! All grants of a system, found by subject.

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_inventory::{Node, Resource, ResourceId};
use palisade_knowledge::Permission;

use super::builtin;
use super::by_subject::BySubject;
use super::decision::{Decision, Denial};
use super::grant::{Grant, Granted};
use super::identity::{ANONYMOUS, Identity};
use super::node::NodeAuthorizer;
use super::request::Request;
use super::role::{GROUP, RoleKey, Roles, SourcedRule, role_ref};
use super::rule::Rule;
use super::scope::{Scope, is_cluster_scoped};
use crate::system::Resources;

/// The group that the API server allows everything, whatever RBAC says.
const MASTERS: &str = "system:masters";

/// All grants of a system, found by subject.
#[derive(Debug)]
pub struct Authorizer {
    grants: BySubject<Grant>,
    /// Bindings to roles that do not exist.
    unresolved: BySubject<Unresolved>,
    roles: Roles,
    nodes: NodeAuthorizer,
    /// Roles that some binding gives to somebody, directly or by aggregation.
    bound: BTreeSet<RoleKey>,
}

/// A binding to a role that does not exist.
#[derive(Debug)]
struct Unresolved {
    scope: Scope,
    role: RoleKey,
}

impl Authorizer {
    /// Reads the roles and bindings that the input holds: for claims, each of which needs a place in an artefact.
    pub fn new(resources: &Resources) -> Self {
        let mut this = Self {
            grants: BySubject::default(),
            unresolved: BySubject::default(),
            roles: Roles::of(resources),
            nodes: NodeAuthorizer::default(),
            bound: BTreeSet::new(),
        };
        for kind in ["ClusterRoleBinding", "RoleBinding"] {
            for binding in resources.of_kind(kind).filter(|binding| &*binding.id.group == GROUP) {
                this.add_written(binding);
            }
        }
        this
    }

    /// Decides as the API server of a cluster with these resources would: the bindings that every cluster is born with
    /// count where the input holds none of their name, and the Node authoriser has its say.
    pub fn of_cluster(resources: &Resources) -> Self {
        let mut this = Self::new(resources);
        for role in builtin::all() {
            for bound in &role.bound {
                this.add_built_in(role, bound, resources);
            }
        }
        this.nodes = NodeAuthorizer::new(resources);
        this
    }

    fn add_written(&mut self, binding: &Arc<Resource>) {
        let Some(role) = role_ref(binding) else {
            return;
        };
        for (index, node) in binding.content.items(&["subjects"]).iter().enumerate() {
            if let Some(subject) = identity_of(node, &binding.id) {
                self.add(&binding.id, &subject, &role, Some((Arc::clone(binding), index)));
            }
        }
    }

    fn add_built_in(&mut self, role: &builtin::BuiltIn, bound: &builtin::Bound, resources: &Resources) {
        let kind = if role.namespace.is_empty() {
            "ClusterRoleBinding"
        } else {
            "RoleBinding"
        };
        let id = ResourceId {
            kind: kind.into(),
            group: GROUP.into(),
            namespace: role.namespace.into(),
            name: bound.binding.into(),
        };
        if resources.get(&id).is_none() {
            let role = (role.namespace.into(), role.name.into());
            self.add(&id, &bound.subject, &role, None);
        }
    }

    fn add(
        &mut self,
        binding: &ResourceId,
        subject: &Identity,
        role: &RoleKey,
        written: Option<(Arc<Resource>, usize)>,
    ) {
        let scope = match &*binding.kind {
            "RoleBinding" => Scope::Namespace(Arc::clone(&binding.namespace)),
            _ => Scope::Cluster,
        };
        let Some(rules) = self.roles.rules(role) else {
            let role = role.clone();
            self.unresolved.push(subject, Unresolved { scope, role });
            return;
        };
        let rules = Arc::clone(rules);
        let (role_namespace, name) = role;
        if role_namespace.is_empty() {
            let parts = self.roles.parts(name).into_iter();
            self.bound.extend(parts.map(|part| (Arc::from(""), part)));
        } else {
            self.bound.insert(role.clone());
        }
        let grant = Grant {
            binding: binding.clone(),
            subject: subject.clone(),
            scope,
            role_namespace: Arc::clone(role_namespace),
            role: Arc::clone(name),
            rules,
            written,
        };
        self.grants.push(subject, grant);
    }

    /// All that is bound to an identity or to a group that it is in.
    pub fn grants_of(&self, identity: &Identity) -> impl Iterator<Item = &Grant> {
        self.grants.of(identity.user().as_deref(), &identity.groups())
    }

    /// What the API server would answer to a request with this user name and these groups.
    pub fn decide(&self, user: Option<&str>, groups: &[String], request: &Request<'_>) -> Decision<'_> {
        if groups.iter().any(|group| group == MASTERS) {
            return Decision::Superuser;
        }
        let node = match self.nodes.decide(user, groups, request) {
            Some(Ok(())) => return Decision::Node,
            Some(Err(reason)) => (!reason.is_empty()).then_some(reason),
            None => None,
        };
        if let Some(granted) = self.allowing(user, groups, request).next() {
            return Decision::Allowed(granted);
        }
        let missing = self.unresolved.of(user, groups);
        let missing = missing.filter(|unresolved| is_in_scope(&unresolved.scope, request));
        Decision::Denied(Denial {
            missing: missing.map(|unresolved| &unresolved.role).collect(),
            is_unsafe_proxy: asked_subresource(user == Some(ANONYMOUS), request.subresource) != request.subresource,
            node,
        })
    }

    /// Every grant of RBAC that allows a request, in the order of the bindings, each with the first rule that does.
    pub fn allowing<'a>(
        &'a self,
        user: Option<&str>,
        groups: &[String],
        request: &Request<'_>,
    ) -> impl Iterator<Item = Granted<'a>> {
        let request = Request {
            subresource: asked_subresource(user == Some(ANONYMOUS), request.subresource),
            ..*request
        };
        self.grants
            .of(user, groups)
            .filter_map(move |grant| allowed_by(grant, &request))
    }

    /// Everything that grants a permission to anybody, by subject as the bindings name them.
    pub fn who_can<'a>(&'a self, permission: &Permission) -> Vec<Granted<'a>> {
        let cluster_only = is_cluster_scoped(permission);
        let grants = self.grants.all().iter();
        let mut granted: Vec<Granted<'_>> = grants
            .filter(|grant| !cluster_only || grant.scope == Scope::Cluster)
            .flat_map(|grant| granted_by(grant, &asked(grant.subject.is_anonymous(), permission)))
            .collect();
        sort_by_subject(&mut granted);
        granted
    }

    /// Everything that grants a verb on a path that is no resource to anybody, by subject.
    pub fn who_can_url<'a>(&'a self, verb: &str, url: &str) -> Vec<Granted<'a>> {
        let request = Request {
            verb,
            url: Some(url),
            ..Request::default()
        };
        let grants = self.grants.all().iter();
        let mut granted: Vec<Granted<'_>> = grants.filter_map(|grant| allowed_by(grant, &request)).collect();
        sort_by_subject(&mut granted);
        granted
    }

    /// All that RBAC allows somebody in a namespace; without one, everywhere.
    pub(super) fn rules_of<'a>(
        &'a self,
        user: Option<&str>,
        groups: &[String],
        namespace: &str,
    ) -> impl Iterator<Item = &'a Rule> {
        let asked = Request {
            namespace,
            ..Request::default()
        };
        let grants = self.grants.of(user, groups);
        grants
            .filter(move |grant| is_in_scope(&grant.scope, &asked))
            .flat_map(Grant::rules)
    }

    /// The roles that bindings may refer to, built-in ones included.
    pub(super) fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Everything that grants a permission to an identity: where and for which objects. Several grants may overlap.
    pub fn granted<'a>(&'a self, identity: &Identity, permission: &Permission) -> Vec<Granted<'a>> {
        let cluster_only = is_cluster_scoped(permission);
        let permission = &asked(identity.is_anonymous(), permission);
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
        let folded = |grant: &Grant| match &grant.subject {
            Identity::User(name) => Identity::of_user(name),
            other => other.clone(),
        };
        self.grants.all().iter().map(folded).collect()
    }

    /// All grants, in the order of the bindings.
    pub fn grants(&self) -> &[Grant] {
        self.grants.all()
    }
}

fn sort_by_subject(granted: &mut [Granted<'_>]) {
    granted.sort_by(|a, b| a.grant.subject.cmp(&b.grant.subject));
}

fn asked(is_anonymous: bool, permission: &Permission) -> Permission {
    Permission {
        subresource: asked_subresource(is_anonymous, &permission.subresource).into(),
        ..permission.clone()
    }
}

/// The first rule of a grant that allows a request.
fn allowed_by<'a>(grant: &'a Grant, request: &Request<'_>) -> Option<Granted<'a>> {
    if !is_in_scope(&grant.scope, request) {
        return None;
    }
    let rule = grant.rules.iter().position(|sourced| sourced.rule.allows(request))?;
    let names = &grant.rules.get(rule)?.rule.names;
    let names = (!names.is_empty()).then(|| names.iter().map(|name| Arc::from(&**name)).collect());
    Some(Granted {
        scope: grant.scope.clone(),
        names,
        grant,
        rule,
    })
}

/// What a RoleBinding grants counts in its namespace, and not for paths that are no resources.
fn is_in_scope(scope: &Scope, request: &Request<'_>) -> bool {
    match scope {
        Scope::Cluster => true,
        Scope::Namespace(namespace) => request.url.is_none() && **namespace == *request.namespace,
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

/// Whom an item of a binding's `subjects` names. A service account without a namespace is one of the binding's, if it has one.
fn identity_of(subject: &Node, binding: &ResourceId) -> Option<Identity> {
    let name = subject.text(&["name"])?;
    match subject.text(&["kind"])? {
        "User" => Some(Identity::User(name.into())),
        "Group" => Some(Identity::Group(name.into())),
        "ServiceAccount" => {
            let namespace = subject.text(&["namespace"]).filter(|namespace| !namespace.is_empty());
            let namespace = namespace.unwrap_or(&binding.namespace);
            (!namespace.is_empty()).then(|| Identity::service_account(namespace, name))
        }
        _ => None,
    }
}
