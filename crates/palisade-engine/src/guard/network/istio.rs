//! `security.istio.io/v1`: workloads of the mesh let in whom they know by identity, and nothing in plain text.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::Node;
use palisade_knowledge::Control;

use super::needs::{self, Needs, Peer};
use super::{answers, policy, wanted};
use crate::guard::{Application, Guardrail, Input, Proof, Target};
use crate::kube::{Mesh, Pod};
use crate::network::Direction;
use crate::system::{Element, ElementId};
use crate::views::nodes::{list, map, text};

/// The policy of a namespace that takes mutual TLS only; Istio takes the one of this name for the whole namespace.
const DEFAULT: &str = "default";

pub(super) fn generate(input: &Input<'_>) -> Vec<Guardrail> {
    let controls = wanted(input, Target::Istio);
    let members: Vec<&Element> = input
        .system()
        .elements
        .iter()
        .filter(|one| is_member(input, one))
        .collect();
    if controls.is_empty() || members.is_empty() {
        return Vec::new();
    }
    let controls: Vec<&Control> = controls.into_values().collect();
    let namespaces: BTreeSet<&str> = members.iter().filter_map(|one| one.namespace.as_deref()).collect();
    let strict = namespaces
        .into_iter()
        .filter_map(|namespace| strict(input, namespace, &controls));
    let workloads = members.iter().filter_map(|element| workload(input, element, &controls));
    strict.chain(workloads).collect()
}

/// Whether Istio takes the pods of a workload in.
fn is_member(input: &Input<'_>, element: &Element) -> bool {
    let name = element.namespace.as_deref().unwrap_or_default();
    let namespace = input
        .system()
        .resources
        .of_kind("Namespace")
        .find(|one| *one.id.name == *name);
    let namespace = namespace.map(|one| &*one.content);
    let mut templates = element.templates.iter();
    needs::has_pods(element) && templates.all(|one| Mesh::of_pod(Pod::new(one.node()), namespace) == Some(Mesh::Istio))
}

/// Who a workload of the mesh is to Istio: `cluster.local/ns/shop/sa/web`.
fn principal(input: &Input<'_>, element: &Element) -> Option<String> {
    if !is_member(input, element) {
        return None;
    }
    let account = element.identity.as_ref()?.as_str().rsplit('/').next()?;
    Some(format!(
        "cluster.local/ns/{}/sa/{account}",
        element.namespace.as_deref()?
    ))
}

fn guardrail(title: String, file: String, document: Node, answers: crate::guard::Answers) -> Guardrail {
    Guardrail {
        target: Target::Istio,
        title,
        file,
        documents: vec![document],
        trial: Vec::new(),
        companions: Vec::new(),
        application: Application::Objects,
        removes: Vec::new(),
        answers,
        rollout: Vec::new(),
        undo: String::new(),
        exemptions: Vec::new(),
        change_first: Vec::new(),
        unknowns: Vec::new(),
        proofs: Vec::new(),
    }
}

/// Mutual TLS in a namespace, for whoever connects. None where it is demanded already.
fn strict(input: &Input<'_>, namespace: &str, controls: &[&Control]) -> Option<Guardrail> {
    let mut demands = input.system().resources.of_kind("PeerAuthentication");
    if demands
        .any(|one| *one.id.namespace == *namespace && one.content.text(&["spec", "mtls", "mode"]) == Some("STRICT"))
    {
        return None;
    }
    let elements: Vec<&Element> = input
        .system()
        .elements
        .iter()
        .filter(|one| one.namespace.as_deref() == Some(namespace))
        .collect();
    let ids: BTreeSet<&ElementId> = elements.iter().map(|one| &one.id).collect();
    let mut unknowns = BTreeSet::new();
    let mut plain = Vec::new();
    for element in elements.iter().filter(|one| needs::has_pods(one)) {
        if !is_member(input, element) {
            plain.push(element.id.to_string());
        }
        let Some(needs) = Needs::of(input, element, Direction::Ingress) else {
            continue;
        };
        for peer in needs.peers.keys() {
            match peer {
                Peer::Pods(id)
                    if input
                        .system()
                        .element(id.as_str())
                        .is_some_and(|one| is_member(input, one)) => {}
                Peer::Pods(id) => {
                    unknowns.insert(format!(
                        "{id} is not in the mesh, and calls {} in plain text",
                        element.id
                    ));
                }
                _ => {
                    unknowns.insert(format!(
                        "Users reach {}. Through a gateway of the mesh, which speaks mutual TLS?",
                        element.id
                    ));
                }
            }
        }
    }
    unknowns.extend(
        plain
            .iter()
            .map(|id| format!("{id} is not in the mesh: nothing changes for it")),
    );
    let document = map([
        ("apiVersion", text("security.istio.io/v1")),
        ("kind", text("PeerAuthentication")),
        (
            "metadata",
            map([("name", text(DEFAULT)), ("namespace", text(namespace))]),
        ),
        ("spec", map([("mtls", map([("mode", text("STRICT"))]))])),
    ]);
    let file = format!("istio/{namespace}/mutual-tls.yaml");
    let title = format!("Workloads of the namespace {namespace} take mutual TLS only");
    let mut one = guardrail(title, file.clone(), document, answers(input, controls, &ids));
    one.unknowns = unknowns.into_iter().collect();
    one.rollout = vec![
        "look in the mesh's metrics for requests whose connection_security_policy is not mutual_tls".to_owned(),
        format!("kubectl apply -f {file}"),
    ];
    one.undo = format!("kubectl -n {namespace} delete peerauthentication {DEFAULT}");
    let about = "whoever is known to connect has an identity of the mesh";
    one.proofs = vec![if one.unknowns.is_empty() {
        Proof::proved(
            about,
            format!(
                "all callers of {} workloads are members",
                elements.iter().filter(|one| is_member(input, one)).count()
            ),
        )
    } else {
        Proof::cannot(about, "see what is not known")
    }];
    Some(one)
}

