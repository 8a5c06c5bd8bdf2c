//! Who may read and change the objects of a namespace.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_knowledge::Permission;

use crate::rbac::{Authorizer, Identity, Scope};
use crate::system::{ElementId, Evidence};

/// Answers who has a permission over an object, remembering each permission's holders.
#[derive(Debug)]
pub(super) struct Holders<'a> {
    authorizer: &'a Authorizer,
    identities: BTreeSet<Identity>,
    known: BTreeMap<Permission, Vec<Holder>>,
}

/// Somebody who has a permission.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub(super) identity: ElementId,
    pub(super) evidence: Vec<Evidence>,
    scope: Scope,
    names: Option<Vec<Arc<str>>>,
}

impl<'a> Holders<'a> {
    pub(super) fn new(authorizer: &'a Authorizer) -> Self {
        Self {
            authorizer,
            identities: authorizer.identities(),
            known: BTreeMap::new(),
        }
    }

    /// Who has one of these permissions over an object, each once, by id.
    pub(super) fn of(&mut self, permissions: &[Permission], namespace: &str, name: &str) -> Vec<Holder> {
        let mut holders: BTreeMap<ElementId, Holder> = BTreeMap::new();
        for permission in permissions {
            let of_permission = self.known.entry(permission.clone()).or_insert_with(|| {
                let granted = |identity: &Identity| {
                    let granted = self.authorizer.granted(identity, permission);
                    let holder = granted.into_iter().map(|granted| Holder {
                        identity: identity.element(),
                        evidence: granted.evidence(),
                        scope: granted.scope.clone(),
                        names: granted.names,
                    });
                    holder.collect::<Vec<_>>()
                };
                self.identities.iter().flat_map(granted).collect()
            });
            for holder in of_permission.iter().filter(|holder| holder.reaches(namespace, name)) {
                holders.entry(holder.identity.clone()).or_insert_with(|| holder.clone());
            }
        }
        holders.into_values().collect()
    }
}

impl Holder {
    fn reaches(&self, namespace: &str, name: &str) -> bool {
        let in_scope = match &self.scope {
            Scope::Cluster => true,
            Scope::Namespace(scope) => **scope == *namespace,
        };
        let named = self
            .names
            .as_ref()
            .is_none_or(|names| names.iter().any(|known| **known == *name));
        in_scope && named
    }
}
