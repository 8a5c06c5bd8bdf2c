//! Workloads: what repairs the weaknesses of each, as a kustomize component with one strategic merge patch.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::{Node, Resource, ResourceId};
use palisade_knowledge::{Verdict, Weakness, pod_template};

use super::admission::{holds_dropped, why_exempt};
use super::{Application, Companion, Guardrail, Input, Proof, Target};
use crate::kube::Pod;
use crate::rbac::{Authorizer, Identity};
use crate::remedy::{combine, merge, repair, under};
use crate::system::{Element, ElementId};
use crate::views::nodes::{flag, list, map, text};

/// The patch of a workload: what it repairs, and what must be so that the workload still does its work.
struct Repairs<'a> {
    patch: Node,
    after: Node,
    repaired: BTreeMap<&'a str, &'a Weakness>,
    /// Weaknesses that were not there before.
    new: Vec<&'a Weakness>,
    needs: BTreeSet<String>,
    /// Why the token can go, where it goes.
    token: Option<String>,
}

/// Repairs may bring to light what was hidden by what they repair; how often that is looked at again.
const ROUNDS: usize = 4;

pub(super) fn generate(input: &Input<'_>) -> Vec<Guardrail> {
    let controls = input.controls_for(Target::WorkloadPatch);
    let mut wanted: BTreeMap<&ElementId, Vec<&Weakness>> = BTreeMap::new();
    for (weakness, findings) in input.weaknesses(&controls).into_values() {
        let is_of_template = weakness.applies_to.is_of_template() && weakness.remedy.is_some();
        for finding in findings.into_iter().filter(|_| is_of_template) {
            if why_exempt(input, weakness, finding).is_none() {
                wanted.entry(&finding.element).or_default().push(weakness);
            }
        }
    }
    let authorizer = Authorizer::new(&input.system().resources);
    let minds_tokens = controls.values().any(|control| control.id == TOKENS);
    let elements = input.system().elements.iter();
    let guardrails = elements.filter_map(|element| {
        let resource = input.system().resources.get(element.resource.as_ref()?)?;
        pod_template(&resource.id, &resource.content)?;
        let weaknesses = wanted.get(&element.id).map(Vec::as_slice).unwrap_or_default();
        let token = minds_tokens
            .then(|| unused_token(input, &authorizer, element, resource))
            .flatten();
        let repairs = repairs(input, resource, weaknesses, token)?;
        Some(guardrail(input, element, resource, &repairs))
    });
    guardrails.collect()
}

/// The control that tokens are mounted only where they are used.
const TOKENS: &str = "PAL-C172";

/// Why nothing is lost with the token of a workload, where nothing is: nobody grants its account anything.
fn unused_token(input: &Input<'_>, authorizer: &Authorizer, element: &Element, resource: &Resource) -> Option<String> {
    let (pod, _) = pod_template(&resource.id, &resource.content)?;
    let identity = element.identity.as_ref()?;
    let account = input.system().element(identity.as_str());
    let account = account
        .and_then(|account| account.resource.as_ref())
        .and_then(|id| input.system().resources.get(id))
        .map(|account| &*account.content);
    Pod::new(pod).api_token(account)?;
    let name = identity.as_str().rsplit('/').next()?;
    let holder = Identity::service_account(element.namespace.clone()?, name);
    let is_own = |grant: &&crate::rbac::Grant| grant.group().is_none_or(|group| !group.starts_with("system:"));
    let is_system = input
        .assessment
        .projects
        .iter()
        .any(|project| project.runs && project.elements.iter().any(|part| part.element == element.id));
    if is_system || authorizer.grants_of(&holder).any(|grant| is_own(&grant)) {
        return None;
    }
    Some(format!(
        "no role that was read grants {identity} anything, so that its token opens nothing here"
    ))
}