/// The policy that lets in those that are known to call a workload, by their identity. None where no policy can name it.
fn workload(input: &Input<'_>, element: &Element, controls: &[&Control]) -> Option<Guardrail> {
    let namespace = element.namespace.as_deref()?;
    let needs = Needs::of(input, element, Direction::Ingress)?;
    let labels = needs::labels(input, element)?;
    // What a proxy needs is Istio's own matter.
    let mut unknowns: BTreeSet<String> = needs
        .unknowns
        .iter()
        .filter(|one| !one.contains(" proxy talks "))
        .cloned()
        .collect();
    let mut principals: BTreeMap<String, &ElementId> = BTreeMap::new();
    let mut rules = Vec::new();
    for (peer, ports) in &needs.peers {
        let from = match peer {
            Peer::Pods(id) => {
                let caller = input.system().element(id.as_str());
                let principal = caller.and_then(|caller| principal(input, caller));
                let Some(principal) = principal else {
                    unknowns.insert(format!(
                        "{id} is not in the mesh, and so has no identity that a policy could name"
                    ));
                    continue;
                };
                principals.insert(principal.clone(), id);
                Some(map([(
                    "source",
                    map([("principals", list([text(&principal)].into_iter()))]),
                )]))
            }
            _ => None,
        };
        let named = ports.iter().filter_map(|(_, port)| Some(text(&(*port)?.to_string())));
        let is_any = ports.iter().any(|(_, port)| port.is_none());
        let to = (!is_any).then(|| map([("operation", map([("ports", list(named))]))]));
        let from = from.map(|from| ("from", list([from].into_iter())));
        let to = to.map(|to| ("to", list([to].into_iter())));
        rules.push(map(from.into_iter().chain(to)));
    }
    let shared = shared(input, &principals, &needs);
    let name = policy::name(input, element, Direction::Ingress);
    let name = name.trim_end_matches("-ingress");
    let selector = map([(
        "matchLabels",
        map(labels.iter().map(|(key, value)| (&**key, text(value)))),
    )]);
    // A policy without rules lets nobody in.
    let spec = [("selector", selector), ("action", text("ALLOW"))];
    let rules = (!rules.is_empty()).then(|| ("rules", list(rules.into_iter())));
    let document = map([
        ("apiVersion", text("security.istio.io/v1")),
        ("kind", text("AuthorizationPolicy")),
        ("metadata", map([("name", text(name)), ("namespace", text(namespace))])),
        ("spec", map(spec.into_iter().chain(rules))),
    ]);
    let file = format!("istio/{namespace}/{name}.yaml");
    let title = format!(
        "{} lets in those that are known to call it, by their identity",
        element.id
    );
    let mut one = guardrail(
        title,
        file.clone(),
        document,
        answers(input, controls, &BTreeSet::from([&element.id])),
    );
    one.unknowns = unknowns.into_iter().collect();
    one.rollout = vec![
        format!(
            "annotate it with istio.io/dry-run: \"true\" first, and look for shadow_denied in the proxy's log; then kubectl apply -f {file}"
        ),
        "it knows callers only where mutual TLS is spoken: with mutual-tls.yaml of the namespace".to_owned(),
    ];
    one.undo = format!("kubectl -n {namespace} delete authorizationpolicy {name}");
    let about = "an identity that is let in is that of a caller alone";
    one.proofs = vec![match shared.as_slice() {
        [] => Proof::proved(
            about,
            format!(
                "{} identities, each of one workload that is known to call",
                principals.len()
            ),
        ),
        some => Proof::cannot(about, format!("other workloads have it as well: {}", some.join(", "))),
    }];
    Some(one)
}

/// Workloads that have the identity of a caller and are none.
fn shared(input: &Input<'_>, principals: &BTreeMap<String, &ElementId>, needs: &Needs<'_>) -> Vec<String> {
    let calls = |id: &ElementId| needs.peers.contains_key(&Peer::Pods(id));
    let others = input.system().elements.iter().filter(|one| !calls(&one.id));
    let others = others.filter(|one| principal(input, one).is_some_and(|one| principals.contains_key(&one)));
    others.map(|one| one.id.to_string()).collect()
}
