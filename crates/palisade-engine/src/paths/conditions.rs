//! Whether a step's condition holds at an end of its relation, and what says so.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use palisade_inventory::{Entry, FieldPath, Map, Node, Position, Resource, Segment, Value};
use palisade_knowledge::{AttackStep, Binding, Catalogue, Condition, Side, StartedPod, Verdict, View};

use super::ends::{End, Instance};
use super::world::{World, bind};
use crate::admission::Admitted;
use crate::assessment::NotEvaluated;
use crate::rbac::Identity;
use crate::system::{Element, ElementId, Evidence};
use crate::threats::Memory;
use crate::views::{
    Documents, Subject, Verdicts, is_own, of_kinds, of_resource, of_template, of_templates, own_templates,
};

/// A condition of a step.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    step: &'a AttackStep,
    view: View,
    condition: &'a Condition,
}

/// What conditions of steps said of documents: by the address of the condition, which the catalogue keeps where it is,
/// and whether the document is the element's own.
pub(crate) type StepMemory = Documents<(usize, bool), Said>;

/// What a condition said of the things of its view in one document.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Where the first for which it holds says so.
    found: Option<Vec<Evidence>>,
    /// Why it has no value for some that came before.
    unknown: Vec<String>,
}

/// Evaluates the conditions of steps, each once for all things that look alike to it.
#[derive(Debug)]
pub(super) struct Conditions<'a, 'w> {
    world: &'w World<'a>,
    verdicts: &'w mut Verdicts,
    documents: &'w mut StepMemory,
    /// The `element` view of workloads, by their address in the world.
    elements: HashMap<usize, Option<Rc<Node>>>,
    /// Whether pods of a sort are let into a namespace; by who asks, where that matters.
    admitted: HashMap<(StartedPod, Arc<str>, Option<Identity>), Admitted>,
    /// What conditions about neither end found, by their text.
    somewhere: HashMap<&'a str, Option<Vec<Evidence>>>,
    /// What could not be evaluated.
    pub(super) not_evaluated: BTreeSet<NotEvaluated>,
}

impl<'a, 'w> Conditions<'a, 'w> {
    /// Conditions over a world.
    pub(super) fn new(world: &'w World<'a>, memory: &'w mut Memory) -> Self {
        Self {
            world,
            verdicts: &mut memory.verdicts,
            documents: &mut memory.steps,
            elements: HashMap::new(),
            admitted: HashMap::new(),
            somewhere: HashMap::new(),
            not_evaluated: BTreeSet::new(),
        }
    }

    /// Whether the step works along this instance of its relation; if so, the evidence that its conditions add.
    pub(super) fn hold(&mut self, step: &'a AttackStep, instance: &Instance<'_, 'a>) -> Option<Vec<Evidence>> {
        self.hold_where(step, instance, |_| true)
    }

    /// The same of those conditions alone that are about this end.
    pub(super) fn hold_at(
        &mut self,
        step: &'a AttackStep,
        end: Side,
        instance: &Instance<'_, 'a>,
    ) -> Option<Vec<Evidence>> {
        self.hold_where(step, instance, |side| side == end)
    }

    fn hold_where(
        &mut self,
        step: &'a AttackStep,
        instance: &Instance<'_, 'a>,
        is_asked: impl Fn(Side) -> bool,
    ) -> Option<Vec<Evidence>> {
        let mut evidence = Vec::new();
        for (view, side, condition) in step.conditions().filter(|(_, side, _)| is_asked(*side)) {
            let asked = Asked { step, view, condition };
            evidence.extend(self.holds_at(asked, side, instance)?);
        }
        Some(evidence)
    }

    /// Whether what a step asks of the system besides its permissions is there.
    pub(super) fn is_given(&mut self, step: &'a AttackStep) -> bool {
        step.also.iter().all(|clause| {
            let (view, condition) = (clause.applies_to, &clause.when);
            self.somewhere(Asked { step, view, condition }).is_some()
        })
    }

    fn holds_at(&mut self, asked: Asked<'a>, side: Side, instance: &Instance<'_, 'a>) -> Option<Vec<Evidence>> {
        let (near, far) = (instance.from, instance.to);
        match (asked.view, side) {
            (View::Flow, _) => {
                let node = self.world.views.flow(instance.flow?);
                let holds = self.is_true(asked, &near.element(), &bind("flow", &node));
                holds.then(Vec::new)
            }
            (_, Side::From) => self.at(asked, near, None),
            (_, Side::To) => {
                let image = match near {
                    End::Image(image) => image.as_str().strip_prefix("Image/"),
                    _ => None,
                };
                self.at(asked, far, image)
            }
        }
    }

