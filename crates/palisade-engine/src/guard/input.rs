//! What generators of guardrails know: one system, what was found out about it, and what is wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_inventory::{AuditLog, Coverage, Map, Node, Origin, Position, Resource, ResourceId, Root, Value};
use palisade_knowledge::{Catalogue, Control, ReadExample, Weakness};

use super::{Answers, Application, Guardrail, Target};
use crate::assessment::{Finding, PlanStep, SystemAssessment};
use crate::model::{Model, Settings};
use crate::remedy::merge;
use crate::system::{ElementId, Resources, System};

/// What guardrails are made from, besides the assessment.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The catalogue that the assessment was made with.
    pub catalogue: &'a Arc<Catalogue>,
    /// The settings that it was made with.
    pub settings: &'a Settings,
    /// Reads the manifests of examples, as any file is read.
    pub read: ReadExample<'a>,
    /// What the API server was asked for, where a log of it was handed over.
    pub audit: Option<&'a AuditLog>,
    /// What is wanted.
    pub wanted: &'a Wanted,
}

/// Which guardrails are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only for these; empty: for all.
    pub targets: BTreeSet<Target>,
    /// For these controls, by catalogue id; empty: for those of the plan.
    pub controls: BTreeSet<String>,
}

/// What a generator knows.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// What was found out about the system, paths and plan included.
    pub assessment: &'a SystemAssessment,
    /// What else guardrails are made from.
    pub known: Known<'a>,
}

