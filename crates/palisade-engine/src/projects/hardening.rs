//! How a project is set up: its hardening checks over its own objects.

use palisade_knowledge::{HardeningCheck, Project, Sign, View};

use super::parts::Parts;
use crate::assessment::{HardeningAssessment, HardeningState};
use crate::signs::{Judged, Signs};
use crate::system::System;

/// What the checks of a project say, in the order of its entry.
pub(super) fn checks<'s>(
    project: &'s Project,
    parts: &Parts<'_>,
    system: &'s System,
    signs: &mut Signs<'s>,
) -> Vec<HardeningAssessment> {
    let checks = project.hardening.iter();
    checks.map(|check| one(check, project, parts, system, signs)).collect()
}

fn one<'s>(
    check: &'s HardeningCheck,
    project: &Project,
    parts: &Parts<'_>,
    system: &System,
    signs: &mut Signs<'s>,
) -> HardeningAssessment {
    let mut result = HardeningAssessment {
        title: check.title.clone(),
        state: HardeningState::Unknown,
        look_at: check.look_at.clone(),
        holds: 0,
        of: 0,
        evidence: None,
    };
    let Some(sign) = &check.sign else { return result };
    let mut failing = None;
    signs.ask(sign, &mut |judged| {
        if !is_own(sign, &judged, project, parts, system) {
            return;
        }
        result.of += 1;
        if judged.holds {
            result.holds += 1;
            if result.evidence.is_none() {
                result.evidence = Some((judged.place)());
            }
        } else if failing.is_none() {
            failing = Some((judged.place)());
        }
    });
    let is_met = match sign.covers {
        // One match speaks for more than itself.
        palisade_knowledge::Reach::System => result.holds > 0,
        _ => result.holds == result.of,
    };
    result.state = match (result.of, is_met) {
        (0, _) => HardeningState::Unknown,
        (_, true) => HardeningState::Holds,
        _ => HardeningState::Fails,
    };
    if result.state == HardeningState::Fails {
        result.evidence = failing;
    }
    result
}

/// Whether a thing belongs to the project: one of its workloads, or an object of the namespaces that it runs in.
fn is_own(sign: &Sign, judged: &Judged<'_>, project: &Project, parts: &Parts<'_>, system: &System) -> bool {
    let Some(view) = sign.applies_to else { return true };
    let is_workload = || {
        let element = system.element(judged.id);
        element.is_some_and(|element| parts.workloads.contains(&element.id))
    };
    match view {
        View::Container | View::Pod | View::Workload | View::Element | View::Store | View::Availability => {
            is_workload()
        }
        View::ControlPlane => is_workload(),
        View::Identity => parts.identities.iter().any(|identity| identity.as_str() == judged.id),
        View::Protection => parts.namespaces.contains(judged.namespace),
        View::Webhook => judged.id.contains(&*project.id),
        View::Service | View::Ingress | View::NetworkPolicy | View::ConfigMap | View::Secret => {
            parts.namespaces.contains(judged.namespace)
        }
        _ => true,
    }
}
