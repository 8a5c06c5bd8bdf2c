//! The things of a view, with where they stand.

use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource, ResourceId};
use palisade_knowledge::{Binding, Condition, View};

use crate::system::{Element, PodTemplate, Resources};

/// One thing that a condition is evaluated over.
#[derive(Clone, Debug)]
pub(crate) struct Subject<'a> {
    /// The view's variables.
    pub(crate) bindings: Vec<Binding<'a>>,
    /// The document that holds it.
    pub(crate) document: &'a Node,
    /// The file whose positions the document carries.
    pub(crate) file: &'a Arc<str>,
    /// Where it stands in the document.
    pub(crate) path: FieldPath,
}

impl Subject<'_> {
    /// The container's name, if it is one.
    pub(crate) fn container(&self) -> Option<&str> {
        let (_, container) = self.bindings.iter().find(|(name, _)| *name == "container")?;
        container.text(&["name"])
    }

    /// The container's image, if it is one.
    pub(crate) fn image(&self) -> Option<&str> {
        let (_, container) = self.bindings.iter().find(|(name, _)| *name == "container")?;
        container.text(&["image"])
    }

    /// The fields that a condition read and that are there, as paths of the document.
    pub(crate) fn fields(&self, condition: &Condition) -> Vec<FieldPath> {
        let fields_of = |(variable, node): &Binding<'_>| {
            let base = self.base(variable);
            condition
                .fields(variable, node)
                .into_iter()
                .filter_map(move |path| Some(base.as_ref()?.join(&path)))
        };
        self.bindings
            .iter()
            .flat_map(fields_of)
            .filter(|path| !path.is_root())
            .collect()
    }

    /// Where a variable stands in the document; none for words that the engine adds.
    fn base(&self, variable: &str) -> Option<FieldPath> {
        /// `spec`, `containers`, the index: how deep a container stands in its pod.
        const CONTAINER_DEPTH: usize = 3;
        let segments = self.path.segments();
        match variable {
            "pod" if self.container().is_some() => {
                let above = segments.len().saturating_sub(CONTAINER_DEPTH);
                let above = segments.iter().take(above).cloned();
                Some(above.fold(FieldPath::root(), |path, segment| path.child(segment)))
            }
            "container" | "pod" => Some(self.path.clone()),
            "object" => Some(FieldPath::root()),
            _ => None,
        }
    }
}

/// The things of a view in the pod templates of an element, its own template first.
///
/// A condition about the whole workload only looks at the workload's own document: a pod of it does not tell.
pub(crate) fn of_templates(view: View, element: &Element) -> Vec<Subject<'_>> {
    let subjects = |template| of_template(view, element, template);
    own_templates(view, element).flat_map(subjects).collect()
}

/// The pod templates of an element that a view looks at.
pub(crate) fn own_templates(view: View, element: &Element) -> impl Iterator<Item = &PodTemplate> {
    let templates = element.templates.iter();
    templates.filter(move |template| view != View::Workload || is_own(element, template))
}

/// Whether a template is the element's own rather than what a pod of it looks like.
pub(crate) fn is_own(element: &Element, template: &PodTemplate) -> bool {
    element.resource.as_ref().is_some_and(|id| id.kind == template.kind)
}

/// The things of a view in one pod template of an element.
pub(crate) fn of_template<'a>(view: View, element: &Element, template: &'a PodTemplate) -> Vec<Subject<'a>> {
    let id = holder(element, template);
    located(
        &template.document,
        &template.file,
        view.subjects(&id, &template.document),
    )
}

/// The resources that a view over single objects is about, by kind and id; none for other views.
pub(crate) fn of_kinds(resources: &Resources, view: View) -> impl Iterator<Item = &Arc<Resource>> {
    view.kinds().iter().flat_map(|&(group, kind)| {
        let of_kind = resources.of_kind(kind);
        of_kind.filter(move |resource| &*resource.id.group == group)
    })
}

/// The things of a view that a resource itself is or holds.
pub(crate) fn of_resource(view: View, resource: &Resource) -> Vec<Subject<'_>> {
    let subjects = view.subjects(&resource.id, &resource.content);
    located(&resource.content, &resource.content_file, subjects)
}

fn located<'a>(
    document: &'a Node,
    file: &'a Arc<str>,
    subjects: Vec<palisade_knowledge::Subject<'a>>,
) -> Vec<Subject<'a>> {
    let locate = |subject: palisade_knowledge::Subject<'a>| Subject {
        bindings: subject.bindings,
        document,
        file,
        path: subject.path,
    };
    subjects.into_iter().map(locate).collect()
}

/// The id of the object that holds a template, as far as views need it: the element's own, else by kind.
pub(crate) fn holder(element: &Element, template: &PodTemplate) -> ResourceId {
    let own = element.resource.as_ref().filter(|id| id.kind == template.kind);
    own.cloned().unwrap_or_else(|| ResourceId {
        kind: Arc::clone(&template.kind),
        group: match &*template.kind {
            "Pod" | "PodTemplate" | "ReplicationController" => "",
            "Job" | "CronJob" => "batch",
            _ => "apps",
        }
        .into(),
        namespace: element.namespace.clone().unwrap_or_else(|| "".into()),
        name: "".into(),
    })
}
