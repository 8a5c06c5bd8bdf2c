//! What a policy looks at, and what it lets through: only namespaces of the system, and nothing that is not to be changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_knowledge::Weakness;

use crate::assessment::{Finding, PlanStep};
use crate::guard::{Exemption, Input};
use crate::remedy::role_of;
use crate::system::{Element, ElementId};

/// The namespace of the control plane's own components.
const KUBE_SYSTEM: &str = "kube-system";

/// What a policy is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// The namespaces that it looks into, sorted.
    pub(super) namespaces: Vec<Arc<str>>,
    /// What it lets through, by element.
    pub(super) exempt: Vec<Exempt>,
    /// What has the weakness and has to change first.
    pub(super) change_first: Vec<ElementId>,
    /// What else it lets through, to be told.
    pub(super) told: Vec<Exemption>,
}

/// An object that a policy lets through.
#[derive(Clone, Debug)]
pub(super) struct Exempt {
    /// Its namespace; empty for what is in none.
    pub(super) namespace: Arc<str>,
    /// Its name.
    pub(super) name: Arc<str>,
    /// Whether what is made of it, and is called after it, is let through as well: pods, jobs, replica sets.
    pub(super) with_children: bool,
    /// Why.
    pub(super) exemption: Exemption,
}

/// The scope of a policy against a weakness that these have.
pub(super) fn scope(input: &Input<'_>, weakness: &Weakness, findings: &[&Finding]) -> Scope {
    let is_of_template = weakness.applies_to.is_of_template();
    let mut scope = Scope {
        namespaces: namespaces(input),
        ..Scope::default()
    };
    if is_of_template
        && input
            .system()
            .elements
            .iter()
            .any(|element| is_in(element, KUBE_SYSTEM))
    {
        scope.told.push(Exemption {
            element: ElementId::new(format!("Namespace/{KUBE_SYSTEM}")),
            reason: "the cluster's own components run there and have to be changed with the cluster: guard who may write there"
                .to_owned(),
            evidence: None,
        });
    }
    let mut by_element: BTreeMap<&ElementId, &Finding> = BTreeMap::new();
    for finding in findings {
        by_element.entry(&finding.element).or_insert(finding);
    }
    for (id, finding) in by_element {
        let Some(element) = input.system().element(id.as_str()) else {
            continue;
        };
        if is_of_template && is_in(element, KUBE_SYSTEM) {
            continue;
        }
        match why_exempt(input, weakness, finding) {
            Some(exemption) => scope.exempt.extend(exempt(element, is_of_template, exemption)),
            None => scope.change_first.push(id.clone()),
        }
    }
    scope
}

/// Every namespace that the system has something in, but that of the control plane.
fn namespaces(input: &Input<'_>) -> Vec<Arc<str>> {
    let elements = input.system().elements.iter();
    let named: BTreeSet<&Arc<str>> = elements.filter_map(|element| element.namespace.as_ref()).collect();
    let named = named
        .into_iter()
        .filter(|name| !name.is_empty() && &***name != KUBE_SYSTEM);
    named.cloned().collect()
}

fn is_in(element: &Element, namespace: &str) -> bool {
    element.namespace.as_deref() == Some(namespace)
}

/// Why something that has the weakness is let through; none: it has to change.
pub(crate) fn why_exempt(input: &Input<'_>, weakness: &Weakness, finding: &Finding) -> Option<Exemption> {
    let element = finding.element.clone();
    if let Some(waiver) = finding.waiver.as_ref().filter(|waiver| !waiver.has_ended) {
        let until = waiver.until.map(|day| format!(", until {day}")).unwrap_or_default();
        return Some(Exemption {
            element,
            reason: format!("borne knowingly{until}: {}", waiver.reason),
            evidence: Some(waiver.evidence.clone()),
        });
    }
    let steps: Vec<&PlanStep> = input
        .steps()
        .filter(|step| weakness.controls.contains(&step.control))
        .collect();
    let is_planned = |step: &&PlanStep| {
        let mut elements = step.elements.iter();
        step.elements.is_empty() || elements.any(|id| *id == finding.element || gives(input, id, &finding.element))
    };
    if input.known.wanted.controls.is_empty() && steps.iter().any(is_planned) {
        return None;
    }
    let mut projects = input.assessment.projects.iter().filter(|project| project.runs);
    let project = projects.find(|project| project.elements.iter().any(|part| part.element == finding.element));
    if let Some(project) = project {
        return Some(Exemption {
            element,
            reason: format!("part of {}, as that project ships it", project.name),
            evidence: project.recognised_by.first().map(|sign| sign.evidence.clone()),
        });
    }
    if input.known.wanted.controls.is_empty() && !steps.is_empty() {
        return Some(Exemption {
            element,
            reason: "the plan leaves it as it is".to_owned(),
            evidence: None,
        });
    }
    None
}

/// Whether one is a binding that gives the role that the other is.
fn gives(input: &Input<'_>, binding: &ElementId, role: &ElementId) -> bool {
    let resource = |id: &ElementId| input.system().element(id.as_str())?.resource.as_ref();
    let given = resource(binding).and_then(|id| role_of(input.system().resources.get(id)?));
    given.is_some() && given.as_ref() == resource(role)
}

fn exempt(element: &Element, with_children: bool, exemption: Exemption) -> Option<Exempt> {
    let (namespace, name) = if let Some(id) = &element.resource {
        (Arc::clone(&id.namespace), Arc::clone(&id.name))
    } else {
        // A workload that only its pods tell of.
        let name = element.id.as_str().rsplit('/').next()?;
        (element.namespace.clone().unwrap_or_else(|| "".into()), name.into())
    };
    Some(Exempt {
        namespace,
        name,
        with_children,
        exemption,
    })
}

impl Exempt {
    /// An expression that is true of everything but this.
    pub(super) fn condition(&self) -> String {
        let name = "object.metadata.?name.orValue(object.metadata.?generateName.orValue(''))";
        let quoted = quoted(&self.name);
        let called = if self.with_children {
            // What controllers make of it is called after it, with a hyphen.
            let prefix = self::quoted(&format!("{}-", self.name));
            format!("({name} == {quoted} || {name}.startsWith({prefix}))")
        } else {
            format!("{name} == {quoted}")
        };
        if self.namespace.is_empty() {
            return format!("!({called})");
        }
        format!("!(request.namespace == {} && {called})", self::quoted(&self.namespace))
    }
}

/// A text of CEL.
pub(super) fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .flat_map(|c| match c {
            '\'' | '\\' => vec!['\\', c],
            '\n' => vec!['\\', 'n'],
            c => vec![c],
        })
        .collect();
    format!("'{escaped}'")
}
