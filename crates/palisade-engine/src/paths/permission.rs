//! What identities may do, as rules of the graph.
//!
//! A grant leads to a hub for its scope, not to each thing in the scope. Each grant is a rule of its own, so that taking
//! one binding away takes away what hangs on it and nothing else.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use palisade_knowledge::{Alternative, AttackStep, Holding, Need, Permission};

use super::conditions::Conditions;
use super::cost::Chance;
use super::ends::in_scope;
use super::fact::Fact;
use super::graph::{Builder, Reason, Rule, StepIndex};
use super::world::{CLUSTER_ADMIN, World, secret_id};
use crate::rbac::{Authorizer, Granted, Identity, Scope, is_cluster_scoped};
use crate::system::{ElementId, Evidence};

/// A way in which an identity has a step's permissions.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) scope: Scope,
    /// What it is limited to, where the step's gain is.
    only: Option<BTreeSet<ElementId>>,
    /// Grants and rules.
    pub(super) evidence: Vec<Evidence>,
    /// The first binding on the way: taking it away takes the hit away.
    pub(super) binding: Option<ElementId>,
}

/// Adds the rules of a step along [`Relation::May`](palisade_knowledge::Relation::May).
pub(super) fn add<'a>(
    (index, step): (StepIndex, &'a AttackStep),
    world: &World<'a>,
    conditions: &mut Conditions<'a, '_>,
    builder: &mut Builder,
) {
    for (identity, hits) in holders(step, world) {
        let premise = Fact::Holds(Holding::Identity, identity.element());
        for hit in hits.iter() {
            for (conclusion, more) in conclusions(step, hit, Some(identity), world, conditions) {
                let (premise, conclusion) = (builder.fact(premise.clone()), builder.fact(conclusion));
                builder.rule(Rule {
                    premises: vec![premise],
                    conclusion,
                    step: Some(index),
                    chance: Chance::of(step.difficulty),
                    fixed_at: Some(hit.binding.clone().unwrap_or_else(|| identity.element())),
                    reason: Reason::Written(hit.evidence.iter().cloned().chain(more).collect()),
                });
            }
        }
    }
}

/// Adds what full control over the cluster, or over a namespace, gives: whatever any permission there gives.
pub(super) fn add_control<'a>(
    steps: &[(StepIndex, &'a AttackStep)],
    world: &World<'a>,
    conditions: &mut Conditions<'a, '_>,
    builder: &mut Builder,
) {
    let everywhere = (Fact::Holds(Holding::ClusterAdmin, CLUSTER_ADMIN.into()), Scope::Cluster);
    let namespaces = world.namespaces.keys().map(|name| {
        let scope = Scope::Namespace(Arc::clone(name));
        (in_scope(Holding::ControlOfScope, &scope), scope)
    });
    let held: Vec<(Fact, Scope)> = std::iter::once(everywhere)
        .chain(namespaces)
        .filter(|(fact, _)| builder.knows(fact))
        .collect();
    for (fact, scope) in held {
        for &(index, step) in steps {
            if scope != Scope::Cluster && !step.permissions.iter().all(is_namespaced) {
                continue;
            }
            let hit = Hit {
                scope: scope.clone(),
                only: None,
                evidence: Vec::new(),
                binding: None,
            };
            for (conclusion, more) in conclusions(step, &hit, None, world, conditions) {
                let (premise, conclusion) = (builder.fact(fact.clone()), builder.fact(conclusion));
                builder.rule(Rule {
                    premises: vec![premise],
                    conclusion,
                    step: Some(index),
                    chance: Chance::of(step.difficulty),
                    fixed_at: None,
                    reason: if more.is_empty() {
                        Reason::Implied
                    } else {
                        Reason::Written(more)
                    },
                });
            }
        }
    }
}

fn is_namespaced(need: &Need) -> bool {
    let mut alternatives = need.any_of.iter();
    alternatives.any(|alternative| alternative.within.is_none() && !is_cluster_scoped(&alternative.permission))
}

/// Everybody who has all permissions of a step together, and every way in which they do.
pub(super) fn holders<'w>(
    step: &'w AttackStep,
    world: &'w World<'_>,
) -> impl Iterator<Item = (&'w Identity, Rc<[Hit]>)> {
    world.alike.iter().flat_map(move |alike| {
        let hits: Rc<[Hit]> = alike
            .first()
            .map(|any| hits(step, any, world))
            .unwrap_or_default()
            .into();
        let holders = alike.iter().filter(|_| !hits.is_empty());
        holders.map(|identity| (identity, Rc::clone(&hits))).collect::<Vec<_>>()
    })
}

/// Every way in which an identity has all permissions of a step together.
fn hits(step: &AttackStep, identity: &Identity, world: &World<'_>) -> Vec<Hit> {
    let mut needs = step.permissions.iter();
    let Some(first) = needs.next() else {
        return Vec::new();
    };
    needs.fold(of_need(step, first, identity, world), |hits, need| {
        if hits.is_empty() {
            return hits;
        }
        let others = of_need(step, need, identity, world);
        let mut seen = BTreeSet::new();
        let pairs = hits
            .iter()
            .flat_map(|hit| others.iter().filter_map(|other| hit.and(other)));
        pairs
            .filter(|hit| seen.insert((hit.scope.clone(), hit.only.clone())))
            .collect()
    })
}

