//! What a project's usual installation may do, against what roles and bindings give here.

use palisade_knowledge::{Need, Project, StandingPrivilege};

use super::parts::Parts;
use crate::assessment::{PrivilegeAssessment, PrivilegeState};
use crate::rbac::{Authorizer, Identity, Scope};
use crate::system::System;

/// Each permission of each standing privilege, in the order of the entry. Privileges of the node are not permissions.
pub(super) fn privileges(
    project: &Project,
    parts: &Parts<'_>,
    system: &System,
    authorizer: &Authorizer,
) -> Vec<PrivilegeAssessment> {
    let of_privilege = |privilege: &StandingPrivilege| {
        let element = parts.own(&privilege.holder);
        let identity = element.and_then(|element| element.identity.clone());
        let account = identity.as_ref().and_then(|id| {
            let (namespace, name) = id.as_str().strip_prefix("ServiceAccount/")?.split_once('/')?;
            Some(Identity::service_account(namespace, name))
        });
        let permissions = privilege.permissions.iter().map(|need| {
            let mut assessed = PrivilegeAssessment {
                holder: privilege.holder.clone(),
                identity: identity.clone(),
                permission: need.to_string(),
                state: PrivilegeState::Unknown,
                means: privilege.means.clone(),
                evidence: Vec::new(),
            };
            // Without any role in the input nothing can be said of what a role grants.
            if let Some(account) = account.as_ref().filter(|_| has_roles(system)) {
                granted(need, account, authorizer, &mut assessed);
            }
            assessed
        });
        permissions.collect::<Vec<_>>()
    };
    project.privileges.iter().flat_map(of_privilege).collect()
}

fn has_roles(system: &System) -> bool {
    let mut kinds = ["ClusterRoleBinding", "RoleBinding"].into_iter();
    kinds.any(|kind| system.resources.of_kind(kind).next().is_some())
}

/// The widest grant of any of the alternatives.
fn granted(need: &Need, account: &Identity, authorizer: &Authorizer, assessed: &mut PrivilegeAssessment) {
    assessed.state = PrivilegeState::NotGranted;
    for alternative in &need.any_of {
        for granted in authorizer.granted(account, &alternative.permission) {
            let is_wide = granted.scope == Scope::Cluster && granted.names.is_none();
            let state = if is_wide {
                PrivilegeState::Cluster
            } else {
                PrivilegeState::Narrowed
            };
            if state < assessed.state {
                assessed.state = state;
                assessed.evidence = granted.evidence();
            }
        }
    }
}
