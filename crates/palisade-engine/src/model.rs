//! The whole flow.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_inventory::{Change, Coverage, Date, Intent, Notice, Root};
use palisade_knowledge::{Catalogue, KubernetesVersion};

use crate::assessment::{
    Assessment, ControlAssessment, Gauge, NotEvaluated, ProjectAssessment, SystemAssessment, Threat,
};
use crate::paths::{AttackGraph, Question};
use crate::plan::{self, Planning};
use crate::rbac::Authorizer;
use crate::signs::Signs;
use crate::system::{Resources, System};
use crate::threats::Memory;
use crate::waivers::Waivers;
use crate::{controls, design, intent, projects, threats};

/// What an assessment depends on besides its input.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The version of Kubernetes whose behaviour counts, where versions differ.
    pub kubernetes_version: KubernetesVersion,
    /// What people declare.
    pub intent: Arc<Intent>,
    /// The day by which acceptances have ended or not. None: none of them ends.
    pub as_of: Option<Date>,
    /// Compute risk and choose a plan. None: the assessment ends with paths and fixes.
    pub planning: Option<Planning>,
}

/// What is known: resources by root. Takes changes, gives assessments; a fresh run is one `apply` of everything.
#[derive(Debug)]
pub struct Model {
    catalogue: Arc<Catalogue>,
    settings: Settings,
    systems: BTreeMap<Arc<Root>, Resources>,
    memory: Memory,
}

impl Model {
    /// A model that holds nothing yet.
    pub fn new(catalogue: Arc<Catalogue>, settings: Settings) -> Self {
        Self {
            catalogue,
            settings,
            systems: BTreeMap::new(),
            memory: Memory::default(),
        }
    }

    /// A model that holds one system.
    pub(crate) fn of(catalogue: Arc<Catalogue>, settings: Settings, root: Root, resources: Resources) -> Self {
        let mut model = Self::new(catalogue, settings);
        model.systems.insert(Arc::new(root), resources);
        model
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
            .map(|(root, resources)| compile(root, resources, &self.catalogue, &self.settings))
            .collect()
    }

    /// The whole flow, once for each system: design → threats → paths → fixes.
    ///
    /// What is the same as in an earlier assessment is not worked out again; it never makes a difference.
    pub fn assess(&mut self, mut coverage: Coverage) -> Assessment {
        let Self {
            catalogue,
            settings,
            systems,
            memory,
        } = self;
        memory.begin();
        let mut not_evaluated = Vec::new();
        let mut notices = Vec::new();
        let systems: Vec<SystemAssessment> = systems
            .iter()
            .map(|(root, resources)| {
                let system = compile(root, resources, catalogue, settings);
                assess(system, catalogue, settings, memory, &mut not_evaluated, &mut notices)
            })
            .collect();
        memory.end();
        not_evaluated.sort();
        coverage.notices.append(&mut notices);
        coverage.notices.extend(intent::unmet(&systems, &settings.intent));
        coverage.sort();
        Assessment {
            schema: 1,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            coverage,
            not_evaluated,
            systems,
        }
    }

    /// What a change moves, once for each system: weaknesses, the attack graph, and how far it is from each sort of actor
    /// to each asset. Much faster than [`Model::assess`], as no path is told.
    pub fn gauge(&mut self) -> Vec<Gauge> {
        let Self {
            catalogue,
            settings,
            systems,
            memory,
        } = self;
        memory.begin();
        let gauges = systems.iter().map(|(root, resources)| {
            let system = compile(root, resources, catalogue, settings);
            let findings = threats::find(&system, catalogue, memory).findings;
            let graph = AttackGraph::with(&system, catalogue, memory);
            Gauge {
                root: Arc::clone(&system.root),
                findings,
                distances: graph.distances(),
            }
        });
        let gauges = gauges.collect();
        memory.end();
        gauges
    }
}

fn compile(root: &Root, resources: &Resources, catalogue: &Catalogue, settings: &Settings) -> System {
    let mut system = design::compile(root, resources, catalogue);
    system.kubernetes_version = settings.kubernetes_version;
    intent::draw(&mut system, &settings.intent, catalogue);
    system
}

fn assess(
    system: System,
    catalogue: &Catalogue,
    settings: &Settings,
    memory: &mut Memory,
    not_evaluated: &mut Vec<NotEvaluated>,
    notices: &mut Vec<Notice>,
) -> SystemAssessment {
    let mut waivers = Waivers::of(&system, &settings.intent, settings.as_of);
    notices.append(&mut waivers.faults);
    let mut weaknesses = threats::find(&system, catalogue, memory);
    waivers.findings(&mut weaknesses.findings);
    let mut threats = threats::ledger(&system, &weaknesses.findings, catalogue);
    let mut known = known(&system, catalogue, memory);
    intent::decide(&mut threats, &settings.intent, settings.as_of);
    threats::sort(&mut threats);
    intent::decide(&mut known.threats, &settings.intent, settings.as_of);
    threats.extend(known.threats);
    let graph = AttackGraph::with(&system, catalogue, memory);
    let mut attacks = graph.ask(&Question::default());
    waivers.paths(&mut attacks.paths);
    let assets = intent::assets(&system, &settings.intent);
    let decided = settings.planning.as_ref().map(|planning| {
        let known = plan::Known {
            system: &system,
            graph: &graph,
            catalogue,
            intent: &settings.intent,
            as_of: settings.as_of,
            assets: &assets,
            controls: &known.controls,
            paths: &attacks.paths,
        };
        plan::decide(&known, planning)
    });
    let mut bounds_hit = attacks.bounds_hit;
    drop(graph);
    let (risk, risks, plan, verdict) = match decided {
        Some(decided) => {
            bounds_hit.extend(decided.bounds_hit);
            (
                Some(decided.risk),
                decided.risks,
                Some(decided.plan),
                Some(decided.verdict),
            )
        }
        None => (None, Vec::new(), None, None),
    };
    not_evaluated.extend(weaknesses.not_evaluated);
    not_evaluated.extend(attacks.not_evaluated);
    SystemAssessment {
        assets,
        system,
        findings: weaknesses.findings,
        threats,
        projects: known.projects,
        controls: known.controls,
        paths: attacks.paths,
        fixes: attacks.fixes,
        risk,
        risks,
        plan,
        verdict,
        bounds_hit,
    }
}

/// What the catalogue knows about what a system runs, and about what protects it.
struct Known {
    projects: Vec<ProjectAssessment>,
    threats: Vec<Threat>,
    controls: Vec<ControlAssessment>,
}

fn known(system: &System, catalogue: &Catalogue, memory: &mut Memory) -> Known {
    let authorizer = Authorizer::new(&system.resources);
    let mut signs = Signs::new(system, &authorizer, catalogue, &mut memory.verdicts);
    let found = projects::find(system, catalogue, &authorizer, &mut signs);
    Known {
        controls: controls::assess(system, catalogue, &found.projects, &mut signs),
        projects: found.projects,
        threats: found.threats,
    }
}
