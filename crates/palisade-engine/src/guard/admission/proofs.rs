//! What an admission policy says of the examples of its weakness, and of every object of the system.

use std::collections::BTreeSet;

use palisade_inventory::{Node, ResourceId};
use palisade_knowledge::{StartedPod, defaulted};

use super::examples::{Example, Trial, before, is_weak, trials};
use super::judge::Judge;
use super::kinds::Kind;
use super::rule::Rule;
use super::{gatekeeper, kyverno, vap};
use crate::admission::{Admission, Admitted, Operation, Request};
use crate::guard::{Input, Proof};
use crate::rbac::Identity;
use crate::system::{Element, ElementId};
use crate::views;

pub(super) fn proofs(input: &Input<'_>, rule: &Rule<'_>, documents: &[Node], examples: &[Example]) -> Vec<Proof> {
    let everywhere = Rule::new(rule.weakness, super::scope::Scope::default());
    let unbound = match documents.first().and_then(|document| document.text(&["kind"])) {
        Some("ValidatingPolicy") => kyverno::written(&everywhere, &[]).documents,
        Some("ConstraintTemplate") => gatekeeper::written(&everywhere).documents,
        _ => vap::written(&everywhere).documents,
    };
    let mut proofs = vec![
        of_examples(rule, &unbound, &trials(rule, examples)),
        of_system(input, rule, documents),
    ];
    proofs.extend(of_attackers(input, documents));
    proofs
}

/// Somebody who may ask for anything, and whom no policy knows.
fn somebody() -> Identity {
    Identity::User("somebody".into())
}

impl Trial {
    fn request<'r>(&'r self, operation: Operation<'r>, user: &'r Identity) -> Request<'r> {
        Request {
            subresource: self.subresource,
            ..request(self.kind, &self.namespace, &self.object, operation, user)
        }
    }
}

fn request<'r>(
    kind: Kind,
    namespace: &'r str,
    object: &'r Node,
    operation: Operation<'r>,
    user: &'r Identity,
) -> Request<'r> {
    let version = object.text(&["apiVersion"]).unwrap_or_default();
    Request {
        operation,
        group: kind.group,
        version: version.split_once('/').map_or(version, |(_, version)| version),
        plural: kind.plural,
        subresource: "",
        kind: kind.kind,
        namespace,
        object,
        user: Some(user),
    }
}

/// It refuses what has the weakness and nothing else, however it comes.
pub(super) fn of_examples(rule: &Rule<'_>, documents: &[Node], trials: &[Trial]) -> Proof {
    let about = format!("it refuses what {} finds, and nothing else", rule.weakness.id);
    let user = somebody();
    let is_of_template = rule.weakness.applies_to.is_of_template();
    let id = |trial: &Trial| ResourceId {
        kind: trial.kind.kind.into(),
        group: trial.kind.group.into(),
        namespace: trial.namespace.clone(),
        name: "".into(),
    };
    let befores: Vec<Node> = trials.iter().map(|trial| before(&trial.object, &id(trial))).collect();
    let mut asked = Vec::new();
    for (trial, before) in trials.iter().zip(&befores) {
        let is_debugging = !trial.subresource.is_empty();
        if !is_debugging {
            asked.push((trial.request(Operation::Create, &user), trial.is_weak, "created"));
            let unchanged = Operation::Update(&trial.object);
            asked.push((trial.request(unchanged, &user), false, "as it was before"));
        }
        if is_of_template {
            asked.push((
                trial.request(Operation::Update(before), &user),
                trial.is_weak,
                "changed",
            ));
        }
    }
    let answers = Judge::new(documents).ask(asked.iter().map(|(request, ..)| *request));
    let mut wrong = Vec::new();
    let mut unknown = BTreeSet::new();
    for ((request, expected, how), answer) in asked.iter().zip(answers) {
        let what = format!("a {} {how}", request.kind);
        match (answer, expected) {
            (Admitted::Yes, false) | (Admitted::No(_), true) => {}
            (Admitted::Yes, true) => wrong.push(format!("{what} is let in")),
            (Admitted::No(refusal), false) => wrong.push(format!("{what} is refused: {}", refusal.message)),
            (Admitted::Unknown(reasons), _) => unknown.extend(reasons),
        }
    }
    let refused = asked.iter().filter(|(_, expected, _)| *expected).count();
    if !wrong.is_empty() {
        return Proof::refuted(about, few(&wrong));
    }
    if !unknown.is_empty() {
        return Proof::cannot(about, few(&unknown.into_iter().collect::<Vec<_>>()));
    }
    if refused == 0 || refused == asked.len() {
        return Proof::cannot(
            about,
            "no example that must match, or none that must not, can be evaluated",
        );
    }
    let why = format!(
        "{} requests made of the examples, in every kind that can hold them: {refused} refused, as the weakness says",
        asked.len()
    );
    Proof::proved(about, why)
}

