//! What policies say, as they are written: those of the API server, of Kyverno and of Gatekeeper.

use std::sync::Arc;

use palisade_inventory::{Node, Origin, Position, Resource, ResourceId, Root, RootKind};
use palisade_knowledge::KubernetesVersion;

use super::gatekeeper::ENGINE;
use super::kinds;
use crate::admission::{Admission, Admitted, Request};
use crate::system::Resources;
use crate::views::nodes::{list, map, text};

/// The language that policies are written in: that of the first version of Kubernetes that has them for everybody.
const LANGUAGE: KubernetesVersion = KubernetesVersion::new(30);

/// Policies of any of the engines, to be asked about requests.
#[derive(Debug)]
pub struct Judge {
    resources: Resources,
    /// Documents that are no policy of a known engine.
    unknown: Vec<String>,
}

impl Judge {
    /// The policies that these documents are. What they are told to do besides refusing, and to whom they do not apply yet,
    /// counts as written: a policy that only warns lets everything pass.
    pub fn new(documents: &[Node]) -> Self {
        let mut judge = Self {
            resources: Resources::default(),
            unknown: Vec::new(),
        };
        for document in documents {
            match document.text(&["kind"]).unwrap_or_default() {
                "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding" => judge.add(document.clone()),
                "ValidatingPolicy" => judge.kyverno(document),
                "ConstraintTemplate" => judge.gatekeeper(document, documents),
                _ if document.text(&["apiVersion"]).is_some_and(is_constraint) => {}
                other => judge.unknown.push(format!("`{other}` is no policy that is known here")),
            }
        }
        judge
    }

    /// What they say of each request, in order. The object is taken as it is, so that the API server's defaults should be in
    /// it.
    pub fn ask<'r>(&self, requests: impl IntoIterator<Item = Request<'r>>) -> Vec<Admitted> {
        let admission = Admission::new(&self.resources, LANGUAGE);
        let answer = |request| match admission.allows(request) {
            Admitted::Yes if !self.unknown.is_empty() => Admitted::Unknown(self.unknown.clone()),
            answer => answer,
        };
        requests.into_iter().map(answer).collect()
    }

    fn add(&mut self, document: Node) {
        let part = |keys: &[&str]| document.text(keys).unwrap_or_default().into();
        let file: Arc<str> = "".into();
        let resource = Resource {
            id: ResourceId {
                kind: part(&["kind"]),
                group: "admissionregistration.k8s.io".into(),
                namespace: "".into(),
                name: part(&["metadata", "name"]),
            },
            version: "v1".into(),
            root: Arc::new(Root {
                name: "".into(),
                kind: RootKind::Given,
            }),
            origin: Origin {
                file: Arc::clone(&file),
                position: Position::default(),
            },
            content: Arc::new(document),
            content_file: file,
            pod: None,
        };
        self.resources.upsert(Arc::new(resource));
    }

    /// A policy with its binding.
    fn bound(&mut self, name: &str, spec: Vec<(&str, Node)>, actions: Node) {
        let metadata = || map([("name", text(name))]);
        self.add(map([
            ("kind", text("ValidatingAdmissionPolicy")),
            ("metadata", metadata()),
            ("spec", map(spec)),
        ]));
        self.add(map([
            ("kind", text("ValidatingAdmissionPolicyBinding")),
            ("metadata", metadata()),
            (
                "spec",
                map([("policyName", text(name)), ("validationActions", actions)]),
            ),
        ]));
    }

    /// Kyverno's policies have the fields of the API server's, and bind themselves.
    fn kyverno(&mut self, document: &Node) {
        let name = document.text(&["metadata", "name"]).unwrap_or_default();
        let spec = document.entries(&["spec"]).iter();
        let actions = document.at(&["spec", "validationActions"]).cloned().unwrap_or_default();
        let spec = spec.map(|entry| (&*entry.key, entry.value.clone())).collect();
        self.bound(&format!("kyverno-{name}"), spec, actions);
    }

    /// A constraint says what a template applies to.
    fn gatekeeper(&mut self, template: &Node, documents: &[Node]) {
        let kind = template
            .text(&["spec", "crd", "spec", "names", "kind"])
            .unwrap_or_default();
        let codes = template.items(&["spec", "targets"]).iter();
        let mut codes = codes.flat_map(|target| target.items(&["code"]));
        let source = codes
            .find(|code| code.text(&["engine"]) == Some(ENGINE))
            .and_then(|code| code.get("source"));
        let Some(source) = source else {
            self.unknown.push(format!("`{kind}` is not written for {ENGINE}"));
            return;
        };
        let constraints = documents.iter().filter(|document| {
            document.text(&["kind"]) == Some(kind) && document.text(&["apiVersion"]).is_some_and(is_constraint)
        });
        for constraint in constraints {
            let mut rules = Vec::new();
            for kinds in constraint.items(&["spec", "match", "kinds"]) {
                let words = |field: &str| {
                    kinds
                        .items(&[field])
                        .iter()
                        .filter_map(Node::as_str)
                        .collect::<Vec<_>>()
                };
                for group in words("apiGroups") {
                    let plurals = words("kinds").into_iter().filter_map(|kind| kinds::plural(group, kind));
                    // The webhook is asked about debug containers as about their pod.
                    let plurals = plurals.flat_map(|plural| [plural.to_owned(), format!("{plural}/*")]);
                    let plurals: Vec<String> = plurals.collect();
                    rules.push(map([
                        ("apiGroups", list([text(group)].into_iter())),
                        ("apiVersions", list([text("*")].into_iter())),
                        ("operations", list(["CREATE", "UPDATE"].into_iter().map(text))),
                        ("resources", list(plurals.iter().map(|plural| text(plural)))),
                    ]));
                }
            }
            let mut constraints = vec![("resourceRules", list(rules.into_iter()))];
            if let Some(selector) = constraint.at(&["spec", "match", "namespaceSelector"]) {
                constraints.push(("namespaceSelector", selector.clone()));
            }
            let mut spec: Vec<(&str, Node)> = source
                .entries(&[])
                .iter()
                .map(|entry| (&*entry.key, entry.value.clone()))
                .collect();
            spec.push(("matchConstraints", map(constraints)));
            let is_denying = constraint
                .text(&["spec", "enforcementAction"])
                .is_none_or(|action| action == "deny");
            let actions = list(is_denying.then(|| text("Deny")).into_iter());
            let name = constraint.text(&["metadata", "name"]).unwrap_or_default();
            self.bound(&format!("gatekeeper-{kind}-{name}"), spec, actions);
        }
    }
}

fn is_constraint(api_version: &str) -> bool {
    api_version.starts_with("constraints.gatekeeper.sh/")
}
