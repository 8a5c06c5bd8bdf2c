//! The Node authoriser: a kubelet may reach what is its node's own, and what the pods bound to its node refer to.
//!
//! Rules and words are those of `plugin/pkg/auth/authorizer/node` of Kubernetes 1.36. Two things that only a server knows
//! are left out: resource claims made from a template, and requests for pod certificates.

use std::collections::HashMap;
use std::sync::Arc;

use palisade_inventory::{Node, Resource};

use super::builtin;
use super::identity::{NODE_USER, NODES};
use super::request::Request;
use crate::kube::{Pod, Via};
use crate::system::Resources;

/// The namespace of the leases with which kubelets say that they live.
const LEASES: &str = "kube-node-lease";
/// The ConfigMap with the cluster's certificate authority, which every mounted token comes with.
const ROOT_CA: &str = "kube-root-ca.crt";

/// Knows which pods are bound to which node, and decides about kubelets' requests.
#[derive(Debug, Default)]
pub(super) struct NodeAuthorizer {
    pods: HashMap<Arc<str>, Vec<Arc<Resource>>>,
    /// PersistentVolumes.
    volumes: Vec<Arc<Resource>>,
    /// `VolumeAttachment` and `ResourceSlice` objects by kind and name, each with its node.
    attached: HashMap<(&'static str, Arc<str>), Box<str>>,
}

/// No opinion, and why, in the plugin's words; may be empty.
type Answer = Result<(), String>;

impl NodeAuthorizer {
    /// Reads which pods are bound to which node.
    pub(super) fn new(resources: &Resources) -> Self {
        let mut this = Self::default();
        for pod in resources.of_kind("Pod").filter(|pod| pod.id.group.is_empty()) {
            if let Some(node) = pod.pod.as_ref().and_then(|instance| instance.node.as_ref()) {
                this.pods.entry(Arc::clone(node)).or_default().push(Arc::clone(pod));
            }
        }
        let volumes = resources.of_kind("PersistentVolume");
        this.volumes = volumes.filter(|volume| volume.id.group.is_empty()).cloned().collect();
        for kind in ["VolumeAttachment", "ResourceSlice"] {
            for object in resources.of_kind(kind) {
                if let Some(node) = object.content.text(&["spec", "nodeName"]) {
                    this.attached.insert((kind, Arc::clone(&object.id.name)), node.into());
                }
            }
        }
        this
    }

    /// Decides about a kubelet's request; none: the user is no kubelet.
    pub(super) fn decide(&self, user: Option<&str>, groups: &[String], request: &Request<'_>) -> Option<Answer> {
        let user = user?;
        let name = user.strip_prefix(NODE_USER)?;
        if !groups.iter().any(|group| group == NODES) {
            return None;
        }
        if name.is_empty() {
            return Some(Err(format!("unknown node for user \"{user}\"")));
        }
        let node = OfNode {
            name,
            pods: self.pods.get(name).map(Vec::as_slice).unwrap_or_default(),
            known: self,
        };
        Some(node.decide(request))
    }
}

/// One node and what is bound to it.
struct OfNode<'a> {
    name: &'a str,
    pods: &'a [Arc<Resource>],
    known: &'a NodeAuthorizer,
}

