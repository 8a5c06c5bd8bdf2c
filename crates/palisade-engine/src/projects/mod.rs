//! Open-source projects that a system runs, and the threat models that come with them.
//!
//! ```text
//! images, labels, custom resources ─ recognise ─► which projects, and which of their parts is which element
//!                                                   ├─ hardening: how it is set up (signs of the catalogue)
//!                                                   ├─ privileges: what it usually may do, against what RBAC gives here
//!                                                   └─ threats: what is known to go wrong, settled by hardening
//! ```

mod hardening;
mod parts;
mod privileges;
mod recognise;
mod threats;

#[cfg(test)]
mod tests;

use palisade_knowledge::{Catalogue, Project};

use self::parts::Parts;
use self::recognise::Sighting;
use crate::assessment::{ProjectAssessment, Threat};
use crate::rbac::Authorizer;
use crate::signs::Signs;
use crate::system::System;

/// What comes of the projects of a system.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The projects, by id.
    pub(crate) projects: Vec<ProjectAssessment>,
    /// Their known threats, by project, in the order of its entry.
    pub(crate) threats: Vec<Threat>,
}

/// Finds the projects of a system and applies their threat models.
pub(crate) fn find<'s>(
    system: &'s System,
    catalogue: &'s Catalogue,
    authorizer: &Authorizer,
    signs: &mut Signs<'s>,
) -> Found {
    let mut found = Found::default();
    for (project, sighting) in recognise::projects(system, catalogue) {
        let parts = Parts::of(project, &sighting, system);
        let checks = hardening::checks(project, &parts, system, signs);
        found.threats.extend(threats::threats(project, &parts, &checks));
        found
            .projects
            .push(assessed(project, sighting, &parts, checks, system, authorizer));
    }
    found
}

fn assessed(
    project: &Project,
    sighting: Sighting<'_>,
    parts: &Parts<'_>,
    hardening: Vec<crate::assessment::HardeningAssessment>,
    system: &System,
    authorizer: &Authorizer,
) -> ProjectAssessment {
    ProjectAssessment {
        id: project.id.clone(),
        name: project.name.clone(),
        runs: sighting.runs(),
        privileges: privileges::privileges(project, parts, system, authorizer),
        elements: parts.shown(),
        recognised_by: sighting.signs,
        hardening,
    }
}
