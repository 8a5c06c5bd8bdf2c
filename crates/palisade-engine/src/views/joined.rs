//! Views that join several objects of a system, or read a text of one: what each is about, its variable, and where it stands.

use std::collections::BTreeMap;

use palisade_inventory::{FieldPath, Node};
use palisade_knowledge::{Catalogue, View, Weakness};

use super::built::BuiltViews;
use super::{availability, control_plane, identity, mesh_member, protection, store};
use crate::rbac::Authorizer;
use crate::system::{Element, ElementId, Evidence, System};

/// One thing of a joined view.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    /// What it is about.
    pub(crate) element: ElementId,
    /// The view's variable.
    pub(crate) node: Node,
    /// Where to point.
    pub(crate) evidence: Evidence,
    /// Where single fields come from, by their paths in `node`.
    pub(crate) places: BTreeMap<String, Evidence>,
    /// Which part of the element it is about, where that has several: the container, the component.
    pub(crate) part: Option<String>,
}

impl Joined {
    /// A thing that stands in one place.
    pub(super) fn new(element: &ElementId, node: Node, evidence: Evidence) -> Self {
        Self {
            element: element.clone(),
            node,
            evidence,
            places: BTreeMap::new(),
            part: None,
        }
    }

    /// Where a weakness points: the field of its `at`, or the first below that the condition reads and whose place is
    /// known; the thing's own place where there is none.
    pub(crate) fn place(&self, weakness: &Weakness) -> &Evidence {
        if weakness.at.is_empty() {
            return &self.evidence;
        }
        let variable = weakness.applies_to.variables().first().copied().unwrap_or_default();
        let below = || {
            let read = weakness.when.fields(variable, &self.node).into_iter();
            let mut below = read
                .map(|path| path.to_string())
                .filter(|path| path.starts_with(&weakness.at));
            below.find_map(|path| self.places.get(&path))
        };
        self.places.get(&weakness.at).or_else(below).unwrap_or(&self.evidence)
    }
}

/// What joined views are made from.
#[derive(Debug)]
pub(crate) struct Joins<'s> {
    pub(super) system: &'s System,
    pub(super) authorizer: &'s Authorizer,
    pub(super) built: BuiltViews<'s>,
    /// What runs pods, by namespace.
    pub(super) running: BTreeMap<&'s str, Vec<&'s Element>>,
}

impl<'s> Joins<'s> {
    /// Prepares for a system.
    pub(crate) fn new(system: &'s System, authorizer: &'s Authorizer, catalogue: &'s Catalogue) -> Self {
        let mut running: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
        for element in system.elements.iter().filter(|element| !element.templates.is_empty()) {
            let namespace = element.namespace.as_deref().unwrap_or_default();
            running.entry(namespace).or_default().push(element);
        }
        Self {
            system,
            authorizer,
            built: BuiltViews::new(system, catalogue),
            running,
        }
    }

    /// The things of a joined view, in the order of their ids. None for other views; elements and flows come from [`BuiltViews`].
    pub(crate) fn of(&self, view: View) -> Vec<Joined> {
        match view {
            View::ControlPlane => control_plane::joined(self),
            View::Identity => identity::identities(self),
            View::Store => store::stores(self),
            View::Availability => availability::workloads(self),
            View::Protection => protection::namespaces(self),
            View::MeshMember => mesh_member::members(self),
            View::Element => self.elements(),
            View::Flow => self.flows(),
            _ => Vec::new(),
        }
    }

    /// What runs pods.
    pub(super) fn workloads(&self) -> impl Iterator<Item = &'s Element> {
        self.running.values().flatten().copied()
    }

    /// The object that defines a namespace.
    pub(super) fn namespace(&self, name: &str) -> Option<&'s Node> {
        let namespaces = self.system.resources.of_kind("Namespace");
        let mut of_name = namespaces.filter(|one| one.id.group.is_empty() && &*one.id.name == name);
        of_name.next().map(|namespace| &*namespace.content)
    }

    fn elements(&self) -> Vec<Joined> {
        let joined = |element: &Element| {
            let node = self.built.element(element)?;
            let mut joined = Joined::new(&element.id, node, element.evidence.first()?.clone());
            joined.places = places(element);
            Some(joined)
        };
        self.system.elements.iter().filter_map(joined).collect()
    }

    fn flows(&self) -> Vec<Joined> {
        let joined = |flow: &crate::system::Flow| {
            let evidence = flow.evidence.first()?.clone();
            Some(Joined::new(&flow.from, self.built.flow(flow), evidence))
        };
        self.system.flows.iter().filter_map(joined).collect()
    }
}

/// Where fields that come from the workload's own template stand, by the names that they have in views.
pub(super) fn places(element: &Element) -> BTreeMap<String, Evidence> {
    let Some(template) = element.templates.first() else {
        return BTreeMap::new();
    };
    let pod = |field: &str| template.path.child("spec").child(field);
    let replicas = FieldPath::root().child("spec").child("replicas");
    [
        ("replicas", replicas),
        ("hostNetwork", pod("hostNetwork")),
        ("tokenMounted", pod("automountServiceAccountToken")),
        ("persistent", pod("volumes")),
        ("containers", pod("containers")),
    ]
    .map(|(name, path)| {
        (
            name.to_owned(),
            Evidence::at(&template.file, &template.document, &path, ""),
        )
    })
    .into()
}