/// It lets in everything of the system, but what has to change.
fn of_system(input: &Input<'_>, rule: &Rule<'_>, documents: &[Node]) -> Proof {
    let about = "everything of the system is let in, but what has to change first";
    let user = somebody();
    let objects = objects(input, rule);
    let requests = objects.iter().map(|object| {
        let namespace = &object.id.namespace;
        request(object.kind, namespace, &object.object, Operation::Create, &user)
    });
    let answers = Judge::new(documents).ask(requests);
    let mut blocked = Vec::new();
    let mut missed = Vec::new();
    let mut unknown = BTreeSet::new();
    let mut refused: BTreeSet<&str> = BTreeSet::new();
    for (object, answer) in objects.iter().zip(answers) {
        let has_to_change = rule.scope.change_first.contains(&object.element.id);
        let is_weak = is_weak(rule.weakness, &object.id, &object.object);
        match answer {
            Admitted::No(_) if has_to_change && is_weak != Some(false) => {
                refused.insert(object.element.id.as_str());
            }
            Admitted::No(refusal) => blocked.push(format!("{} is refused: {}", object.element.id, refusal.message)),
            Admitted::Yes if has_to_change && is_weak == Some(true) => {
                missed.push(format!("{} is let in", object.element.id));
            }
            Admitted::Yes => {}
            Admitted::Unknown(reasons) => unknown.extend(reasons),
        }
    }
    let never = rule.scope.change_first.iter().map(ElementId::as_str);
    missed.extend(
        never
            .filter(|id| !refused.contains(id))
            .map(|id| format!("{id} is not refused")),
    );
    if !blocked.is_empty() {
        return Proof::refuted(about, few(&blocked));
    }
    if !unknown.is_empty() {
        return Proof::cannot(about, few(&unknown.into_iter().collect::<Vec<_>>()));
    }
    if !missed.is_empty() {
        return Proof::refuted(about, few(&missed));
    }
    let let_in = objects.len()
        - objects
            .iter()
            .filter(|one| refused.contains(one.element.id.as_str()))
            .count();
    let why = match refused.len() {
        0 => format!("{let_in} objects evaluated, none refused"),
        n => format!("{let_in} objects let in; {n} elements refused, which have to change"),
    };
    Proof::proved(about, why)
}

/// An object of the system that a rule looks at.
struct Held<'a> {
    element: &'a Element,
    kind: Kind,
    id: ResourceId,
    /// As the API server fills it in.
    object: Node,
}

fn objects<'a>(input: &Input<'a>, rule: &Rule<'_>) -> Vec<Held<'a>> {
    let view = rule.weakness.applies_to;
    let mut objects = Vec::new();
    for element in &input.system().elements {
        if view.is_of_template() {
            for template in views::own_templates(view, element) {
                objects.extend(held(
                    rule,
                    element,
                    views::holder(element, template),
                    &template.document,
                ));
            }
        } else if let Some(resource) = element
            .resource
            .as_ref()
            .and_then(|id| input.system().resources.get(id))
        {
            objects.extend(held(rule, element, resource.id.clone(), &resource.content));
        }
    }
    objects
}

fn held<'a>(rule: &Rule<'_>, element: &'a Element, mut id: ResourceId, content: &Node) -> Option<Held<'a>> {
    let is_it = |kind: &&Kind| *kind.group == *id.group && *kind.kind == *id.kind;
    let kind = *rule.kinds.iter().find(is_it)?;
    if id.name.is_empty() {
        // A pod that stands for others: it is called after what made it.
        id.name = content.text(&["metadata", "name"]).unwrap_or_default().into();
    }
    Some(Held {
        element,
        kind,
        object: defaulted(&id, content),
        id,
    })
}

/// Pods as attackers start them are kept out by it, where they are.
fn of_attackers(input: &Input<'_>, documents: &[Node]) -> Option<Proof> {
    let namespace = input.system().elements.iter().find_map(|element| {
        let namespace = element.namespace.as_deref().filter(|name| *name != "kube-system")?;
        (!element.templates.is_empty()).then_some(namespace)
    })?;
    let mut resources = input.system().resources.clone();
    for document in documents {
        resources.upsert(input.resource(document, "")?.into());
    }
    let admission = Admission::new(&resources, input.system().kubernetes_version);
    let sorts = [
        (StartedPod::Privileged, "a privileged pod"),
        (StartedPod::HostPath, "a pod that mounts the node's root"),
        (StartedPod::HostNamespaces, "a pod in the node's namespaces"),
    ];
    let kept_out: Vec<&str> = sorts
        .into_iter()
        .filter(|(sort, _)| {
            let by = documents
                .iter()
                .filter_map(|document| document.text(&["metadata", "name"]));
            match admission.keeps_out(*sort, namespace, Some(&somebody())) {
                Admitted::No(refusal) => by.into_iter().any(|name| refusal.by.ends_with(name)),
                _ => false,
            }
        })
        .map(|(_, name)| name)
        .collect();
    if kept_out.is_empty() {
        return None;
    }
    let about = format!(
        "{} that an attacker starts is kept out, whatever else is chosen",
        kept_out.join(", ")
    );
    Some(Proof::proved(about, format!("tried in {namespace}")))
}

/// The first of these, and how many more.
fn few(all: &[String]) -> String {
    const FEW: usize = 3;
    let first = all.iter().take(FEW).cloned().collect::<Vec<_>>().join("; ");
    match all.len().saturating_sub(FEW) {
        0 => first,
        more => format!("{first}; and {more} more"),
    }
}
