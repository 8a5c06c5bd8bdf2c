//! Whether a step's condition holds at an end of its relation, and what says so.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use palisade_inventory::{Entry, FieldPath, Map, Node, Position, Segment, Value};
use palisade_knowledge::{AttackStep, Binding, Condition, Side, StartedPod, Verdict, View};

use super::ends::{End, Instance};
use super::world::{Workload, World, bind};
use crate::admission::Admitted;
use crate::assessment::NotEvaluated;
use crate::rbac::Identity;
use crate::system::{ElementId, Evidence};
use crate::views::{Subject, Verdicts, of_resource, of_templates};

/// Evaluates the conditions of steps, each once for all things that look alike to it.
#[derive(Debug)]
pub(super) struct Conditions<'a, 'w> {
    world: &'w World<'a>,
    verdicts: &'w mut Verdicts,
    /// Whether pods of a sort are let into a namespace; by who asks, where that matters.
    admitted: HashMap<(StartedPod, Arc<str>, Option<Identity>), Admitted>,
    /// What could not be evaluated.
    pub(super) not_evaluated: BTreeSet<NotEvaluated>,
}

impl<'a, 'w> Conditions<'a, 'w> {
    /// Conditions over a world.
    pub(super) fn new(world: &'w World<'a>, verdicts: &'w mut Verdicts) -> Self {
        Self {
            world,
            verdicts,
            admitted: HashMap::new(),
            not_evaluated: BTreeSet::new(),
        }
    }

    /// Whether the step works along this instance of its relation; if so, the evidence that its condition adds.
    pub(super) fn hold(&mut self, step: &'a AttackStep, instance: &Instance<'_, 'a>) -> Option<Vec<Evidence>> {
        let Some((view, condition)) = step.applies_to.zip(step.when.as_ref()) else {
            return Some(Vec::new());
        };
        let (near, far) = (instance.from, instance.to);
        match (view, step.side) {
            (View::Flow, _) => {
                let node = self.world.views.flow(instance.flow?);
                let holds = self.is_true(step, condition, &near.element(), &bind("flow", &node));
                holds.then(Vec::new)
            }
            (_, Side::From) => self.at(step, view, near, None),
            (_, Side::To) => {
                let image = match near {
                    End::Image(image) => image.as_str().strip_prefix("Image/"),
                    _ => None,
                };
                self.at(step, view, far, image)
            }
        }
    }

    /// Whether the condition holds at an end; of a workload, in a container that runs the image, where one is asked for.
    pub(super) fn at(
        &mut self,
        step: &'a AttackStep,
        view: View,
        end: End<'_, 'a>,
        image: Option<&str>,
    ) -> Option<Vec<Evidence>> {
        match (end, view) {
            (End::Workload(workload) | End::NodesOf(workload), View::Element) => {
                let node = workload.view(&self.world.views)?;
                let holds = self.is_true(step, step.when.as_ref()?, &workload.element.id, &bind("element", &node));
                holds.then(|| workload.element.evidence.iter().take(1).cloned().collect())
            }
            (End::Workload(workload) | End::NodesOf(workload), View::Namespace) => {
                self.namespace(step, &workload.namespace)
            }
            (End::Workload(workload) | End::NodesOf(workload), _) => self.workload(step, view, workload, image),
            (End::Identity(identity), View::ServiceAccount) => self.account(step, identity),
            _ => None,
        }
    }

    /// Whether the condition holds for a namespace; one without a manifest counts as one without labels.
    pub(super) fn namespace(&mut self, step: &'a AttackStep, name: &Arc<str>) -> Option<Vec<Evidence>> {
        let Some(condition) = step.when.as_ref().filter(|_| step.applies_to == Some(View::Namespace)) else {
            return Some(Vec::new());
        };
        let element = ElementId::new(format!("Namespace/{name}"));
        if let Some(namespace) = self.world.namespaces.get(name).copied().flatten() {
            let subjects = of_resource(View::Namespace, namespace);
            return self.first(step, condition, &element, subjects, None);
        }
        let bare = bare_namespace(name);
        self.is_true(step, condition, &element, &bind("object", &bare))
            .then(Vec::new)
    }

    /// Whether admission lets the pod that a step starts into a namespace, and what says so; nothing to say for a step that
    /// starts none. What could not be decided closes nothing, and is told.
    pub(super) fn admitted(
        &mut self,
        step: &'a AttackStep,
        namespace: &Arc<str>,
        identity: Option<&Identity>,
    ) -> Option<Vec<Evidence>> {
        let Some(sort) = step.starts else {
            return Some(Vec::new());
        };
        let admission = &self.world.admission;
        let asks = identity.filter(|_| admission.minds_who_asks()).cloned();
        let key = (sort, Arc::clone(namespace), asks);
        let answer = self
            .admitted
            .entry(key)
            .or_insert_with_key(|(_, namespace, asks)| admission.keeps_out(sort, namespace, asks.as_ref()));
        match answer {
            Admitted::No(_) => return None,
            Admitted::Yes => {}
            Admitted::Unknown(reasons) => {
                self.not_evaluated.extend(reasons.iter().map(|reason| NotEvaluated {
                    rule: step.id.clone(),
                    element: ElementId::new(format!("Namespace/{namespace}")),
                    reason: reason.clone(),
                }));
            }
        }
        Some(admission.evidence(namespace).into_iter().collect())
    }

