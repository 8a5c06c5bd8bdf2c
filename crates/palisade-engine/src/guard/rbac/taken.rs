//! What is to be taken from which binding.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::ResourceId;
use palisade_knowledge::{AttackStep, Control, Permission};

use crate::guard::{Input, Target};
use crate::rbac::Authorizer;

/// What a binding is to give no longer, and why.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken<'a> {
    pub(super) permissions: BTreeSet<Permission>,
    /// The attack steps that need them, by id.
    pub(super) steps: BTreeMap<&'a str, &'a AttackStep>,
    /// The controls that this is a part of, by id.
    pub(super) controls: BTreeMap<&'a str, &'a Control>,
}

impl<'a> Taken<'a> {
    /// The same permissions for other reasons as well.
    pub(super) fn join(&mut self, other: Taken<'a>) {
        self.steps.extend(other.steps);
        self.controls.extend(other.controls);
    }

    fn add(&mut self, control: &'a Control, step: &'a AttackStep, permissions: impl IntoIterator<Item = Permission>) {
        self.permissions.extend(permissions);
        self.steps.insert(&step.id, step);
        self.controls.insert(&control.id, control);
    }
}

/// By binding. The plan says from which; for controls that were named it is every binding that gives what their steps need.
pub(super) fn taken<'a>(input: &Input<'a>, authorizer: &'a Authorizer) -> BTreeMap<&'a ResourceId, Taken<'a>> {
    let controls = input.controls_for(Target::Rbac);
    let mut all: BTreeMap<&'a ResourceId, Taken<'a>> = BTreeMap::new();
    if input.known.wanted.controls.is_empty() {
        for planned in input.steps() {
            let Some(control) = controls.get(&*planned.control) else {
                continue;
            };
            let steps = planned.answers.iter().filter_map(|id| input.catalogue().steps.get(id));
            for step in steps {
                let elements = planned
                    .elements
                    .iter()
                    .filter_map(|id| input.system().element(id.as_str()));
                let bindings = elements.filter_map(|element| element.resource.as_ref());
                for binding in bindings.filter(|id| is_binding(id)) {
                    all.entry(binding).or_default().add(control, step, first_need(step));
                }
            }
        }
        return all;
    }
    for control in controls.into_values() {
        for step in control.steps.iter().filter_map(|id| input.catalogue().steps.get(id)) {
            for permission in first_need(step) {
                for granted in authorizer.who_can(&permission) {
                    let grant = granted.grant;
                    let is_own = grant.evidence().is_some() && !grant.subject.name().starts_with("system:");
                    if is_own && !grant.binding.name.starts_with("system:") {
                        all.entry(&grant.binding)
                            .or_default()
                            .add(control, step, [permission.clone()]);
                    }
                }
            }
        }
    }
    all
}

fn is_binding(id: &ResourceId) -> bool {
    matches!(&*id.kind, "RoleBinding" | "ClusterRoleBinding") && !id.name.starts_with("system:")
}

/// The first thing that a step can't do without, in every form in which it may come.
fn first_need(step: &AttackStep) -> Vec<Permission> {
    let needs = step.permissions.first().into_iter().flat_map(|need| &need.any_of);
    needs.map(|alternative| alternative.permission.clone()).collect()
}
