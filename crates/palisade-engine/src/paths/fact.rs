//! Facts: what an attacker may hold. The OR nodes of the attack graph.

use palisade_knowledge::Holding;

use crate::rbac::Scope;
use crate::system::ElementId;

/// Something that an attacker may hold.
///
/// Hubs stand for whole blocks of the graph (everything in a scope, everybody on a network), so that the graph grows with
/// the input and not with its square. Paths do not show them: a chain from one held thing over hubs to the next is one
/// step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fact {
    /// This thing.
    Holds(Holding, ElementId),
    /// Hub: everything of this sort in a scope.
    InScope(Holding, Scope),
    /// Hub: everything of this sort that belongs to a workload: its nodes, its secrets, its identity.
    Of(Holding, ElementId),
    /// Hub: everything of this sort that runs on this node.
    Hosted(Holding, ElementId),
    /// Hub: everything of this sort that the kubelet of this node may ask for on behalf of pods that run there.
    Tended(Holding, ElementId),
    /// Hub: a place on the network among pods that policies treat alike, called after the first of their workloads, which
    /// may have pods of several such sorts. With the id of a step: for that step alone, since it asks something of the
    /// source.
    PolicyGroup(Option<String>, ElementId, usize),
    /// Hub: those whom policies let connect to this workload, and to others that let in just the same; it may have
    /// several such doors. With the id of a step: for that step alone.
    Door(Option<String>, ElementId, usize),
    /// Hub: some held identity has all the permissions of this step in this scope.
    Permitted(String, Scope),
}

impl Fact {
    /// What paths show of it; none for hubs.
    pub(super) fn shown(&self) -> Option<(Holding, &ElementId)> {
        match self {
            Self::Holds(holding, element) => Some((*holding, element)),
            _ => None,
        }
    }

    /// A name for it, unique among facts and the same from run to run.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Holds(holding, element) => format!("{}:{element}", holding.as_str()),
            Self::InScope(holding, scope) => format!("every-{}:{}", holding.as_str(), place(scope)),
            Self::Of(holding, element) => format!("{}-of:{element}", holding.as_str()),
            Self::Hosted(holding, node) => format!("hosted-{}:{node}", holding.as_str()),
            Self::Tended(holding, node) => format!("tended-{}:{node}", holding.as_str()),
            Self::PolicyGroup(step, first, which) => format!("policy-group:{first}:{which}{}", of(step.as_deref())),
            Self::Door(step, first, which) => format!("door:{first}:{which}{}", of(step.as_deref())),
            Self::Permitted(step, scope) => format!("permitted:{step}:{}", place(scope)),
        }
    }
}

fn of(step: Option<&str>) -> String {
    step.map(|step| format!(":{step}")).unwrap_or_default()
}

fn place(scope: &Scope) -> String {
    match scope {
        Scope::Cluster => "cluster".to_owned(),
        Scope::Namespace(name) => format!("namespace/{name}"),
    }
}