impl OfNode<'_> {
    fn decide(&self, request: &Request<'_>) -> Answer {
        if request.url.is_none() {
            match (request.group, request.resource) {
                ("", "secrets") => return self.read(request, |node| node.secret(request)),
                ("", "configmaps") => return self.read(request, |node| node.config_map(request)),
                ("", "persistentvolumeclaims") if request.subresource == "status" => {
                    only(&["update", "patch"], request, "can only get/update/patch this type")?;
                    return self.related(request, self.uses_claim(request.namespace, request.name));
                }
                ("", "persistentvolumeclaims") => {
                    return self.get(request, |node| node.uses_claim(request.namespace, request.name));
                }
                ("", "persistentvolumes") => return self.get(request, |node| node.volume(request.name)),
                ("resource.k8s.io", "resourceclaims") => return self.get(request, |node| node.resource_claim(request)),
                ("storage.k8s.io", "volumeattachments") => {
                    return self.get(request, |node| node.has("VolumeAttachment", request.name));
                }
                ("", "serviceaccounts") => return self.service_account(request),
                ("coordination.k8s.io", "leases") => return self.lease(request),
                ("storage.k8s.io", "csinodes") => return self.csi_node(request),
                ("resource.k8s.io", "resourceslices") => return self.resource_slice(request),
                ("", "nodes") => return self.node(request),
                ("", "pods") => return self.pod(request),
                _ => {}
            }
        }
        let allows = builtin::node_rules().iter().any(|rule| rule.allows(request));
        allows.then_some(()).ok_or_else(String::new)
    }

    fn read(&self, request: &Request<'_>, is_related: impl FnOnce(&Self) -> bool) -> Answer {
        only(
            &["get", "list", "watch"],
            request,
            "can only read resources of this type",
        )?;
        whole(request, "cannot read subresource")?;
        if request.namespace.is_empty() {
            return Err("can only read namespaced object of this type".to_owned());
        }
        self.related(request, is_related(self))
    }

    fn get(&self, request: &Request<'_>, is_related: impl FnOnce(&Self) -> bool) -> Answer {
        only(&["get"], request, "can only get individual resources of this type")?;
        whole(request, "cannot get subresource")?;
        self.related(request, is_related(self))
    }

    fn related(&self, request: &Request<'_>, is_related: bool) -> Answer {
        if request.name.is_empty() {
            return Err("No Object name found".to_owned());
        }
        if is_related {
            return Ok(());
        }
        let node = self.name;
        Err(format!("no relationship found between node '{node}' and this object"))
    }

    fn service_account(&self, request: &Request<'_>) -> Answer {
        let runs_as = |node: &Self| {
            let mut pods = node.pods_of(request.namespace);
            pods.any(|(_, pod)| pod.service_account().0 == request.name)
        };
        if request.verb == "get" && request.subresource.is_empty() {
            return self.read(request, runs_as);
        }
        if request.verb != "create" || request.name.is_empty() {
            return Err("can only create tokens for individual service accounts".to_owned());
        }
        if request.subresource != "token" {
            return Err("can only create token subresource of serviceaccount".to_owned());
        }
        self.related(request, runs_as(self))
    }

    fn lease(&self, request: &Request<'_>) -> Answer {
        let verbs = ["get", "create", "update", "patch", "delete"];
        only(
            &verbs,
            request,
            "can only get, create, update, patch, or delete a node lease",
        )?;
        if request.namespace != LEASES {
            return Err(format!("can only access leases in the \"{LEASES}\" system namespace"));
        }
        self.own(
            request,
            "can only access node lease with the same name as the requesting node",
        )
    }

    fn csi_node(&self, request: &Request<'_>) -> Answer {
        let verbs = ["get", "create", "update", "patch", "delete"];
        only(
            &verbs,
            request,
            "can only get, create, update, patch, or delete a CSINode",
        )?;
        whole(request, "cannot authorize CSINode subresources")?;
        self.own(
            request,
            "can only access CSINode with the same name as the requesting node",
        )
    }

    /// A request to create does not carry a name, so that the `NodeRestriction` plugin has to look at it.
    fn own(&self, request: &Request<'_>, otherwise: &str) -> Answer {
        let is_own = request.verb == "create" || request.name == self.name;
        is_own.then_some(()).ok_or_else(|| otherwise.to_owned())
    }

    fn resource_slice(&self, request: &Request<'_>) -> Answer {
        whole(request, "cannot authorize ResourceSlice subresources")?;
        match request.verb {
            "create" => Ok(()),
            "get" | "update" | "patch" | "delete" => self.related(request, self.has("ResourceSlice", request.name)),
            "watch" | "list" | "deletecollection" if request.on_node == Some(self.name) => Ok(()),
            "watch" | "list" | "deletecollection" => {
                Err("can only list/watch/deletecollection resourceslices with nodeName field selector".to_owned())
            }
            _ => Err(
                "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, \
                 delete, deletecollection"
                    .to_owned(),
            ),
        }
    }

    fn node(&self, request: &Request<'_>) -> Answer {
        let node = self.name;
        match (request.subresource, request.verb) {
            ("", "create" | "update" | "patch") | ("status", "update" | "patch") => Ok(()),
            ("", "get" | "list" | "watch") => match request.name {
                name if name == node => Ok(()),
                "" => Err(format!("node '{node}' cannot read all nodes, only its own Node object")),
                name => Err(format!("node '{node}' cannot read '{name}', only its own Node object")),
            },
            _ => Err(String::new()),
        }
    }

    fn pod(&self, request: &Request<'_>) -> Answer {
        let is_bound = || {
            let mut pods = self.pods.iter();
            pods.any(|pod| *pod.id.namespace == *request.namespace && *pod.id.name == *request.name)
        };
        match (request.subresource, request.verb) {
            ("", "list" | "watch") if request.on_node == Some(self.name) => Ok(()),
            ("", "list" | "watch") if request.name.is_empty() => {
                Err("can only list/watch pods with spec.nodeName field selector".to_owned())
            }
            ("", "get" | "list" | "watch") => self.related(request, is_bound()),
            ("", "create" | "delete") | ("status", "update" | "patch") | ("eviction", "create") => Ok(()),
            _ => Err(String::new()),
        }
    }

    /// Pods of a namespace that give the node access to what they refer to. Those that the kubelet made itself do not.
    fn pods_of(&self, namespace: &str) -> impl Iterator<Item = (&Resource, Pod<'_>)> {
        let of_namespace = self.pods.iter().filter(move |pod| *pod.id.namespace == *namespace);
        let others = of_namespace.filter(|pod| !is_mirror(pod));
        others.map(|pod| (&**pod, Pod::new(&pod.content)))
    }

    fn secret(&self, request: &Request<'_>) -> bool {
        let named = |node: Option<&Node>| node.and_then(Node::as_str) == Some(request.name);
        let of_pod = self.pods_of(request.namespace).any(|(_, pod)| {
            pod.image_pull_secrets().any(|(name, _)| name == request.name)
                || in_env(&pod.secrets(), request.name)
                || sources(pod).any(|source| {
                    named(source.get("secretName"))
                        || ["secretRef", "nodePublishSecretRef"]
                            .iter()
                            .any(|field| named(source.at(&[field, "name"])))
                })
                || projected(pod, "secret").any(|source| named(source.get("name")))
        });
        of_pod || self.known.volumes.iter().any(|volume| self.secret_of(volume, request))
    }

    /// Whether a volume that a pod of the node claims refers to a Secret. Kubelets do not see those that the driver's
    /// controller needs.
    fn secret_of(&self, volume: &Resource, request: &Request<'_>) -> bool {
        let Some((namespace, claim)) = claim(volume) else {
            return false;
        };
        let is_wanted = |name: Option<&Node>, of: Option<&Node>| {
            let of = of.and_then(Node::as_str).filter(|of| !of.is_empty());
            name.and_then(Node::as_str) == Some(request.name) && of.unwrap_or(namespace) == request.namespace
        };
        let fields = [
            "secretRef",
            "nodePublishSecretRef",
            "nodeStageSecretRef",
            "nodeExpandSecretRef",
        ];
        let mut refers = volume.content.entries(&["spec"]).iter().map(|entry| &entry.value);
        refers.any(|source| {
            is_wanted(source.get("secretName"), source.get("secretNamespace"))
                || fields
                    .iter()
                    .any(|field| is_wanted(source.at(&[field, "name"]), source.at(&[field, "namespace"])))
        }) && self.uses_claim(namespace, claim)
    }

    fn config_map(&self, request: &Request<'_>) -> bool {
        let named = |node: Option<&Node>| node.and_then(Node::as_str) == Some(request.name);
        self.pods_of(request.namespace).any(|(_, pod)| {
            in_env(&pod.config_maps(), request.name)
                || pod
                    .volumes()
                    .any(|volume| named(volume.node.at(&["configMap", "name"])))
                || projected(pod, "configMap").any(|source| named(source.get("name")))
                || (request.name == ROOT_CA && pod.api_token(None).is_some())
        })
    }

    fn uses_claim(&self, namespace: &str, name: &str) -> bool {
        let of_pod = |(resource, pod): (&Resource, Pod<'_>)| {
            let mut volumes = pod.volumes();
            volumes.any(|volume| {
                volume.node.text(&["persistentVolumeClaim", "claimName"]) == Some(name)
                    || (volume.node.get("ephemeral").is_some()
                        && name
                            .strip_prefix(&*resource.id.name)
                            .and_then(|rest| rest.strip_prefix('-'))
                            == Some(volume.name))
            })
        };
        self.pods_of(namespace).any(of_pod)
    }

    fn volume(&self, name: &str) -> bool {
        let mut named = self.known.volumes.iter().filter(|volume| *volume.id.name == *name);
        let claimed = named.next().and_then(|volume| claim(volume));
        claimed.is_some_and(|(namespace, name)| self.uses_claim(namespace, name))
    }

    fn resource_claim(&self, request: &Request<'_>) -> bool {
        self.pods_of(request.namespace).any(|(_, pod)| {
            let mut claims = pod.node().items(&["spec", "resourceClaims"]).iter();
            claims.any(|claim| claim.text(&["resourceClaimName"]) == Some(request.name))
        })
    }

    fn has(&self, kind: &'static str, name: &str) -> bool {
        let node = self.known.attached.get(&(kind, name.into()));
        node.is_some_and(|node| **node == *self.name)
    }
}

