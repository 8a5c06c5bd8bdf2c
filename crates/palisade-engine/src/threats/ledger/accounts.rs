//! Accounts that several share, so that nobody can tell afterwards which of them it was.

use std::collections::{BTreeMap, BTreeSet};

use super::process::no_token;
use crate::rbac::{Authorizer, Identity};
use crate::system::{ElementId, Evidence, System};

/// Roles that everybody has on purpose, and that change nothing.
const HARMLESS: [&str; 3] = [
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
    "kubeadm:bootstrap-signer-clusterinfo",
];

/// Who acts under a name that is not theirs alone.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// Service accounts that are granted something and whose token several workloads carry.
    shared: BTreeMap<ElementId, Shared>,
    /// What requests without a login are granted.
    pub(super) anonymous: Vec<Evidence>,
}

/// A service account that several workloads run as.
#[derive(Debug)]
pub(super) struct Shared {
    /// The workloads, by id.
    pub(super) workloads: Vec<ElementId>,
    /// What binds the account to something that it may do.
    pub(super) evidence: Vec<Evidence>,
}

impl Accounts {
    pub(super) fn of(system: &System, authorizer: &Authorizer) -> Self {
        let mut carriers: BTreeMap<&ElementId, Vec<ElementId>> = BTreeMap::new();
        for element in system.elements.iter().filter(|element| !element.templates.is_empty()) {
            if let Some(account) = &element.identity
                && no_token(element, system).is_none()
            {
                carriers.entry(account).or_default().push(element.id.clone());
            }
        }
        let mut shared = BTreeMap::new();
        for (account, workloads) in carriers {
            let parts: Vec<&str> = account.as_str().split('/').collect();
            let ["ServiceAccount", namespace, name] = parts.as_slice() else {
                continue;
            };
            let identity = Identity::service_account(*namespace, *name);
            // Discovery is for everybody who has logged in: what counts is what was bound on purpose.
            let grant = authorizer
                .grants_of(&identity)
                .find(|grant| !grant.role.starts_with("system:"));
            if let Some(grant) = grant
                && workloads.len() > 1
            {
                let evidence = grant.evidence().into_iter().collect();
                shared.insert(account.clone(), Shared { workloads, evidence });
            }
        }
        Self {
            shared,
            anonymous: anonymous(authorizer),
        }
    }

    /// The account, if others carry its token as well.
    pub(super) fn shared(&self, account: &ElementId) -> Option<&Shared> {
        self.shared.get(account)
    }
}

fn anonymous(authorizer: &Authorizer) -> Vec<Evidence> {
    let identities: BTreeSet<Identity> = authorizer.identities();
    let nobody = identities.iter().filter(|identity| identity.is_anonymous());
    let grants = nobody.flat_map(|identity| authorizer.grants_of(identity));
    grants
        .filter(|grant| !HARMLESS.contains(&&*grant.role))
        .filter_map(crate::rbac::Grant::evidence)
        .collect()
}