fn repairs<'a>(
    input: &Input<'a>,
    resource: &Resource,
    wanted: &[&'a Weakness],
    token: Option<String>,
) -> Option<Repairs<'a>> {
    let catalogue = input.catalogue().weaknesses.values();
    let all: Vec<&'a Weakness> = catalogue.filter(|one| one.applies_to.is_of_template()).collect();
    let (id, before) = (&resource.id, &*resource.content);
    let had: BTreeSet<&str> = weak(&all, id, before).map(|one| &*one.id).collect();
    let mut patch = token.as_ref().and_then(|_| without_token(id, before));
    let mut after = patch
        .as_ref()
        .map_or_else(|| before.clone(), |patch| merge(before, patch));
    let mut tried: BTreeMap<&'a str, &'a Weakness> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let new = weak(&all, id, &after).filter(|one| !had.contains(&*one.id));
        let due: Vec<&Weakness> = wanted.iter().copied().chain(new).collect();
        let mut is_changed = false;
        for weakness in due {
            let Some(change) = repair(weakness, id, &after) else {
                continue;
            };
            after = merge(&after, &change);
            patch = Some(match patch {
                Some(before) => combine(&before, &change),
                None => change,
            });
            tried.insert(&weakness.id, weakness);
            is_changed = true;
        }
        if !is_changed {
            break;
        }
    }
    let left: BTreeMap<&str, &Weakness> = weak(&all, id, &after).map(|one| (&*one.id, one)).collect();
    let needs = tried.values().filter_map(|one| one.remedy.as_ref()?.needs.as_ref());
    Some(Repairs {
        patch: patch?,
        after,
        needs: needs.map(|text| text.trim().to_owned()).collect(),
        new: left.values().copied().filter(|one| !had.contains(&*one.id)).collect(),
        repaired: all
            .iter()
            .copied()
            .filter(|one| had.contains(&*one.id) && !left.contains_key(&*one.id))
            .map(|one| (&*one.id, one))
            .collect(),
        token,
    })
}

/// The weaknesses that an object has, of these.
fn weak<'w, 'a>(
    all: &'w [&'a Weakness],
    id: &'w ResourceId,
    content: &'w Node,
) -> impl Iterator<Item = &'a Weakness> + use<'w, 'a> {
    all.iter().copied().filter(move |weakness| {
        let subjects = weakness.applies_to.subjects(id, content);
        let mut verdicts = subjects.iter().map(|subject| weakness.when.evaluate(&subject.bindings));
        verdicts.any(|verdict| verdict == Verdict::Match)
    })
}

fn without_token(id: &ResourceId, content: &Node) -> Option<Node> {
    let (_, path) = pod_template(id, content)?;
    let setting = map([("spec", map([("automountServiceAccountToken", flag(false))]))]);
    Some(under(&path, setting))
}

fn guardrail(input: &Input<'_>, element: &Element, resource: &Resource, repairs: &Repairs<'_>) -> Guardrail {
    let id = &resource.id;
    let folder = folder(id);
    let document = named(resource, &repairs.patch);
    let controls = input.controls_for(Target::WorkloadPatch);
    let helped = controls.values().copied().filter(|control| {
        let is_token = repairs.token.is_some() && control.id == TOKENS;
        is_token
            || repairs
                .repaired
                .values()
                .any(|weakness| weakness.controls.contains(&control.id))
    });
    let elements = BTreeSet::from([&element.id]);
    let mut companions = vec![Companion {
        file: format!("{folder}/kustomization.yaml"),
        documents: vec![map([
            ("apiVersion", text("kustomize.config.k8s.io/v1alpha1")),
            ("kind", text("Component")),
            ("patches", list([map([("path", text("patch.yaml"))])].into_iter())),
        ])],
    }];
    if !holds_dropped(&repairs.after) {
        companions.push(Companion {
            file: format!("{folder}/fixed.yaml"),
            documents: vec![repairs.after.clone()],
        });
    }
    let namespace = if id.namespace.is_empty() {
        String::new()
    } else {
        format!("-n {} ", id.namespace)
    };
    let kind = id.kind.to_ascii_lowercase();
    Guardrail {
        target: Target::WorkloadPatch,
        title: title(element, repairs),
        file: format!("{folder}/patch.yaml"),
        documents: vec![document],
        trial: Vec::new(),
        companions,
        application: Application::Merge,
        removes: Vec::new(),
        answers: input.answers(helped, repairs.repaired.values().copied(), Some(&elements)),
        rollout: vec![
            format!("name {folder} under `components` of the kustomization, or"),
            format!(
                "kubectl {namespace}patch {kind} {} --type strategic --patch-file {folder}/patch.yaml",
                id.name
            ),
            format!("kubectl {namespace}rollout status {kind}/{}", id.name),
        ],
        undo: format!(
            "kubectl {namespace}rollout undo {kind}/{}, or take the component out again",
            id.name
        ),
        exemptions: Vec::new(),
        change_first: Vec::new(),
        unknowns: Vec::new(),
        proofs: proofs(repairs),
    }
}

