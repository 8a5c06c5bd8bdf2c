//! Network policies: each workload lets in, and reaches, what flows of the diagram tell of and nothing else.
//!
//! Two policies a workload, one for each direction, since who calls it may be known while whom it calls is not; and one a
//! namespace that denies what no other policy is about.

mod cilium;
mod istio;
mod needs;
mod policy;
mod proofs;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_inventory::Node;
use palisade_knowledge::{Control, Weakness};

use self::needs::Needs;
use super::{Application, Guardrail, Input, ProofVerdict, Target};
use crate::network::Direction;
use crate::system::{Element, ElementId};

/// Controls that are about what workloads reach.
const EGRESS: [&str; 4] = ["PAL-C093", "PAL-C095", "PAL-C096", "PAL-C097"];
/// Controls that are about who reaches data stores, and no other workloads.
const OF_STORES: [&str; 2] = ["PAL-C131", "PAL-C141"];

pub(super) fn generate(input: &Input<'_>) -> Vec<Guardrail> {
    let controls = wanted(input, Target::NetworkPolicy);
    let written = write(input, &controls);
    let mut guardrails: Vec<Guardrail> = written.iter().map(|written| written.guardrail.clone()).collect();
    guardrails.extend(namespaces(input, &controls, &written));
    guardrails
}

/// The same as policies of Cilium, where a cluster has it, or somebody asks for them.
pub(super) fn generate_cilium(input: &Input<'_>) -> Vec<Guardrail> {
    let is_there = input
        .assessment
        .projects
        .iter()
        .any(|project| project.runs && project.id == "cilium");
    if !is_there && !input.known.wanted.targets.contains(&Target::Cilium) {
        return Vec::new();
    }
    let written = write(input, &wanted(input, Target::Cilium));
    written
        .iter()
        .map(|written| cilium::guardrail(input, written))
        .collect()
}

/// What workloads of Istio's mesh let in, by identity.
pub(super) fn generate_istio(input: &Input<'_>) -> Vec<Guardrail> {
    istio::generate(input)
}

/// The policies of all workloads that these controls are for, proved.
fn write<'a>(input: &Input<'a>, controls: &BTreeMap<&str, &Control>) -> Vec<WrittenPolicy<'a>> {
    let mut written = Vec::new();
    for element in input
        .system()
        .elements
        .iter()
        .filter(|element| needs::has_pods(element))
    {
        for direction in [Direction::Ingress, Direction::Egress] {
            let controls: Vec<&Control> = controls
                .values()
                .copied()
                .filter(|one| is_about(one, element, direction))
                .collect();
            if controls.is_empty() {
                continue;
            }
            let Some(needs) = Needs::of(input, element, direction) else {
                continue;
            };
            written.push(workload(input, element, &needs, &controls));
        }
    }
    proofs::add(input, &mut written);
    // What is as it should be already needs no file.
    written.retain(|written| !written.is_so);
    written
}

/// A policy of a workload that was written.
struct WrittenPolicy<'a> {
    guardrail: Guardrail,
    element: &'a Element,
    needs: Needs<'a>,
    /// Nobody else connects even without it.
    is_so: bool,
}

/// The controls that policies are wanted for. Who asks for this target alone wants all that it can do.
fn wanted<'a>(input: &Input<'a>, target: Target) -> BTreeMap<&'a str, &'a Control> {
    let asked = input.known.wanted;
    if !asked.controls.is_empty() || !asked.targets.contains(&target) {
        return input.controls_for(target);
    }
    let is_for = |control: &&Control| target.kinds().iter().any(|kind| control.guardrails.contains(kind));
    let all = input.catalogue().controls.values().filter(is_for);
    all.map(|control| (&*control.id, control)).collect()
}

fn is_about(control: &Control, element: &Element, direction: Direction) -> bool {
    let is_of = |ids: &[&str]| ids.contains(&&*control.id);
    match direction {
        Direction::Egress => is_of(&EGRESS),
        Direction::Ingress if is_of(&OF_STORES) => element.store.is_some(),
        Direction::Ingress => !is_of(&EGRESS),
    }
}

const fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}

fn workload<'a>(
    input: &Input<'a>,
    element: &'a Element,
    needs: &Needs<'a>,
    controls: &[&Control],
) -> WrittenPolicy<'a> {
    let namespace = element.namespace.as_deref().unwrap_or("default");
    let name = policy::name(input, element, needs.direction);
    let file = format!("network/{namespace}/{name}.yaml");
    let told = format!("kubectl -n {namespace}");
    let title = match needs.direction {
        Direction::Ingress if needs.peers.is_empty() => format!("Nobody connects to {}", element.id),
        Direction::Ingress => format!("Only those that are known to call {} connect to it", element.id),
        Direction::Egress if needs.peers.is_empty() => format!("{} connects to nothing but cluster DNS", element.id),
        Direction::Egress => format!("{} connects only to what it is known to call", element.id),
    };
    let guardrail = Guardrail {
        target: Target::NetworkPolicy,
        title,
        file: file.clone(),
        documents: vec![policy::write(input, &name, element, needs)],
        trial: Vec::new(),
        companions: Vec::new(),
        application: Application::Objects,
        removes: Vec::new(),
        answers: answers(input, controls, &BTreeSet::from([&element.id])),
        rollout: vec![
            "network policies have no mode in which they only warn: one namespace after another, one workload after another"
                .to_owned(),
            format!("{told} apply --dry-run=server -f {file}"),
            format!("{told} apply -f {file}, and watch what is refused (the network plugin's flow log) for a day"),
            "the node's own probes get through whatever policies say".to_owned(),
        ],
        undo: format!("{told} delete networkpolicy {name}"),
        exemptions: Vec::new(),
        change_first: Vec::new(),
        unknowns: needs.unknowns.clone(),
        proofs: Vec::new(),
    };
    WrittenPolicy {
        guardrail,
        element,
        needs: needs.clone(),
        is_so: false,
    }
}

