//! Signs of the catalogue over a system: where what a control or a hardening check asks for is so, and where it is not.

use std::collections::BTreeMap;
use std::sync::Arc;

use palisade_inventory::{FieldPath, Resource};
use palisade_knowledge::{Catalogue, Sign, Verdict, View};

use crate::rbac::Authorizer;
use crate::system::{Element, ElementId, Evidence, Resources, System};
use crate::views::{Joined, Joins, Subject, Verdicts, of_kinds, of_resource, of_templates};

/// One thing that a sign was asked of.
pub(crate) struct Judged<'t> {
    /// What it is: an element, an object, a flow.
    pub(crate) id: &'t str,
    /// Where it is; empty outside of namespaces.
    pub(crate) namespace: &'t str,
    /// Whether it is as the sign asks.
    pub(crate) holds: bool,
    /// Where that is written. Locating takes time, so that it is done where it is shown.
    pub(crate) place: &'t dyn Fn() -> Evidence,
}

/// An element and the things of a view in its pod templates.
type InTemplates<'s> = (&'s Element, Vec<Subject<'s>>);

/// Evaluates signs over one system.
pub(crate) struct Signs<'s> {
    system: &'s System,
    authorizer: &'s Authorizer,
    joins: Joins<'s>,
    joined: BTreeMap<View, Arc<Vec<Joined>>>,
    templates: BTreeMap<View, Arc<Vec<InTemplates<'s>>>>,
    verdicts: &'s mut Verdicts,
}

impl<'s> Signs<'s> {
    /// Prepares for a system.
    pub(crate) fn new(
        system: &'s System,
        authorizer: &'s Authorizer,
        catalogue: &'s Catalogue,
        verdicts: &'s mut Verdicts,
    ) -> Self {
        Self {
            system,
            authorizer,
            joins: Joins::new(system, authorizer, catalogue),
            joined: BTreeMap::new(),
            templates: BTreeMap::new(),
            verdicts,
        }
    }

    /// Asks everything that a sign is about. What could not be evaluated is left out.
    pub(crate) fn ask(&mut self, sign: &'s Sign, tell: &mut dyn FnMut(Judged<'_>)) {
        match (sign.applies_to, &sign.kind) {
            (Some(view), _) if view.is_of_template() => {
                let elements = &self.system.elements;
                let all = self.templates.entry(view).or_insert_with(|| {
                    let found = elements.iter().map(|element| (element, of_templates(view, element)));
                    Arc::new(found.filter(|(_, subjects)| !subjects.is_empty()).collect())
                });
                for (element, subjects) in Arc::clone(all).iter() {
                    self.element(sign, element, subjects, tell);
                }
            }
            (Some(view), _) if view.is_built() => self.joined(sign, view, tell),
            (Some(view), _) => {
                for resource in of_kinds(&self.system.resources, view) {
                    let judged = view != View::Role || self.authorizer.is_bound(&resource.id);
                    for subject in of_resource(view, resource).into_iter().filter(|_| judged) {
                        self.resource(sign, resource, &subject, tell);
                    }
                }
            }
            (None, Some(kind)) => {
                for resource in of_named_kind(&self.system.resources, kind) {
                    let subject = Subject {
                        bindings: vec![("object", &resource.content)],
                        document: &resource.content,
                        file: &resource.content_file,
                        path: FieldPath::root(),
                    };
                    self.resource(sign, resource, &subject, tell);
                }
            }
            (None, None) => {}
        }
    }

    /// Every container of every template must be as the sign asks.
    fn element(
        &mut self,
        sign: &'s Sign,
        element: &Element,
        subjects: &[Subject<'_>],
        tell: &mut dyn FnMut(Judged<'_>),
    ) {
        if !sign.is_about(last(element.id.as_str())) {
            return;
        }
        let mut shown: Option<(bool, &Subject<'_>)> = None;
        for subject in subjects {
            match self.verdict(sign, &subject.bindings) {
                Some(true) => shown = shown.or(Some((true, subject))),
                Some(false) => {
                    shown = Some((false, subject));
                    break;
                }
                None => return,
            }
        }
        let Some((holds, subject)) = shown else { return };
        tell(Judged {
            id: element.id.as_str(),
            namespace: element.namespace.as_deref().unwrap_or_default(),
            holds,
            place: &|| place(sign, subject),
        });
    }

    fn resource(
        &mut self,
        sign: &'s Sign,
        resource: &Resource,
        subject: &Subject<'_>,
        tell: &mut dyn FnMut(Judged<'_>),
    ) {
        if !sign.is_about(&resource.id.name) {
            return;
        }
        if let Some(holds) = self.verdict(sign, &subject.bindings) {
            tell(Judged {
                id: &resource.id.to_string(),
                namespace: namespace_of(resource),
                holds,
                place: &|| place(sign, subject),
            });
        }
    }

    fn joined(&mut self, sign: &'s Sign, view: View, tell: &mut dyn FnMut(Judged<'_>)) {
        let joins = &self.joins;
        let all = Arc::clone(self.joined.entry(view).or_insert_with(|| Arc::new(joins.of(view))));
        let variable = view.variables().first().copied().unwrap_or_default();
        for joined in all.iter().filter(|joined| sign.is_about(last(joined.element.as_str()))) {
            let Some(holds) = self.verdict(sign, &[(variable, &joined.node)]) else {
                continue;
            };
            let about = joined.node.text(&["to"]).unwrap_or(joined.element.as_str());
            let id = match view {
                View::Flow => format!("{} → {about}", joined.element),
                _ => joined.element.to_string(),
            };
            tell(Judged {
                id: &id,
                namespace: namespace_in(about),
                holds,
                place: &|| joined.evidence.clone(),
            });
        }
    }

    fn verdict(&mut self, sign: &'s Sign, bindings: &[palisade_knowledge::Binding<'_>]) -> Option<bool> {
        let Some(when) = &sign.when else { return Some(true) };
        match self.verdicts.of(when, bindings) {
            Verdict::Match => Some(true),
            Verdict::NoMatch => Some(false),
            Verdict::NotEvaluated(_) => None,
        }
    }
}

/// The deepest field that the sign read and that is there, else the thing itself.
fn place(sign: &Sign, subject: &Subject<'_>) -> Evidence {
    let read = sign.when.as_ref().map(|when| subject.fields(when)).unwrap_or_default();
    let path = read.into_iter().next().unwrap_or_else(|| subject.path.clone());
    Evidence::at(subject.file, subject.document, &path, "")
}

/// The resources of `Kind.group`, or of `Kind` of the core group.
fn of_named_kind<'r>(resources: &'r Resources, name: &str) -> impl Iterator<Item = &'r Arc<Resource>> {
    let (kind, group) = name.split_once('.').unwrap_or((name, ""));
    let group = group.to_owned();
    let of_kind = resources.of_kind(kind).collect::<Vec<_>>().into_iter();
    of_kind.filter(move |resource| *resource.id.group == group)
}

fn namespace_of(resource: &Resource) -> &str {
    match &*resource.id.kind {
        "Namespace" => &resource.id.name,
        _ => &resource.id.namespace,
    }
}

/// The name in an element's id.
fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// The namespace in an element's id.
fn namespace_in(id: &str) -> &str {
    let mut parts = id.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("Namespace"), Some(name), None) => name,
        (Some(_), Some(namespace), Some(_)) => namespace,
        _ => "",
    }
}

/// The id of a namespace's element.
pub(crate) fn namespace_id(name: &str) -> ElementId {
    ElementId::new(format!("Namespace/{name}"))
}