impl<'a> Input<'a> {
    /// The system.
    pub fn system(&self) -> &'a System {
        &self.assessment.system
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &'a Catalogue {
        self.known.catalogue
    }

    /// The controls that guardrails are wanted for, by id: those that were named, or else those of the plan.
    pub fn controls(&self) -> BTreeMap<&'a str, &'a Control> {
        let named = &self.known.wanted.controls;
        let planned = self.steps().map(|step| &step.control);
        let ids: BTreeSet<&String> = if named.is_empty() {
            planned.collect()
        } else {
            named.iter().collect()
        };
        let controls = ids.into_iter().filter_map(|id| self.catalogue().controls.get(id));
        controls.map(|control| (&*control.id, control)).collect()
    }

    /// The controls that guardrails of a target are wanted for: those that say that such a file can put them in place.
    pub fn controls_for(&self, target: Target) -> BTreeMap<&'a str, &'a Control> {
        let mut controls = self.controls();
        controls.retain(|_, control| target.kinds().iter().any(|kind| control.guardrails.contains(kind)));
        controls
    }

    /// The steps of the plan; none where no plan was asked for.
    pub fn steps(&self) -> impl Iterator<Item = &'a PlanStep> {
        self.assessment.plan.iter().flat_map(|plan| &plan.steps)
    }

    /// The weaknesses that these controls stop, by id, each with what has it.
    pub fn weaknesses(
        &self,
        controls: &BTreeMap<&str, &Control>,
    ) -> BTreeMap<&'a str, (&'a Weakness, Vec<&'a Finding>)> {
        let stopped = |weakness: &&Weakness| weakness.controls.iter().any(|id| controls.contains_key(&**id));
        let weaknesses = self.catalogue().weaknesses.values().filter(stopped);
        let mut found: BTreeMap<_, _> = weaknesses.map(|one| (&*one.id, (one, Vec::new()))).collect();
        for finding in &self.assessment.findings {
            if let Some((_, findings)) = found.get_mut(&*finding.rule) {
                findings.push(finding);
            }
        }
        found
    }

    /// What a guardrail answers that stands for these controls, and against these weaknesses, at these elements; none:
    /// anywhere.
    pub fn answers<'w>(
        &self,
        controls: impl IntoIterator<Item = &'w Control>,
        weaknesses: impl IntoIterator<Item = &'w Weakness>,
        elements: Option<&BTreeSet<&ElementId>>,
    ) -> Answers {
        let controls: BTreeMap<&str, &Control> = controls.into_iter().map(|one| (&*one.id, one)).collect();
        let weaknesses: BTreeMap<&str, &Weakness> = weaknesses.into_iter().map(|one| (&*one.id, one)).collect();
        let is_there = |element: &ElementId| elements.is_none_or(|elements| elements.contains(element));
        let stopped: BTreeSet<&str> = controls.values().flat_map(|one| &one.steps).map(|id| &**id).collect();
        let mut steps = BTreeSet::new();
        let mut techniques: BTreeSet<&str> = BTreeSet::new();
        let mut paths = BTreeSet::new();
        for path in &self.assessment.paths {
            for step in &path.steps {
                let is_answered = stopped.contains(&*step.step) || weaknesses.contains_key(&*step.step);
                if is_answered && (is_there(&step.from) || is_there(&step.to)) {
                    steps.insert(&*step.step);
                    techniques.extend(step.techniques.iter().map(|id| &**id));
                    paths.insert(&*path.id);
                }
            }
        }
        techniques.extend(weaknesses.values().flat_map(|one| &one.techniques).map(|id| &**id));
        let threats = self.assessment.threats.iter().filter(|threat| {
            let is_real = threat.rules.iter().any(|rule| weaknesses.contains_key(&**rule));
            is_real && (is_there(&threat.element) || threat.to.as_ref().is_some_and(is_there))
        });
        let owned = |ids: BTreeSet<&str>| ids.into_iter().map(str::to_owned).collect();
        Answers {
            controls: owned(controls.keys().copied().collect()),
            weaknesses: owned(weaknesses.keys().copied().collect()),
            steps: owned(steps),
            threats: threats.map(|threat| threat.id.clone()).collect(),
            paths: owned(paths),
            techniques: owned(techniques),
        }
    }

    /// The system's root.
    pub fn root(&self) -> Root {
        Root {
            name: Arc::clone(&self.system().root),
            kind: self.system().root_kind,
        }
    }

    /// A document of a guardrail as if it had been read from that file.
    ///
    /// None where it is no Kubernetes object.
    pub fn resource(&self, document: &Node, file: &str) -> Option<Resource> {
        let (group, version) = split_api_version(document.text(&["apiVersion"])?);
        let file: Arc<str> = file.into();
        Some(Resource {
            id: ResourceId {
                kind: document.text(&["kind"])?.into(),
                group: group.into(),
                namespace: document.text(&["metadata", "namespace"]).unwrap_or_default().into(),
                name: document.text(&["metadata", "name"])?.into(),
            },
            version: version.into(),
            root: Arc::new(self.root()),
            origin: Origin {
                file: Arc::clone(&file),
                position: Position::default(),
            },
            content: Arc::new(document.clone()),
            content_file: file,
            pod: None,
        })
    }

    /// The objects of the system once these guardrails are in place, each in its final form.
    pub fn with<'g>(&self, guardrails: impl IntoIterator<Item = &'g Guardrail>) -> Resources {
        let mut resources = self.system().resources.clone();
        for guardrail in guardrails {
            if guardrail.application == Application::Outside {
                continue;
            }
            for id in &guardrail.removes {
                resources.delete(id);
            }
            for document in &guardrail.documents {
                if let Some(new) = self.resource(document, &guardrail.file) {
                    let laid = laid_over(&resources, guardrail.application, new);
                    resources.upsert(Arc::new(laid));
                }
            }
        }
        resources
    }

    /// The assessment of the system with these objects instead; without risk and plan. None where nothing is left.
    pub fn assess(&self, resources: Resources) -> Option<SystemAssessment> {
        let settings = Settings {
            planning: None,
            ..self.known.settings.clone()
        };
        let catalogue = Arc::clone(self.known.catalogue);
        let mut model = Model::of(catalogue, settings, self.root(), resources);
        model.assess(Coverage::default()).systems.pop()
    }
}

/// `apps/v1` in two; `v1` is of the core group.
fn split_api_version(text: &str) -> (&str, &str) {
    text.split_once('/').unwrap_or(("", text))
}

/// A patch is laid over the object of its name. One without a namespace is for the object that the input has.
fn laid_over(resources: &Resources, application: Application, mut new: Resource) -> Resource {
    if application != Application::Merge {
        return new;
    }
    let there = resources.get(&new.id).or_else(|| {
        let mut named = resources.of_kind(&new.id.kind);
        named.find(|one| one.id.name == new.id.name && one.id.group == new.id.group && new.id.namespace.is_empty())
    });
    if let Some(there) = there {
        return Resource {
            content: Arc::new(merge(&there.content, &new.content)),
            ..Resource::clone(there)
        };
    }
    let nothing = Node::new(Value::Map(Map::default()), Position::default());
    new.content = Arc::new(merge(&nothing, &new.content));
    new
}
