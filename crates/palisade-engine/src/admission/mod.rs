//! Would a pod be let into a namespace? Pod Security admission and `ValidatingAdmissionPolicy` objects decide.
//!
//! [`Admission::admits`] answers for one pod, and [`Admission::allows`] for any request, as far as policies decide it. The attack graph asks more: whether every pod
//! of a sort is refused, so that a policy that only minds what an attacker is free to choose (a label, an image) closes
//! nothing. What cannot be decided is unknown, with the reason, and closes nothing either.

mod matching;
mod pod_security;
mod policy;
mod request;
mod sample;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::HashMap;
use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource, ResourceId};
use palisade_knowledge::{KubernetesVersion, StartedPod, defaulted};

use self::pod_security::PodSecurity;
use self::policy::{BoundPolicy, Verdict};
pub use self::request::{Operation, Request};
use crate::kube::Labels;
use crate::rbac::Identity;
use crate::system::{Evidence, Resources};

/// The label that every namespace has: its name.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// What stands between a request to create a pod and the pod.
#[derive(Debug)]
pub struct Admission<'a> {
    namespaces: HashMap<&'a str, &'a Arc<Resource>>,
    pod_security: PodSecurity<'a>,
    policies: Vec<BoundPolicy<'a>>,
}

/// Whether something is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It is.
    Yes,
    /// It is not.
    No(Refusal),
    /// Nothing refuses it, but not everything could be decided: why not.
    Unknown(Vec<String>),
}

/// What refuses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `Pod Security admission` or `ValidatingAdmissionPolicy/name`.
    pub by: String,
    /// What it says.
    pub message: String,
    /// Where it is written. Empty for defaults of the cluster that no document holds.
    pub evidence: Vec<Evidence>,
}

/// A pod that somebody asks the API server to create.
#[derive(Clone, Copy, Debug)]
pub struct NewPod<'p> {
    /// Its namespace.
    pub namespace: &'p str,
    /// A node with `metadata` and `spec`.
    pub pod: &'p Node,
    /// Who asks; none: nobody in particular.
    pub user: Option<&'p Identity>,
}

impl<'a> Admission<'a> {
    /// What admission the input tells of, as an API server of this version has it.
    pub fn new(resources: &'a Resources, version: KubernetesVersion) -> Self {
        let namespaces = resources.of_kind("Namespace").filter(|one| one.id.group.is_empty());
        Self {
            namespaces: namespaces.map(|one| (&*one.id.name, one)).collect(),
            pod_security: PodSecurity::new(resources, version),
            policies: BoundPolicy::all(resources, version),
        }
    }

    /// Whether a pod would be let in.
    pub fn admits(&self, new: NewPod<'_>) -> Admitted {
        let pod = as_created(new);
        let new = NewPod { pod: &pod, ..new };
        let place = self.place(new.namespace);
        let mut unknown = match self.pod_security.judge(new, &place) {
            Admitted::Yes => Vec::new(),
            Admitted::Unknown(reasons) => reasons,
            refused @ Admitted::No(_) => return refused,
        };
        match self.judge(Request::new_pod(new), &place) {
            Admitted::Unknown(reasons) => unknown.extend(reasons),
            Admitted::Yes => {}
            refused @ Admitted::No(_) => return refused,
        }
        if unknown.is_empty() {
            Admitted::Yes
        } else {
            Admitted::Unknown(unknown)
        }
    }

    /// Whether the policies of the input would let a request pass. Pod Security admission is not asked.
    pub fn allows(&self, request: Request<'_>) -> Admitted {
        // A namespace is matched by its own labels, as it would be.
        let place = if request.kind == "Namespace" {
            let name = request.name().unwrap_or_default();
            Place {
                object: None,
                labels: Labels::of(request.object).with(NAME_LABEL, name),
            }
        } else {
            self.place(request.namespace)
        };
        self.judge(request, &place)
    }

