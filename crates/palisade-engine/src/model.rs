//! The whole flow.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_inventory::{Change, Coverage, Date, Intent, Root};
use palisade_knowledge::Catalogue;

use crate::assessment::{Assessment, ControlAssessment, NotEvaluated, ProjectAssessment, SystemAssessment, Threat};
use crate::rbac::Authorizer;
use crate::signs::Signs;
use crate::system::{Resources, System};
use crate::{controls, design, intent, paths, projects, threats};

/// What an assessment depends on besides its input.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What people declare.
    pub intent: Arc<Intent>,
    /// The day by which acceptances have ended or not. None: none of them ends.
    pub as_of: Option<Date>,
}

/// What is known: resources by root. Takes changes, gives assessments; a fresh run is one `apply` of everything.
#[derive(Debug)]
pub struct Model {
    catalogue: Arc<Catalogue>,
    settings: Settings,
    systems: BTreeMap<Arc<Root>, Resources>,
}

impl Model {
    /// A model that holds nothing yet.
    pub fn new(catalogue: Arc<Catalogue>, settings: Settings) -> Self {
        Self {
            catalogue,
            settings,
            systems: BTreeMap::new(),
        }
    }

    /// Takes changes in order.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Upsert(resource) => {
                    let resources = self.systems.entry(Arc::clone(&resource.root)).or_default();
                    resources.upsert(Arc::new(*resource));
                }
                Change::Delete { root, id } => {
                    if let Some(resources) = self.systems.get_mut(&root) {
                        resources.delete(&id);
                    }
                }
            }
        }
        self.systems.retain(|_, resources| !resources.is_empty());
    }

    /// The first question alone, once for each system: what are we working on?
    pub fn compile(&self) -> Vec<System> {
        self.systems
            .iter()
            .map(|(root, resources)| self.compile_system(root, resources))
            .collect()
    }

    fn compile_system(&self, root: &Root, resources: &Resources) -> System {
        let mut system = design::compile(root, resources, &self.catalogue);
        intent::draw(&mut system, &self.settings.intent, &self.catalogue);
        system
    }

    /// The whole flow, once for each system: design → threats → paths → fixes.
    pub fn assess(&self, mut coverage: Coverage) -> Assessment {
        let mut not_evaluated = Vec::new();
        let systems: Vec<SystemAssessment> = self
            .systems
            .iter()
            .map(|(root, resources)| self.assess_system(root, resources, &mut not_evaluated))
            .collect();
        not_evaluated.sort();
        coverage.notices.extend(intent::unmet(&systems, &self.settings.intent));
        coverage.sort();
        Assessment {
            schema: 1,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            coverage,
            not_evaluated,
            systems,
        }
    }

    fn assess_system(
        &self,
        root: &Root,
        resources: &Resources,
        not_evaluated: &mut Vec<NotEvaluated>,
    ) -> SystemAssessment {
        let system = self.compile_system(root, resources);
        let weaknesses = threats::find(&system, &self.catalogue);
        let mut threats = threats::ledger(&system, &weaknesses.findings, &self.catalogue);
        let mut known = known(&system, &self.catalogue);
        intent::decide(&mut threats, &self.settings.intent, self.settings.as_of);
        threats::sort(&mut threats);
        intent::decide(&mut known.threats, &self.settings.intent, self.settings.as_of);
        threats.extend(known.threats);
        let attacks = paths::analyse(&system, &self.catalogue);
        not_evaluated.extend(weaknesses.not_evaluated);
        not_evaluated.extend(attacks.not_evaluated);
        SystemAssessment {
            assets: intent::assets(&system, &self.settings.intent),
            system,
            findings: weaknesses.findings,
            threats,
            projects: known.projects,
            controls: known.controls,
            paths: attacks.paths,
            fixes: attacks.fixes,
            bounds_hit: attacks.bounds_hit,
        }
    }
}

/// What the catalogue knows about what a system runs, and about what protects it.
struct Known {
    projects: Vec<ProjectAssessment>,
    threats: Vec<Threat>,
    controls: Vec<ControlAssessment>,
}

fn known(system: &System, catalogue: &Catalogue) -> Known {
    let authorizer = Authorizer::new(&system.resources);
    let mut signs = Signs::new(system, &authorizer, catalogue);
    let found = projects::find(system, catalogue, &authorizer, &mut signs);
    Known {
        controls: controls::assess(system, catalogue, &found.projects, &mut signs),
        projects: found.projects,
        threats: found.threats,
    }
}