    /// Whether the condition holds at an end; of a workload, in a container that runs the image, where one is asked for.
    fn at(&mut self, asked: Asked<'a>, end: End<'_, 'a>, image: Option<&str>) -> Option<Vec<Evidence>> {
        match (end, asked.view) {
            (End::Workload(workload) | End::NodesOf(workload), View::Element) => {
                let view = self.elements.entry(std::ptr::from_ref(workload).addr());
                let node = view.or_insert_with(|| workload.view(&self.world.views).map(Rc::new));
                let node = Rc::clone(node.as_ref()?);
                let holds = self.is_true(asked, &workload.element.id, &bind("element", &node));
                holds.then(|| workload.element.evidence.iter().take(1).cloned().collect())
            }
            (End::Workload(workload) | End::NodesOf(workload), View::Namespace) => {
                self.in_namespace(asked, &workload.namespace)
            }
            (End::Workload(workload) | End::NodesOf(workload), view) if view.is_of_template() => {
                self.in_templates(asked, workload.element, image)
            }
            (End::Identity(identity), View::ServiceAccount) => self.account(asked, identity),
            (End::Identity(identity), View::Identity) => {
                let node = who(identity);
                let holds = self.is_true(asked, &identity.element(), &bind("identity", &node));
                holds.then(Vec::new)
            }
            (End::Node(node), View::Node) => match self.world.node(node) {
                Some(resource) => self.in_resource(asked, node, resource),
                None => self.of_nothing(asked, node),
            },
            _ => self.somewhere(asked),
        }
    }

    /// Whether the condition of a gain in a scope holds for a namespace; one without a manifest counts as one without labels.
    pub(super) fn namespace(&mut self, step: &'a AttackStep, name: &Arc<str>) -> Option<Vec<Evidence>> {
        let Some(condition) = step.when.as_ref().filter(|_| step.applies_to == Some(View::Namespace)) else {
            return Some(Vec::new());
        };
        let view = View::Namespace;
        self.in_namespace(Asked { step, view, condition }, name)
    }

    fn in_namespace(&mut self, asked: Asked<'a>, name: &Arc<str>) -> Option<Vec<Evidence>> {
        let element = ElementId::new(format!("Namespace/{name}"));
        if let Some(namespace) = self.world.namespaces.get(name).copied().flatten() {
            return self.in_resource(asked, &element, namespace);
        }
        let bare = bare_namespace(name);
        self.is_true(asked, &element, &bind("object", &bare)).then(Vec::new)
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
        let level = sort.minds_levels().then(|| admission.evidence(namespace)).flatten();
        Some(level.into_iter().collect())
    }

    fn account(&mut self, asked: Asked<'a>, identity: &Identity) -> Option<Vec<Evidence>> {
        let account = self.world.account(identity)?;
        self.in_resource(asked, &identity.element(), account)
    }

    /// Whether the condition holds for some object of the system, or for one without fields where there is none.
    fn somewhere(&mut self, asked: Asked<'a>) -> Option<Vec<Evidence>> {
        if let Some(known) = self.somewhere.get(asked.condition.source()) {
            return known.clone();
        }
        let resources: Vec<_> = of_kinds(&self.world.system.resources, asked.view).collect();
        let found = if resources.is_empty() {
            self.of_nothing(asked, &ElementId::new("*"))
        } else {
            resources.into_iter().find_map(|resource| {
                let subjects = of_resource(asked.view, resource);
                self.first(asked, &ElementId::new(resource.id.to_string()), &subjects)
            })
        };
        self.somewhere.insert(asked.condition.source(), found.clone());
        found
    }

    /// Whether the condition holds for an object without fields.
    fn of_nothing(&mut self, asked: Asked<'a>, element: &ElementId) -> Option<Vec<Evidence>> {
        let nothing = object(Vec::new());
        let variable = asked.view.variables().first().copied()?;
        self.is_true(asked, element, &bind(variable, &nothing)).then(Vec::new)
    }

