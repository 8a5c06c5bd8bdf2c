//! Components of the control plane, by their command lines: as a pod has them, or as kubeadm is told to write them.

mod command;
mod kubeadm;

use std::collections::BTreeMap;

use super::joined::{Joined, Joins};
use super::nodes::{map, text};
use crate::system::{ElementId, Evidence, System};

/// The components that are looked at.
const COMPONENTS: [&str; 4] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

/// What stands for a value that was dropped while loading.
const HIDDEN: &str = "(hidden)";

/// A component whose command line is seen.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    /// What it is about.
    element: ElementId,
    /// `kube-apiserver`, `kube-controller-manager`, `kube-scheduler` or `etcd`.
    pub(crate) name: &'static str,
    namespace: String,
    /// The container that it is, or the component that kubeadm is told about.
    part: String,
    /// By name, without dashes.
    flags: BTreeMap<String, Flag>,
    /// Where the command line stands.
    pub(crate) evidence: Evidence,
}

/// A flag of a component.
#[derive(Clone, Debug)]
struct Flag {
    value: String,
    /// Where it is written; none where kubeadm sets it by itself.
    place: Option<Evidence>,
}

impl Component {
    /// Where a flag is written, or what takes its place; none where the component is not told.
    pub(crate) fn told(&self, flag: &str) -> Option<&Evidence> {
        let flag = self.flags.get(flag)?;
        Some(flag.place.as_ref().unwrap_or(&self.evidence))
    }

    fn joined(self) -> Joined {
        let flags = self.flags.iter().map(|(name, flag)| (name.as_str(), text(&flag.value)));
        let node = map([
            ("name", text(self.name)),
            ("namespace", text(&self.namespace)),
            ("flags", map(flags)),
        ]);
        let mut joined = Joined::new(&self.element, node, self.evidence);
        joined.part = Some(self.part);
        let places = self.flags.into_iter();
        joined.places = places
            .filter_map(|(name, flag)| Some((format!("flags.{name}"), flag.place?)))
            .collect();
        joined
    }
}

/// The components whose command line is seen.
pub(crate) fn components(system: &System) -> Vec<Component> {
    let mut components: Vec<Component> = system.elements.iter().flat_map(command::components).collect();
    components.extend(kubeadm::components(system));
    components
}

/// The components, as conditions see them.
pub(super) fn joined(joins: &Joins<'_>) -> Vec<Joined> {
    components(joins.system).into_iter().map(Component::joined).collect()
}