/// What a policy answers at these elements: of the controls those that it is for there.
fn answers(input: &Input<'_>, controls: &[&Control], elements: &BTreeSet<&ElementId>) -> super::Answers {
    let by_id: BTreeMap<&str, &Control> = controls.iter().map(|one| (&*one.id, *one)).collect();
    let found = input.weaknesses(&by_id).into_values();
    let found = found.filter(|(_, findings)| findings.iter().any(|one| elements.contains(&one.element)));
    let weaknesses: Vec<&Weakness> = found.map(|(weakness, _)| weakness).collect();
    let steps = input.assessment.paths.iter().flat_map(|path| &path.steps);
    let steps = steps.filter(|step| elements.contains(&step.to) || elements.contains(&step.from));
    let steps: BTreeSet<&str> = steps.map(|step| &*step.step).collect();
    let is_for = |control: &&Control| {
        let always = DENY_ALL.contains(&&*control.id) || OF_STORES.contains(&&*control.id);
        let is_weak = weaknesses.iter().any(|one| one.controls.contains(&control.id));
        always || is_weak || control.steps.iter().any(|step| steps.contains(&**step))
    };
    input.answers(
        controls.iter().copied().filter(is_for),
        weaknesses.iter().copied(),
        Some(elements),
    )
}

/// For each namespace the policy that denies what no other is about: ready where each of its workloads has its own.
fn namespaces(input: &Input<'_>, controls: &BTreeMap<&str, &Control>, written: &[WrittenPolicy<'_>]) -> Vec<Guardrail> {
    let mut by_namespace: BTreeMap<&str, Vec<&WrittenPolicy<'_>>> = BTreeMap::new();
    for one in written {
        if let Some(namespace) = &one.element.namespace {
            by_namespace.entry(namespace).or_default().push(one);
        }
    }
    let controls: Vec<&Control> = controls
        .values()
        .copied()
        .filter(|one| DENY_ALL.contains(&&*one.id))
        .collect();
    if controls.is_empty() {
        return Vec::new();
    }
    let denies = by_namespace.into_iter().map(|(namespace, written)| {
        let directions: BTreeSet<&str> = controls
            .iter()
            .map(|one| {
                if EGRESS.contains(&&*one.id) {
                    "Egress"
                } else {
                    "Ingress"
                }
            })
            .collect();
        let directions: Vec<&str> = directions.into_iter().collect();
        let elements = input.system().elements.iter();
        let here = elements.filter(|one| one.namespace.as_deref() == Some(namespace) && needs::has_pods(one));
        let waiting: Vec<&WrittenPolicy<'_>> = written
            .iter()
            .copied()
            .filter(|one| !one.guardrail.is_ready())
            .collect();
        let unnamed = here.clone().filter(|one| needs::labels(input, one).is_none());
        let unknowns = waiting
            .iter()
            .map(|one| {
                let refuted = one
                    .guardrail
                    .proofs
                    .iter()
                    .filter(|proof| proof.verdict == ProofVerdict::Refuted);
                let why: Vec<&str> = one
                    .needs
                    .unknowns
                    .iter()
                    .chain(refuted.map(|proof| &proof.why))
                    .map(|why| &**why)
                    .collect();
                format!("{} waits: {}", one.guardrail.file, why.join("; "))
            })
            .chain(unnamed.map(|one| format!("{} has no labels by which a policy could name its pods", one.id)));
        let mut unknowns: Vec<String> = unknowns.collect();
        unknowns.sort();
        let ids: BTreeSet<&ElementId> = here.map(|one| &one.id).collect();
        let document: Node = policy::deny_all(namespace, &directions);
        let file = format!("network/{namespace}/default-deny.yaml");
        let mut guardrail = Guardrail {
            target: Target::NetworkPolicy,
            title: format!("In the namespace {namespace} nothing connects that no policy allows"),
            file: file.clone(),
            documents: vec![document],
            trial: Vec::new(),
            companions: Vec::new(),
            application: Application::Objects,
            removes: Vec::new(),
            answers: {
                let namespace = ElementId::new(Arc::<str>::from(format!("Namespace/{namespace}")));
                let ids: BTreeSet<&ElementId> = ids.iter().copied().chain([&namespace]).collect();
                answers(input, &controls, &ids)
            },
            rollout: vec![
                format!("put the other policies of network/{namespace} in place first"),
                format!("kubectl apply -f {file}"),
            ],
            undo: format!("kubectl -n {namespace} delete networkpolicy {}", policy::DENY_ALL),
            exemptions: Vec::new(),
            change_first: Vec::new(),
            unknowns,
            proofs: Vec::new(),
        };
        guardrail.proofs = proofs::of_namespace(input, &guardrail, &written, &ids);
        guardrail
    });
    denies.collect()
}

/// Controls that are about whole namespaces.
const DENY_ALL: [&str; 2] = ["PAL-C094", "PAL-C095"];