fn only(verbs: &[&str], request: &Request<'_>, otherwise: &str) -> Answer {
    let is_one = verbs.contains(&request.verb);
    is_one.then_some(()).ok_or_else(|| otherwise.to_owned())
}

fn whole(request: &Request<'_>, otherwise: &str) -> Answer {
    let is_whole = request.subresource.is_empty();
    is_whole.then_some(()).ok_or_else(|| otherwise.to_owned())
}

/// A pod that stands for one that a kubelet runs from a file.
fn is_mirror(pod: &Resource) -> bool {
    let owner = pod.pod.as_ref().and_then(|instance| instance.owner.as_ref());
    owner.is_some_and(|owner| &*owner.kind == "Node")
        || pod
            .content
            .entries(&["metadata", "annotations"])
            .iter()
            .any(|entry| &*entry.key == "kubernetes.io/config.mirror")
}

/// The claim that a PersistentVolume is bound to.
fn claim(volume: &Resource) -> Option<(&str, &str)> {
    let claim = volume.content.at(&["spec", "claimRef"])?;
    claim.text(&["namespace"]).zip(claim.text(&["name"]))
}

fn in_env(references: &[crate::kube::Reference<'_>], name: &str) -> bool {
    let mut references = references.iter();
    references.any(|reference| reference.name == name && matches!(reference.via, Via::Env { .. }))
}

/// What volumes are made of, whatever the kind.
fn sources(pod: Pod<'_>) -> impl Iterator<Item = &Node> {
    let volumes = pod.node().items(&["spec", "volumes"]).iter();
    volumes.flat_map(|volume| volume.entries(&[])).map(|entry| &entry.value)
}

/// Sources of this kind of projected volumes.
fn projected<'a>(pod: Pod<'a>, kind: &'static str) -> impl Iterator<Item = &'a Node> {
    let volumes = pod.node().items(&["spec", "volumes"]).iter();
    let sources = volumes.flat_map(|volume| volume.items(&["projected", "sources"]));
    sources.filter_map(move |source| source.get(kind))
}