fn of_need(step: &AttackStep, need: &Need, identity: &Identity, world: &World<'_>) -> Vec<Hit> {
    if Authorizer::is_superuser(identity) {
        return vec![Hit {
            scope: Scope::Cluster,
            only: None,
            evidence: Vec::new(),
            binding: None,
        }];
    }
    let mut seen = BTreeSet::new();
    need.any_of
        .iter()
        .filter(|alternative| {
            alternative
                .before
                .is_none_or(|version| world.system.kubernetes_version < version)
        })
        .flat_map(|alternative| {
            let granted = world.authorizer.granted(identity, &alternative.permission);
            granted.into_iter().filter_map(move |granted| {
                let mut hit = of_grant(step, &alternative.permission, &granted, world)?;
                hit.scope = if is_company(step, &alternative.permission) {
                    Scope::Cluster
                } else {
                    scope_of(alternative, hit.scope)?
                };
                Some(hit)
            })
        })
        .filter(|hit| seen.insert((hit.scope.clone(), hit.only.clone(), hit.binding.clone())))
        .collect()
}

/// Where an alternative counts that is granted in this scope. In the one namespace that it asks for, it counts for all.
fn scope_of(alternative: &Alternative, granted: Scope) -> Option<Scope> {
    match (alternative.within.as_deref(), &granted) {
        (None | Some("."), _) | (_, Scope::Cluster) => Some(granted),
        (Some(within), Scope::Namespace(namespace)) => (**namespace == *within).then_some(Scope::Cluster),
    }
}

fn of_grant(step: &AttackStep, permission: &Permission, granted: &Granted<'_>, world: &World<'_>) -> Option<Hit> {
    let only = match &granted.names {
        _ if is_company(step, permission) => None,
        None => unnamed(step.to, permission, world),
        Some(names) => match named(step.to, permission, names, &granted.scope, world) {
            Named::Nothing => return None,
            Named::Everything => None,
            Named::Only(only) => Some(only),
        },
    };
    Some(Hit {
        scope: granted.scope.clone(),
        only,
        evidence: granted.evidence(),
        binding: Some(ElementId::new(granted.grant.binding.to_string())),
    })
}

/// Whether the permission is only there because another needs it: a group is impersonated together with any user, wherever.
fn is_company(step: &AttackStep, permission: &Permission) -> bool {
    let mut needed = step.permissions.iter().flat_map(|need| &need.any_of);
    matches!(
        (&*permission.verb, &*permission.resource),
        ("impersonate", "users" | "serviceaccounts")
    ) && needed.any(|other| &*other.permission.resource == "groups")
}

impl Hit {
    /// Both at once; none where they do not meet.
    fn and(&self, other: &Self) -> Option<Self> {
        let only = match (&self.only, &other.only) {
            (Some(a), Some(b)) => Some(a.intersection(b).cloned().collect::<BTreeSet<_>>()),
            (Some(only), None) | (None, Some(only)) => Some(only.clone()),
            (None, None) => None,
        };
        if only.as_ref().is_some_and(BTreeSet::is_empty) {
            return None;
        }
        let more = other
            .evidence
            .iter()
            .filter(|evidence| !self.evidence.contains(evidence));
        Some(Self {
            scope: self.scope.and(&other.scope)?,
            only,
            evidence: self.evidence.iter().chain(more).cloned().collect(),
            binding: self.binding.clone(),
        })
    }
}

/// What a permission over users or groups, without names, is limited to: those that are known, and no service accounts
/// of a scope. Others are not limited.
fn unnamed(gain: Holding, permission: &Permission, world: &World<'_>) -> Option<BTreeSet<ElementId>> {
    let wanted: fn(&&Identity) -> bool = match (gain, &*permission.resource) {
        (Holding::IdentitiesInScope | Holding::Identity, "users") => |identity| !matches!(identity, Identity::Group(_)),
        (Holding::IdentitiesInScope | Holding::Identity, "groups") => |identity| matches!(identity, Identity::Group(_)),
        _ => return None,
    };
    Some(world.identities.iter().filter(wanted).map(Identity::element).collect())
}

/// What is left of a step's gain when the permission is for some objects only.
enum Named {
    /// Nothing.
    Nothing,
    /// All of it: who may change one Deployment may give it any service account and any volume.
    Everything,
    /// These things.
    Only(BTreeSet<ElementId>),
}