    fn judge(&self, request: Request<'_>, place: &Place<'_>) -> Admitted {
        let mut unknown = Vec::new();
        for policy in &self.policies {
            match policy.judge(request, place) {
                Verdict::Passes => {}
                Verdict::Refuses(refusal) => return Admitted::No(refusal),
                Verdict::Unknown(reason) => unknown.push(reason),
            }
        }
        if unknown.is_empty() {
            Admitted::Yes
        } else {
            Admitted::Unknown(unknown)
        }
    }

    /// Whether every pod of this sort is kept out of a namespace, whatever else of it is chosen.
    ///
    /// A policy counts when it refuses such a pod and lets the same pod in without what makes it of this sort, or when it
    /// refuses without looking. One that selects objects by their labels never does: labels are free.
    pub(crate) fn keeps_out(&self, sort: StartedPod, namespace: &str, user: Option<&Identity>) -> Admitted {
        let (pod, harmless) = (sample::pod(sort), sample::harmless());
        let place = self.place(namespace);
        let of = |node: &Node| {
            let pod = node;
            as_created(NewPod { namespace, pod, user })
        };
        let (pod, harmless) = (of(&pod), of(&harmless));
        let new = |pod| NewPod { namespace, pod, user };
        let mut unknown = match self.pod_security.judge(new(&pod), &place) {
            Admitted::Yes => Vec::new(),
            Admitted::Unknown(reasons) => reasons,
            refused @ Admitted::No(_) => return refused,
        };
        for policy in &self.policies {
            match policy.judge(Request::new_pod(new(&pod)), &place) {
                Verdict::Passes => {}
                Verdict::Unknown(reason) => unknown.push(reason),
                Verdict::Refuses(refusal) => {
                    let is_about_it = policy.judge(Request::new_pod(new(&harmless)), &place) == Verdict::Passes;
                    if policy.is_unconditional() || is_about_it && !policy.selects_objects() {
                        return Admitted::No(refusal);
                    }
                    unknown.push(format!(
                        "{} refuses the pod that was tried, maybe for something that can be chosen otherwise: {}",
                        refusal.by, refusal.message
                    ));
                }
            }
        }
        if unknown.is_empty() {
            Admitted::Yes
        } else {
            Admitted::Unknown(unknown)
        }
    }

    /// Whether the answer may depend on who asks.
    pub(crate) fn minds_who_asks(&self) -> bool {
        self.pod_security.exempts_users() || self.policies.iter().any(BoundPolicy::reads_user)
    }

    /// Where the namespace says which level it enforces, or would say so; nothing for one that no document defines.
    pub(crate) fn evidence(&self, namespace: &str) -> Option<Evidence> {
        let object = self.namespaces.get(namespace)?;
        let path = FieldPath::parse("metadata.labels").child(pod_security::ENFORCE);
        let level = object.content.lookup(&path).and_then(Node::as_str);
        let note = match level {
            Some(level) => format!("enforces the Pod Security level {level}"),
            None => format!("{} enforces no Pod Security level of its own", object.id),
        };
        Some(Evidence::at(&object.content_file, &object.content, &path, note))
    }

    fn place<'n>(&'n self, name: &'n str) -> Place<'n> {
        let object = self.namespaces.get(name).copied();
        let labels = object.map(|object| Labels::of(&object.content)).unwrap_or_default();
        Place {
            object,
            labels: labels.with(NAME_LABEL, name),
        }
    }
}

/// The namespace of a request. One that no document defines counts as one without labels.
#[derive(Debug)]
struct Place<'n> {
    object: Option<&'n Arc<Resource>>,
    labels: Labels<'n>,
}

/// A pod as the API server has filled it in when admission looks at it.
fn as_created(new: NewPod<'_>) -> Node {
    let id = ResourceId {
        kind: "Pod".into(),
        group: "".into(),
        namespace: new.namespace.into(),
        name: "pod".into(),
    };
    defaulted(&id, &sample::object(new.pod, new.namespace))
}
