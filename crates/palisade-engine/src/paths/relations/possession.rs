//! Credentials that lie where code runs, and those that lie in Secrets.

use palisade_inventory::{FieldPath, Resource};

use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance};
use crate::paths::graph::Reason;
use crate::paths::world::{Workload, World, secret_id};
use crate::rbac::Identity;
use crate::system::Evidence;

/// workload → identity: its pods hold a token.
pub(super) fn uses_identity<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let holders = world
        .workloads
        .iter()
        .filter_map(|workload| Some((workload, workload.token.as_ref()?)));
    holders
        .map(|(workload, token)| Instance {
            from: End::Workload(workload),
            to: End::Identity(&workload.identity),
            chance: Chance::CERTAIN,
            reason: Reason::Written(vec![token.clone()]),
            flow: None,
        })
        .collect()
}

/// workload → identity: whom its pods run as.
pub(super) fn runs_as<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let as_whom = |workload: &'w Workload<'a>| Instance {
        from: End::Workload(workload),
        to: End::Identity(&workload.identity),
        chance: Chance::CERTAIN,
        reason: Reason::Written(workload.evidence("spec.serviceAccountName", "whom its pods run as")),
        flow: None,
    };
    world.workloads.iter().map(as_whom).collect()
}

/// workload → secret: mounted or in its environment.
pub(super) fn reads_secret<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let mut instances = Vec::new();
    for workload in &world.workloads {
        for (secret, evidence) in &workload.secrets {
            instances.push(Instance {
                from: End::Workload(workload),
                to: End::Kept(secret),
                chance: Chance::CERTAIN,
                reason: Reason::Written(vec![evidence.clone()]),
                flow: None,
            });
        }
    }
    instances
}

/// secret → identity: the Secret is a token of that service account.
pub(super) fn token_of<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let secrets = world
        .system
        .resources
        .of_kind("Secret")
        .filter(|secret| secret.id.group.is_empty());
    secrets
        .filter_map(|secret| {
            let (identity, evidence) = token(secret)?;
            let id = secret_id(&secret.id.namespace, &secret.id.name);
            Some(Instance {
                from: End::Kept(world.secrets.get(&secret.id.namespace)?.get(&id)?),
                to: End::Identity(world.identities.get(&identity)?),
                chance: Chance::CERTAIN,
                reason: Reason::Written(vec![evidence]),
                flow: None,
            })
        })
        .collect()
}

fn token(secret: &Resource) -> Option<(Identity, Evidence)> {
    const ACCOUNT: &str = "kubernetes.io/service-account.name";
    if secret.content.text(&["type"]) != Some("kubernetes.io/service-account-token") {
        return None;
    }
    let name = secret.content.text(&["metadata", "annotations", ACCOUNT])?;
    let path = FieldPath::parse("metadata.annotations").child(ACCOUNT);
    let note = format!("holds a lasting token of service account {name}");
    let evidence = Evidence::at(&secret.content_file, &secret.content, &path, note);
    Some((Identity::service_account(secret.id.namespace.clone(), name), evidence))
}