/// What a permission with names is limited to.
fn named(gain: Holding, permission: &Permission, names: &[Arc<str>], scope: &Scope, world: &World<'_>) -> Named {
    let in_namespaces = |id: fn(&str, &str) -> ElementId| -> BTreeSet<ElementId> {
        let namespaces: Vec<&Arc<str>> = match scope {
            Scope::Cluster => world.namespaces.keys().collect(),
            Scope::Namespace(namespace) => vec![namespace],
        };
        let pairs = namespaces
            .into_iter()
            .flat_map(|namespace| names.iter().map(move |name| id(namespace, name)));
        pairs.collect()
    };
    let elements = |kind: &str| {
        names
            .iter()
            .map(|name| ElementId::new(format!("{kind}/{name}")))
            .collect()
    };
    let only: BTreeSet<ElementId> = match (gain, &*permission.resource) {
        (Holding::SecretsInScope, "secrets") => {
            let known = in_namespaces(secret_id);
            let exists = |id: &ElementId| world.secrets.values().any(|secrets| secrets.contains(id));
            known.into_iter().filter(exists).collect()
        }
        (Holding::IdentitiesInScope, "serviceaccounts") => {
            in_namespaces(|namespace, name| Identity::service_account(namespace, name).element())
        }
        (Holding::IdentitiesInScope | Holding::Identity, "users") => {
            names.iter().map(|name| Identity::of_user(name).element()).collect()
        }
        (Holding::IdentitiesInScope | Holding::Identity, "groups") => elements("Group"),
        (Holding::NodesInScope | Holding::Kubelet | Holding::NodeLogs, "nodes") => elements("Node"),
        (Holding::WorkloadsInScope, _) => workloads(permission, names, scope, world),
        (Holding::ControlOfScope | Holding::ClusterAdmin, _) => {
            let widens = match &*permission.verb {
                "bind" | "escalate" => names.iter().any(|name| &**name == "cluster-admin"),
                "impersonate" | "approve" | "sign" | "use" => false,
                _ => true,
            };
            return if widens { Named::Everything } else { Named::Nothing };
        }
        _ => return Named::Everything,
    };
    if only.is_empty() {
        Named::Nothing
    } else {
        Named::Only(only)
    }
}

/// Workloads of these names, of the kind that the permission is about.
fn workloads(permission: &Permission, names: &[Arc<str>], scope: &Scope, world: &World<'_>) -> BTreeSet<ElementId> {
    let in_scope = |namespace: &Arc<str>| match scope {
        Scope::Cluster => true,
        Scope::Namespace(name) => name == namespace,
    };
    let wanted = |id: &ElementId| {
        let (kind, rest) = id.as_str().split_once('/').unwrap_or_default();
        let name = rest.rsplit_once('/').map_or(rest, |(_, name)| name);
        let plural = format!("{}s", kind.to_ascii_lowercase());
        plural == *permission.resource && names.iter().any(|wanted| **wanted == *name)
    };
    let matching = world
        .workloads
        .iter()
        .filter(|workload| in_scope(&workload.namespace) && wanted(&workload.element.id));
    matching.map(|workload| workload.element.id.clone()).collect()
}

/// The facts that a hit leads to, each with what the step's condition adds.
pub(super) fn conclusions<'a>(
    step: &'a AttackStep,
    hit: &Hit,
    identity: Option<&Identity>,
    world: &World<'a>,
    conditions: &mut Conditions<'a, '_>,
) -> Vec<(Fact, Vec<Evidence>)> {
    if let Some(only) = &hit.only {
        if let Scope::Namespace(namespace) = &hit.scope
            && conditions.admitted(step, namespace, identity).is_none()
        {
            return Vec::new();
        }
        let holding = match in_scope(step.to, &hit.scope) {
            Fact::InScope(holding, _) | Fact::Holds(holding, _) => holding,
            _ => step.to,
        };
        return only
            .iter()
            .map(|element| (Fact::Holds(holding, element.clone()), Vec::new()))
            .collect();
    }
    if step.to == Holding::ClusterAdmin && hit.scope != Scope::Cluster {
        return Vec::new();
    }
    if step.when.is_none() && step.starts.is_none() {
        return vec![(in_scope(step.to, &hit.scope), Vec::new())];
    }
    let namespaces: Vec<&Arc<str>> = match &hit.scope {
        Scope::Cluster => world.namespaces.keys().collect(),
        Scope::Namespace(namespace) => vec![namespace],
    };
    // Whoever controls the cluster controls what it admits.
    let admits_all = identity.is_none() && hit.scope == Scope::Cluster;
    let mut concluded = BTreeSet::new();
    let mut facts = Vec::new();
    for namespace in &namespaces {
        let namespace = *namespace;
        let fact = in_scope(step.to, &Scope::Namespace(Arc::clone(namespace)));
        if !concluded.contains(&fact)
            && let Some(mut more) = conditions.namespace(step, namespace)
            && let Some(admitted) = conditions
                .admitted(step, namespace, identity)
                .or_else(|| admits_all.then(Vec::new))
        {
            more.extend(admitted);
            concluded.insert(fact.clone());
            facts.push((fact, more));
        }
    }
    // Where no namespace is an exception, the hub of all of them keeps the graph linear.
    let everywhere = in_scope(step.to, &hit.scope);
    let is_everywhere = step.when.is_none() && facts.len() == namespaces.len();
    if is_everywhere && !concluded.contains(&everywhere) {
        return vec![(everywhere, Vec::new())];
    }
    facts
}