    /// The first pod template of an element in which the condition holds says so; in a container that runs the image, where
    /// one is asked for.
    fn in_templates(&mut self, asked: Asked<'a>, element: &'a Element, image: Option<&str>) -> Option<Vec<Evidence>> {
        if image.is_some() {
            let mut subjects = of_templates(asked.view, element);
            subjects.retain(|subject| subject.image() == image);
            return self.first(asked, &element.id, &subjects);
        }
        let catalogue = self.world.catalogue;
        own_templates(asked.view, element).find_map(|template| {
            let key = (std::ptr::from_ref(asked.condition).addr(), is_own(element, template));
            let said = self.documents.of(&template.document, &template.file, key, || {
                let subjects = of_template(asked.view, element, template);
                asked.of(&subjects, self.verdicts, catalogue)
            });
            note(&mut self.not_evaluated, asked, &element.id, &said.unknown);
            said.found.clone()
        })
    }

    /// The first thing of the view in a resource for which the condition holds says so.
    fn in_resource(&mut self, asked: Asked<'a>, element: &ElementId, resource: &Resource) -> Option<Vec<Evidence>> {
        let catalogue = self.world.catalogue;
        let key = (std::ptr::from_ref(asked.condition).addr(), true);
        let said = self.documents.of(&resource.content, &resource.content_file, key, || {
            asked.of(&of_resource(asked.view, resource), self.verdicts, catalogue)
        });
        note(&mut self.not_evaluated, asked, element, &said.unknown);
        said.found.clone()
    }

    /// The first subject for which the condition holds says so.
    fn first(&mut self, asked: Asked<'a>, element: &ElementId, subjects: &[Subject<'_>]) -> Option<Vec<Evidence>> {
        let said = asked.of(subjects, self.verdicts, self.world.catalogue);
        note(&mut self.not_evaluated, asked, element, &said.unknown);
        said.found
    }

    fn is_true(&mut self, asked: Asked<'a>, element: &ElementId, bindings: &[Binding<'_>]) -> bool {
        match self.verdicts.of(asked.condition, bindings) {
            Verdict::Match => true,
            Verdict::NoMatch => false,
            Verdict::NotEvaluated(reason) => {
                note(&mut self.not_evaluated, asked, element, std::slice::from_ref(reason));
                false
            }
        }
    }
}

fn note(not_evaluated: &mut BTreeSet<NotEvaluated>, asked: Asked<'_>, element: &ElementId, reasons: &[String]) {
    not_evaluated.extend(reasons.iter().map(|reason| NotEvaluated {
        rule: asked.step.id.clone(),
        element: element.clone(),
        reason: reason.clone(),
    }));
}

impl Asked<'_> {
    /// What the condition says of some things.
    fn of(self, subjects: &[Subject<'_>], verdicts: &mut Verdicts, catalogue: &Catalogue) -> Said {
        let mut said = Said::default();
        for subject in subjects {
            match verdicts.of(self.condition, &subject.bindings) {
                Verdict::Match => {
                    said.found = Some(self.evidence(subject, catalogue));
                    break;
                }
                Verdict::NoMatch => {}
                Verdict::NotEvaluated(reason) => said.unknown.push(reason.clone()),
            }
        }
        said
    }

    /// Where the condition looked: the field that the step's weakness points at, then what it read and is there. A
    /// condition about what is absent points at where that would stand.
    fn evidence(self, subject: &Subject<'_>, catalogue: &Catalogue) -> Vec<Evidence> {
        const ENOUGH: usize = 3;
        let Asked { step, view, condition } = self;
        let weakness = step.weakness.as_ref().and_then(|id| catalogue.weaknesses.get(id));
        let named = weakness
            .filter(|weakness| weakness.applies_to == view && !weakness.at.is_empty())
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

/// What the `identity` view says of an identity by itself.
fn who(identity: &Identity) -> Node {
    let (kind, namespace, name) = match identity {
        Identity::ServiceAccount { namespace, name } => ("service-account", &**namespace, &**name),
        Identity::User(name) => ("user", "", &**name),
        Identity::Group(name) => ("group", "", &**name),
    };
    object(vec![
        ("kind", text(kind)),
        ("namespace", text(namespace)),
        ("name", text(name)),
    ])
}

fn bare_namespace(name: &str) -> Node {
    object(vec![("metadata", object(vec![("name", text(name))]))])
}

fn text(text: &str) -> Node {
    Node::new(Value::Text(text.into()), Position::default())
}

fn object(fields: Vec<(&str, Node)>) -> Node {
    let entry = |(key, value): (&str, Node)| Entry {
        key: key.into(),
        key_position: Position::default(),
        value,
    };
    let entries = fields.into_iter().map(entry).collect();
    Node::new(Value::Map(Map::new(entries)), Position::default())
}
