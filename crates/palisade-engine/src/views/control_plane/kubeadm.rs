//! `ClusterConfiguration` of kubeadm: which flags it adds to those that kubeadm gives each component by itself.

use std::collections::BTreeMap;

use palisade_inventory::{FieldPath, Node, Resource, Value};

use super::{Component, Flag, HIDDEN};
use crate::system::{ElementId, Evidence, System};

/// Flags that kubeadm sets whatever it is told, where a condition could ask for them.
type Defaults = &'static [(&'static str, &'static str)];

/// Each component, where its `extraArgs` stand, and what kubeadm sets by itself.
const COMPONENTS: [(&str, &[&str], Defaults); 4] = [
    (
        "kube-apiserver",
        &["apiServer"],
        &[
            ("allow-privileged", "true"),
            ("authorization-mode", "Node,RBAC"),
            ("client-ca-file", "/etc/kubernetes/pki/ca.crt"),
            ("enable-admission-plugins", "NodeRestriction"),
            ("enable-bootstrap-token-auth", "true"),
            ("etcd-cafile", "/etc/kubernetes/pki/etcd/ca.crt"),
            ("etcd-certfile", "/etc/kubernetes/pki/apiserver-etcd-client.crt"),
            ("etcd-keyfile", "/etc/kubernetes/pki/apiserver-etcd-client.key"),
            ("etcd-servers", HIDDEN),
            (
                "kubelet-client-certificate",
                "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
            ),
            ("kubelet-client-key", "/etc/kubernetes/pki/apiserver-kubelet-client.key"),
            ("secure-port", "6443"),
            ("service-account-issuer", HIDDEN),
            ("service-account-key-file", "/etc/kubernetes/pki/sa.pub"),
            ("service-account-signing-key-file", "/etc/kubernetes/pki/sa.key"),
            ("tls-cert-file", "/etc/kubernetes/pki/apiserver.crt"),
            ("tls-private-key-file", "/etc/kubernetes/pki/apiserver.key"),
        ],
    ),
    (
        "kube-controller-manager",
        &["controllerManager"],
        &[
            ("authentication-kubeconfig", "/etc/kubernetes/controller-manager.conf"),
            ("authorization-kubeconfig", "/etc/kubernetes/controller-manager.conf"),
            ("bind-address", "127.0.0.1"),
            ("client-ca-file", "/etc/kubernetes/pki/ca.crt"),
            ("kubeconfig", "/etc/kubernetes/controller-manager.conf"),
            ("root-ca-file", "/etc/kubernetes/pki/ca.crt"),
            ("service-account-private-key-file", "/etc/kubernetes/pki/sa.key"),
            ("use-service-account-credentials", "true"),
        ],
    ),
    (
        "kube-scheduler",
        &["scheduler"],
        &[
            ("authentication-kubeconfig", "/etc/kubernetes/scheduler.conf"),
            ("authorization-kubeconfig", "/etc/kubernetes/scheduler.conf"),
            ("bind-address", "127.0.0.1"),
            ("kubeconfig", "/etc/kubernetes/scheduler.conf"),
        ],
    ),
    (
        "etcd",
        &["etcd", "local"],
        &[
            ("cert-file", "/etc/kubernetes/pki/etcd/server.crt"),
            ("client-cert-auth", "true"),
            ("key-file", "/etc/kubernetes/pki/etcd/server.key"),
            ("peer-cert-file", "/etc/kubernetes/pki/etcd/peer.crt"),
            ("peer-client-cert-auth", "true"),
            ("peer-key-file", "/etc/kubernetes/pki/etcd/peer.key"),
            ("peer-trusted-ca-file", "/etc/kubernetes/pki/etcd/ca.crt"),
            ("trusted-ca-file", "/etc/kubernetes/pki/etcd/ca.crt"),
        ],
    ),
];

/// The components that kubeadm is told how to set up.
pub(super) fn components(system: &System) -> Vec<Component> {
    let configurations = system.resources.of_kind("ClusterConfiguration");
    let kubeadm = configurations.filter(|resource| &*resource.id.group == "kubeadm.k8s.io");
    kubeadm
        .flat_map(|resource| of_configuration(system, resource))
        .collect()
}

fn of_configuration(system: &System, resource: &Resource) -> Vec<Component> {
    let mut elements = system.elements.iter();
    let element = elements.find(|element| element.resource.as_ref() == Some(&resource.id));
    let id = element.map_or_else(|| ElementId::new(resource.id.to_string()), |element| element.id.clone());
    let external = resource.content.at(&["etcd", "external"]);
    let components = COMPONENTS
        .iter()
        .filter(|(name, _, _)| *name != "etcd" || external.is_none());
    components
        .map(|(name, section, defaults)| {
            let path = section
                .iter()
                .fold(FieldPath::root(), |path, key| path.child(*key))
                .child("extraArgs");
            let evidence = |path: &FieldPath| {
                Evidence::at(
                    &resource.content_file,
                    &resource.content,
                    path,
                    format!("what kubeadm tells {name}"),
                )
            };
            let mut flags: BTreeMap<String, Flag> = defaults
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .map(|(name, value)| (name, Flag { value, place: None }))
                .collect();
            if let (Some(external), "kube-apiserver") = (external, *name) {
                // kubeadm hands over the certificates that it is given, and no others.
                for (field, flag) in [
                    ("caFile", "etcd-cafile"),
                    ("certFile", "etcd-certfile"),
                    ("keyFile", "etcd-keyfile"),
                ] {
                    if external.text(&[field]).is_none_or(str::is_empty) {
                        flags.remove(flag);
                    }
                }
            }
            if let Some(extra) = resource.content.lookup(&path) {
                for (flag, value, at) in arguments(extra) {
                    let place = Some(evidence(&path.join(&at)));
                    flags.insert(flag.to_owned(), Flag { value, place });
                }
            }
            Component {
                element: id.clone(),
                name,
                namespace: "kube-system".to_owned(),
                part: (*name).to_owned(),
                flags,
                evidence: evidence(&path),
            }
        })
        .collect()
}

/// A map of flags, or a list of names and values since `v1beta4`, with where each stands below.
fn arguments(extra: &Node) -> Vec<(&str, String, FieldPath)> {
    let root = FieldPath::root();
    match &extra.value {
        Value::Map(map) => map
            .entries()
            .iter()
            .map(|entry| (&*entry.key, word(&entry.value), root.child(&*entry.key)))
            .collect(),
        Value::List(items) => items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| {
                let value = item.get("value").map(word).unwrap_or_default();
                Some((item.text(&["name"])?, value, root.child(index)))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn word(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        _ => HIDDEN.to_owned(),
    }
}