fn title(element: &Element, repairs: &Repairs<'_>) -> String {
    let repaired: Vec<&str> = repairs.repaired.keys().copied().collect();
    match (repaired.is_empty(), &repairs.token) {
        (true, _) => format!("{} holds no token that it does not use", element.id),
        (false, _) => format!("{} is repaired of {}", element.id, repaired.join(", ")),
    }
}

/// `workloads/shop/deployment-cart`.
fn folder(id: &ResourceId) -> String {
    let kind = id.kind.to_ascii_lowercase();
    let name = id.name.trim_end_matches('*').trim_end_matches('-');
    if id.namespace.is_empty() {
        format!("workloads/{kind}-{name}")
    } else {
        format!("workloads/{}/{kind}-{name}", id.namespace)
    }
}

/// The patch as a document: under the name of what it is laid over.
fn named(resource: &Resource, patch: &Node) -> Node {
    let id = &resource.id;
    let api_version = match &*id.group {
        "" => resource.version.to_string(),
        group => format!("{group}/{}", resource.version),
    };
    let namespace = resource.content.at(&["metadata", "namespace"]);
    let namespace = namespace.map(|node| ("namespace", node.clone()));
    let metadata = map([("name", text(&id.name))].into_iter().chain(namespace));
    let rest = patch
        .entries(&[])
        .iter()
        .map(|entry| (&*entry.key, entry.value.clone()));
    map([
        ("apiVersion", text(&api_version)),
        ("kind", text(&id.kind)),
        ("metadata", metadata),
    ]
    .into_iter()
    .chain(rest))
}

fn proofs(repairs: &Repairs<'_>) -> Vec<Proof> {
    let mut proofs = Vec::new();
    if !repairs.repaired.is_empty() {
        let ids: Vec<&str> = repairs.repaired.keys().copied().collect();
        proofs.push(Proof::proved(
            format!("{} are gone", ids.join(", ")),
            "the patched object was evaluated again",
        ));
    }
    let about = "no weakness comes instead";
    proofs.push(if repairs.new.is_empty() {
        Proof::proved(
            about,
            "every condition about workloads was evaluated on the patched object",
        )
    } else {
        let new: Vec<String> = repairs
            .new
            .iter()
            .map(|one| format!("{} {}", one.id, one.title))
            .collect();
        Proof::refuted(about, new.join("; "))
    });
    if let Some(why) = &repairs.token {
        proofs.push(Proof::proved("the token is not used", why.clone()));
    }
    if !repairs.needs.is_empty() {
        let needs: Vec<&str> = repairs.needs.iter().map(String::as_str).collect();
        proofs.push(Proof::cannot(
            "the program still does its work",
            format!("no artefact tells; test that {}", needs.join("; that ")),
        ));
    }
    proofs
}
