//! Pod Security admission: each namespace enforces the strictest level that all its pods meet already.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Node;
use palisade_knowledge::StartedPod;

use super::{Application, Guardrail, Input, Proof, Target};
use crate::admission::{Admission, Admitted, NewPod};
use crate::pod_security::{Level, strictest};
use crate::system::{Element, ElementId};
use crate::views::nodes::{map, text};

/// What a namespace's pods come to.
struct Met<'a> {
    level: Level,
    /// The first that keeps it from the next level, and why.
    kept_by: Option<(&'a Element, String)>,
    elements: Vec<&'a Element>,
    /// What could not be judged.
    unknown: Vec<String>,
}

pub(super) fn generate(input: &Input<'_>) -> Vec<Guardrail> {
    if input.controls_for(Target::PodSecurity).is_empty() {
        return Vec::new();
    }
    let mut namespaces: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
    for element in &input.system().elements {
        if let Some(namespace) = element.namespace.as_deref().filter(|_| !element.templates.is_empty()) {
            namespaces.entry(namespace).or_default().push(element);
        }
    }
    let guardrails = namespaces
        .into_iter()
        .filter_map(|(namespace, elements)| of_namespace(input, namespace, elements));
    guardrails.collect()
}

fn of_namespace(input: &Input<'_>, namespace: &str, elements: Vec<&Element>) -> Option<Guardrail> {
    let met = met(input, elements);
    if met.level == Level::Privileged || enforced(input, namespace) >= Some(met.level) {
        return None;
    }
    let level = met.level;
    // What is not yet enforced is said to whoever applies something.
    let next = Level::Restricted;
    let documents = vec![labelled(
        input,
        namespace,
        &[("enforce", level), ("audit", next), ("warn", next)],
    )];
    let ids: BTreeSet<&ElementId> = met.elements.iter().map(|element| &element.id).collect();
    let controls = input.controls_for(Target::PodSecurity);
    let stopped = controls.values().copied();
    let weaknesses = input.weaknesses(&controls).into_values().map(|(weakness, _)| weakness);
    let mut guardrail = Guardrail {
        target: Target::PodSecurity,
        title: format!("The namespace {namespace} lets in no pod below the Pod Security level {level}"),
        file: format!("pod-security/{namespace}.yaml"),
        trial: vec![labelled(input, namespace, &[("audit", level), ("warn", level)])],
        documents,
        application: Application::Merge,
        removes: Vec::new(),
        companions: Vec::new(),
        answers: input.answers(
            stopped,
            weaknesses.filter(|one| one.applies_to.is_of_template()),
            Some(&ids),
        ),
        rollout: vec![
            format!("kubectl apply --server-side --field-manager=palisade -f trial/pod-security/{namespace}.yaml"),
            format!(
                "kubectl label --dry-run=server --overwrite namespace {namespace} \
                 pod-security.kubernetes.io/enforce={level} warns of every running pod that would be refused"
            ),
            format!("kubectl apply --server-side --field-manager=palisade -f pod-security/{namespace}.yaml"),
        ],
        undo: format!("kubectl label namespace {namespace} pod-security.kubernetes.io/enforce-"),
        exemptions: Vec::new(),
        change_first: Vec::new(),
        unknowns: met.unknown,
        proofs: Vec::new(),
    };
    guardrail.proofs = proofs(input, namespace, &met.elements, &guardrail);
    if let Some((element, why)) = &met.kept_by {
        guardrail
            .rollout
            .push(format!("towards {next}: {} is kept from it by {why}", element.id));
    }
    Some(guardrail)
}

/// The strictest level that all of these meet.
fn met<'a>(input: &Input<'a>, elements: Vec<&'a Element>) -> Met<'a> {
    let version = input.system().kubernetes_version;
    let mut met = Met {
        level: Level::Restricted,
        kept_by: None,
        elements: Vec::new(),
        unknown: Vec::new(),
    };
    for element in elements {
        for template in &element.templates {
            match strictest(template.node(), version) {
                Ok((level, violations)) if level < met.level => {
                    met.level = level;
                    let why: Vec<String> = violations.iter().map(ToString::to_string).collect();
                    met.kept_by = Some((element, why.join(", ")));
                }
                Ok(_) => {}
                Err(malformed) => met.unknown.push(format!("{} can't be judged: {malformed}", element.id)),
            }
        }
        met.elements.push(element);
    }
    met
}

/// The level that a namespace enforces by its own label.
fn enforced(input: &Input<'_>, namespace: &str) -> Option<Level> {
    let mut namespaces = input.system().resources.of_kind("Namespace");
    let object = namespaces.find(|one| *one.id.name == *namespace)?;
    let label = object
        .content
        .text(&["metadata", "labels", "pod-security.kubernetes.io/enforce"])?;
    [Level::Privileged, Level::Baseline, Level::Restricted]
        .into_iter()
        .find(|level| level.as_str() == label)
}

/// The namespace with these levels, by mode; nothing else of it is said.
fn labelled(input: &Input<'_>, namespace: &str, levels: &[(&str, Level)]) -> Node {
    let version = format!("v{}", input.system().kubernetes_version);
    let labels: Vec<(String, Node)> = levels
        .iter()
        .flat_map(|(mode, level)| {
            let key = format!("pod-security.kubernetes.io/{mode}");
            [(format!("{key}-version"), text(&version)), (key, text(level.as_str()))]
        })
        .collect();
    let mut labels: Vec<(&str, Node)> = labels.iter().map(|(key, value)| (&**key, value.clone())).collect();
    labels.sort_by_key(|(key, _)| *key);
    map([
        ("apiVersion", text("v1")),
        ("kind", text("Namespace")),
        ("metadata", map([("name", text(namespace)), ("labels", map(labels))])),
    ])
}

/// With the labels in place every pod of the namespace is admitted, and a privileged one is not.
fn proofs(input: &Input<'_>, namespace: &str, elements: &[&Element], guardrail: &Guardrail) -> Vec<Proof> {
    let resources = input.with([guardrail]);
    let admission = Admission::new(&resources, input.system().kubernetes_version);
    let refused: Vec<String> = elements
        .iter()
        .flat_map(|element| element.templates.iter().map(move |template| (element, template.node())))
        .filter_map(|(element, pod)| {
            let new = NewPod {
                namespace,
                pod,
                user: None,
            };
            match admission.admits(new) {
                Admitted::Yes => None,
                Admitted::No(refusal) => Some(format!("{} is refused: {}", element.id, refusal.message)),
                Admitted::Unknown(reasons) => Some(format!("{}: {}", element.id, reasons.join("; "))),
            }
        })
        .collect();
    let about = "everything that runs in the namespace is still let in";
    let lets_in = if refused.is_empty() {
        Proof::proved(about, format!("{} workloads evaluated, none refused", elements.len()))
    } else {
        Proof::refuted(about, refused.join("; "))
    };
    let about = "a privileged pod is kept out";
    let keeps_out = match admission.keeps_out(StartedPod::Privileged, namespace, None) {
        Admitted::No(refusal) => Proof::proved(about, format!("{}: {}", refusal.by, refusal.message)),
        Admitted::Yes => Proof::refuted(about, "it is let in"),
        Admitted::Unknown(reasons) => Proof::cannot(about, reasons.join("; ")),
    };
    vec![lets_in, keeps_out]
}
