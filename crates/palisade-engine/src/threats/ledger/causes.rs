//! Findings by the row that they expose.

use std::collections::{BTreeMap, BTreeSet};

use palisade_knowledge::{Catalogue, Stride, Weakness};

use crate::assessment::Finding;
use crate::rbac::Authorizer;
use crate::system::{Element, ElementId, System};

/// A finding and its weakness.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause<'a> {
    pub(super) finding: &'a Finding,
    pub(super) weakness: &'a Weakness,
}

/// Findings by the element, or the ends of the flow, that they expose.
#[derive(Debug, Default)]
pub(super) struct Causes<'a> {
    by_target: BTreeMap<(ElementId, Option<ElementId>), Vec<Cause<'a>>>,
}

impl<'a> Causes<'a> {
    /// Sorts findings by what they expose. A weakness of something that is not drawn exposes the workloads that it acts
    /// on: a permission those that run with it, a policy those that it selects.
    pub(super) fn new(
        system: &System,
        authorizer: &Authorizer,
        findings: &'a [Finding],
        catalogue: &'a Catalogue,
    ) -> Self {
        let acts_on = acts_on(system, authorizer);
        let mut causes = Self::default();
        for finding in findings {
            let Some(weakness) = catalogue.weaknesses.get(&finding.rule) else {
                continue;
            };
            let cause = Cause { finding, weakness };
            let mut add = |element: &ElementId, to: Option<&ElementId>| {
                let key = (element.clone(), to.cloned());
                causes.by_target.entry(key).or_default().push(cause);
            };
            add(&finding.element, finding.to.as_ref());
            for element in acts_on.get(&finding.element).into_iter().flatten() {
                add(element, None);
            }
        }
        causes
    }

    /// The findings that expose a row, the worst first.
    pub(super) fn of(&self, element: &ElementId, to: Option<&ElementId>, category: Stride) -> Vec<Cause<'a>> {
        let causes = self.by_target.get(&(element.clone(), to.cloned()));
        let of_category = causes
            .into_iter()
            .flatten()
            .filter(|cause| cause.weakness.stride.contains(&category));
        of_category.copied().collect()
    }
}

/// Elements that are not drawn, and the workloads that they act on.
fn acts_on(system: &System, authorizer: &Authorizer) -> BTreeMap<ElementId, BTreeSet<ElementId>> {
    let mut acts_on: BTreeMap<ElementId, BTreeSet<ElementId>> = BTreeMap::new();
    let mut by_identity: BTreeMap<&ElementId, Vec<&ElementId>> = BTreeMap::new();
    let runs = |element: &&Element| !element.templates.is_empty();
    for element in system.elements.iter().filter(runs) {
        for policy in element.isolation.ingress.iter().chain(&element.isolation.egress) {
            acts_on.entry(policy.clone()).or_default().insert(element.id.clone());
        }
        if let Some(identity) = &element.identity {
            by_identity.entry(identity).or_default().push(&element.id);
            acts_on.entry(identity.clone()).or_default().insert(element.id.clone());
        }
    }
    for identity in authorizer.identities() {
        let Some(workloads) = by_identity.get(&identity.element()) else {
            continue;
        };
        for grant in authorizer.grants_of(&identity) {
            let role = match &*grant.role_namespace {
                "" => format!("ClusterRole/{}", grant.role),
                namespace => format!("Role/{namespace}/{}", grant.role),
            };
            for id in [ElementId::new(role), ElementId::new(grant.binding.to_string())] {
                let of_grant = acts_on.entry(id).or_default();
                of_grant.extend(workloads.iter().map(|workload| (*workload).clone()));
            }
        }
    }
    acts_on
}