    fn workload(
        &mut self,
        step: &'a AttackStep,
        view: View,
        workload: &Workload<'a>,
        image: Option<&str>,
    ) -> Option<Vec<Evidence>> {
        let subjects = of_templates(view, workload.element);
        self.first(step, step.when.as_ref()?, &workload.element.id, subjects, image)
    }

    fn account(&mut self, step: &'a AttackStep, identity: &Identity) -> Option<Vec<Evidence>> {
        let element = identity.element();
        let accounts = self.world.system.resources.of_kind("ServiceAccount");
        let mut of_identity = accounts.filter(|account| {
            account.id.group.is_empty()
                && Identity::service_account(Arc::clone(&account.id.namespace), Arc::clone(&account.id.name))
                    == *identity
        });
        let account = of_identity.next()?;
        let subjects = of_resource(View::ServiceAccount, account);
        self.first(step, step.when.as_ref()?, &element, subjects, None)
    }

    /// The first subject for which the condition holds says so.
    fn first(
        &mut self,
        step: &'a AttackStep,
        condition: &Condition,
        element: &ElementId,
        subjects: Vec<Subject<'_>>,
        image: Option<&str>,
    ) -> Option<Vec<Evidence>> {
        let mut subjects = subjects
            .into_iter()
            .filter(|subject| image.is_none() || subject.image() == image);
        let found = subjects.find(|subject| self.is_true(step, condition, element, &subject.bindings))?;
        Some(self.evidence(step, condition, &found))
    }

    fn is_true(
        &mut self,
        step: &'a AttackStep,
        condition: &Condition,
        element: &ElementId,
        bindings: &[Binding<'_>],
    ) -> bool {
        match self.verdicts.of(condition, bindings) {
            Verdict::Match => true,
            Verdict::NoMatch => false,
            Verdict::NotEvaluated(reason) => {
                self.not_evaluated.insert(NotEvaluated {
                    rule: step.id.clone(),
                    element: element.clone(),
                    reason: reason.clone(),
                });
                false
            }
        }
    }

    /// Where the condition looked: the field that the step's weakness points at, then what it read and is there. A
    /// condition about what is absent points at where that would stand.
    fn evidence(&self, step: &AttackStep, condition: &Condition, subject: &Subject<'_>) -> Vec<Evidence> {
        const ENOUGH: usize = 3;
        let weakness = step
            .weakness
            .as_ref()
            .and_then(|id| self.world.catalogue.weaknesses.get(id));
        let named = weakness
            .filter(|weakness| Some(weakness.applies_to) == step.applies_to && !weakness.at.is_empty())
            .map(|weakness| subject.path.join(&FieldPath::parse(&weakness.at)));
        let mut read = subject.fields(condition);
        // Names only join things; what they join says more.
        if !read.iter().all(is_name) {
            read.retain(|path| !is_name(path));
        }
        let there = |path: &FieldPath| subject.document.lookup(path).is_some();
        let mut paths: Vec<FieldPath> = named.iter().filter(|path| there(path)).cloned().chain(read).collect();
        if paths.is_empty() {
            paths.push(named.unwrap_or_else(|| subject.path.clone()));
        }
        let mut seen = BTreeSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        paths.truncate(ENOUGH);
        paths
            .iter()
            .map(|path| {
                let note = subject.document.lookup(path).and_then(|node| said(path, node));
                Evidence::at(
                    subject.file,
                    subject.document,
                    path,
                    note.unwrap_or_else(|| step.title.clone()),
                )
            })
            .collect()
    }
}

fn is_name(path: &FieldPath) -> bool {
    path.segments().last() == Some(&Segment::from("name"))
}

/// `privileged: true`: the field and what it says, where that is short.
fn said(path: &FieldPath, node: &Node) -> Option<String> {
    const SHORT: usize = 60;
    let value = match &node.value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Text(text) if text.chars().count() <= SHORT => text.to_string(),
        _ => return None,
    };
    let key = path.segments().iter().rev().find_map(|segment| match segment {
        Segment::Key(key) => Some(key),
        Segment::Index(_) => None,
    })?;
    Some(format!("{key}: {value}"))
}

fn bare_namespace(name: &str) -> Node {
    let text = |text: &str| Node::new(Value::Text(text.into()), Position::default());
    let map = |key: &str, value| {
        let entry = Entry {
            key: key.into(),
            key_position: Position::default(),
            value,
        };
        Node::new(Value::Map(Map::new(vec![entry])), Position::default())
    };
    map("metadata", map("name", text(name)))
}
